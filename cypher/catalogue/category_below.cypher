// purpose: everything below some categories, themselves left out
// mode: read
// audience: customer
// param category_ids: strings
// returns: category_id string, below_id string
UNWIND $category_ids AS wanted
MATCH (c:Category {category_id: wanted})<-[:CHILD_OF*1..16]-(d:Category)
RETURN DISTINCT c.category_id AS category_id, d.category_id AS below_id
ORDER BY category_id, below_id
