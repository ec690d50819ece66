-- question: Did an enterprise sell more cards than it declared?
-- question.zh: 本单位售出的卡是否多于申报销量？
-- counts: Resold cards that left the enterprise by the day of its latest declaration, against the sales
--    declared on it. Cards that came back do not count, nor do sales that name no numbers.
-- counts.zh: 截至最近一次申报之日离开本单位的已转售卡，与当日申报的销量比较；已收回的卡和未写卡号的销售不计。
-- param tolerance: integer | cards that may be sold beyond the declaration | 允许超出申报销量的张数
-- column enterprise: id of the enterprise | 单位标识
-- column declared_on: the day of the declaration | 申报日期
-- column declared_sold: declared as sold | 申报销量
-- column beyond: cards beyond that | 超出张数
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- column records: the records | 涉及的记录
-- over: audit
-- mode: read

WITH left_by AS (
    SELECT
        enterprise,
        declared_on,
        declared_sold,
        sum(last - first + 1) - declared_sold AS beyond,
        list({first: first, last: last}) AS cards
    FROM accounts
    JOIN enterprises USING (enterprise)
    WHERE fate = 'resold' AND departed <= declared_on
    GROUP BY enterprise, declared_on, declared_sold
    HAVING sum(last - first + 1) - declared_sold > $tolerance
)
SELECT enterprise, declared_on, declared_sold, beyond, cards, list(record) AS records
FROM left_by
JOIN declarations ON party = enterprise AND day = declared_on
GROUP BY ALL
ORDER BY enterprise
