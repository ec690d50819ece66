// question: Through which channels were how many cards sold in each month?
// question.zh: 每月通过各渠道售出了多少张卡？
// counts: Transfers that state a channel, each statement once, in the month of its earliest possible day; cards as the
//     records name or state them. A card that was sold twice counts twice; so does a sale that seller and buyer word
//     differently.
// counts.zh: 写明渠道的转让，每个陈述计一次，归入其最早可能日期所在月份；卡数按记录所写。售出两次的卡计两次；买卖双方写法不同的同一笔销售也计两次。
// param from_party: party = null | only sales of this party | 只看此主体的销售
// column month: the month | 月份
// column channel: the channel as written | 渠道（照原文）
// column records: statements | 陈述数
// column cards: cards named or stated | 卡数
// column sellers: how many sellers | 卖方数
// column buyers: how many buyers | 买方数
// mode: read

MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})-[:GAVE]->(r:Transfer)-[:TO]->(taker:Party {is_carrier: false})
WHERE r.channel IS NOT NULL AND NOT r:Repeated AND r.sheet <= seen.sheets AND giver <> taker
    AND ($from_party IS NULL OR giver.id = $from_party)
OPTIONAL MATCH (r)-[:MOVES]->(c)
RETURN
    left(r.date, 7) AS month, r.channel AS channel, count(r) AS records,
    sum(CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END) AS cards,
    count(DISTINCT giver) AS sellers, count(DISTINCT taker) AS buyers
ORDER BY month, cards DESC, channel
