/*
question.en = "Which declarations may add up only if activated cards were sold?"
question.zh = "哪些申报只有在已激活的卡已售出时才相符？"
description.en = """
The balance at the latest stock declaration, where more is declared than can be there, unless activated cards, which
count as used, are among those declared as sold: cards that the enterprise passed on, or that its sales without numbers
may be of."""
description.zh = "以最近一次库存申报为准：申报多于应有，除非按自用计的已激活卡已计入申报销量，即本单位转出的卡，或其未写卡号的销售可能涉及的卡。"
scope = "audit"
[params]
tolerance = {type = "integer", en = "cards that may be unaccounted for", zh = "允许的差额张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
declared_on = {en = "the day of the declaration", zh = "申报日期"}
declared_stock = {en = "declared as in stock", zh = "申报存量"}
declared_sold = {en = "declared as sold", zh = "申报销量"}
surplus = {en = "cards declared beyond those that can be there, unless activated ones were sold", zh = "多申报的张数（已激活的卡未售出时）"}
activated_sold = {en = "how many activated cards may be among those sold", zh = "可能已计入销量的已激活卡张数"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH doubtful AS (
    SELECT
        enterprise,
        declared_on,
        declared_stock,
        declared_sold,
        activated_sold - unaccounted_at_most AS surplus,
        activated_sold
    FROM enterprises
    WHERE -unaccounted_at_most <= $tolerance AND activated_sold - unaccounted_at_most > $tolerance
),
said AS (
    SELECT enterprise, record
    FROM doubtful
    JOIN declarations ON party = enterprise AND day = declared_on
    UNION ALL
    SELECT enterprise, record
    FROM dealings
    JOIN doubtful USING (enterprise)
    JOIN parties ON receiver = party
    WHERE
        ((kind = 'purchase' AND receiver = enterprise) OR (first IS NULL AND sender = enterprise) OR is_carrier)
        AND NOT repeated
        AND day <= declared_on
)
SELECT
    enterprise,
    declared_on,
    declared_stock,
    declared_sold,
    surplus,
    activated_sold,
    list(record) AS records
FROM doubtful
JOIN said USING (enterprise)
GROUP BY ALL
ORDER BY enterprise
