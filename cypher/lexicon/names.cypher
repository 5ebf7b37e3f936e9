// purpose: the names of everything a customer may name
// mode: read
// audience: system
// returns: kind string, id string, name string, aliases strings
CALL () {
  MATCH (p:Product)
  RETURN 'product' AS kind, p.product_id AS id, p.name AS name, p.aliases AS aliases
  UNION ALL
  MATCH (c:Category)
  RETURN 'category' AS kind, c.category_id AS id, c.name AS name, c.aliases AS aliases
  UNION ALL
  MATCH (b:Brand)
  RETURN 'brand' AS kind, b.brand_id AS id, b.name AS name, b.aliases AS aliases
  UNION ALL
  MATCH (h:Shop)
  RETURN 'shop' AS kind, h.shop_id AS id, h.name AS name, h.aliases AS aliases
  UNION ALL
  MATCH (m:Promotion)
  RETURN 'promotion' AS kind, m.promotion_id AS id, m.name AS name, m.aliases AS aliases
}
RETURN kind, id, name, aliases
ORDER BY kind, id, name
