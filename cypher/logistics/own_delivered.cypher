// purpose: the places the customer's orders were delivered to, latest first
// mode: read
// audience: customer
// param user_id: string owner
// returns: order_id string, region string, received_at instant
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)
WHERE o.received_at IS NOT NULL AND o.region IS NOT NULL
RETURN o.order_id AS order_id, o.region AS region, o.received_at AS received_at
ORDER BY received_at DESC, order_id
