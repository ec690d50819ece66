/*
question.en = "Which cards were activated outside the provinces that their purchase declares?"
question.zh = "哪些卡在采购时申报的省份之外激活？"
description.en = """
Cards with an activation in a province that the declaration does not name, and that names none of it. Where the
purchase declares none, the provinces given as a parameter count; without these nothing is said."""
description.zh = "在申报省份之外激活的卡。采购未申报省份的，以参数所列省份为准；两者都没有的不计。"
scope = "audit"
[params]
provinces = {type = "text[]", optional = true, en = "provinces where a purchase declares none", zh = "采购未申报时视为申报的省份"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
declared = {en = "the declared province", zh = "申报省份"}
province = {en = "where the cards were activated", zh = "激活省份"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH told AS (
    SELECT
        enterprise,
        card,
        coalesce(declared_province, array_to_string($provinces::VARCHAR[], '、')) AS declared,
        province
    FROM active_in
)
SELECT
    enterprise,
    declared,
    province,
    list({first: card, last: card}) AS cards
FROM told
WHERE
    NOT contains(declared, '全国')
    AND NOT contains(declared, regexp_replace(province, '(壮族自治区|回族自治区|维吾尔自治区|特别行政区|自治区|省|市)$', ''))
    AND NOT contains(province, regexp_replace(declared, '(壮族自治区|回族自治区|维吾尔自治区|特别行政区|自治区|省|市)$', ''))
GROUP BY enterprise, declared, province
ORDER BY enterprise, count(*) DESC, declared, province
