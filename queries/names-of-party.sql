/*
question.en = "By which names and numbers do files call a party?"
question.zh = "各文件用哪些名称和证件号码称呼某主体？"
description.en = """
In each sheet the earliest writing of every pair of name and number that means the party. A name without a number
joins the only party of that name in the case, so all of a carrier's branches are one."""
description.zh = "每个工作表中指向该主体的每组名称和号码的最早写法。没有号码的名称归于案件中唯一的同名主体；同一运营商的各分公司视为一个主体。"
[params]
party = {type = "party", en = "the party, by name, number or id", zh = "主体的名称、证件号码或标识"}
[returns]
name = {en = "the name as written", zh = "名称（照原文）"}
number = {en = "the number of the party, normalised", zh = "证件号码（规范化）"}
file = {en = "the file", zh = "文件"}
sheet = {en = "the sheet", zh = "工作表"}
day = {en = "the earliest day of a record with it", zh = "最早记录日期"}
*/

SELECT name, number, file, sheet, min(day) AS day
FROM names
WHERE party_id = $party
GROUP BY name, number, file, sha256, sheet
ORDER BY day, file, sha256, sheet, name, number
