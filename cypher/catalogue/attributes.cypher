// purpose: everything recorded about a product
// mode: read
// audience: customer
// param product_id: string
// returns: name string, value string, unit string
MATCH (p:Product {product_id: $product_id})-[:HAS_ATTRIBUTE]->(a:Attribute)
RETURN a.name AS name, a.value AS value, a.unit AS unit
ORDER BY name
