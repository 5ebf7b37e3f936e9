// purpose: the promotions applied to an order of the customer, in the version of the purchase, and who took part
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: item map, line_id string, role string, share money, promotion map, term map, coupon map
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})-[:HAS_APPLICATION]->(a:PromotionApplication)
OPTIONAL MATCH (l:OrderLine)-[t:PARTICIPATED_IN]->(a)
OPTIONAL MATCH (a)-[:OF]->(p:Promotion)
OPTIONAL MATCH (p)-[:GOVERNED_BY]->(g:Term)
OPTIONAL MATCH (a)-[:USED]->(c:Coupon)
RETURN a {.*} AS item, l.line_id AS line_id, t.role AS role, t.share AS share,
       p {.*} AS promotion, g {.*} AS term, c {.*} AS coupon
ORDER BY a.application_id, line_id
