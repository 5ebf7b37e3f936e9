// purpose: the presale orders of the customer, newest first
// mode: read
// audience: customer
// param user_id: string owner
// returns: order_id string, status string, placed_at instant
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)
WHERE o.order_type = 'PRESALE'
RETURN o.order_id AS order_id, o.status AS status, o.placed_at AS placed_at
ORDER BY placed_at DESC, order_id
