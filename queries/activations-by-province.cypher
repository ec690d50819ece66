// question: In which provinces were the cards of an enterprise online?
// question.zh: 某单位的卡在哪些省份上线？
// counts: Activations that name the card by its number and a province, as written. With an enterprise, cards that a
//     carrier sold to it at any time, whoever held them when they were online.
// counts.zh: 以卡号记载且写明省份的激活，省份照原文。指定单位时，为运营商曾售予该单位的卡，不论上线时在谁手中。
// param enterprise: party = null | only cards that carriers sold to it | 只看运营商售予该单位的卡
// column province: the province as written | 省份（照原文）
// column cards: different cards | 不同卡数
// column activations: statements | 激活陈述数
// column users: different users that are stated | 记载的使用人数
// column since: the earliest possible day | 最早可能日期
// column until: the latest possible day | 最晚可能日期
// mode: read

MATCH (seen:Case)
CALL (seen) {
    WITH seen WHERE $enterprise IS NULL
    MATCH (r:Activation) WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND r.province IS NOT NULL
    MATCH (r)-[:OF]->(c:Card)
    RETURN r, c
    UNION
    // what carriers sold to the enterprise: listed cards, and those that others list out of its lots
    MATCH (:Party {id: $enterprise})<-[:TO]-(sale:Record)<-[:GAVE]-(:Party {is_carrier: true})
    WHERE sale.sheet <= seen.sheets AND NOT sale:Repeated
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
    WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND r.province IS NOT NULL
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
