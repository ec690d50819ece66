/*
question.en = "Which names are borne by several parties?"
question.zh = "哪些名称由多个主体共用？"
description.en = """
Names, compared without blanks and case, of parties with different numbers. Records with such a name alone do not tell
who is meant; all of them together are one party of their own."""
description.zh = "证件号码不同的主体的同一名称（不计空格和大小写）。只写此名称的记录无法区分所指，这些记录合为一个单独的主体。"
[returns]
name = {en = "the name", zh = "名称"}
parties = {en = "how many parties bear it", zh = "主体数"}
party_ids = {en = "their ids", zh = "各主体标识"}
undecided_id = {en = "the party of the records with the name alone", zh = "只写名称的记录所归主体标识"}
*/

WITH bearers AS (
    SELECT name_key, count(DISTINCT party_id) AS parties, list(DISTINCT party_id ORDER BY party_id) AS party_ids,
        min(names.name) AS name
    FROM names JOIN parties USING (party_id)
    WHERE number IS NOT NULL AND NOT is_carrier AND name_key <> ''
    GROUP BY name_key
)
SELECT bearers.name, parties, party_ids, undecided.party_id AS undecided_id
FROM bearers LEFT JOIN parties AS undecided ON undecided.party_id = 'name:' || name_key
WHERE parties > 1
ORDER BY parties DESC, name_key
