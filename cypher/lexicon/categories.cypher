// purpose: the names of every category, for the lexicon
// mode: read
// audience: system
// returns: id string, name string, aliases strings
MATCH (n:Category)
RETURN n.category_id AS id, n.name AS name, n.aliases AS aliases
ORDER BY id
