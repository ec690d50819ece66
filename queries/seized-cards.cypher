// question: Which cards were seized, and who received each last on record?
// question.zh: 扣押了哪些卡，每张卡记录中最后由谁收到？
// counts: Seizures that name the card by its number, with the receiver of the latest movement of the card that may have
//     been before the seizure; of several of one day, one who is not on record as passing the card on that day or
//     later. Repeated statements are listed. This is the last record, not the end of a chain: `graphtrace trace` weighs
//     gaps and contradictions.
// counts.zh: 以卡号记载的扣押，以及可能早于扣押的最后一条流转记录的接收方；同一天有多条时，取记录中当天及以后未再转出者。重复的陈述也列出。这只是最后一条记录而非链条终点；缺口和矛盾由 graphtrace trace 判断。
// param case_no: text = null | only this criminal case, as written | 只看此案件编号（照原文）
// column case_no: the criminal case as written | 案件编号（照原文）
// column card: the card, by its key | 卡键
// column moment: when it was seized | 扣押时间
// column place: where | 地点
// column holder: with whom, as written | 持有人（照原文）
// column party_id: who received it last | 最后接收方标识
// column party_name: its name | 名称
// column received: when | 接收日期
// column record_id: the record of the seizure | 扣押记录标识
// mode: read

MATCH (seen:Case)
MATCH (z:Seizure)-[:OF]->(c:Card)
WHERE z.sheet <= seen.sheets AND ($case_no IS NULL OR z.case_no = $case_no)
MATCH (s:Sheet {sheet: z.sheet})-[:OF]->(f:File)
WITH seen, z, c, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(z.row) AS record_id,
    CASE size(z.date)
        WHEN 7 THEN date(z.date) + duration('P1M') - duration('P1D') ELSE date(left(z.date, 10))
    END AS seized_until
OPTIONAL CALL (seen, c, seized_until) {
    // the card as a node, and the lots around it, which the index finds size class by size class
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
    MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
    MATCH (giver:Party)-[:GAVE]->(r)-[:TO]->(taker:Party) WHERE giver <> taker
    WITH seized_until, giver, taker, r.date AS moment, date(left(r.date, 10)) AS day,
        CASE size(r.date)
            WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
        END AS until
    WHERE seized_until IS NULL OR day <= seized_until
    WITH collect({giver: giver, taker: taker, moment: moment, day: day, until: until}) AS hands
    UNWIND hands AS hand
    WITH hand, NOT any(onward IN hands WHERE onward.giver = hand.taker AND onward.until >= hand.day) AS is_kept
    RETURN hand
    ORDER BY hand.day DESC, hand.until DESC, is_kept DESC, hand.taker.id DESC, hand.moment DESC
    LIMIT 1
}
RETURN
    z.case_no AS case_no, c.key AS card, z.date AS moment, z.place AS place, z.holder AS holder,
    hand.taker.id AS party_id, hand.taker.name AS party_name, hand.moment AS received, record_id
ORDER BY case_no, card, date(left(z.date, 10)), record_id
