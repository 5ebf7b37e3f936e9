// purpose: the after-sales terms whose scope names any of these goods, those without scope, and (without term) those that are lost
// mode: read
// audience: customer
// param sku_ids: strings
// param product_ids: strings
// param category_ids: strings
// param brand_ids: strings
// param shop_ids: strings
// returns: term_id string, term map
CALL () {
  MATCH (t:Term)-[:APPLIES_TO]->(x:Sku) WHERE x.sku_id IN $sku_ids
  RETURN t.term_id AS term_id, t {.*} AS term
  UNION ALL
  MATCH (t:Term)-[:APPLIES_TO]->(x:Product) WHERE x.product_id IN $product_ids
  RETURN t.term_id AS term_id, t {.*} AS term
  UNION ALL
  MATCH (t:Term)-[:APPLIES_TO]->(x:Category) WHERE x.category_id IN $category_ids
  RETURN t.term_id AS term_id, t {.*} AS term
  UNION ALL
  MATCH (t:Term)-[:APPLIES_TO]->(x:Brand) WHERE x.brand_id IN $brand_ids
  RETURN t.term_id AS term_id, t {.*} AS term
  UNION ALL
  MATCH (t:Term)-[:APPLIES_TO]->(x:Shop) WHERE x.shop_id IN $shop_ids
  RETURN t.term_id AS term_id, t {.*} AS term
  UNION ALL
  MATCH (t:Term) WHERE NOT (t)-[:APPLIES_TO]->()
  RETURN t.term_id AS term_id, t {.*} AS term
  UNION ALL
  MATCH (t:Term)
  WITH t ORDER BY t.term_id
  WITH collect(t.term_id) AS have
  MATCH (d:DataSet)
  UNWIND coalesce(d.term_ids, []) AS listed
  WITH listed, have
  WHERE NOT listed IN have
  RETURN listed AS term_id, NULL AS term
}
RETURN term_id, term
ORDER BY term_id
