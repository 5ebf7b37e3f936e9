// purpose: every preset question in all its wordings, with what it is about: of a product its categories, of a category its goods
// mode: read
// audience: system
// returns: faq_id string, question string, similar_questions strings, answer string, target_type string, target_id string, category_ids strings, below_ids strings, product_ids strings
MATCH (f:Faq)
OPTIONAL MATCH (p:Product {product_id: f.target_id})-[:IN_CATEGORY]->(:Category)-[:CHILD_OF*0..16]->(c:Category)
WHERE f.target_type = 'product'
WITH f, c
ORDER BY f.faq_id, c.category_id
WITH f, collect(DISTINCT c.category_id) AS category_ids
OPTIONAL MATCH (below:Category)-[:CHILD_OF*0..16]->(:Category {category_id: f.target_id})
WHERE f.target_type = 'category'
OPTIONAL MATCH (inside:Product)-[:IN_CATEGORY]->(below)
WITH f, category_ids, below, inside
ORDER BY f.faq_id, below.category_id, inside.product_id
WITH f, category_ids, collect(DISTINCT below.category_id) AS below_ids, collect(DISTINCT inside.product_id) AS product_ids
RETURN f.faq_id AS faq_id, f.question AS question, f.similar_questions AS similar_questions, f.answer AS answer,
       f.target_type AS target_type, f.target_id AS target_id, category_ids, below_ids, product_ids
ORDER BY faq_id
