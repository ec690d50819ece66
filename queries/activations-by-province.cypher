MATCH (seen:Case)
CALL (seen) {
    WITH seen WHERE $enterprise IS NULL
    MATCH (r:Activation) WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND r.province IS NOT NULL
    MATCH (r)-[:OF]->(c:Card)
    RETURN r, c
    UNION
    // what carriers sold to the enterprise: listed cards, and those that others list out of its lots
    MATCH (:Party {id: $enterprise})<-[:RECEIVED_BY]-(sale:Record)<-[:SENT]-(:Party {is_carrier: true})
    WHERE sale.sheet <= seen.sheets AND NOT sale:Duplicate
    MATCH (sale)-[:MOVES]->(bought)
    WITH DISTINCT seen, bought
    CALL (bought) {
        WITH bought WHERE bought:Card
        RETURN bought AS c
        UNION
        MATCH (c:Card)
        WHERE bought:Lot AND c.key >= bought.first AND c.key <= bought.last AND c.head = bought.head
        RETURN c
    }
    MATCH (c)<-[:OF]-(r:Activation)
    WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND r.province IS NOT NULL
    RETURN r, c
}
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
RETURN
    r.province AS province, count(DISTINCT c) AS cards, count(DISTINCT r) AS activations, count(DISTINCT user) AS users,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
ORDER BY cards DESC, province
