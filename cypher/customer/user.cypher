// purpose: whether the data has this customer, and how to address them
// mode: read
// audience: customer
// param user_id: string owner
// returns: user_id string, name string, member_level string, region string
MATCH (u:User {user_id: $user_id})
RETURN u.user_id AS user_id, u.name AS name, u.member_level AS member_level, u.region AS region
ORDER BY user_id
