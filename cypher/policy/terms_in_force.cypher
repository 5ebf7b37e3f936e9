// purpose: the after-sales terms of a topic that are in force
// mode: read
// audience: customer
// param topic: string
// param now: instant
// returns: term_id string, term map
MATCH (t:Term)
WHERE t.topic = $topic AND (t.effective_from IS NULL OR t.effective_from <= $now) AND (t.effective_to IS NULL OR t.effective_to >= $now)
RETURN t.term_id AS term_id, t {.*} AS term
ORDER BY term_id
