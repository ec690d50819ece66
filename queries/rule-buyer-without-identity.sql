-- question: Which cards ended up with holders of whom no number is on record?
-- question.zh: 哪些卡的最后持有人没有任何证件号码记录？
-- counts: Resold cards whose last documented holder is known by name only.
-- counts.zh: 有记录的最后持有人仅有名称的已转售卡。
-- param least_cards: integer | the fewest cards that are a finding | 达到此张数才算
-- column enterprise: id of the enterprise | 单位标识
-- column holders: such holders | 此类持有人数
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

SELECT enterprise, count(DISTINCT holder) AS holders, list({first: first, last: last}) AS cards
FROM accounts
WHERE fate = 'resold' AND starts_with(holder, 'name:')
GROUP BY enterprise
HAVING sum(last - first + 1) >= $least_cards
ORDER BY enterprise
