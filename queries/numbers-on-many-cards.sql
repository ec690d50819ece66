/*
question.en = "Which phone numbers or IMSIs were linked to several cards?"
question.zh = "哪些接入号或 IMSI 关联过多张卡？"
description.en = """
Different cards that records name together with the number. A replacement of a card keeps its number, so two cards are
not suspicious by themselves."""
description.zh = "记录中与该号码一同出现的不同卡。补换卡保留号码，因此关联两张卡本身并不可疑。"
[params]
at_least = {type = "integer", default = 2, en = "the fewest cards", zh = "最少卡数"}
[returns]
number = {en = "the MSISDN or IMSI", zh = "接入号或 IMSI"}
kind = {en = "msisdn or imsi", zh = "号码种类"}
cards = {en = "how many cards", zh = "卡数"}
keys = {en = "the cards, by their keys", zh = "各卡卡键"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

SELECT
    number, any_value(kind) AS kind, count(DISTINCT first) AS cards, list(DISTINCT card ORDER BY card) AS keys,
    min(day) AS since, max(day_until) AS until
FROM links
GROUP BY number
HAVING cards >= $at_least
ORDER BY cards DESC, number
