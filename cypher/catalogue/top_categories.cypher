// purpose: the categories that have no parent, to ask which kind of goods is meant
// mode: read
// audience: customer
// param limit: integer
// returns: category_id string, name string
MATCH (c:Category)
OPTIONAL MATCH (c)-[:CHILD_OF]->(parent:Category)
WITH c, parent
WHERE parent IS NULL
RETURN c.category_id AS category_id, c.name AS name
ORDER BY category_id
LIMIT $limit
