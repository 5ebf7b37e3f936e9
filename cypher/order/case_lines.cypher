// purpose: the lines of an order of the customer, with their goods
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: item map, sku map, product map, brand map, shop map, category_id string
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})-[:HAS_LINE]->(l:OrderLine)
OPTIONAL MATCH (l)-[:FOR_SKU]->(s:Sku)
OPTIONAL MATCH (s)-[:SKU_OF]->(p:Product)
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
OPTIONAL MATCH (p)-[:IN_CATEGORY]->(c:Category)
RETURN l {.*} AS item, s {.*} AS sku, p {.*} AS product, b {.*} AS brand, h {.*} AS shop, c.category_id AS category_id
ORDER BY l.line_id
