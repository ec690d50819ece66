/*
question.en = "Which cards ended up with holders of whom no number is on record?"
question.zh = "哪些卡的最后持有人没有任何证件号码记录？"
description.en = "Resold cards whose last documented holder is known by name only."
description.zh = "有记录的最后持有人仅有名称的已转售卡。"
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards that are a finding", zh = "达到此张数才算"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
holders = {en = "such holders", zh = "此类持有人数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

SELECT enterprise, count(DISTINCT holder) AS holders, list({first: first, last: last}) AS cards
FROM accounts
WHERE fate = 'resold' AND starts_with(holder, 'name:')
GROUP BY enterprise
HAVING sum(last - first + 1) >= $least_cards
ORDER BY enterprise
