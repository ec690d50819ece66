// question: Which cards did an enterprise pass on before a carrier sold them to it?
// question.zh: 哪些卡在运营商售予某单位之前已被该单位转出？
// counts: Pairs of a sale by a carrier and a transfer by its buyer whose lots overlap, the transfer certainly on an
//     earlier day. An earlier purchase of the same cards, which would explain it, is not looked for.
// counts.zh: 运营商销售记录与其买方的转让记录，号段有重叠，且转让日期确定早于销售日期。是否另有更早的采购不予判断。
// column enterprise_id: the enterprise | 单位标识
// column enterprise_name: its name | 名称
// column first_card: the first card of the overlap | 重叠部分首张卡
// column last_card: the last one | 末张卡
// column cards: cards of the overlap | 重叠卡数
// column to_id: who got them | 接收方标识
// column to_name: its name | 名称
// column passed_on: when they were passed on | 转出日期
// column bought: when they were bought | 采购日期
// column record_id: the record of the transfer | 转让记录标识
// column purchase_record_id: the record of the purchase | 采购记录标识
// mode: read

MATCH (seen:Case)
MATCH (carrier:Party {is_carrier: true})-[:GAVE]->(r:Record)-[:TO]->(party:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets
MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
// one of several records that say the same, so that none is paired twice
WITH seen, carrier, party, coalesce(c.first, c.key) AS first, coalesce(c.last, c.key) AS last, r.date AS bought,
    head(collect(c)) AS c,
    min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS purchase_record_id
WITH seen, party, c, first, last, bought, purchase_record_id,
    coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
// lots and cards that have a card in common with the lot, by index
CALL (seen, c, lo, hi) {
    RETURN c AS other
    UNION
    UNWIND seen.classes AS cls
    WITH c, lo, hi, cls, toInteger(2 ^ cls) AS width
    MATCH (other:Lot) USING INDEX SEEK other:Lot(head, cls, lo)
    WHERE other.head = c.head AND other.cls = cls AND other.lo > lo - width AND other.lo <= hi AND other.hi >= lo
    RETURN other
    UNION
    MATCH (other:Card) WHERE c:Lot AND other.key >= c.first AND other.key <= c.last AND other.head = c.head
    RETURN other
}
MATCH (other)<-[:MOVES]-(r:Record)<-[:GAVE]-(party)
WHERE r.sheet <= seen.sheets
MATCH (r)-[:TO]->(taker:Party {is_carrier: false}) WHERE taker <> party
WITH seen, party, c, first, last, bought, purchase_record_id, r, taker, other
WHERE CASE size(r.date) WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10)) END
    < date(left(bought, 10))
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
WITH party, c, first, last, bought, purchase_record_id, taker, coalesce(other.first, other.key) AS other_first,
    coalesce(other.last, other.key) AS other_last, r.date AS passed_on,
    min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS record_id
WITH *, CASE WHEN first > other_first THEN first ELSE other_first END AS first_card,
    CASE WHEN last < other_last THEN last ELSE other_last END AS last_card, size(split(c.head, '.')[0]) AS head
RETURN
    party.id AS enterprise_id, party.name AS enterprise_name, first_card, last_card,
    coalesce(toInteger(substring(last_card, head)) - toInteger(substring(first_card, head)), 0) + 1 AS cards,
    taker.id AS to_id, taker.name AS to_name, passed_on, bought, record_id, purchase_record_id
ORDER BY enterprise_id, first_card, record_id, purchase_record_id
