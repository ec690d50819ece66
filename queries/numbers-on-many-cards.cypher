// question: Which phone numbers or IMSIs were linked to several cards?
// question.zh: 哪些接入号或 IMSI 关联过多张卡？
// counts: Different cards that records name together with the number. A replacement of a card keeps its number, so two
//     cards are not suspicious by themselves.
// counts.zh: 记录中与该号码一同出现的不同卡。补换卡保留号码，因此关联两张卡本身并不可疑。
// param at_least: integer = 2 | the fewest cards | 最少卡数
// column number: the MSISDN or IMSI | 接入号或 IMSI
// column kind: msisdn or imsi | 号码种类
// column cards: how many cards | 卡数
// column keys: the cards, by their keys | 各卡卡键
// column since: the earliest possible day | 最早可能日期
// column until: the latest possible day | 最晚可能日期
// mode: read

MATCH (seen:Case)
CALL (seen) {
    MATCH (r:Record)-[:MOVES|OF]->(c:Card) WHERE r.msisdn IS NOT NULL AND r.sheet <= seen.sheets
    RETURN r.msisdn AS number, 'msisdn' AS kind, c, r.date AS date
    UNION
    MATCH (r:Record)-[:MOVES|OF]->(c:Card) WHERE r.imsi IS NOT NULL AND r.sheet <= seen.sheets
    RETURN r.imsi AS number, 'imsi' AS kind, c, r.date AS date
}
WITH number, kind, c, date ORDER BY c.key
WITH number, kind, collect(DISTINCT c.key) AS keys, min(date(left(date, 10))) AS since,
    max(CASE size(date)
        WHEN 7 THEN date(date) + duration('P1M') - duration('P1D') ELSE date(left(date, 10))
    END) AS until
WHERE size(keys) >= $at_least
RETURN number, kind, size(keys) AS cards, keys, since, until
ORDER BY cards DESC, number
