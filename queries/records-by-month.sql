/*
question.en = "How many records of each kind are there in each month, and how many different cards do they name?"
question.zh = "每月各类记录各有多少，涉及多少张不同的卡？"
description.en = """
Statements, each once, in the month of their earliest possible day, and the different cards that they name by number
or range: a card that several of them name counts once in each month and kind. What is stated as a number of cards
only stands beside it, as nothing says which cards these are. Records without a date have no month."""
description.zh = "每个陈述计一次，归入其最早可能日期所在月份；卡数为这些记录以卡号或号段写明的不同的卡，同月同类中多次出现的卡只计一次。只写数量、不知是哪些卡的，另列。没有日期的记录不归入任何月份。"
[returns]
month = {en = "the month, empty for records without a date", zh = "月份；没有日期的记录为空"}
kind = {en = "what the records are about", zh = "记录类型"}
records = {en = "statements", zh = "陈述数"}
cards = {en = "different cards named by number or range", zh = "以卡号或号段写明的不同卡数"}
quantity_cards = {en = "cards stated by number only", zh = "只写数量的卡数"}
*/

WITH spans AS (
    SELECT date_trunc('month', day) AS month, kind, first, last, count(*) AS records,
        coalesce(sum(cards) FILTER (precision = 'quantity'), 0) AS by_number
    FROM records WHERE NOT repeated
    GROUP BY ALL
),
-- a range counts from behind the last card of those that begin before it
counted AS (
    SELECT month, kind, records, by_number, last - greatest(first - 1, max(last) OVER (
        PARTITION BY month, kind ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )) AS cards
    FROM spans
)
SELECT strftime(month, '%Y-%m') AS month, kind, sum(records)::BIGINT AS records,
    coalesce(sum(cards) FILTER (cards > 0), 0)::BIGINT AS cards, sum(by_number)::BIGINT AS quantity_cards
FROM counted
GROUP BY month, kind
ORDER BY month, kind
