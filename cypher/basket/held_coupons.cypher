// purpose: the coupons of the customer as they may be used on a basket
// mode: read
// audience: customer
// param user_id: string owner
// returns: coupon_id string, promotion_id string, status string, valid_from instant, valid_to instant
MATCH (u:User {user_id: $user_id})-[:HOLDS]->(c:Coupon)-[:COUPON_OF]->(p:Promotion)
WITH c, min(p.promotion_id) AS promotion_id
RETURN c.coupon_id AS coupon_id, promotion_id, c.status AS status, c.valid_from AS valid_from, c.valid_to AS valid_to
ORDER BY coupon_id
