// purpose: what a conversation remembers
// mode: read
// audience: system
// param session_id: string
// returns: state string, owner string, updated_at instant
MATCH (s:Session {session_id: $session_id})
RETURN s.state AS state, s.owner AS owner, s.updated_at AS updated_at
ORDER BY updated_at
