// purpose: some categories, each with all its ancestors (itself included), nearest first by depth
// mode: read
// audience: customer
// param category_ids: strings
// returns: category_id string, name string, ancestor_id string, return_class string, depth integer
UNWIND $category_ids AS wanted
MATCH path = (c:Category {category_id: wanted})-[:CHILD_OF*0..16]->(a:Category)
RETURN c.category_id AS category_id, c.name AS name, a.category_id AS ancestor_id, a.return_class AS return_class,
       length(path) AS depth
ORDER BY category_id, depth, ancestor_id
