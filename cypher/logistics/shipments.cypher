// purpose: an order of the customer and its parcels
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: status string, shipped_at instant, received_at instant, shipment_ids strings, shipment map
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})
OPTIONAL MATCH (o)-[:SHIPPED_IN]->(s:Shipment)
RETURN o.status AS status, o.shipped_at AS shipped_at, o.received_at AS received_at, o.shipment_ids AS shipment_ids,
       s {.*} AS shipment
ORDER BY s.shipment_id
