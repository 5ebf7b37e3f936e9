// purpose: the specifications SKUs have (JSON of keys and values), for the lexicon
// mode: read
// audience: system
// returns: spec string, skus integer
MATCH (n:Sku)
WHERE n.spec IS NOT NULL
RETURN n.spec AS spec, count(n) AS skus
ORDER BY spec
