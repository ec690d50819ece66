/*
question.en = "Which cards did an enterprise sell through online marketplaces or chat?"
question.zh = "哪些卡是本单位通过网络平台或聊天工具售出的？"
description.en = """
Resold cards whose channel, by which they last left the enterprise, contains one of the words; a channel counts under
the first that fits. Without a channel nothing is said."""
description.zh = "按卡最后一次离开本单位时的渠道计，渠道中含有所列字样之一即算，按最先匹配的字样归类；未写渠道的不计。"
scope = "audit"
[params]
channels = {type = "text[]", en = "words of a channel that mean an online marketplace or chat", zh = "表示网络平台或聊天工具的渠道字样"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
channel = {en = "the word", zh = "渠道字样"}
holders = {en = "last holders of the cards", zh = "最后持有人数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH channels AS MATERIALIZED (
    SELECT
        channel,
        translate(
            lower(channel),
            'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９',
            'abcdefghijklmnopqrstuvwxyz0123456789'
        ) AS folded
    FROM (SELECT DISTINCT channel FROM accounts WHERE channel IS NOT NULL) AS written
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
)
SELECT
    enterprise,
    word AS channel,
    count(DISTINCT holder) AS holders,
    list({first: first, last: last}) AS cards
FROM accounts
JOIN matched USING (channel)
WHERE fate = 'resold' AND word IS NOT NULL
GROUP BY enterprise, word
ORDER BY enterprise, sum(last - first + 1) DESC, word
