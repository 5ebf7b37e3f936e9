// purpose: every specification of some products, with the current price and stock
// mode: read
// audience: customer
// param product_ids: strings
// returns: product_id string, sku_id string, spec string, price money, stock integer
UNWIND $product_ids AS wanted
MATCH (p:Product {product_id: wanted})<-[:SKU_OF]-(s:Sku)
RETURN p.product_id AS product_id, s.sku_id AS sku_id, s.spec AS spec, s.price AS price, s.stock AS stock
ORDER BY product_id, sku_id
