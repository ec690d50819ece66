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
channels AS MATERIALIZED (
    SELECT
        channel,
        translate(
            lower(channel),
            'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９',
            'abcdefghijklmnopqrstuvwxyz0123456789'
        ) AS folded
    FROM (SELECT DISTINCT channel FROM written) AS named
),
matched AS MATERIALIZED (
    SELECT channel, list_filter(
        $channels::VARCHAR[],
        lambda word: CASE WHEN contains(folded, lower(word)) THEN regexp_matches(
            folded,
            '(^|[^0-9a-z㐀-鿿])(?:通过|经由?|在|从|用|以|加|旺旺|线[上下]|网上|网络|电商|个人|via |on |by |through )?'
            || regexp_escape(lower(word))
            || ' ?(?:[小网]?店铺?|旗舰店|商城|平台|app|群聊?|好友|朋友圈|私聊|聊天|直播间?|账?号|上|网|渠道|用户|客户'
            || '|shop|store|group|chat|marketplace)?(?:[销出]?售|[卖出]|转[卖让]|批发|零售|交易|下单|购买)?($|[^0-9a-z㐀-鿿])'
        ) ELSE false END
    )[1] AS word
    FROM channels
),
told AS (
    SELECT DISTINCT onward_channels, word
    FROM written
    JOIN matched USING (channel)
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
