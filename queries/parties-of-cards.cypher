// question: Which parties do several cards have in common?
// question.zh: 若干张卡共同经过了哪些主体？
// counts: For each party, how many of the given cards some movement has it send or receive. It ignores how many other
//     cards the party dealt in; `graphtrace common` sets that against it.
// counts.zh: 每个主体在流转记录中收发过所列卡中的几张。不考虑该主体经手的其他卡，相关比较见 graphtrace common。
// param cards: card[] | the complete ICCIDs, one each | 完整的 ICCID，逐个给出
// param at_least: integer = 2 | the fewest of the cards | 最少涉及的卡数
// column party_id: the party | 主体标识
// column party_name: its name | 名称
// column is_carrier: whether it is a carrier | 是否运营商
// column cards: how many of the cards | 涉及的卡数
// mode: read

MATCH (seen:Case)
UNWIND $cards AS card
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
WITH party, count(DISTINCT card.key) AS cards
WHERE cards >= $at_least
RETURN party.id AS party_id, party.name AS party_name, party.is_carrier AS is_carrier, cards
ORDER BY cards DESC, party_id
