// purpose: the categories of an order's goods, with all their ancestors
// mode: read
// audience: customer
// param user_id: string owner
// param order_id: string
// returns: item map, parent_id string
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order {order_id: $order_id})-[:HAS_LINE]->(l:OrderLine)-[:FOR_SKU]->(s:Sku)-[:SKU_OF]->(p:Product)-[:IN_CATEGORY]->(c:Category)
WITH DISTINCT c
MATCH (c)-[:CHILD_OF*0..16]->(a:Category)
WITH DISTINCT a
OPTIONAL MATCH (a)-[:CHILD_OF]->(q:Category)
RETURN a {.*} AS item, q.category_id AS parent_id
ORDER BY a.category_id, parent_id
