// purpose: which of some products and SKUs lie within some categories, brands and shops (null: any)
// mode: read
// audience: customer
// param product_ids: strings
// param sku_ids: strings
// param within_categories: strings?
// param within_brands: strings?
// param within_shops: strings?
// returns: kind string, id string
CALL () {
  UNWIND $product_ids AS wanted
  MATCH (p:Product {product_id: wanted})
  RETURN 'product' AS kind, wanted AS id, p
  UNION ALL
  UNWIND $sku_ids AS wanted
  MATCH (s:Sku {sku_id: wanted})-[:SKU_OF]->(p:Product)
  RETURN 'sku' AS kind, wanted AS id, p
}
WITH kind, id, p
OPTIONAL MATCH (p)-[:IN_CATEGORY]->(c:Category)
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
WITH kind, id, c, b, h
WHERE ($within_categories IS NULL OR c.category_id IN $within_categories)
  AND ($within_brands IS NULL OR b.brand_id IN $within_brands)
  AND ($within_shops IS NULL OR h.shop_id IN $within_shops)
RETURN DISTINCT kind, id
ORDER BY kind, id
