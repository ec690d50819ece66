-- question: Which cards were activated outside the provinces that their purchase declares?
-- question.zh: 哪些卡在采购时申报的省份之外激活？
-- counts: Cards with an activation in a province that the declaration does not name, and that names none of
--    it. Where the purchase declares none, the provinces given as a parameter count; without these
--    nothing is said.
-- counts.zh: 在申报省份之外激活的卡。采购未申报省份的，以参数所列省份为准；两者都没有的不计。
-- param provinces: text[] = null | provinces where a purchase declares none | 采购未申报时视为申报的省份
-- column enterprise: id of the enterprise | 单位标识
-- column declared: the declared province | 申报省份
-- column province: where the cards were activated | 激活省份
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

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
