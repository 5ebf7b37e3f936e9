// purpose: the promotion that waived the freight of an order of the customer
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: promotion map, term map
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})-[:HAS_FREIGHT]->(f:Freight)-[:WAIVED_BY]->(p:Promotion)
OPTIONAL MATCH (p)-[:GOVERNED_BY]->(g:Term)
RETURN p {.*} AS promotion, g {.*} AS term
ORDER BY p.promotion_key
