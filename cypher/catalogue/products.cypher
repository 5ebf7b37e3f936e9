// purpose: products by id, each with its brand, shop and categories (nearest first by depth)
// mode: read
// audience: customer
// param product_ids: strings
// returns: product_id string, name string, aliases strings, status string, return_class string, warranty_months integer, description string, brand_id string, brand_name string, shop_id string, shop_name string, categories maps
UNWIND $product_ids AS wanted
MATCH (p:Product {product_id: wanted})
OPTIONAL MATCH (p)-[:OF_BRAND]->(b:Brand)
OPTIONAL MATCH (p)-[:SOLD_BY]->(h:Shop)
OPTIONAL MATCH path = (p)-[:IN_CATEGORY]->(:Category)-[:CHILD_OF*0..16]->(c:Category)
WITH p, b, h, c, length(path) AS depth
ORDER BY p.product_id, depth, c.category_id
WITH p, b, h, collect({category_id: c.category_id, name: c.name, return_class: c.return_class, depth: depth}) AS categories
RETURN p.product_id AS product_id, p.name AS name, p.aliases AS aliases, p.status AS status, p.return_class AS return_class,
       p.warranty_months AS warranty_months, p.description AS description, b.brand_id AS brand_id, b.name AS brand_name,
       h.shop_id AS shop_id, h.name AS shop_name, categories
ORDER BY product_id
