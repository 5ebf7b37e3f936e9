// purpose: the customer behind a channel's own id
// mode: read
// audience: system
// param identity_key: string
// returns: user_id string
MATCH (u:User)-[:KNOWN_AS]->(i:Identity {identity_key: $identity_key})
RETURN u.user_id AS user_id
ORDER BY user_id
