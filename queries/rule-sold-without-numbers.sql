/*
question.en = "Which sales of an enterprise name no cards?"
question.zh = "本单位的哪些销售未写明卡号？"
description.en = """
Sales and transfers by the enterprise to anyone who is no carrier that state a number of cards only, each statement
once."""
description.zh = "本单位向非运营商的转出中只写数量、不写卡号的记录，同一陈述只计一次。"
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards that are a finding", zh = "达到此张数才算"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
quantity = {en = "cards sold so", zh = "如此售出的张数"}
buyers = {en = "the buyers", zh = "买方数"}
records = {en = "the records", zh = "涉及的记录"}
*/

SELECT
    enterprise,
    sum(quantity) AS quantity,
    count(DISTINCT receiver) AS buyers,
    list(record) AS records
FROM dealings
WHERE first IS NULL AND kind = 'transfer' AND NOT repeated AND sender = enterprise
GROUP BY enterprise
HAVING sum(quantity) >= $least_cards
ORDER BY enterprise
