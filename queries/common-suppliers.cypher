// question: Which parties supplied several of the given parties?
// question.zh: 哪些主体是所列若干主体的共同上家？
// counts: Senders of records whose receivers are among the given parties, returns included; carriers too. Cards are
//     different ones that records name; what is stated by number only is counted beside them.
// counts.zh: 接收方在所列主体之内的记录的转出方，含退卡，含运营商。卡数为写明卡号的不同卡；只写数量的另计。
// param parties: party[] | the parties, one each | 各主体，逐个给出
// param at_least: integer = 2 | the fewest of them that it supplied | 最少供给的主体数
// column party_id: the supplier | 上家标识
// column party_name: its name | 名称
// column is_carrier: whether it is a carrier | 是否运营商
// column supplied: how many of the given parties | 供给了其中几个主体
// column cards: different cards named | 写明卡号的不同卡数
// column quantity_cards: cards stated by number only | 只写数量的卡数
// mode: read

MATCH (seen:Case)
UNWIND $parties AS id
WITH DISTINCT seen, id
MATCH (giver:Party)-[:GAVE]->(r:Record)-[:TO]->(taker:Party {id: id})
WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH giver, collect(CASE WHEN c IS NOT NULL THEN [c.head, lo, hi] END) AS lots, count(DISTINCT taker) AS supplied,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards
WHERE supplied >= $at_least
// different cards of lots that overlap: lots in order, each adds those after all that came before it
RETURN
    giver.id AS party_id, giver.name AS party_name, giver.is_carrier AS is_carrier, supplied,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS cards,
    quantity_cards
ORDER BY supplied DESC, cards DESC, party_id
