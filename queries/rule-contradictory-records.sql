-- question: Of which enterprises do records contradict each other about many cards?
-- question.zh: 哪些单位的大量卡的记录互相矛盾？
-- counts: Cards about which the records support several chains that cannot all be true, among all cards sold
--    to the enterprise.
-- counts.zh: 在售予本单位的全部卡中，记录支持多条不能同时成立的流转链的卡。
-- param share_percent: number | the share that is in order, in percent | 允许的百分比
-- column enterprise: id of the enterprise | 单位标识
-- column purchased: cards sold to the enterprise | 售予本单位的张数
-- column percent: their share in percent | 所占百分比
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

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
