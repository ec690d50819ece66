/*
question.en = "Which resellers handled the most cards?"
question.zh = "哪些转售方经手的卡最多？"
description.en = """
Parties that are no carriers, never bought from one, and passed cards on. Cards are different ones that records of
onward sales name; sales by number of cards are counted beside them. Returns do not count."""
description.zh = "非运营商、从未向运营商采购、且有转出记录的主体。卡数为转让记录写明卡号的不同卡；只写数量的另计；退卡不计。"
[params]
at_least = {type = "integer", default = 1, en = "the fewest cards", zh = "最少卡数"}
[returns]
party_id = {en = "the reseller", zh = "转售方标识"}
party_name = {en = "its name", zh = "名称"}
cards = {en = "different cards passed on", zh = "转出的不同卡数"}
quantity_cards = {en = "cards passed on that are stated by number only", zh = "只写数量的转出卡数"}
records = {en = "statements of onward sales", zh = "转让陈述数"}
suppliers = {en = "from how many parties it got cards", zh = "上家数"}
receivers = {en = "to how many parties it passed cards on", zh = "下家数"}
since = {en = "the earliest possible day of an onward sale", zh = "最早可能转出日期"}
until = {en = "the latest possible day of one", zh = "最晚可能转出日期"}
*/

WITH sold AS (
    SELECT
        from_id, from_name, to_id, day, day_until, CASE WHEN precision = 'quantity' THEN cards ELSE 0 END AS by_number,
        cards_after(first, last, max(last) OVER (
            PARTITION BY from_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
        )) AS named
    FROM moves
    WHERE kind = 'transfer' AND NOT repeated AND NOT from_is_carrier AND from_id <> to_id
),
supplied AS (
    SELECT to_id AS party_id, count(DISTINCT from_id) AS suppliers, bool_or(from_is_carrier) AS is_enterprise
    FROM moves WHERE from_id <> to_id GROUP BY to_id
)
SELECT
    from_id AS party_id, any_value(from_name) AS party_name, coalesce(sum(named), 0) AS cards,
    sum(by_number) AS quantity_cards, count(*) AS records, coalesce(any_value(suppliers), 0) AS suppliers,
    count(DISTINCT to_id) AS receivers, min(day) AS since, max(day_until) AS until
FROM sold LEFT JOIN supplied ON supplied.party_id = sold.from_id
WHERE NOT coalesce(is_enterprise, false)
GROUP BY from_id
HAVING cards + quantity_cards >= $at_least
ORDER BY cards DESC, quantity_cards DESC, party_id
