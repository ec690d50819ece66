// question: Which cards were given back, and to whom?
// question.zh: 哪些卡被退回，退给了谁？
// counts: Records of returns, and transfers to a carrier. Repeated statements are listed; whether the cards were sold
//     again is not looked at.
// counts.zh: 退卡记录，以及转给运营商的记录。重复的陈述也列出；退回后是否再次售出不予判断。
// param to_carriers_only: boolean = false | only what went back to a carrier | 只看退回运营商的
// column moment: when | 日期
// column from_id: who gave them back | 退回方标识
// column from_name: its name | 名称
// column to_id: who got them back | 接收方标识
// column to_name: its name | 名称
// column to_carrier: whether that is a carrier | 是否退给运营商
// column first_card: the first card | 首张卡
// column last_card: the last card | 末张卡
// column cards: how many | 卡数
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case)
MATCH (giver:Party)-[:GAVE]->(r:Record)-[:TO]->(taker:Party)
WHERE r.sheet <= seen.sheets AND (r:Return OR (r:Transfer AND taker.is_carrier))
    AND (taker.is_carrier OR NOT $to_carriers_only)
OPTIONAL MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.date AS moment, giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name,
    taker.is_carrier AS to_carrier, coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), from_id, first_card, f.sha256, s.name, r.row
