/*
question.en = "Which enterprises' cards were sold on by those who bought them from the enterprise?"
question.zh = "哪些单位的卡被其下家再次转卖？"
description.en = """
Resold cards by their documented steps since they last left the enterprise; a step that no record shows is not
counted."""
description.zh = "按卡最后一次离开本单位以来有记录的转手次数计；没有记录的转手不计。"
scope = "audit"
[params]
max_depth = {type = "integer", en = "the most steps after the enterprise that are in order", zh = "本单位之后允许的最多转手次数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
deepest = {en = "the most steps", zh = "最多转手次数"}
holders = {en = "their last holders", zh = "最后持有人数"}
max_depth = {en = "the steps that are in order", zh = "允许的转手次数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

SELECT
    enterprise,
    max(depth) AS deepest,
    count(DISTINCT holder) AS holders,
    $max_depth AS max_depth,
    list({first: first, last: last}) AS cards
FROM accounts
WHERE fate = 'resold' AND depth > $max_depth
GROUP BY enterprise
ORDER BY enterprise
