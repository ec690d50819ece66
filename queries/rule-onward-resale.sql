-- question: Which enterprises' cards were sold on by those who bought them from the enterprise?
-- question.zh: 哪些单位的卡被其下家再次转卖？
-- counts: Resold cards by their documented steps since they last left the enterprise; a step that no record
--    shows is not counted.
-- counts.zh: 按卡最后一次离开本单位以来有记录的转手次数计；没有记录的转手不计。
-- param max_depth: integer | the most steps after the enterprise that are in order | 本单位之后允许的最多转手次数
-- column enterprise: id of the enterprise | 单位标识
-- column deepest: the most steps | 最多转手次数
-- column holders: their last holders | 最后持有人数
-- column max_depth: the steps that are in order | 允许的转手次数
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

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
