/*
question.en = "How many records of each kind are there in each month?"
question.zh = "每月各类记录各有多少？"
description.en = """
Statements, each once, in the month of their earliest possible day, and the cards that they name or state, where a
card of several statements counts several times. Seizures without a date are in no month."""
description.zh = "每个陈述计一次，归入其最早可能日期所在月份；卡数按记录所写，多次出现的卡重复计数。没有日期的扣押不归入任何月份。"
[returns]
month = {en = "the month", zh = "月份"}
kind = {en = "what the records are about", zh = "记录类型"}
records = {en = "statements", zh = "陈述数"}
cards = {en = "cards named or stated", zh = "卡数"}
*/

-- days first: few, where their texts and months would be made for every record
SELECT strftime(day, '%Y-%m') AS month, kind, sum(records)::BIGINT AS records, coalesce(sum(cards), 0)::BIGINT AS cards
FROM (SELECT day, kind, count(*) AS records, sum(cards) AS cards FROM records WHERE NOT repeated GROUP BY day, kind)
GROUP BY month, kind
ORDER BY month, kind
