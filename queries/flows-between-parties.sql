-- question: How many cards went from which party to which?
-- question.zh: 哪些主体之间流转了多少张卡？
-- counts: Purchases, transfers and returns by sender and receiver, each statement once. Cards are different ones that
--     records name; what is stated by number only is counted beside them.
-- counts.zh: 采购、转让和退卡按转出方与接收方汇总，每个陈述计一次。卡数为写明卡号的不同卡；只写数量的另计。
-- param since: day = 1990-01-01 | the first day | 起始日期
-- param until: day = 2100-12-31 | the last day | 截止日期
-- param at_least: integer = 1 | the fewest cards, of both kinds together | 最少卡数（两种合计）
-- column from_id: who passed them on | 转出方标识
-- column from_name: its name | 名称
-- column to_id: who got them | 接收方标识
-- column to_name: its name | 名称
-- column cards: different cards named | 写明卡号的不同卡数
-- column quantity_cards: cards stated by number only | 只写数量的卡数
-- column records: statements | 陈述数
-- column first_day: the earliest possible day | 最早可能日期
-- column last_day: the latest possible day | 最晚可能日期
-- mode: read

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
