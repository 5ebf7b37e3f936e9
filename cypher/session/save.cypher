// purpose: remember a conversation's last turn
// mode: write
// audience: system
// param session_id: string
// param state: string
// param updated_at: instant
// param owner: string?
// returns: owner string
MERGE (s:Session {session_id: $session_id})
SET s.state = $state, s.updated_at = $updated_at, s.owner = $owner
WITH s
MATCH (u:User {user_id: $owner})
MERGE (u)-[:TALKED_IN]->(s)
RETURN u.user_id AS owner
ORDER BY owner
