// purpose: SKUs on sale and in stock among what a promotion includes, the cheapest first
// mode: read
// audience: customer
// param sku_ids: strings
// param product_ids: strings
// param category_ids: strings
// param brand_ids: strings
// param shop_ids: strings
// param least: money
// param limit: integer
// returns: sku_id string, product_id string, price money
CALL () {
  UNWIND $sku_ids AS wanted
  MATCH (s:Sku {sku_id: wanted})-[:SKU_OF]->(p:Product)
  RETURN s, p
  UNION ALL
  UNWIND $product_ids AS wanted
  MATCH (s:Sku)-[:SKU_OF]->(p:Product {product_id: wanted})
  RETURN s, p
  UNION ALL
  UNWIND $category_ids AS wanted
  MATCH (top:Category {category_id: wanted})<-[:CHILD_OF*0..16]-(c:Category)<-[:IN_CATEGORY]-(p:Product)<-[:SKU_OF]-(s:Sku)
  RETURN s, p
  UNION ALL
  UNWIND $brand_ids AS wanted
  MATCH (b:Brand {brand_id: wanted})<-[:OF_BRAND]-(p:Product)<-[:SKU_OF]-(s:Sku)
  RETURN s, p
  UNION ALL
  UNWIND $shop_ids AS wanted
  MATCH (h:Shop {shop_id: wanted})<-[:SOLD_BY]-(p:Product)<-[:SKU_OF]-(s:Sku)
  RETURN s, p
}
WITH s, p
WHERE s.price >= $least AND s.stock > 0 AND p.status = 'ON_SALE'
WITH DISTINCT s.sku_id AS sku_id, p.product_id AS product_id, s.price AS price
RETURN sku_id, product_id, price
ORDER BY price, sku_id
LIMIT $limit
