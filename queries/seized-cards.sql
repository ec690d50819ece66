/*
question.en = "Which cards were seized, and who received each last on record?"
question.zh = "扣押了哪些卡，每张卡记录中最后由谁收到？"
description.en = """
Seizures that name the card by its number, with the receiver of the latest movement of the card that may have been
before the seizure; of several of one day, one who is not on record as passing the card on that day or later. Repeated
statements are listed. This is the last record, not the end of a chain: `graphtrace trace` weighs gaps and
contradictions."""
description.zh = "以卡号记载的扣押，以及可能早于扣押的最后一条流转记录的接收方；同一天有多条时，取记录中当天及以后未再转出者。重复的陈述也列出。这只是最后一条记录而非链条终点；缺口和矛盾由 graphtrace trace 判断。"
[params]
case_no = {type = "text", optional = true, en = "only this criminal case, as written", zh = "只看此案件编号（照原文）"}
[returns]
case_no = {en = "the criminal case as written", zh = "案件编号（照原文）"}
card = {en = "the card, by its key", zh = "卡键"}
moment = {en = "when it was seized", zh = "扣押时间"}
place = {en = "where", zh = "地点"}
holder = {en = "with whom, as written", zh = "持有人（照原文）"}
party_id = {en = "who received it last", zh = "最后接收方标识"}
party_name = {en = "its name", zh = "名称"}
received = {en = "when", zh = "接收日期"}
record_id = {en = "the record of the seizure", zh = "扣押记录标识"}
*/

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
