// purpose: the preset answers about some goods or about none in particular, whose questions have one of some words; and one by its id
// mode: read
// audience: customer
// param targets: strings
// param words: strings
// param faq_id: string?
// returns: faq_id string, topic string, question string, similar_questions strings, answer string, target_type string, target_id string
MATCH (f:Faq)
WHERE (f.target_id IS NULL OR (f.target_type + '/' + f.target_id) IN $targets)
  AND (f.faq_id = $faq_id OR any(word IN $words WHERE f.question CONTAINS word
       OR any(other IN coalesce(f.similar_questions, []) WHERE other CONTAINS word)))
RETURN f.faq_id AS faq_id, f.topic AS topic, f.question AS question, f.similar_questions AS similar_questions, f.answer AS answer,
       f.target_type AS target_type, f.target_id AS target_id
ORDER BY faq_id
