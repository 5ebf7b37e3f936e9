// purpose: the display names of catalogue entities by id; a SKU is called by its product
// mode: read
// audience: customer
// param sku_ids: strings
// param product_ids: strings
// param category_ids: strings
// param brand_ids: strings
// param shop_ids: strings
// param promotion_ids: strings
// returns: kind string, id string, name string
CALL () {
  UNWIND $sku_ids AS wanted
  MATCH (s:Sku {sku_id: wanted})-[:SKU_OF]->(p:Product)
  RETURN 'sku' AS kind, s.sku_id AS id, p.name AS name
  UNION ALL
  UNWIND $product_ids AS wanted
  MATCH (p:Product {product_id: wanted})
  RETURN 'product' AS kind, p.product_id AS id, p.name AS name
  UNION ALL
  UNWIND $category_ids AS wanted
  MATCH (c:Category {category_id: wanted})
  RETURN 'category' AS kind, c.category_id AS id, c.name AS name
  UNION ALL
  UNWIND $brand_ids AS wanted
  MATCH (b:Brand {brand_id: wanted})
  RETURN 'brand' AS kind, b.brand_id AS id, b.name AS name
  UNION ALL
  UNWIND $shop_ids AS wanted
  MATCH (h:Shop {shop_id: wanted})
  RETURN 'shop' AS kind, h.shop_id AS id, h.name AS name
  UNION ALL
  UNWIND $promotion_ids AS wanted
  MATCH (m:Promotion {promotion_id: wanted})
  RETURN 'promotion' AS kind, m.promotion_id AS id, m.name AS name
}
RETURN kind, id, name
ORDER BY kind, id, name
