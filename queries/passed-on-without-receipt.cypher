// question: Which cards did parties pass on that no record shows them receiving?
// question.zh: 哪些卡被转出，但没有记录显示转出方收到过它们？
// counts: Records of a sender that is no carrier, where no record has it receive any card of the lot at any time. A lot
//     of which it received only a part is not here, nor a sale by number of cards.
// counts.zh: 非运营商的转出记录，且没有任何记录显示其收到过该号段中的任一张卡（不论时间）。只收到其中一部分的不在内；只写数量的不在内。
// column from_id: who passed them on | 转出方标识
// column from_name: its name | 名称
// column moment: when | 日期
// column to_id: who got them | 接收方标识
// column to_name: its name | 名称
// column first_card: the first card | 首张卡
// column last_card: the last card | 末张卡
// column cards: how many | 卡数
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})-[:GAVE]->(r:Record)-[:MOVES]->(c)
WHERE r.sheet <= seen.sheets
MATCH (r)-[:TO]->(taker:Party) WHERE taker <> giver
WITH seen, giver, c, collect([r, taker]) AS given,
    coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
// lots and cards that have a card in common with the lot, by index
WHERE NOT EXISTS {
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
    MATCH (other)<-[:MOVES]-(receipt:Record)-[:TO]->(giver)
    WHERE receipt.sheet <= seen.sheets AND NOT EXISTS { (giver)-[:GAVE]->(receipt) }
}
UNWIND given AS one
WITH giver, c, one[0] AS r, one[1] AS taker
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    giver.id AS from_id, giver.name AS from_name, r.date AS moment, taker.id AS to_id, taker.name AS to_name,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card, coalesce(c.cards, 1) AS cards,
    f.name AS file, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY from_id, date(left(r.date, 10)), first_card, f.sha256, s.name, r.row
