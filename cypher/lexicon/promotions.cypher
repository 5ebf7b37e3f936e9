// purpose: the names of every promotion (all versions under one id), for the lexicon
// mode: read
// audience: system
// returns: id string, name string, aliases strings
MATCH (n:Promotion)
RETURN n.promotion_id AS id, n.name AS name, n.aliases AS aliases
ORDER BY id, name
