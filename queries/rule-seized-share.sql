-- question: Of which enterprises was a large share of the cards seized?
-- question.zh: 哪些单位的卡被扣押的比例偏高？
-- counts: Cards with a seizure on record among all cards that carriers sold to the enterprise; the lower end
--    of the Wilson score interval of the share must be above the limit, so that few cards prove little.
-- counts.zh: 在运营商售予本单位的全部卡中有扣押记录的卡；以威尔逊区间的下限与界限比较，样本少时不轻易认定。
-- param share_percent: number | the share that is in order, in percent | 允许的百分比
-- param least_seized: integer | the fewest seized cards that say anything | 有意义的最少扣押张数
-- param z: number | how sure to be, in standard deviations | 置信程度（标准差倍数）
-- column enterprise: id of the enterprise | 单位标识
-- column handled: cards sold to the enterprise | 售予本单位的张数
-- column percent: the seized share in percent | 扣押百分比
-- column low: its lower bound in percent | 区间下限百分比
-- column high: its upper bound in percent | 区间上限百分比
-- column share_percent: the share that is in order | 允许的百分比
-- column z: how sure the bounds are, in standard deviations | 置信程度（标准差倍数）
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

WITH hit AS (
    SELECT enterprise, purchased AS handled, count(*) AS seized, list({first: card, last: card}) AS cards
    FROM (SELECT DISTINCT enterprise, card FROM taken) AS found
    JOIN enterprises USING (enterprise)
    GROUP BY enterprise, handled
),
measured AS (
    SELECT
        *,
        seized / handled AS share,
        $z * $z / handled AS weight,
        (share + weight / 2) / (1 + weight) AS middle,
        $z * sqrt(share * (1 - share) / handled + weight / (4 * handled)) / (1 + weight) AS half
    FROM hit
)
SELECT
    enterprise,
    handled,
    round(100 * share, 4) AS percent,
    round(100 * (middle - half), 4) AS low,
    round(100 * (middle + half), 4) AS high,
    $share_percent AS share_percent,
    $z AS z,
    cards
FROM measured
WHERE seized >= $least_seized AND 100 * (middle - half) > $share_percent
ORDER BY enterprise
