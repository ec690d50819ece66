-- question: Which sales of an enterprise name no cards?
-- question.zh: 本单位的哪些销售未写明卡号？
-- counts: Sales and transfers by the enterprise to anyone who is no carrier that state a number of cards only,
--    each statement once.
-- counts.zh: 本单位向非运营商的转出中只写数量、不写卡号的记录，同一陈述只计一次。
-- param least_cards: integer | the fewest cards that are a finding | 达到此张数才算
-- column enterprise: id of the enterprise | 单位标识
-- column quantity: cards sold so | 如此售出的张数
-- column buyers: the buyers | 买方数
-- column records: the records | 涉及的记录
-- over: audit
-- mode: read

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
