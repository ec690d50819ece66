/*
question.en = "From which last holders was a large share of an enterprise's cards seized?"
question.zh = "在哪些最后持有人处，本单位的卡被扣押的比例偏高？"
description.en = """
Resold cards with a seizure on record among all resold cards of the same last documented holder; the lower end of the
Wilson score interval of the share must be above the limit, so that few cards prove little."""
description.zh = "在同一最后持有人（有记录的）的全部转售卡中有扣押记录的卡；以威尔逊区间的下限与界限比较，样本少时不轻易认定。"
scope = "audit"
[params]
share_percent = {type = "number", en = "the share that is in order, in percent", zh = "允许的百分比"}
least_cards = {type = "integer", en = "the fewest cards of a holder that say anything", zh = "持有人有意义的最少张数"}
least_seized = {type = "integer", en = "the fewest seized cards that say anything", zh = "有意义的最少扣押张数"}
z = {type = "number", en = "how sure to be, in standard deviations", zh = "置信程度（标准差倍数）"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
holder = {en = "the last holder", zh = "最后持有人"}
handled = {en = "cards of this holder", zh = "该持有人的张数"}
percent = {en = "the seized share in percent", zh = "扣押百分比"}
low = {en = "its lower bound in percent", zh = "区间下限百分比"}
high = {en = "its upper bound in percent", zh = "区间上限百分比"}
share_percent = {en = "the share that is in order", zh = "允许的百分比"}
z = {en = "how sure the bounds are, in standard deviations", zh = "置信程度（标准差倍数）"}
by_name = {en = "cards of the holder whose movements give the name alone", zh = "该持有人的卡中，流转记录仅写名称的张数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH hit AS (
    SELECT enterprise, holder, count(*) AS seized, list({first: card, last: card}) AS cards
    FROM (SELECT DISTINCT enterprise, holder, card FROM taken WHERE fate = 'resold') AS found
    GROUP BY enterprise, holder
    HAVING count(*) >= $least_seized
),
held AS (
    SELECT
        enterprise,
        holder,
        sum(last - first + 1) AS handled,
        nullif(sum(CASE WHEN holder_by_name THEN last - first + 1 ELSE 0 END), 0) AS by_name
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
    by_name,
    cards
FROM measured
JOIN parties ON measured.holder = party
WHERE 100 * (middle - half) > $share_percent
ORDER BY enterprise, seized DESC, measured.holder
