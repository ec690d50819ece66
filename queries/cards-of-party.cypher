// question: Which cards did a party receive or pass on between two days?
// question.zh: 某主体在两个日期之间收到和转出了哪些卡？
// counts: One row for each record, as it stands, with the lot that it names. Repeated statements are listed too; a
//     record that states only a number of cards has no card numbers. A card that came and went is in several rows.
// counts.zh: 每条记录一行，照原样列出所涉号段；重复的陈述也列出；只写数量的记录没有卡号。进出多次的卡出现在多行中。
// param party: party | the party, by name, number or id | 主体的名称、证件号码或标识
// param since: day = 1990-01-01 | the first day | 起始日期
// param until: day = 2100-12-31 | the last day | 截止日期
// column direction: received or passed_on | received 收到，passed_on 转出
// column moment: day, month or time that the record states | 记录所写的日期、月份或时间
// column kind: purchase, transfer or return | 记录类型
// column other_id: the other party | 对方标识
// column other_name: its name | 对方名称
// column first_card: the first card, by its key | 首张卡的卡键
// column last_card: the last card | 末张卡的卡键
// column cards: how many cards the record names | 记录所涉卡数
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case), (party:Party {id: $party})
CALL (party) {
    MATCH (giver:Party)-[:GAVE]->(r:Record)-[:TO]->(party)
    RETURN 'received' AS direction, r, giver, party AS taker, giver AS other
    UNION ALL
    MATCH (party)-[:GAVE]->(r:Record)-[:TO]->(taker:Party)
    RETURN 'passed_on' AS direction, r, party AS giver, taker, taker AS other
}
WITH seen, direction, r, giver, taker, other, date(left(r.date, 10)) AS day,
    CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END AS until
WHERE r.sheet <= seen.sheets AND until >= $since AND day <= $until
OPTIONAL MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    direction, r.date AS moment,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    other.id AS other_id, other.name AS other_name, coalesce(c.first, c.key) AS first_card,
    coalesce(c.last, c.key) AS last_card, CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards,
    f.name AS file, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY day, direction DESC, f.sha256, s.name, r.row
