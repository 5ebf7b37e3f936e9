// purpose: which products on sale within some categories (with what is below them), brands or shops record an attribute whose name or value has one of some words
// mode: read
// audience: customer
// param by: string
// param ids: strings
// param words: strings
// param limit: integer
// returns: product_id string
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
MATCH (p)-[:HAS_ATTRIBUTE]->(a:Attribute)
WHERE (p.status IS NULL OR p.status <> 'OFF_SHELF') AND any(word IN $words WHERE a.name CONTAINS word OR a.value CONTAINS word)
RETURN DISTINCT p.product_id AS product_id
ORDER BY product_id
LIMIT $limit
