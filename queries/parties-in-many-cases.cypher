// question: Through whose hands did the seized cards of several criminal cases go?
// question.zh: 谁经手过多起案件中被扣押的卡？
// counts: Different case numbers, as written, of seizures that name a card by its number which some movement has the
//     party send or receive, at any time. The larger a party, the more cases it will be in.
// counts.zh: 扣押记录以卡号提到某卡、而该主体在流转记录中收发过该卡的不同案件编号（照原文，不论时间）。主体经手的卡越多，涉及的案件自然越多。
// param at_least: integer = 2 | the fewest cases | 最少案件数
// param with_carriers: boolean = false | carriers too | 包括运营商
// column party_id: the party | 主体标识
// column party_name: its name | 名称
// column cases: how many cases | 案件数
// column case_nos: the case numbers | 案件编号
// column cards: how many of the seized cards | 涉及的被扣押卡数
// mode: read

MATCH (seen:Case)
MATCH (z:Seizure)-[:OF]->(c:Card)
WHERE z.case_no IS NOT NULL AND z.sheet <= seen.sheets
WITH seen, c, collect(DISTINCT z.case_no) AS case_nos
// the card as a node, and the lots around it, which the index finds size class by size class
CALL (seen, c) {
    RETURN c AS covering
    UNION
    UNWIND seen.classes AS cls
    WITH c, cls, toInteger(2 ^ cls) AS width, coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
    MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, cls, lo)
    WHERE covering.head = c.head AND covering.cls = cls AND covering.lo > n - width AND covering.lo <= n
        AND covering.hi >= n
    RETURN covering
}
MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
MATCH (r)-[:GAVE|TO]-(party:Party) WHERE $with_carriers OR NOT party.is_carrier
WITH DISTINCT c, case_nos, party
UNWIND case_nos AS case_no
WITH c, party, case_no ORDER BY case_no
WITH party, collect(DISTINCT case_no) AS case_nos, count(DISTINCT c) AS cards
WHERE size(case_nos) >= $at_least
RETURN party.id AS party_id, party.name AS party_name, size(case_nos) AS cases, case_nos, cards
ORDER BY cases DESC, cards DESC, party_id
