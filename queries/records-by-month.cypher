// question: How many records of each kind are there in each month?
// question.zh: 每月各类记录各有多少？
// counts: Statements, each once, in the month of their earliest possible day, and the cards that they name or state,
//     where a card of several statements counts several times. Seizures without a date are in no month.
// counts.zh: 每个陈述计一次，归入其最早可能日期所在月份；卡数按记录所写，多次出现的卡重复计数。没有日期的扣押不归入任何月份。
// column month: the month | 月份
// column kind: what the records are about | 记录类型
// column records: statements | 陈述数
// column cards: cards named or stated | 卡数
// mode: read

MATCH (seen:Case)
MATCH (r:Record)
WHERE r.sheet <= seen.sheets AND NOT r:Repeated
OPTIONAL MATCH (giver:Party)-[:GAVE]->(r)
OPTIONAL MATCH (r)-[:TO]->(taker:Party)
OPTIONAL MATCH (r)-[:MOVES|OF]->(c)
RETURN
    left(r.date, 7) AS month,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    count(r) AS records,
    sum(CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END) AS cards
ORDER BY month, kind
