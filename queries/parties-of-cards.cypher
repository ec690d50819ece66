MATCH (seen:Case)
UNWIND $cards AS card
// the node of the card, if it is listed, and the lots around it, which the index finds size class by size class
CALL (seen, card) {
    MATCH (covering:Card {key: card.key})
    RETURN covering
    UNION
    UNWIND seen.classes AS size_class
    WITH card, size_class, toInteger(2 ^ size_class) AS width
    MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, size_class, low)
    WHERE covering.head = card.head AND covering.size_class = size_class AND covering.low > card.number - width
        AND covering.low <= card.number AND covering.high >= card.number
    RETURN covering
}
MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
MATCH (r)-[:SENT|RECEIVED_BY]-(party:Party)
WITH party, count(DISTINCT card.key) AS cards
WHERE cards >= $at_least
RETURN party.id AS party_id, party.name AS party_name, party.is_carrier AS is_carrier, cards
ORDER BY cards DESC, party_id
