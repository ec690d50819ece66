/*
question.en = "To whom did enterprises pass on cards first hand?"
question.zh = "单位的卡首先转到了谁手里？"
description.en = """
Transfers by parties to which a carrier sold cards, by receiver. Cards are different ones that records name; sales by
number of cards are counted beside them. Returns to carriers do not count."""
description.zh = "曾向运营商采购的主体所作的转让，按接收方汇总。卡数为写明卡号的不同卡；只写数量的另计；退回运营商的不计。"
[params]
enterprise = {type = "party", optional = true, en = "only this enterprise", zh = "只看此单位"}
[returns]
enterprise_id = {en = "the enterprise", zh = "单位标识"}
enterprise_name = {en = "its name", zh = "名称"}
party_id = {en = "the first hand", zh = "首手接收方标识"}
party_name = {en = "its name", zh = "名称"}
cards = {en = "different cards", zh = "不同卡数"}
quantity_cards = {en = "cards stated by number only", zh = "只写数量的卡数"}
records = {en = "statements", zh = "陈述数"}
channels = {en = "the channels that are stated", zh = "记载的渠道"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

WITH enterprises AS (
    SELECT DISTINCT to_id AS party_id FROM moves WHERE from_is_carrier AND NOT to_is_carrier
),
sold AS (
    SELECT
        from_id, from_name, to_id, to_name, channel, day, day_until,
        CASE WHEN precision = 'quantity' THEN cards ELSE 0 END AS by_number,
        cards_after(first, last, max(last) OVER (
            PARTITION BY from_id, to_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
        )) AS named
    FROM moves SEMI JOIN enterprises ON from_id = party_id
    WHERE NOT to_is_carrier AND from_id <> to_id AND NOT repeated AND ($enterprise IS NULL OR from_id = $enterprise)
)
SELECT
    from_id AS enterprise_id, any_value(from_name) AS enterprise_name, to_id AS party_id,
    any_value(to_name) AS party_name, coalesce(sum(named), 0) AS cards, sum(by_number) AS quantity_cards,
    count(*) AS records, coalesce(list(DISTINCT channel ORDER BY channel) FILTER (channel IS NOT NULL), []) AS channels,
    min(day) AS since, max(day_until) AS until
FROM sold
GROUP BY from_id, to_id
ORDER BY enterprise_id, cards DESC, quantity_cards DESC, party_id
