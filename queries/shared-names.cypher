MATCH (seen:Case)
MATCH (m:Mention)-[:REFERS_TO]->(party:Party {is_carrier: false})
WHERE m.strong <> '' AND m.name_key <> '' AND m.sheets[0] <= seen.sheets
UNWIND range(0, size(m.sheets) - 1) AS place
WITH seen, m, party, place WHERE m.sheets[place] <= seen.sheets
WITH seen, m.name_key AS name_key, min(m.names[place]) AS name, collect(DISTINCT party.id) AS ids
WHERE size(ids) > 1
OPTIONAL MATCH (undecided:Party {id: 'name:' + name_key})
WHERE EXISTS { MATCH (undecided)<-[:REFERS_TO]-(alone:Mention) WHERE alone.sheets[0] <= seen.sheets }
RETURN
    name, size(ids) AS parties, COLLECT { UNWIND ids AS id RETURN id ORDER BY id } AS party_ids,
    undecided.id AS undecided_id
ORDER BY parties DESC, name_key
