// question: What did carriers sell to whom?
// question.zh: 运营商把哪些卡售给了谁？
// counts: Records of sales by carriers, as they stand; repeated statements are listed, and so are sales by number of
//     cards, which name none.
// counts.zh: 运营商的销售记录，照原样列出；重复的陈述和只写数量的销售也列出。
// param enterprise: party = null | only this buyer | 只看此买方
// column moment: when | 日期
// column carrier_id: the carrier | 运营商标识
// column enterprise_id: the buyer | 买方标识
// column enterprise_name: its name | 名称
// column first_card: the first card | 首张卡
// column last_card: the last card | 末张卡
// column cards: how many | 卡数
// column declared_use: the use that was declared | 申报用途
// column contract_no: the contract | 合同编号
// column price: the price as written | 单价（照原文）
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case)
MATCH (carrier:Party {is_carrier: true})-[:GAVE]->(r:Record)-[:TO]->(buyer:Party)
WHERE r.sheet <= seen.sheets AND ($enterprise IS NULL OR buyer.id = $enterprise)
OPTIONAL MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.date AS moment, carrier.id AS carrier_id, buyer.id AS enterprise_id, buyer.name AS enterprise_name,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards,
    r.declared_use AS declared_use, r.contract_no AS contract_no, r.price AS price, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), enterprise_id, first_card, f.sha256, s.name, r.row
