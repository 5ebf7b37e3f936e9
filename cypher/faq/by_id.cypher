// purpose: a preset answer
// mode: read
// audience: customer
// param faq_id: string
// returns: faq_id string, topic string, question string, answer string
MATCH (f:Faq {faq_id: $faq_id})
RETURN f.faq_id AS faq_id, f.topic AS topic, f.question AS question, f.answer AS answer
ORDER BY faq_id
