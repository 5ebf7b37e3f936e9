// purpose: every order line of the customer, with what the goods may be called
// mode: read
// audience: customer
// param user_id: string owner
// returns: order_id string, order_status string, placed_at instant, received_at instant, line_id string, quantity integer, role string, list_price money, sku_id string, spec string, product_id string, product_name string, aliases strings, brand_id string, brand_name string, brand_aliases strings, shop_id string, category_id string
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)-[:HAS_LINE]->(l:OrderLine)
OPTIONAL MATCH (l)-[:FOR_SKU]->(s:Sku)-[:SKU_OF]->(p:Product)
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
OPTIONAL MATCH (p)-[:IN_CATEGORY]->(c:Category)
RETURN o.order_id AS order_id, o.status AS order_status, o.placed_at AS placed_at, o.received_at AS received_at,
       l.line_id AS line_id, l.quantity AS quantity, l.role AS role, l.list_price AS list_price,
       s.sku_id AS sku_id, s.spec AS spec,
       p.product_id AS product_id, p.name AS product_name, p.aliases AS aliases,
       b.brand_id AS brand_id, b.name AS brand_name, b.aliases AS brand_aliases,
       h.shop_id AS shop_id, c.category_id AS category_id
ORDER BY placed_at DESC, order_id, line_id
