-- question: Which cards were seized, and who received each last on record?
-- question.zh: 扣押了哪些卡，每张卡记录中最后由谁收到？
-- counts: Seizures that name the card by its number, with the receiver of the latest movement of the card that may have
--     been before the seizure; of several of one day, one who is not on record as passing the card on that day or
--     later. Repeated statements are listed. This is the last record, not the end of a chain: `graphtrace trace` weighs
--     gaps and contradictions.
-- counts.zh: 以卡号记载的扣押，以及可能早于扣押的最后一条流转记录的接收方；同一天有多条时，取记录中当天及以后未再转出者。重复的陈述也列出。这只是最后一条记录而非链条终点；缺口和矛盾由 graphtrace trace 判断。
-- param case_no: text = null | only this criminal case, as written | 只看此案件编号（照原文）
-- column case_no: the criminal case as written | 案件编号（照原文）
-- column card: the card, by its key | 卡键
-- column moment: when it was seized | 扣押时间
-- column place: where | 地点
-- column holder: with whom, as written | 持有人（照原文）
-- column party_id: who received it last | 最后接收方标识
-- column party_name: its name | 名称
-- column received: when | 接收日期
-- column record_id: the record of the seizure | 扣押记录标识
-- mode: read

WITH seized AS (
    SELECT * FROM seizures
    WHERE first IS NOT NULL AND ($case_no IS NULL OR case_no = $case_no)
),
hands AS (
    SELECT seized.record_id, from_id, to_id, to_name, moves.day, moves.day_until, moves.moment
    FROM seized JOIN moves ON moves.first <= seized.first AND moves.last >= seized.first
    WHERE from_id <> to_id AND (seized.day_until IS NULL OR moves.day <= seized.day_until)
),
weighed AS (
    SELECT *, EXISTS (
        SELECT 1 FROM hands AS onward
        WHERE onward.record_id = hands.record_id AND onward.from_id = hands.to_id AND onward.day_until >= hands.day
    ) AS is_passed_on
    FROM hands
),
received AS (
    SELECT record_id, max({
        day: day, until: day_until, is_kept: NOT is_passed_on, id: to_id, name: to_name, moment: moment
    }) AS last_one
    FROM weighed
    GROUP BY record_id
)
SELECT
    case_no, card, moment, place, holder, last_one.id AS party_id, last_one.name AS party_name,
    last_one.moment AS received, record_id
FROM seized LEFT JOIN received USING (record_id)
ORDER BY case_no, card, day, record_id
