/*
question.en = "Which sources about an enterprise's cards are damaged in large part?"
question.zh = "涉及本单位卡的哪些来源有大量损坏的记录？"
description.en = """
Rows rejected because something in them is damaged, wrong or missing, among all rows of the sheet. A sheet concerns an
enterprise if a record of it names the enterprise or one of its cards."""
description.zh = "某表中因内容损坏、错误或缺失而被拒收的行占全部行的比例。表中有记录提到本单位或其卡的，即视为与本单位有关。"
scope = "audit"
[params]
share_percent = {type = "number", en = "the share that is in order, in percent", zh = "允许的百分比"}
least_rows = {type = "integer", en = "the fewest rejected rows that are a finding", zh = "达到此行数才算"}
reasons = {type = "text[]", en = "reasons of rejection that count", zh = "计入的拒收原因"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
file = {en = "the file", zh = "文件"}
sheet = {en = "the sheet of a workbook", zh = "工作表"}
rows = {en = "rows of the sheet", zh = "表中行数"}
percent = {en = "the share in percent", zh = "所占百分比"}
reason = {en = "the most frequent reason", zh = "最常见的原因"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH damaged AS (
    SELECT
        record // 4294967296 AS sheet,
        count(*) AS rejects,
        mode(reason ORDER BY reason) AS reason,
        list(record) AS records
    FROM rejects
    WHERE list_contains($reasons::VARCHAR[], reason)
    GROUP BY ALL
),
bad AS (
    SELECT sheets.*, rejects, reason, records
    FROM sheets
    JOIN damaged USING (sheet)
    WHERE rejects >= $least_rows AND 100 * rejects > $share_percent * rows
),
moved AS (
    SELECT sheet, sender, receiver
    FROM movements
    JOIN bad ON record // 4294967296 = sheet
),
concerned AS (
    SELECT sender AS enterprise, sheet FROM moved
    UNION
    SELECT receiver, sheet FROM moved
    UNION
    SELECT party, sheet
    FROM histories
    JOIN bad ON record // 4294967296 = sheet
    JOIN parties ON enterprise = number
)
SELECT
    enterprise,
    file,
    bad.name AS sheet,
    rows,
    round(100 * rejects / rows, 1) AS percent,
    reason,
    records
FROM bad
JOIN concerned USING (sheet)
SEMI JOIN enterprises USING (enterprise)
ORDER BY enterprise, rejects DESC, file, sha256, bad.name
