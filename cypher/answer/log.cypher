// purpose: keep an answer for explanation, feedback and audit
// mode: write
// audience: system
// param answer_id: string
// param owner: string?
// param question: string
// param intent: string?
// param status: string
// param asked_at: instant
// param answer: string
// returns: owner string
CREATE (a:AnswerLog {answer_id: $answer_id})
SET a.owner = $owner, a.question = $question, a.intent = $intent, a.status = $status, a.asked_at = $asked_at, a.answer = $answer
WITH a
MATCH (u:User {user_id: $owner})
CREATE (u)-[:WAS_TOLD]->(a)
RETURN u.user_id AS owner
ORDER BY owner
