/*
question.en = "Where do purchases and declarations of an enterprise not add up?"
question.zh = "本单位的采购与申报在何处对不上？"
description.en = """
The balance at the latest stock declaration: bought, less returned, activated while held, declared as sold and
declared as in stock. Quantity-only purchases, returns and sales, and sales of activated cards, may change it; only
what exceeds the tolerance whatever they are of is a finding. Nothing is said where sales or stock are not declared."""
description.zh = "以最近一次库存申报为准：采购减退回、减持有期间激活、减申报销量、减申报存量。只写数量的采购、退回和销售以及已激活卡的销售可能改变差额；无论其如何都超出容差的才算。销量或存量未申报的不计。"
scope = "audit"
[params]
tolerance = {type = "integer", en = "cards that may be unaccounted for", zh = "允许的差额张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
declared_on = {en = "the day of the declaration", zh = "申报日期"}
declared_stock = {en = "declared as in stock", zh = "申报存量"}
declared_sold = {en = "declared as sold", zh = "申报销量"}
missing = {en = "cards that are unaccounted for, at least", zh = "至少去向不明的张数"}
missing_at_most = {en = "and at most, where that differs", zh = "至多去向不明的张数（不同时）"}
surplus = {en = "cards declared beyond those that can be there, at least", zh = "至少多申报的张数"}
sold_undeclared = {en = "cards sold by records and not by the declaration, at least", zh = "有销售记录而未申报的最少张数"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH open AS (
    SELECT
        enterprise,
        declared_on,
        declared_stock,
        declared_sold,
        CASE WHEN unaccounted_at_least > $tolerance THEN unaccounted_at_least END AS missing,
        CASE WHEN unaccounted_at_most > unaccounted_at_least THEN unaccounted_at_most END AS missing_at_most,
        CASE WHEN -unaccounted_at_most > $tolerance THEN -unaccounted_at_most END AS surplus,
        nullif(sold_undeclared, 0) AS sold_undeclared
    FROM enterprises
),
said AS (
    SELECT enterprise, record
    FROM open
    JOIN declarations ON party = enterprise AND day = declared_on
    UNION ALL
    SELECT enterprise, record
    FROM dealings
    JOIN open USING (enterprise)
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
    missing,
    CASE WHEN missing IS NOT NULL THEN missing_at_most END AS missing_at_most,
    surplus,
    CASE WHEN missing IS NOT NULL THEN sold_undeclared END AS sold_undeclared,
    list(record) AS records
FROM open
JOIN said USING (enterprise)
WHERE missing IS NOT NULL OR surplus IS NOT NULL
GROUP BY ALL
ORDER BY enterprise
