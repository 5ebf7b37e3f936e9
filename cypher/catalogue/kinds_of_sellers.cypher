// purpose: the categories (with their ancestors), brands and shops of the goods of some brands or shops
// mode: read
// audience: customer
// param brand_ids: strings
// param shop_ids: strings
// returns: category_id string, brand_id string, shop_id string
CALL () {
  UNWIND $brand_ids AS wanted
  MATCH (b:Brand {brand_id: wanted})<-[:OF_BRAND]-(p:Product)
  RETURN p
  UNION ALL
  UNWIND $shop_ids AS wanted
  MATCH (h:Shop {shop_id: wanted})<-[:SOLD_BY]-(p:Product)
  RETURN p
}
OPTIONAL MATCH (p)-[:IN_CATEGORY]->(c:Category)
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
WITH DISTINCT c, b.brand_id AS brand_id, h.shop_id AS shop_id
OPTIONAL MATCH (c)-[:CHILD_OF*0..16]->(a:Category)
RETURN DISTINCT a.category_id AS category_id, brand_id, shop_id
ORDER BY category_id, brand_id, shop_id
