// purpose: the returns of an order of the customer and what they take back
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: item map, line_id string, quantity integer
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})-[:HAS_RETURN]->(r:Return)
OPTIONAL MATCH (r)-[k:TAKES_BACK]->(l:OrderLine)
RETURN r {.*} AS item, l.line_id AS line_id, k.quantity AS quantity
ORDER BY r.return_id, line_id
