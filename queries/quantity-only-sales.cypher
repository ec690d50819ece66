// question: Which movements state only how many cards changed hands?
// question.zh: 哪些流转只写了数量而没有卡号？
// counts: Purchases, transfers and returns without any card number, each statement once; two equal ones under two
//     record numbers are two. Which cards they were is not known.
// counts.zh: 没有任何卡号的采购、转让和退卡，每个陈述计一次；单号不同的两条相同记录算两笔。具体是哪些卡无从得知。
// param party: party = null | only where this party sends or receives | 只看此主体收发的
// column moment: when | 日期
// column kind: purchase, transfer or return | 记录类型
// column from_id: who passed them on | 转出方标识
// column from_name: its name | 名称
// column to_id: who got them | 接收方标识
// column to_name: its name | 名称
// column cards: how many | 卡数
// column channel: the channel as written | 渠道（照原文）
// column record_no: the number of the record | 记录编号
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case)
MATCH (giver:Party)-[:GAVE]->(r:QuantityOnly)-[:TO]->(taker:Party)
WHERE r.sheet <= seen.sheets AND ($party IS NULL OR giver.id = $party OR taker.id = $party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
WITH giver, taker, r, f, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY record_id
WITH r.date AS moment,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    giver, taker, r.quantity AS cards, r.channel AS channel, r.record_no AS record_no,
    head(collect([f.name, record_id])) AS least
RETURN
    moment, kind, giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name, cards,
    channel,
    record_no, least[0] AS file, least[1] AS record_id
ORDER BY date(left(moment, 10)), from_id, to_id, record_id
