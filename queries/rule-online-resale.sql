/*
question.en = "Which cards of an enterprise did others sell on through online marketplaces or chat?"
question.zh = "本单位的哪些卡被他人通过网络平台或聊天工具转卖？"
description.en = """
Resold cards that somebody else passed on, since they last left the enterprise, by a channel that contains one of the
words; a card may stand under several."""
description.zh = "最后一次离开本单位之后，由他人以含有所列字样之一的渠道转手的卡；同一张卡可归入几个字样。"
scope = "audit"
[params]
channels = {type = "text[]", en = "words of a channel that mean an online marketplace or chat", zh = "表示网络平台或聊天工具的渠道字样"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
channel = {en = "the word", zh = "渠道字样"}
holders = {en = "last holders of the cards", zh = "最后持有人数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH written AS (
    SELECT onward_channels, unnest(onward_channels) AS channel
    FROM (SELECT DISTINCT onward_channels FROM accounts)
),
matched AS MATERIALIZED (
    SELECT onward_channels, list_filter(
        $channels::VARCHAR[],
        lambda word: contains(
            translate(
                lower(channel),
                'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９',
                'abcdefghijklmnopqrstuvwxyz0123456789'
            ),
            lower(word)
        )
    )[1] AS word
    FROM written
),
told AS (
    SELECT DISTINCT onward_channels, word
    FROM matched
    WHERE word IS NOT NULL
)
SELECT
    enterprise,
    word AS channel,
    count(DISTINCT holder) AS holders,
    list({first: first, last: last}) AS cards
FROM accounts
JOIN told USING (onward_channels)
WHERE fate = 'resold'
GROUP BY enterprise, word
ORDER BY enterprise, sum(last - first + 1) DESC, word
