// purpose: the products of some brands, narrowed to shops where given; on sale first
// mode: read
// audience: customer
// param brand_ids: strings
// param shop_ids: strings?
// param limit: integer
// returns: product_id string, name string, status string
UNWIND $brand_ids AS wanted
MATCH (b:Brand {brand_id: wanted})<-[:OF_BRAND]-(p:Product)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
WITH p, h
WHERE $shop_ids IS NULL OR h.shop_id IN $shop_ids
WITH DISTINCT p.product_id AS product_id, p.name AS name, p.status AS status
RETURN product_id, name, status
ORDER BY CASE WHEN status = 'OFF_SHELF' THEN 1 ELSE 0 END, product_id
LIMIT $limit
