// purpose: shops by id
// mode: read
// audience: customer
// param shop_ids: strings
// returns: shop_id string, name string, kind string
UNWIND $shop_ids AS wanted
MATCH (s:Shop {shop_id: wanted})
RETURN s.shop_id AS shop_id, s.name AS name, s.kind AS kind
ORDER BY shop_id
