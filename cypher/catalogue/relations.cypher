// purpose: what some products are recorded to fit, not to fit, to be an accessory or a substitute of
// mode: read
// audience: customer
// param product_ids: strings
// returns: product_id string, relation string, target_type string, target_id string, note string
CALL () {
  UNWIND $product_ids AS wanted
  MATCH (p:Product {product_id: wanted})-[r:COMPATIBLE_WITH|INCOMPATIBLE_WITH|ACCESSORY_OF|SUBSTITUTE_OF]->(t:Product)
  RETURN wanted AS product_id, type(r) AS relation, 'product' AS target_type, t.product_id AS target_id, r.note AS note
  UNION ALL
  UNWIND $product_ids AS wanted
  MATCH (p:Product {product_id: wanted})-[r:COMPATIBLE_WITH|INCOMPATIBLE_WITH|ACCESSORY_OF|SUBSTITUTE_OF]->(t:Category)
  RETURN wanted AS product_id, type(r) AS relation, 'category' AS target_type, t.category_id AS target_id, r.note AS note
  UNION ALL
  UNWIND $product_ids AS wanted
  MATCH (p:Product {product_id: wanted})-[r:COMPATIBLE_WITH|INCOMPATIBLE_WITH|ACCESSORY_OF|SUBSTITUTE_OF]->(t:Brand)
  RETURN wanted AS product_id, type(r) AS relation, 'brand' AS target_type, t.brand_id AS target_id, r.note AS note
}
RETURN product_id, relation, target_type, target_id, note
ORDER BY product_id, relation, target_type, target_id
