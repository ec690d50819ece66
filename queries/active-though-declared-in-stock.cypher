// question: Which cards were declared as in stock although they were online already?
// question.zh: 哪些卡已经上线却仍被申报为库存？
// counts: Declarations of stock that name cards, listed or by range, against activations that name the card, certainly
//     not later than the declared day. Repeated statements are listed; declarations of mere numbers are not.
// counts.zh: 写明卡号（逐张或号段）的库存申报，与不晚于申报日的激活记录对照。只申报数量的不在内；重复的陈述也列出。
// column party_id: who declared it | 申报方标识
// column party_name: its name | 名称
// column card: the card, by its key | 卡键
// column activated: when it was online | 激活时间
// column declared: the day of the declaration | 申报日期
// column user_id: who used it | 使用人标识
// column user_name: name of the user | 使用人名称
// column record_id: the record of the activation | 激活记录标识
// column declaration_record_id: the record of the declaration | 申报记录标识
// mode: read

MATCH (seen:Case)
MATCH (party:Party)-[:DECLARED]->(d:Stock)-[:OF]->(lot)
WHERE d.sheet <= seen.sheets AND coalesce(d.stock, 1) > 0
CALL (lot) {
    WITH lot WHERE lot:Card
    RETURN lot AS c
    UNION
    MATCH (c:Card) WHERE lot:Lot AND c.key >= lot.first AND c.key <= lot.last AND c.head = lot.head
    RETURN c
}
MATCH (c)<-[:OF]-(r:Activation)
WHERE r.sheet <= seen.sheets
WITH party, d, c, r, CASE size(r.date)
    WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
END AS until,
    CASE size(d.date)
        WHEN 7 THEN date(d.date) + duration('P1M') - duration('P1D') ELSE date(left(d.date, 10))
    END AS declared_until
WHERE until <= declared_until
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
MATCH (ds:Sheet {sheet: d.sheet})-[:OF]->(df:File)
WITH party, d, c, r, user, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id,
    left(df.sha256, 12) + ':' + coalesce(ds.name + ':', '') + toString(d.row) AS declaration_record_id
RETURN
    party.id AS party_id, party.name AS party_name, c.key AS card, r.date AS activated, d.date AS declared,
    user.id AS user_id, user.name AS user_name, record_id, declaration_record_id
ORDER BY party_id, card, date(left(r.date, 10)), record_id, declaration_record_id
