// question: Through which hands did both of two cards go?
// question.zh: 两张卡都经过了哪些主体之手？
// counts: Parties that some movement of each card names, as sender or receiver. Users that only an activation names
//     are not here, nor sales by number of cards.
// counts.zh: 两张卡的流转记录都提到的转出方或接收方。只在激活记录中出现的使用人和只写数量的销售不计。
// param card: card | one complete ICCID | 一张卡的完整 ICCID
// param other_card: card | the other one | 另一张卡的完整 ICCID
// column party_id: the party | 主体标识
// column party_name: its name | 名称
// column is_carrier: whether it is a carrier | 是否运营商
// column since: the earliest possible day on which a record has it deal with the one card | 涉及第一张卡的最早可能日期
// column other_since: the same for the other card | 涉及另一张卡的最早可能日期
// mode: read

MATCH (seen:Case)
UNWIND [$card, $other_card] AS card
// the node of the card, if it is listed, and the lots around it, which the index finds size class by size class
CALL (seen, card) {
    MATCH (covering:Card {key: card.key})
    RETURN covering
    UNION
    UNWIND seen.classes AS cls
    WITH card, cls, toInteger(2 ^ cls) AS width
    MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, cls, lo)
    WHERE covering.head = card.head AND covering.cls = cls AND covering.lo > card.number - width
        AND covering.lo <= card.number AND covering.hi >= card.number
    RETURN covering
}
MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
MATCH (r)-[:GAVE|TO]-(party:Party)
WITH party, min(CASE card.key WHEN $card.key THEN date(left(r.date, 10)) END) AS since,
    min(CASE card.key WHEN $other_card.key THEN date(left(r.date, 10)) END) AS other_since
WHERE since IS NOT NULL AND other_since IS NOT NULL
RETURN party.id AS party_id, party.name AS party_name, party.is_carrier AS is_carrier, since, other_since
ORDER BY CASE WHEN since < other_since THEN since ELSE other_since END, party_id
