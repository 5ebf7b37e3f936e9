// purpose: everything recorded about some products
// mode: read
// audience: customer
// param product_ids: strings
// returns: product_id string, name string, value string, unit string
UNWIND $product_ids AS wanted
MATCH (p:Product {product_id: wanted})-[:HAS_ATTRIBUTE]->(a:Attribute)
RETURN p.product_id AS product_id, a.name AS name, a.value AS value, a.unit AS unit
ORDER BY product_id, name
