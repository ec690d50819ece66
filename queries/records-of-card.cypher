// question: Which records name a card, listed or within a range?
// question.zh: 哪些记录提到某张卡（逐张列出或在号段之内）？
// counts: Every row of every file that names the card by its number, repeated ones too. Rows that know it only by an
//     MSISDN or IMSI are not here. This is no chain: `graphtrace trace` puts the movements in order.
// counts.zh: 所有文件中以卡号提到该卡的每一行，重复的也列出；只写接入号或 IMSI 的行不在内。这不是流转链，排序由 graphtrace trace 完成。
// param card: card | the complete ICCID | 完整的 ICCID
// column moment: day, month or time that the record states | 记录所写的日期、月份或时间
// column kind: what the record is about | 记录类型
// column precision: listed, range or quantity | 卡号写法：listed 逐张，range 号段
// column from_id: who passed the card on, or declared it | 转出方或申报方标识
// column from_name: its name | 名称
// column to_id: who received or used the card | 接收方或使用人标识
// column to_name: its name | 名称
// column first_card: the first card that the record names | 记录所涉首张卡
// column last_card: the last one | 末张卡
// column case_no: the criminal case, in a seizure | 扣押记录的案件编号
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case)
// the node of the card, if it is listed, and the lots around it, which the index finds size class by size class
CALL (seen) {
    MATCH (c:Card {key: $card.key})
    RETURN c
    UNION
    UNWIND seen.classes AS cls
    WITH cls, toInteger(2 ^ cls) AS width
    MATCH (c:Lot) USING INDEX SEEK c:Lot(head, cls, lo)
    WHERE c.head = $card.head AND c.cls = cls AND c.lo > $card.number - width
        AND c.lo <= $card.number AND c.hi >= $card.number
    RETURN c
}
MATCH (c)<-[:MOVES|OF]-(r:Record) WHERE r.sheet <= seen.sheets
OPTIONAL MATCH (giver:Party)-[:GAVE|DECLARED]->(r)
OPTIONAL MATCH (r)-[:TO|USED_BY]->(taker:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.date AS moment,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    CASE WHEN c:Card THEN 'listed' ELSE 'range' END AS precision,
    giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card, r.case_no AS case_no, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), f.sha256, s.name, r.row
