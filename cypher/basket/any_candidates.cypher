// purpose: SKUs on sale and in stock, of anything, the cheapest first
// mode: read
// audience: customer
// param least: money
// param limit: integer
// returns: sku_id string, product_id string, price money
MATCH (s:Sku)-[:SKU_OF]->(p:Product)
WHERE s.price >= $least AND s.stock > 0 AND p.status = 'ON_SALE'
RETURN s.sku_id AS sku_id, p.product_id AS product_id, s.price AS price
ORDER BY price, sku_id
LIMIT $limit
