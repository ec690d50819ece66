/*
question.en = "Which parties that dealt in the audited party's cards have a telephone, account or address in common?"
question.zh = "哪些经手被核查主体的卡的主体共用电话、账号或地址？"
description.en = """
Those who passed on or received cards of the audited party and have a contact in common, by any record of the case. A
contact of a carrier, of more parties than `most_parties` anywhere in the case, a service number (400, 800), or one that
holds a word of `ignored` says nothing. Parties that were judged to be one party are one; those that were judged to be
different are named as such."""
description.zh = """
转出或收到被核查主体的卡、且按案件中任何记录共用联系方式的各方。运营商的联系方式、全案中超过 `most_parties`
个主体共用的、400 和 800 服务号码以及含有 `ignored` 所列字样的，均不计。判定为同一的主体计为一个；判定为不同的予以注明。"""
scope = "audit"
[params]
least_parties = {type = "integer", en = "the fewest parties", zh = "达到此主体数"}
most_parties = {type = "integer", en = "a contact of more parties says nothing", zh = "超过此主体数的联系方式不计"}
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
ignored = {type = "text[]", en = "words of contacts that many use, such as a platform's", zh = "公用联系方式（如平台的）所含字样"}
[returns]
enterprise = {en = "id of the audited party", zh = "被核查主体标识"}
parties = {en = "who they are", zh = "各主体"}
contacts = {en = "what they have in common", zh = "共用的联系方式"}
judged_apart = {en = "those of them that were judged to be different parties", zh = "其中判定为不同主体的"}
least_parties = {en = "the fewest parties", zh = "主体数起点"}
most_parties = {en = "the most parties that a contact says something about", zh = "主体数上限"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records that state the contacts", zh = "写明联系方式的记录"}
*/

WITH telling AS (
    SELECT contact
    FROM contacts
    LEFT JOIN parties USING (party)
    GROUP BY contact
    HAVING count(DISTINCT party) <= $most_parties
        AND NOT coalesce(bool_or(is_carrier), false)
        AND NOT regexp_matches(contact, '^at:[48]00[0-9]{7}$')
        AND NOT list_bool_or(list_transform($ignored::VARCHAR[], lambda word: contains(contact, lower(word))))
),
named_by AS (
    SELECT contact, party, value, record
    FROM contacts
    SEMI JOIN telling USING (contact)
    WHERE party IS NOT NULL
),
traded AS (
    SELECT enterprise, party, first, last FROM traders SEMI JOIN named_by USING (party)
),
dealers AS (
    SELECT DISTINCT enterprise, party
    FROM traded
),
shared AS (
    SELECT
        enterprise,
        contact,
        min(value) AS value,
        list(DISTINCT party ORDER BY party) AS members,
        list(DISTINCT record) AS records
    FROM named_by
    JOIN dealers USING (party)
    GROUP BY enterprise, contact
    HAVING count(DISTINCT party) >= greatest(2, $least_parties)
),
groups AS (
    SELECT
        enterprise,
        members,
        list(DISTINCT value ORDER BY value) AS contacts,
        list_distinct(flatten(list(records))) AS records
    FROM shared
    GROUP BY enterprise, members
),
crossed AS (
    SELECT DISTINCT enterprise, members, first, last
    FROM (SELECT enterprise, members, unnest(members) AS party FROM groups) AS placed
    JOIN traded USING (enterprise, party)
),
parted AS (
    SELECT
        *,
        first > max(last) OVER (
            PARTITION BY enterprise, members ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS is_apart
    FROM crossed
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (is_apart) OVER (
            PARTITION BY enterprise, members ORDER BY first, last RANGE UNBOUNDED PRECEDING
        ) AS piece
    FROM parted
),
pieces AS (
    SELECT
        enterprise,
        members,
        min(first) AS first,
        max(last) AS last
    FROM numbered
    GROUP BY enterprise, members, piece
),
dealt AS (
    SELECT
        enterprise,
        members,
        list({first: first, last: last}) AS cards,
        sum(last - first + 1) AS total
    FROM pieces
    GROUP BY enterprise, members
),
named AS (
    SELECT
        enterprise,
        members,
        list({id: party, name: name} ORDER BY party) AS parties
    FROM (SELECT enterprise, members, unnest(members) AS party FROM groups) AS placed
    JOIN parties USING (party)
    GROUP BY enterprise, members
),
apart AS (
    SELECT
        enterprise,
        members,
        list(DISTINCT {id: party, name: name} ORDER BY {id: party, name: name}) AS judged_apart
    FROM (SELECT enterprise, members, unnest(members) AS party FROM groups) AS placed
    JOIN judged_different USING (party)
    JOIN parties USING (party)
    WHERE list_contains(members, other)
    GROUP BY enterprise, members
)
SELECT
    enterprise,
    parties,
    contacts,
    coalesce(judged_apart, []) AS judged_apart,
    $least_parties AS least_parties,
    $most_parties AS most_parties,
    $least_cards AS least_cards,
    cards,
    records
FROM groups
JOIN named USING (enterprise, members)
JOIN dealt USING (enterprise, members)
LEFT JOIN apart USING (enterprise, members)
WHERE total >= $least_cards
ORDER BY enterprise, total DESC, members
