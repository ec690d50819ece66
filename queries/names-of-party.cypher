// question: By which names and numbers do files call a party?
// question.zh: 各文件用哪些名称和证件号码称呼某主体？
// counts: In each sheet the earliest writing of every pair of name and number that means the party. A name without a
//     number joins the only party of that name in the case, so all of a carrier's branches are one.
// counts.zh: 每个工作表中指向该主体的每组名称和号码的最早写法。没有号码的名称归于案件中唯一的同名主体；同一运营商的各分公司视为一个主体。
// param party: party | the party, by name, number or id | 主体的名称、证件号码或标识
// column name: the name as written | 名称（照原文）
// column number: the number of the party, normalised | 证件号码（规范化）
// column file: the file | 文件
// column sheet: the sheet | 工作表
// column day: the earliest day of a record with it | 最早记录日期
// mode: read

MATCH (seen:Case), (party:Party {id: $party})
MATCH (party)<-[:NAMES]-(m:Mention)
UNWIND range(0, size(m.sheets) - 1) AS place
WITH seen, m, place WHERE m.sheets[place] <= seen.sheets
MATCH (s:Sheet {sheet: m.sheets[place]})-[:OF]->(f:File)
WITH m.names[place] AS name, nullIf(m.strong, '') AS number, s, f,
    // a day that no record states is written as one far away
    CASE WHEN m.days[place] < 1000000 THEN date('1970-01-01') + duration({days: m.days[place]}) END AS day
WITH name, number, f.name AS file, f.sha256 AS sha256, s.name AS sheet, min(day) AS day
RETURN name, number, file, sheet, day
ORDER BY day, file, sha256, sheet, name, number
