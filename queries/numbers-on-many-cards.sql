-- question: Which phone numbers or IMSIs were linked to several cards?
-- question.zh: 哪些接入号或 IMSI 关联过多张卡？
-- counts: Different cards that records name together with the number. A replacement of a card keeps its number, so two
--     cards are not suspicious by themselves.
-- counts.zh: 记录中与该号码一同出现的不同卡。补换卡保留号码，因此关联两张卡本身并不可疑。
-- param at_least: integer = 2 | the fewest cards | 最少卡数
-- column number: the MSISDN or IMSI | 接入号或 IMSI
-- column kind: msisdn or imsi | 号码种类
-- column cards: how many cards | 卡数
-- column keys: the cards, by their keys | 各卡卡键
-- column since: the earliest possible day | 最早可能日期
-- column until: the latest possible day | 最晚可能日期
-- mode: read

SELECT
    number, any_value(kind) AS kind, count(DISTINCT first) AS cards, list(DISTINCT card ORDER BY card) AS keys,
    min(day) AS since, max(day_until) AS until
FROM links
GROUP BY number
HAVING cards >= $at_least
ORDER BY cards DESC, number
