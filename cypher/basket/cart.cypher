// purpose: what the customer put into the cart, newest first
// mode: read
// audience: customer
// param user_id: string owner
// param until: instant
// returns: target_type string, target_id string, at instant
MATCH (u:User {user_id: $user_id})-[:DID]->(e:Event)
WHERE e.kind = 'CART' AND e.at <= $until
RETURN e.target_type AS target_type, e.target_id AS target_id, max(e.at) AS at
ORDER BY at DESC, target_type, target_id
