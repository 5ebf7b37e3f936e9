// purpose: the names of every shop, for the lexicon
// mode: read
// audience: system
// returns: id string, name string, aliases strings
MATCH (n:Shop)
RETURN n.shop_id AS id, n.name AS name, n.aliases AS aliases
ORDER BY id
