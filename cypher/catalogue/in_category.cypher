// purpose: the products of some categories and everything below them, narrowed to brands and shops where given; on sale first
// mode: read
// audience: customer
// param category_ids: strings
// param brand_ids: strings?
// param shop_ids: strings?
// param limit: integer
// returns: product_id string, name string, status string
UNWIND $category_ids AS wanted
MATCH (top:Category {category_id: wanted})<-[:CHILD_OF*0..16]-(c:Category)<-[:IN_CATEGORY]-(p:Product)
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
WITH p, b, h
WHERE ($brand_ids IS NULL OR b.brand_id IN $brand_ids) AND ($shop_ids IS NULL OR h.shop_id IN $shop_ids)
WITH DISTINCT p.product_id AS product_id, p.name AS name, p.status AS status
RETURN product_id, name, status
ORDER BY CASE WHEN status = 'OFF_SHELF' THEN 1 ELSE 0 END, product_id
LIMIT $limit
