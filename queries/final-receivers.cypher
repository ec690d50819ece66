// question: Who received many cards and passed none on?
// question.zh: 谁收到了许多卡而没有转出过？
// counts: Different cards that records name; sales by number of cards are counted beside them. Parties that any record
//     has pass cards on, give them back included, are not here.
// counts.zh: 记录写明卡号的不同卡；只写数量的另计。凡有转出（含退回）记录的主体不在内。
// param at_least: integer = 20 | the fewest cards | 最少卡数
// column party_id: the party | 主体标识
// column party_name: its name | 名称
// column cards: different cards named | 写明卡号的卡数
// column quantity_cards: cards stated by number only | 只写数量的卡数
// column senders: from how many parties | 来源主体数
// column since: the earliest possible day | 最早可能日期
// column until: the latest possible day | 最晚可能日期
// mode: read

MATCH (seen:Case)
MATCH (taker:Party {is_carrier: false})
WHERE NOT EXISTS {
    MATCH (taker)-[:GAVE]->(onward:Record)-[:TO]->(other:Party) WHERE onward.sheet <= seen.sheets AND other <> taker
}
MATCH (giver:Party)-[:GAVE]->(r:Record)-[:TO]->(taker)
WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH taker, collect(CASE WHEN c IS NOT NULL THEN [c.head, lo, hi] END) AS lots,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards, count(DISTINCT giver) AS senders,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH *,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS cards
WHERE cards + quantity_cards >= $at_least
RETURN taker.id AS party_id, taker.name AS party_name, cards, quantity_cards, senders, since, until
ORDER BY cards DESC, quantity_cards DESC, party_id
