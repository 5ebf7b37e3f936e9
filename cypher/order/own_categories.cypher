// purpose: the categories of everything the customer bought, with all their ancestors
// mode: read
// audience: customer
// param user_id: string owner
// returns: category_id string, name string, aliases strings, parent_id string
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)-[:HAS_LINE]->(l:OrderLine)-[:FOR_SKU]->(s:Sku)-[:SKU_OF]->(p:Product)-[:IN_CATEGORY]->(c:Category)
WITH DISTINCT c
MATCH (c)-[:CHILD_OF*0..16]->(a:Category)
WITH DISTINCT a
OPTIONAL MATCH (a)-[:CHILD_OF]->(q:Category)
RETURN a.category_id AS category_id, a.name AS name, a.aliases AS aliases, q.category_id AS parent_id
ORDER BY category_id, parent_id
