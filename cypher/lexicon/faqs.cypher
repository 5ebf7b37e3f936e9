// purpose: every preset question in all its wordings
// mode: read
// audience: system
// returns: faq_id string, question string, similar_questions strings
MATCH (f:Faq)
RETURN f.faq_id AS faq_id, f.question AS question, f.similar_questions AS similar_questions
ORDER BY faq_id
