// purpose: the prices some SKUs had, each from an instant on, oldest first
// mode: read
// audience: customer
// param sku_ids: strings
// returns: sku_id string, price money, from instant
UNWIND $sku_ids AS wanted
MATCH (s:Sku {sku_id: wanted})-[:PRICED]->(p:PricePoint)
RETURN s.sku_id AS sku_id, p.price AS price, p.from AS from
ORDER BY sku_id, from
