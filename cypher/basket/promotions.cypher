// purpose: every version of some promotions, in force or not
// mode: read
// audience: customer
// param promotion_ids: strings
// returns: promotion_id string, version integer, promotion map
UNWIND $promotion_ids AS wanted
MATCH (p:Promotion {promotion_id: wanted})
RETURN p.promotion_id AS promotion_id, p.version AS version, p {.*} AS promotion
ORDER BY promotion_id, version
