// purpose: which of these ids are the customer's own: orders, returns, parcels, coupons
// mode: read
// audience: customer
// param user_id: string owner
// param ids: strings
// returns: kind string, id string, order_id string
CALL () {
  MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order) WHERE o.order_id IN $ids
  RETURN 'order' AS kind, o.order_id AS id, o.order_id AS order_id
  UNION ALL
  MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)-[:HAS_RETURN]->(r:Return) WHERE r.return_id IN $ids
  RETURN 'return' AS kind, r.return_id AS id, o.order_id AS order_id
  UNION ALL
  MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)-[:SHIPPED_IN]->(s:Shipment) WHERE s.tracking_no IN $ids
  RETURN 'tracking' AS kind, s.tracking_no AS id, o.order_id AS order_id
  UNION ALL
  MATCH (u:User {user_id: $user_id})-[:HOLDS]->(c:Coupon) WHERE c.coupon_id IN $ids
  RETURN 'coupon' AS kind, c.coupon_id AS id, c.used_order_id AS order_id
}
RETURN kind, id, order_id
ORDER BY kind, id, order_id
