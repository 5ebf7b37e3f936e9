// purpose: the names of every brand, for the lexicon
// mode: read
// audience: system
// returns: id string, name string, aliases strings
MATCH (n:Brand)
RETURN n.brand_id AS id, n.name AS name, n.aliases AS aliases
ORDER BY id
