// purpose: the coupons of the customer, what they are for, those that end first on top
// mode: read
// audience: customer
// param user_id: string owner
// param now: instant
// returns: coupon_id string, promotion_id string, name string, status string, valid_to instant
MATCH (u:User {user_id: $user_id})-[:HOLDS]->(c:Coupon)
OPTIONAL MATCH (c)-[:COUPON_OF]->(p:Promotion)
WITH c, min(p.promotion_id) AS promotion_id, max(p.name) AS name,
     CASE WHEN c.status = 'UNUSED' AND c.valid_to < $now THEN 'EXPIRED' ELSE c.status END AS status
RETURN c.coupon_id AS coupon_id, promotion_id, name, status, c.valid_to AS valid_to
ORDER BY CASE WHEN status = 'UNUSED' THEN 0 ELSE 1 END, valid_to, coupon_id
