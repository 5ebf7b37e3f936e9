// purpose: the rows of the size charts of a product, its categories and its brand
// mode: read
// audience: customer
// param product_ids: strings
// param category_ids: strings
// param brand_ids: strings
// returns: target_type string, target_id string, chart_id string, size string, measure string, min string, max string
CALL () {
  MATCH (p:Product)-[:SIZED_BY]->(c:SizeChart) WHERE p.product_id IN $product_ids
  RETURN 'product' AS target_type, p.product_id AS target_id, c
  UNION ALL
  MATCH (k:Category)-[:SIZED_BY]->(c:SizeChart) WHERE k.category_id IN $category_ids
  RETURN 'category' AS target_type, k.category_id AS target_id, c
  UNION ALL
  MATCH (b:Brand)-[:SIZED_BY]->(c:SizeChart) WHERE b.brand_id IN $brand_ids
  RETURN 'brand' AS target_type, b.brand_id AS target_id, c
}
RETURN target_type, target_id, c.chart_id AS chart_id, c.size AS size, c.measure AS measure, c.min AS min, c.max AS max
ORDER BY target_type, target_id, chart_id, size, measure
