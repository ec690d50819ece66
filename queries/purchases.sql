/*
question.en = "What did carriers sell to whom?"
question.zh = "运营商把哪些卡售给了谁？"
description.en = """
Records of sales by carriers, as they stand; repeated statements are listed, and so are sales by number of cards,
which name none. Whom a carrier's list names as its customer is no sale and is not here."""
description.zh = "运营商的销售记录，照原样列出；重复的陈述和只写数量的销售也列出。运营商清单所写的客户（登记）不是销售，不在内。"
[params]
enterprise = {type = "party", optional = true, en = "only this buyer", zh = "只看此买方"}
[returns]
moment = {en = "when", zh = "日期"}
carrier_id = {en = "the carrier", zh = "运营商标识"}
enterprise_id = {en = "the buyer", zh = "买方标识"}
enterprise_name = {en = "its name", zh = "名称"}
first_card = {en = "the first card", zh = "首张卡"}
last_card = {en = "the last card", zh = "末张卡"}
cards = {en = "how many", zh = "卡数"}
declared_use = {en = "the use that was declared", zh = "申报用途"}
contract_no = {en = "the contract", zh = "合同编号"}
price = {en = "the price as written", zh = "单价（照原文）"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

SELECT
    moment, from_id AS carrier_id, to_id AS enterprise_id, to_name AS enterprise_name, first_card, last_card, cards,
    declared_use, contract_no, price, file, record_id
FROM moves
WHERE from_is_carrier AND kind <> 'registration' AND ($enterprise IS NULL OR to_id = $enterprise)
ORDER BY day, to_id, first_card, sha256, sheet, row
