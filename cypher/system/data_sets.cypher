// purpose: the data sets that were loaded, and their "now"
// mode: read
// audience: system
// returns: name string, as_of instant, loaded_at instant
MATCH (d:DataSet)
RETURN d.name AS name, d.as_of AS as_of, d.loaded_at AS loaded_at
ORDER BY loaded_at, name
