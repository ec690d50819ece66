/*
question.en = "How many cards went from which party to which?"
question.zh = "哪些主体之间流转了多少张卡？"
description.en = """
Purchases, transfers and returns by sender and receiver, each statement once. Cards are different ones that records
name; what is stated by number only is counted beside them."""
description.zh = "采购、转让和退卡按转出方与接收方汇总，每个陈述计一次。卡数为写明卡号的不同卡；只写数量的另计。"
[params]
since = {type = "day", default = 1990-01-01, en = "the first day", zh = "起始日期"}
until = {type = "day", default = 2100-12-31, en = "the last day", zh = "截止日期"}
at_least = {type = "integer", default = 1, en = "the fewest cards, of both kinds together", zh = "最少卡数（两种合计）"}
[returns]
from_id = {en = "who passed them on", zh = "转出方标识"}
from_name = {en = "its name", zh = "名称"}
to_id = {en = "who got them", zh = "接收方标识"}
to_name = {en = "its name", zh = "名称"}
cards = {en = "different cards named", zh = "写明卡号的不同卡数"}
quantity_cards = {en = "cards stated by number only", zh = "只写数量的卡数"}
records = {en = "statements", zh = "陈述数"}
first_day = {en = "the earliest possible day", zh = "最早可能日期"}
last_day = {en = "the latest possible day", zh = "最晚可能日期"}
*/

WITH placed AS (
    SELECT
        *, CASE WHEN precision = 'quantity' THEN cards ELSE 0 END AS by_number,
        cards_after(first, last, max(last) OVER (
            PARTITION BY from_id, to_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
        )) AS named
    FROM moves
    WHERE NOT repeated AND from_id <> to_id AND day_until >= $since AND day <= $until
)
SELECT
    from_id, any_value(from_name) AS from_name, to_id, any_value(to_name) AS to_name, coalesce(sum(named), 0) AS cards,
    sum(by_number) AS quantity_cards, count(*) AS records, min(day) AS first_day, max(day_until) AS last_day
FROM placed
GROUP BY from_id, to_id
HAVING cards + quantity_cards >= $at_least
ORDER BY cards DESC, quantity_cards DESC, from_id, to_id
