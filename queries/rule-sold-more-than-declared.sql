/*
question.en = "Did an enterprise sell more cards than it declared?"
question.zh = "本单位售出的卡是否多于申报销量？"
description.en = """
Resold cards that left the enterprise by the day of its latest declaration, against the sales declared on it. Cards
that came back do not count, nor do sales that name no numbers."""
description.zh = "截至最近一次申报之日离开本单位的已转售卡，与当日申报的销量比较；已收回的卡和未写卡号的销售不计。"
scope = "audit"
[params]
tolerance = {type = "integer", en = "cards that may be sold beyond the declaration", zh = "允许超出申报销量的张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
declared_on = {en = "the day of the declaration", zh = "申报日期"}
declared_sold = {en = "declared as sold", zh = "申报销量"}
beyond = {en = "cards beyond that", zh = "超出张数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH left_by AS (
    SELECT
        enterprise,
        declared_on,
        declared_sold,
        sum(last - first + 1) - declared_sold AS beyond,
        list({first: first, last: last}) AS cards
    FROM accounts
    JOIN enterprises USING (enterprise)
    WHERE fate = 'resold' AND departed_by < declared_on
    GROUP BY enterprise, declared_on, declared_sold
    HAVING sum(last - first + 1) - declared_sold > $tolerance
)
SELECT enterprise, declared_on, declared_sold, beyond, cards, list(record) AS records
FROM left_by
JOIN declarations ON party = enterprise AND day = declared_on
GROUP BY ALL
ORDER BY enterprise
