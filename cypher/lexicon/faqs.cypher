// purpose: every preset question in all its wordings, with what it is about; of a product its categories too
// mode: read
// audience: system
// returns: faq_id string, question string, similar_questions strings, target_type string, target_id string, category_ids strings
MATCH (f:Faq)
OPTIONAL MATCH (p:Product {product_id: f.target_id})-[:IN_CATEGORY]->(:Category)-[:CHILD_OF*0..16]->(c:Category)
WHERE f.target_type = 'product'
WITH f, c
ORDER BY f.faq_id, c.category_id
WITH f, collect(DISTINCT c.category_id) AS category_ids
RETURN f.faq_id AS faq_id, f.question AS question, f.similar_questions AS similar_questions, f.target_type AS target_type,
       f.target_id AS target_id, category_ids
ORDER BY faq_id
