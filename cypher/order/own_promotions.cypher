// purpose: which promotions and coupons the customer's order lines took part in
// mode: read
// audience: customer
// param user_id: string owner
// returns: order_id string, application_id string, coupon_id string, promotion_id string, name string, aliases strings, kind string, line_id string, role string
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)-[:HAS_APPLICATION]->(a:PromotionApplication)-[:OF]->(p:Promotion)
OPTIONAL MATCH (l:OrderLine)-[t:PARTICIPATED_IN]->(a)
RETURN o.order_id AS order_id, a.application_id AS application_id, a.coupon_id AS coupon_id,
       p.promotion_id AS promotion_id, p.name AS name, p.aliases AS aliases, p.kind AS kind,
       l.line_id AS line_id, t.role AS role
ORDER BY order_id, application_id, line_id
