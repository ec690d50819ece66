-- question: To whom did enterprises pass on cards first hand?
-- question.zh: 单位的卡首先转到了谁手里？
-- counts: Transfers by parties to which a carrier sold cards, by receiver. Cards are different ones that records name;
--     sales by number of cards are counted beside them. Returns to carriers do not count.
-- counts.zh: 曾向运营商采购的主体所作的转让，按接收方汇总。卡数为写明卡号的不同卡；只写数量的另计；退回运营商的不计。
-- param enterprise: party = null | only this enterprise | 只看此单位
-- column enterprise_id: the enterprise | 单位标识
-- column enterprise_name: its name | 名称
-- column party_id: the first hand | 首手接收方标识
-- column party_name: its name | 名称
-- column cards: different cards | 不同卡数
-- column quantity_cards: cards stated by number only | 只写数量的卡数
-- column records: statements | 陈述数
-- column channels: the channels that are stated | 记载的渠道
-- column since: the earliest possible day | 最早可能日期
-- column until: the latest possible day | 最晚可能日期
-- mode: read

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
