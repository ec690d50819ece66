/*
question.en = "Of which enterprises was a large share of the cards seized?"
question.zh = "哪些单位的卡被扣押的比例偏高？"
description.en = """
Cards with a seizure on record among all cards that carriers sold to the enterprise; the lower end of the Wilson score
interval of the share must be above the limit, so that few cards prove little."""
description.zh = "在运营商售予本单位的全部卡中有扣押记录的卡；以威尔逊区间的下限与界限比较，样本少时不轻易认定。"
scope = "audit"
[params]
share_percent = {type = "number", en = "the share that is in order, in percent", zh = "允许的百分比"}
least_seized = {type = "integer", en = "the fewest seized cards that say anything", zh = "有意义的最少扣押张数"}
z = {type = "number", en = "how sure to be, in standard deviations", zh = "置信程度（标准差倍数）"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
handled = {en = "cards sold to the enterprise", zh = "售予本单位的张数"}
percent = {en = "the seized share in percent", zh = "扣押百分比"}
low = {en = "its lower bound in percent", zh = "区间下限百分比"}
high = {en = "its upper bound in percent", zh = "区间上限百分比"}
share_percent = {en = "the share that is in order", zh = "允许的百分比"}
z = {en = "how sure the bounds are, in standard deviations", zh = "置信程度（标准差倍数）"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH hit AS (
    SELECT enterprise, purchased AS handled, count(*) AS seized, list({first: card, last: card}) AS cards
    FROM (SELECT DISTINCT enterprise, card FROM taken WHERE purchased IS NULL OR until >= purchased) AS found
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
