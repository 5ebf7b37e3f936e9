// purpose: the payments and parcels of an order of the customer
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: label string, key string, item map
CALL () {
  MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})-[:PAID_WITH]->(p:Payment)
  RETURN 'Payment' AS label, p.payment_key AS key, p {.*} AS item
  UNION ALL
  MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})-[:SHIPPED_IN]->(s:Shipment)
  RETURN 'Shipment' AS label, s.shipment_key AS key, s {.*} AS item
}
RETURN label, key, item
ORDER BY label, key
