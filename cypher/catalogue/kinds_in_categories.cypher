// purpose: the brands and shops of the goods in some categories
// mode: read
// audience: customer
// param category_ids: strings
// returns: brand_id string, shop_id string
UNWIND $category_ids AS wanted
MATCH (c:Category {category_id: wanted})<-[:IN_CATEGORY]-(p:Product)
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
RETURN DISTINCT b.brand_id AS brand_id, h.shop_id AS shop_id
ORDER BY brand_id, shop_id
