// purpose: the terms in force whose text has one of some words
// mode: read
// audience: customer
// param words: strings
// param now: instant
// returns: term_id string, term map
MATCH (t:Term)
WHERE (t.effective_from IS NULL OR t.effective_from <= $now) AND (t.effective_to IS NULL OR t.effective_to >= $now)
  AND any(word IN $words WHERE t.text CONTAINS word)
RETURN t.term_id AS term_id, t {.*} AS term
ORDER BY term_id
