// purpose: the customer's orders with the promotions each used, for limits per customer and for which order the next one is
// mode: read
// audience: customer
// param user_id: string owner
// returns: order_id string, status string, placed_at instant, application_ids strings, promotion_ids strings
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)
OPTIONAL MATCH (o)-[:HAS_APPLICATION]->(a:PromotionApplication)-[:OF]->(p:Promotion)
WITH o, p
ORDER BY o.order_id, p.promotion_id
RETURN o.order_id AS order_id, o.status AS status, o.placed_at AS placed_at, o.application_ids AS application_ids,
       collect(p.promotion_id) AS promotion_ids
ORDER BY placed_at, order_id
