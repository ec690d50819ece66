// question: To whom did enterprises pass on cards first hand?
// question.zh: 单位的卡首先转到了谁手里？
// counts: Transfers by parties to which a carrier sold cards, by receiver. Cards are different ones that records name;
//     sales by number of cards are counted beside them. Returns to carriers do not count.
// counts.zh: 曾向运营商采购的主体所作的转让，按接收方汇总。卡数为写明卡号的不同卡；只写数量的另计；退回运营商的不计。
// param enterprise: party = null | only this enterprise | 只看此单位
// column enterprise_id: the enterprise | 单位标识
// column enterprise_name: its name | 名称
// column party_id: the first hand | 首手接收方标识
// column party_name: its name | 名称
// column cards: different cards | 不同卡数
// column quantity_cards: cards stated by number only | 只写数量的卡数
// column records: statements | 陈述数
// column channels: the channels that are stated | 记载的渠道
// column since: the earliest possible day | 最早可能日期
// column until: the latest possible day | 最晚可能日期
// mode: read

MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})
WHERE ($enterprise IS NULL OR giver.id = $enterprise) AND EXISTS {
    MATCH (giver)<-[:TO]-(sale:Record)<-[:GAVE]-(:Party {is_carrier: true}) WHERE sale.sheet <= seen.sheets
}
MATCH (giver)-[:GAVE]->(r:Record)-[:TO]->(taker:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH giver, taker, collect(CASE WHEN c IS NOT NULL THEN [c.head, lo, hi] END) AS lots,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards, count(r) AS records,
    collect(DISTINCT r.channel) AS channels, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
RETURN
    giver.id AS enterprise_id, giver.name AS enterprise_name, taker.id AS party_id, taker.name AS party_name,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS cards,
    quantity_cards, records, COLLECT { UNWIND channels AS channel RETURN channel ORDER BY channel } AS channels,
    since, until
ORDER BY enterprise_id, cards DESC, quantity_cards DESC, party_id
