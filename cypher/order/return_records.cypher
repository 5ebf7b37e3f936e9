// purpose: for each order of the customer (or the one named) whether its returns were recorded at all
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: order_id string, status string, paid_at instant, recorded boolean
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)
WHERE $order_id = '' OR o.order_id = $order_id
RETURN o.order_id AS order_id, o.status AS status, o.paid_at AS paid_at, o.return_ids IS NOT NULL AS recorded
ORDER BY order_id
