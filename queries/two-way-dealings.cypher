MATCH (seen:Case)
MATCH (giver:Party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party)
WHERE r.sheet <= seen.sheets AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH giver, taker, collect(CASE WHEN c IS NOT NULL THEN [c.head, low, high] END) AS lots,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH giver, taker, since, until,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS cards
// the two directions of a pair in one row, that from the one whose id comes first before the other
WITH CASE WHEN giver.id < taker.id THEN giver ELSE taker END AS party,
    CASE WHEN giver.id < taker.id THEN taker ELSE giver END AS other, giver, cards, since, until
WITH party, other, sum(CASE WHEN giver = party THEN cards ELSE 0 END) AS cards,
    sum(CASE WHEN giver = other THEN cards ELSE 0 END) AS cards_back, min(since) AS since, max(until) AS until,
    count(giver) AS directions
WHERE directions = 2
RETURN
    party.id AS party_id, party.name AS party_name, other.id AS other_id, other.name AS other_name, cards, cards_back,
    since, until
ORDER BY cards + cards_back DESC, party_id, other_id
