// question: Which cards of an enterprise were online while, on record, it still had them?
// question.zh: 某单位的哪些卡在记录显示仍未转出时就已上线？
// counts: Activations, by card number, on or after the day on which a carrier sold the card to the enterprise, where
//     no record of that day or earlier has the enterprise pass the card on. What came back later counts as
//     passed on; repeated statements are listed too.
// counts.zh: 以卡号记载的激活，时间不早于运营商售予该单位之日，且截至当日没有该单位转出该卡的记录。转出后又退回的按已转出计；重复的陈述也列出。
// param enterprise: party | the enterprise, by name, number or id | 单位的名称、证件号码或标识
// column card: the card, by its key | 卡键
// column bought: when the enterprise bought it | 采购日期
// column activated: when it was online | 激活时间
// column user_id: who used it | 使用人标识
// column user_name: name of the user | 使用人名称
// column by_other: whether somebody else than the enterprise is stated as the user | 使用人是否他人
// column province: where | 省份
// column device: the first 14 digits of the IMEI | IMEI 前 14 位
// column record_id: the record of the activation | 激活记录标识
// mode: read

MATCH (seen:Case), (party:Party {id: $enterprise})
MATCH (party)<-[:TO]-(sale:Record)<-[:GAVE]-(:Party {is_carrier: true})
WHERE sale.sheet <= seen.sheets AND NOT sale:Repeated
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
        UNWIND seen.classes AS cls
        WITH c, cls, toInteger(2 ^ cls) AS width,
            coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
        MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, cls, lo)
        WHERE covering.head = c.head AND covering.cls = cls AND covering.lo > n - width AND covering.lo <= n
            AND covering.hi >= n
        RETURN covering
    }
    MATCH (covering)<-[:MOVES]-(onward:Record)<-[:GAVE]-(party)
    WHERE onward.sheet <= seen.sheets AND NOT onward:Repeated AND date(left(onward.date, 10)) <= until
    MATCH (onward)-[:TO]->(other:Party) WHERE other <> party
}
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    c.key AS card, sale.date AS bought, r.date AS activated, user.id AS user_id, user.name AS user_name,
    coalesce(user <> party, false) AS by_other, r.province AS province, r.device AS device,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY card, date(left(r.date, 10)), record_id
