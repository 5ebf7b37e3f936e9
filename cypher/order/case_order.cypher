// purpose: an order of the customer with its shop and freight
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: item map, shop map, freight map
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})
OPTIONAL MATCH (o)-[:AT_SHOP]->(h:Shop)
OPTIONAL MATCH (o)-[:HAS_FREIGHT]->(f:Freight)
RETURN o {.*} AS item, h {.*} AS shop, f {.*} AS freight
ORDER BY h.shop_id
