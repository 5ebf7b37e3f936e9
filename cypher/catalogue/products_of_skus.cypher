// purpose: which products some SKUs are specifications of
// mode: read
// audience: customer
// param sku_ids: strings
// returns: sku_id string, product_id string
UNWIND $sku_ids AS wanted
MATCH (s:Sku {sku_id: wanted})-[:SKU_OF]->(p:Product)
RETURN s.sku_id AS sku_id, p.product_id AS product_id
ORDER BY sku_id
