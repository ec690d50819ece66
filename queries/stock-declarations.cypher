// question: What did parties declare as in stock and as sold?
// question.zh: 各主体申报了多少库存和销量？
// counts: Declarations as they stand, by party and day. Several of one day are about different cards; they are not
//     added up here, nor set against purchases: the audit does that.
// counts.zh: 申报记录照原样按主体和日期列出。同一天的多条涉及不同的卡，此处不加总，也不与采购核对，核对由审计完成。
// param party: party = null | only this party | 只看此主体
// column party_id: who declared it | 申报方标识
// column party_name: its name | 名称
// column moment: for which day | 申报日期
// column stock: cards in stock, as declared | 申报库存
// column sold: cards sold, as declared | 申报销量
// column first_card: the first card, where cards are named | 首张卡（写明卡号时）
// column last_card: the last card | 末张卡
// column cards: how many cards are named or stated as a quantity | 写明的卡数
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case)
MATCH (party:Party)-[:DECLARED]->(r:Stock)
WHERE r.sheet <= seen.sheets AND ($party IS NULL OR party.id = $party)
OPTIONAL MATCH (r)-[:OF]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    party.id AS party_id, party.name AS party_name, r.date AS moment, r.stock AS stock, r.sold AS sold,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY party_id, date(left(r.date, 10)), first_card, f.sha256, s.name, r.row
