// purpose: whose orders these are, for an analyst who asks about an order by its id
// mode: read
// audience: analyst
// param order_ids: strings
// returns: order_id string, user_id string
MATCH (u:User)-[:PLACED]->(o:Order) WHERE o.order_id IN $order_ids
RETURN o.order_id AS order_id, u.user_id AS user_id
ORDER BY order_id, user_id
