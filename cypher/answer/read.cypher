// purpose: an answer that was given, by its id
// mode: read
// audience: system
// param answer_id: string
// returns: answer string, question string, owner string, asked_at instant
MATCH (a:AnswerLog {answer_id: $answer_id})
RETURN a.answer AS answer, a.question AS question, a.owner AS owner, a.asked_at AS asked_at
ORDER BY asked_at
