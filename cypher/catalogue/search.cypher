// purpose: the products on sale within some categories (with what is below them), brands or shops that have a SKU in a price range and with a specification; in stock first, then by price
// mode: read
// audience: customer
// param by: string
// param ids: strings
// param brand_ids: strings?
// param shop_ids: strings?
// param min_price: money?
// param max_price: money?
// param spec_words: strings?
// param limit: integer
// returns: product_id string, price money, stock integer
CALL () {
  UNWIND $ids AS wanted
  MATCH (top:Category {category_id: wanted})<-[:CHILD_OF*0..16]-(c:Category)<-[:IN_CATEGORY]-(p:Product)
  WHERE $by = 'category'
  RETURN DISTINCT p
  UNION ALL
  UNWIND $ids AS wanted
  MATCH (b:Brand {brand_id: wanted})<-[:OF_BRAND]-(p:Product)
  WHERE $by = 'brand'
  RETURN DISTINCT p
  UNION ALL
  UNWIND $ids AS wanted
  MATCH (h:Shop {shop_id: wanted})<-[:SOLD_BY]-(p:Product)
  WHERE $by = 'shop'
  RETURN DISTINCT p
}
MATCH (p)<-[:SKU_OF]-(s:Sku)
WHERE (p.status IS NULL OR p.status <> 'OFF_SHELF')
  AND ($min_price IS NULL OR s.price >= $min_price) AND ($max_price IS NULL OR s.price <= $max_price)
  AND ($spec_words IS NULL OR any(word IN $spec_words WHERE s.spec CONTAINS word))
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
WITH p, s, b, h
WHERE ($brand_ids IS NULL OR b.brand_id IN $brand_ids) AND ($shop_ids IS NULL OR h.shop_id IN $shop_ids)
WITH p.product_id AS product_id, min(s.price) AS price, max(s.stock) AS stock
RETURN product_id, price, stock
ORDER BY CASE WHEN stock > 0 THEN 0 WHEN stock IS NULL THEN 1 ELSE 2 END, price, product_id
LIMIT $limit
