-- question: By which names and numbers do files call a party?
-- question.zh: 各文件用哪些名称和证件号码称呼某主体？
-- counts: In each sheet the earliest writing of every pair of name and number that means the party. A name without a
--     number joins the only party of that name in the case, so all of a carrier's branches are one.
-- counts.zh: 每个工作表中指向该主体的每组名称和号码的最早写法。没有号码的名称归于案件中唯一的同名主体；同一运营商的各分公司视为一个主体。
-- param party: party | the party, by name, number or id | 主体的名称、证件号码或标识
-- column name: the name as written | 名称（照原文）
-- column number: the number of the party, normalised | 证件号码（规范化）
-- column file: the file | 文件
-- column sheet: the sheet | 工作表
-- column day: the earliest day of a record with it | 最早记录日期
-- mode: read

SELECT name, number, file, sheet, min(day) AS day
FROM names
WHERE party_id = $party
GROUP BY name, number, file, sha256, sheet
ORDER BY day, file, sha256, sheet, name, number
