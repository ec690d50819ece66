/*
question.en = "Through which channels were how many cards sold in each month?"
question.zh = "每月通过各渠道售出了多少张卡？"
description.en = """
Transfers that state a channel, each statement once, in the month of its earliest possible day; cards as the records
name or state them. A card that was sold twice counts twice; so does a sale that seller and buyer word differently."""
description.zh = "写明渠道的转让，每个陈述计一次，归入其最早可能日期所在月份；卡数按记录所写。售出两次的卡计两次；买卖双方写法不同的同一笔销售也计两次。"
[params]
from_party = {type = "party", optional = true, en = "only sales of this party", zh = "只看此主体的销售"}
[returns]
month = {en = "the month", zh = "月份"}
channel = {en = "the channel as written", zh = "渠道（照原文）"}
records = {en = "statements", zh = "陈述数"}
cards = {en = "cards named or stated", zh = "卡数"}
sellers = {en = "how many sellers", zh = "卖方数"}
buyers = {en = "how many buyers", zh = "买方数"}
*/

SELECT
    strftime(day, '%Y-%m') AS month, channel, count(*) AS records, sum(cards) AS cards,
    count(DISTINCT from_id) AS sellers, count(DISTINCT to_id) AS buyers
FROM moves
WHERE kind = 'transfer' AND channel IS NOT NULL AND NOT repeated AND from_id <> to_id
    AND ($from_party IS NULL OR from_id = $from_party)
GROUP BY month, channel
ORDER BY month, cards DESC, channel
