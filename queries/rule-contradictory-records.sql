/*
question.en = "Of which enterprises do records contradict each other about many cards?"
question.zh = "哪些单位的大量卡的记录互相矛盾？"
description.en = """
Cards about which the records support several chains that cannot all be true, among all cards sold to the
enterprise."""
description.zh = "在售予本单位的全部卡中，记录支持多条不能同时成立的流转链的卡。"
scope = "audit"
[params]
share_percent = {type = "number", en = "the share that is in order, in percent", zh = "允许的百分比"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
purchased = {en = "cards sold to the enterprise", zh = "售予本单位的张数"}
percent = {en = "their share in percent", zh = "所占百分比"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH disputed AS (
    SELECT enterprise, sum(last - first + 1) AS disputed, list({first: first, last: last}) AS cards
    FROM accounts
    WHERE fate = 'disputed'
    GROUP BY enterprise
)
SELECT
    enterprise,
    purchased,
    round(100 * disputed.disputed / purchased, 2) AS percent,
    cards
FROM disputed
JOIN enterprises USING (enterprise)
WHERE 100 * disputed.disputed > $share_percent * purchased
ORDER BY enterprise
