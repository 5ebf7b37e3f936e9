// purpose: the names of every product, for the lexicon
// mode: read
// audience: system
// returns: id string, name string, aliases strings
MATCH (n:Product)
RETURN n.product_id AS id, n.name AS name, n.aliases AS aliases
ORDER BY id
