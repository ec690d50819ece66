// question: Which enterprises passed on what share of the cards that carriers sold them?
// question.zh: 各单位向运营商采购的卡中，转出了多大比例？
// counts: Different cards that records name. `passed_on` are cards that a record has the enterprise pass on to anybody
//     but a carrier, also where they came back later; `share` can exceed 1 where purchases are missing. The audit
//     decides which cards are still resold.
// counts.zh: 记录写明卡号的不同卡。passed_on 为记录显示转给非运营商的卡，其后退回的也计；缺少采购记录时 share 可大于 1。是否仍为转售状态以审计为准。
// param at_least: integer = 1 | the fewest cards bought | 最少采购卡数
// column enterprise_id: the enterprise | 单位标识
// column enterprise_name: its name | 名称
// column purchased: cards bought from carriers | 采购卡数
// column passed_on: cards passed on | 转出卡数
// column share: passed_on divided by purchased | 转出占采购的比例
// column receivers: to how many parties | 下家数
// mode: read

MATCH (seen:Case)
MATCH (:Party {is_carrier: true})-[:GAVE]->(r:Record)-[:TO]->(enterprise:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets
MATCH (r)-[:MOVES]->(c)
WITH DISTINCT seen, enterprise, c
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH seen, enterprise, collect([c.head, lo, hi]) AS lots
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH seen, enterprise,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS purchased
WHERE purchased >= $at_least
OPTIONAL MATCH (enterprise)-[:GAVE]->(r:Record)-[:MOVES]->(c)
WHERE r.sheet <= seen.sheets AND EXISTS { (r)-[:TO]->(:Party {is_carrier: false}) }
OPTIONAL MATCH (r)-[:TO]->(taker:Party)
WITH enterprise, purchased, taker, CASE WHEN taker <> enterprise THEN c END AS c
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH enterprise, purchased, collect(CASE WHEN c IS NOT NULL THEN [c.head, lo, hi] END) AS lots,
    count(DISTINCT CASE WHEN c IS NOT NULL THEN taker END) AS receivers
WITH enterprise, purchased, receivers,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS passed_on
RETURN
    enterprise.id AS enterprise_id, enterprise.name AS enterprise_name, purchased, passed_on,
    round(10000.0 * passed_on / purchased) / 10000 AS share, receivers
ORDER BY share DESC, purchased DESC, enterprise_id
