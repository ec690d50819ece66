MATCH (seen:Case), (party:Party {id: $enterprise})
MATCH (party)<-[:RECEIVED_BY]-(sale:Record)<-[:SENT]-(:Party {is_carrier: true})
WHERE sale.sheet <= seen.sheets AND NOT sale:Duplicate
MATCH (sale)-[:MOVES]->(bought)
CALL (bought) {
    WITH bought WHERE bought:Card
    RETURN bought AS c
    UNION
    MATCH (c:Card) WHERE bought:Lot AND c.key >= bought.first AND c.key <= bought.last AND c.head = bought.head
    RETURN c
}
MATCH (c)<-[:OF]-(r:Activation)
WHERE r.sheet <= seen.sheets
WITH seen, party, sale, c, r, date(left(sale.date, 10)) AS day,
    CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END AS until
WHERE day <= until
WITH seen, party, sale, c, r, day, until ORDER BY day, sale.date
WITH seen, party, c, r, until, head(collect(sale)) AS sale
// the card as a node, and the lots around it, which the index finds size class by size class
WHERE NOT EXISTS {
    CALL (seen, c) {
        RETURN c AS covering
        UNION
        UNWIND seen.classes AS size_class
        WITH c, size_class, toInteger(2 ^ size_class) AS width,
            coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
        MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, size_class, low)
        WHERE covering.head = c.head AND covering.size_class = size_class AND covering.low > n - width AND covering.low <= n
            AND covering.high >= n
        RETURN covering
    }
    MATCH (covering)<-[:MOVES]-(onward:Record)<-[:SENT]-(party)
    WHERE onward.sheet <= seen.sheets AND NOT onward:Duplicate AND date(left(onward.date, 10)) <= until
    MATCH (onward)-[:RECEIVED_BY]->(other:Party) WHERE other <> party
}
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    c.key AS card, sale.date AS bought, r.date AS activated, user.id AS user_id, user.name AS user_name,
    coalesce(user <> party, false) AS by_other, r.province AS province, r.device AS device,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY card, date(left(r.date, 10)), record_id
