// question: Which records came from a file?
// question.zh: 某文件载入了哪些记录？
// counts: Every row that was loaded from the file, repeated statements included, in the order of its sheets and rows.
//     Rejected rows are not here: see `rejected-rows`.
// counts.zh: 从该文件载入的每一行，含重复的陈述，按工作表和行的顺序。拒收的行见 rejected-rows。
// param file: text | its name, or the beginning of its SHA-256 | 文件名，或其 SHA-256 的开头
// column file: the file | 文件
// column sheet: the sheet | 工作表
// column row: the row, as a spreadsheet program counts | 行号
// column kind: what the record is about | 记录类型
// column moment: when | 日期
// column from_id: who passed cards on, or declared them | 转出方或申报方标识
// column from_name: its name | 名称
// column to_id: who received or used them | 接收方或使用人标识
// column to_name: its name | 名称
// column precision: listed, range or quantity | 卡号写法：listed 逐张，range 号段，quantity 数量
// column first_card: the first card | 首张卡
// column last_card: the last card | 末张卡
// column cards: how many | 卡数
// column record_id: the record | 记录标识
// mode: read

MATCH (seen:Case)
MATCH (s:Sheet)-[:OF]->(f:File)
WHERE s.sheet <= seen.sheets AND (f.name = $file OR f.sha256 STARTS WITH toLower($file))
MATCH (r:Record {sheet: s.sheet})
OPTIONAL MATCH (giver:Party)-[:GAVE|DECLARED]->(r)
OPTIONAL MATCH (r)-[:TO|USED_BY]->(taker:Party)
OPTIONAL MATCH (r)-[:MOVES|OF]->(c)
RETURN
    f.name AS file, s.name AS sheet, r.row AS row,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    r.date AS moment, giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name,
    CASE WHEN c:Card THEN 'listed' WHEN c:Lot THEN 'range' WHEN r.quantity IS NOT NULL THEN 'quantity' END AS precision,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY file, f.sha256, sheet, row
