-- question: From which last holders was a large share of an enterprise's cards seized?
-- question.zh: 在哪些最后持有人处，本单位的卡被扣押的比例偏高？
-- counts: Resold cards with a seizure on record among all resold cards of the same last documented holder; the
--    lower end of the Wilson score interval of the share must be above the limit, so that few cards prove
--    little.
-- counts.zh: 在同一最后持有人（有记录的）的全部转售卡中有扣押记录的卡；以威尔逊区间的下限与界限比较，样本少时不轻易认定。
-- param share_percent: number | the share that is in order, in percent | 允许的百分比
-- param least_cards: integer | the fewest cards of a holder that say anything | 持有人有意义的最少张数
-- param least_seized: integer | the fewest seized cards that say anything | 有意义的最少扣押张数
-- param z: number | how sure to be, in standard deviations | 置信程度（标准差倍数）
-- column enterprise: id of the enterprise | 单位标识
-- column holder: the last holder | 最后持有人
-- column handled: cards of this holder | 该持有人的张数
-- column percent: the seized share in percent | 扣押百分比
-- column low: its lower bound in percent | 区间下限百分比
-- column high: its upper bound in percent | 区间上限百分比
-- column share_percent: the share that is in order | 允许的百分比
-- column z: how sure the bounds are, in standard deviations | 置信程度（标准差倍数）
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

WITH hit AS (
    SELECT enterprise, holder, count(*) AS seized, list({first: card, last: card}) AS cards
    FROM (SELECT DISTINCT enterprise, holder, card FROM taken WHERE fate = 'resold') AS found
    GROUP BY enterprise, holder
    HAVING count(*) >= $least_seized
),
held AS (
    SELECT enterprise, holder, sum(last - first + 1) AS handled
    FROM accounts
    SEMI JOIN hit USING (enterprise, holder)
    WHERE fate = 'resold'
    GROUP BY enterprise, holder
    HAVING sum(last - first + 1) >= $least_cards
),
measured AS (
    SELECT
        *,
        seized / handled AS share,
        $z * $z / handled AS weight,
        (share + weight / 2) / (1 + weight) AS middle,
        $z * sqrt(share * (1 - share) / handled + weight / (4 * handled)) / (1 + weight) AS half
    FROM hit
    JOIN held USING (enterprise, holder)
)
SELECT
    enterprise,
    {id: holder, name: name} AS holder,
    handled,
    round(100 * share, 2) AS percent,
    round(100 * (middle - half), 2) AS low,
    round(100 * (middle + half), 2) AS high,
    $share_percent AS share_percent,
    $z AS z,
    cards
FROM measured
JOIN parties ON measured.holder = party
WHERE 100 * (middle - half) > $share_percent
ORDER BY enterprise, seized DESC, measured.holder
