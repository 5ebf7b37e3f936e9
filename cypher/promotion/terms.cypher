// purpose: the terms that promotions name, and those on refunds, coupons, gifts and freight, which may hold for any promotion
// mode: read
// audience: customer
// param promotion_ids: strings
// returns: term_id string, term map
CALL () {
  UNWIND $promotion_ids AS wanted
  MATCH (p:Promotion {promotion_id: wanted})-[:GOVERNED_BY]->(t:Term)
  RETURN t.term_id AS term_id, t {.*} AS term
  UNION
  MATCH (t:Term)
  WHERE t.topic IN ['REFUND', 'COUPON', 'GIFT', 'FREIGHT', 'RETURN']
  RETURN t.term_id AS term_id, t {.*} AS term
}
RETURN DISTINCT term_id, term
ORDER BY term_id
