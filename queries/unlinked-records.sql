/*
question.en = "Which activations and seizures name only a phone number or IMSI that no card is known by?"
question.zh = "哪些激活和扣押只写了接入号或 IMSI，而没有任何卡与之关联？"
description.en = """
Rows without a card number, where no record links their MSISDN or IMSI to a card. They join their card as soon as a
file does."""
description.zh = "没有卡号、且没有任何记录把其接入号或 IMSI 关联到卡的行。一旦有文件建立关联，即归入相应的卡。"
[returns]
kind = {en = "activation or seizure", zh = "记录类型"}
moment = {en = "when", zh = "日期"}
msisdn = {en = "the phone number", zh = "接入号"}
imsi = {en = "the IMSI", zh = "IMSI"}
user_id = {en = "who used it", zh = "使用人标识"}
user_name = {en = "name of the user", zh = "使用人名称"}
case_no = {en = "the criminal case, in a seizure", zh = "扣押记录的案件编号"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

SELECT
    kind, moment, msisdn, imsi, CASE WHEN kind <> 'card_list' THEN to_id END AS user_id,
    CASE WHEN kind <> 'card_list' THEN to_name END AS user_name, case_no, file, record_id
FROM records
WHERE kind IN ('activation', 'usage', 'seizure', 'card_list') AND first IS NULL
    AND NOT EXISTS (SELECT 1 FROM links WHERE links.number = records.msisdn)
    AND NOT EXISTS (SELECT 1 FROM links WHERE links.number = records.imsi)
ORDER BY day, sha256, sheet, row
