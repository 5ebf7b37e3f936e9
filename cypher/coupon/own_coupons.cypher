// purpose: the coupons of the customer, what they are for, those that end first on top
// mode: read
// audience: customer
// param user_id: string owner
// returns: coupon_id string, promotion_id string, name string, status string, valid_to instant
MATCH (u:User {user_id: $user_id})-[:HOLDS]->(c:Coupon)
OPTIONAL MATCH (c)-[:COUPON_OF]->(p:Promotion)
WITH c, min(p.promotion_id) AS promotion_id, max(p.name) AS name
RETURN c.coupon_id AS coupon_id, promotion_id, name, c.status AS status, c.valid_to AS valid_to
ORDER BY CASE WHEN c.status = 'UNUSED' THEN 0 ELSE 1 END, valid_to, coupon_id
