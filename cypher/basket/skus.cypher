// purpose: SKUs by id with their products, for a basket named by SKU
// mode: read
// audience: customer
// param sku_ids: strings
// returns: sku_id string, product_id string, price money, stock integer
UNWIND $sku_ids AS wanted
MATCH (s:Sku {sku_id: wanted})-[:SKU_OF]->(p:Product)
RETURN s.sku_id AS sku_id, p.product_id AS product_id, s.price AS price, s.stock AS stock
ORDER BY sku_id
