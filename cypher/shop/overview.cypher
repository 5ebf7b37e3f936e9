// purpose: the first shops there are, self-operated ones on top
// mode: read
// audience: customer
// param limit: integer
// returns: shop_id string, name string, kind string
MATCH (s:Shop)
RETURN s.shop_id AS shop_id, s.name AS name, s.kind AS kind
ORDER BY kind, shop_id
LIMIT $limit
