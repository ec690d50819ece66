// question: Which names are borne by several parties?
// question.zh: 哪些名称由多个主体共用？
// counts: Names, compared without blanks and case, of parties with different numbers. Records with such a name alone do
//     not tell who is meant; all of them together are one party of their own.
// counts.zh: 证件号码不同的主体的同一名称（不计空格和大小写）。只写此名称的记录无法区分所指，这些记录合为一个单独的主体。
// column name: the name | 名称
// column parties: how many parties bear it | 主体数
// column party_ids: their ids | 各主体标识
// column undecided_id: the party of the records with the name alone | 只写名称的记录所归主体标识
// mode: read

MATCH (seen:Case)
MATCH (m:Mention)-[:NAMES]->(party:Party {is_carrier: false})
WHERE m.strong <> '' AND m.name_key <> '' AND m.sheets[0] <= seen.sheets
UNWIND range(0, size(m.sheets) - 1) AS place
WITH seen, m, party, place WHERE m.sheets[place] <= seen.sheets
WITH seen, m.name_key AS name_key, min(m.names[place]) AS name, collect(DISTINCT party.id) AS ids
WHERE size(ids) > 1
OPTIONAL MATCH (undecided:Party {id: 'name:' + name_key})
WHERE EXISTS { MATCH (undecided)<-[:NAMES]-(alone:Mention) WHERE alone.sheets[0] <= seen.sheets }
RETURN
    name, size(ids) AS parties, COLLECT { UNWIND ids AS id RETURN id ORDER BY id } AS party_ids,
    undecided.id AS undecided_id
ORDER BY parties DESC, name_key
