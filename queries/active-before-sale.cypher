MATCH (seen:Case)
MATCH (:Party {is_carrier: true})-[:SENT]->(sale:Record)-[:RECEIVED_BY]->(:Party {is_carrier: false})
WHERE sale.sheet <= seen.sheets AND NOT sale:Registration
MATCH (sale)-[:MOVES]->(sold)
WITH seen, sold, max(date(left(sale.date, 10))) AS latest
// only the activations of days before some sale can be meant
CALL (sold) {
    WITH sold WHERE sold:Card
    RETURN sold AS c
    UNION
    MATCH (c:Card) WHERE sold:Lot AND c.key >= sold.first AND c.key <= sold.last AND c.head = sold.head
    RETURN c
}
MATCH (c)<-[:OF]-(r:Activation)
WHERE r.sheet <= seen.sheets
    AND CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END < latest
WITH DISTINCT seen, c, r
// the card as a node, and the lots around it, which the index finds size class by size class
CALL (seen, c) {
    RETURN c AS covering
    UNION
    UNWIND seen.classes AS size_class
    WITH c, size_class, toInteger(2 ^ size_class) AS width, coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
    MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, size_class, low)
    WHERE covering.head = c.head AND covering.size_class = size_class AND covering.low > n - width AND covering.low <= n
        AND covering.high >= n
    RETURN covering
}
MATCH (covering)<-[:MOVES]-(sale:Record)<-[:SENT]-(:Party {is_carrier: true})
WHERE sale.sheet <= seen.sheets AND NOT sale:Registration
MATCH (sale)-[:RECEIVED_BY]->(enterprise:Party {is_carrier: false})
MATCH (s:Sheet {sheet: sale.sheet})-[:OF]->(f:File)
WITH c, r, sale, enterprise, date(left(sale.date, 10)) AS day,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(sale.row) AS sale_id
ORDER BY day, sale_id
WITH c, r, collect([enterprise, sale, day])[0] AS earliest
WHERE CASE size(r.date)
    WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
END < earliest[2]
WITH c, r, earliest[0] AS enterprise, earliest[1] AS sale
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    c.key AS card, enterprise.id AS enterprise_id, enterprise.name AS enterprise_name, r.date AS activated,
    sale.date AS sold, user.id AS user_id, user.name AS user_name,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY card, activated, record_id
