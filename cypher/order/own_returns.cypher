// purpose: what the customer has sent or is sending back
// mode: read
// audience: customer
// param user_id: string owner
// returns: order_id string, return_id string, service string, status string, requested_at instant, received_by_seller_at instant, refund_amount money, refunded_at instant, line_id string, quantity integer
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)-[:HAS_RETURN]->(r:Return)-[k:TAKES_BACK]->(l:OrderLine)
RETURN o.order_id AS order_id, r.return_id AS return_id, r.service AS service, r.status AS status,
       r.requested_at AS requested_at, r.received_by_seller_at AS received_by_seller_at,
       r.refund_amount AS refund_amount, r.refunded_at AS refunded_at,
       l.line_id AS line_id, k.quantity AS quantity
ORDER BY requested_at DESC, return_id, line_id
