// purpose: the products recorded in relation to a product, its categories (with their ancestors) or its brand; nearest first
// mode: read
// audience: customer
// param product_ids: strings
// param category_ids: strings
// param brand_ids: strings
// param limit: integer
// returns: product_id string, relation string, target_type string, target_id string, near integer, status string
CALL () {
  UNWIND $product_ids AS wanted
  MATCH (p:Product {product_id: wanted})<-[r:COMPATIBLE_WITH|ACCESSORY_OF|SUBSTITUTE_OF]-(o:Product)
  RETURN o, type(r) AS relation, 'product' AS target_type, wanted AS target_id, 0 AS near
  UNION ALL
  UNWIND $product_ids AS wanted
  MATCH (p:Product {product_id: wanted})-[r:COMPATIBLE_WITH|SUBSTITUTE_OF]->(o:Product)
  RETURN o, type(r) AS relation, 'product' AS target_type, wanted AS target_id, 1 AS near
  UNION ALL
  UNWIND $category_ids AS wanted
  MATCH (c:Category {category_id: wanted})<-[r:COMPATIBLE_WITH|ACCESSORY_OF|SUBSTITUTE_OF]-(o:Product)
  RETURN o, type(r) AS relation, 'category' AS target_type, wanted AS target_id, 2 AS near
  UNION ALL
  UNWIND $brand_ids AS wanted
  MATCH (b:Brand {brand_id: wanted})<-[r:COMPATIBLE_WITH|ACCESSORY_OF|SUBSTITUTE_OF]-(o:Product)
  RETURN o, type(r) AS relation, 'brand' AS target_type, wanted AS target_id, 3 AS near
}
WITH o.product_id AS product_id, o.status AS status, relation, target_type, target_id, near
RETURN product_id, relation, target_type, target_id, near, status
ORDER BY CASE relation WHEN 'ACCESSORY_OF' THEN 0 WHEN 'SUBSTITUTE_OF' THEN 1 ELSE 2 END, near, product_id, target_id
LIMIT $limit
