/*
question.en = "Which phone numbers, IMSIs or eSIM chips were linked to several cards?"
question.zh = "哪些接入号、IMSI 或 eSIM 芯片关联过多张卡？"
description.en = """
Different cards that records name together with the number. A replacement of a card keeps its number, and a
chip holds several cards in turn, so two cards are not suspicious by themselves."""
description.zh = "记录中与该号码一同出现的不同卡。补换卡保留号码，一个芯片可先后装入多张卡，因此关联两张卡本身并不可疑。"
[params]
at_least = {type = "integer", default = 2, en = "the fewest cards", zh = "最少卡数"}
[returns]
number = {en = "the MSISDN, IMSI or EID", zh = "接入号、IMSI 或 EID"}
kind = {en = "msisdn, imsi or eid", zh = "号码种类"}
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
