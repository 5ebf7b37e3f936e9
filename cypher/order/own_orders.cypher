// purpose: every order of the customer with what its amounts are made of, newest first
// mode: read
// audience: customer
// param user_id: string owner
// returns: item map, lines integer, goods money, applications integer, grants money, payments integer, paid money, charged money
MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)
OPTIONAL MATCH (o)-[:HAS_LINE]->(l:OrderLine)
WITH o, count(l.list_price) AS lines, sum(l.list_price * l.quantity) AS goods
OPTIONAL MATCH (o)-[:HAS_APPLICATION]->(a:PromotionApplication)
WITH o, lines, goods, count(a.grant) AS applications, sum(a.grant) AS grants
OPTIONAL MATCH (o)-[:PAID_WITH]->(p:Payment)
WITH o, lines, goods, applications, grants, count(p.amount) AS payments, sum(p.amount) AS paid
OPTIONAL MATCH (o)-[:HAS_FREIGHT]->(f:Freight)
RETURN o {.*} AS item, lines, goods, applications, grants, payments, paid, f.charged AS charged
ORDER BY o.placed_at DESC, o.order_id
