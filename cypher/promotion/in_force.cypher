// purpose: the promotions in force at some instant of a stretch of time
// mode: read
// audience: customer
// param since: instant
// param until: instant
// returns: promotion_id string, version integer, promotion map
MATCH (p:Promotion)
WHERE (p.valid_from IS NULL OR p.valid_from <= $until) AND (p.valid_to IS NULL OR p.valid_to >= $since)
RETURN p.promotion_id AS promotion_id, p.version AS version, p {.*} AS promotion
ORDER BY promotion_id, version
