// purpose: the names of recorded attributes, for the lexicon
// mode: read
// audience: system
// returns: name string, products integer
MATCH (n:Attribute)
RETURN n.name AS name, count(n) AS products
ORDER BY name
