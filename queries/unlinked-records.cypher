// question: Which activations and seizures name only a phone number or IMSI that no card is known by?
// question.zh: 哪些激活和扣押只写了接入号或 IMSI，而没有任何卡与之关联？
// counts: Rows without a card number, where no record links their MSISDN or IMSI to a card. They join their card as soon
//     as a file does.
// counts.zh: 没有卡号、且没有任何记录把其接入号或 IMSI 关联到卡的行。一旦有文件建立关联，即归入相应的卡。
// column kind: activation or seizure | 记录类型
// column moment: when | 日期
// column msisdn: the phone number | 接入号
// column imsi: the IMSI | IMSI
// column user_id: who used it | 使用人标识
// column user_name: name of the user | 使用人名称
// column case_no: the criminal case, in a seizure | 扣押记录的案件编号
// column file: where it is stated | 文件
// column record_id: the record in it | 记录标识
// mode: read

MATCH (seen:Case)
MATCH (r:Waiting)
WHERE r.sheet <= seen.sheets AND NOT EXISTS {
    MATCH (named:Record {msisdn: r.msisdn})-[:MOVES|OF]->(:Card) WHERE named.sheet <= seen.sheets
} AND NOT EXISTS {
    MATCH (named:Record {imsi: r.imsi})-[:MOVES|OF]->(:Card) WHERE named.sheet <= seen.sheets
}
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.kind AS kind, r.date AS moment, r.msisdn AS msisdn, r.imsi AS imsi, user.id AS user_id, user.name AS user_name,
    r.case_no AS case_no, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), f.sha256, s.name, r.row
