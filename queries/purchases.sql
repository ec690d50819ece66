-- question: What did carriers sell to whom?
-- question.zh: 运营商把哪些卡售给了谁？
-- counts: Records of sales by carriers, as they stand; repeated statements are listed, and so are sales by number of
--     cards, which name none.
-- counts.zh: 运营商的销售记录，照原样列出；重复的陈述和只写数量的销售也列出。
-- param enterprise: party = null | only this buyer | 只看此买方
-- column moment: when | 日期
-- column carrier_id: the carrier | 运营商标识
-- column enterprise_id: the buyer | 买方标识
-- column enterprise_name: its name | 名称
-- column first_card: the first card | 首张卡
-- column last_card: the last card | 末张卡
-- column cards: how many | 卡数
-- column declared_use: the use that was declared | 申报用途
-- column contract_no: the contract | 合同编号
-- column price: the price as written | 单价（照原文）
-- column file: where it is stated | 文件
-- column record_id: the record in it | 记录标识
-- mode: read

SELECT
    moment, from_id AS carrier_id, to_id AS enterprise_id, to_name AS enterprise_name, first_card, last_card, cards,
    declared_use, contract_no, price, file, record_id
FROM moves
WHERE from_is_carrier AND ($enterprise IS NULL OR to_id = $enterprise)
ORDER BY day, to_id, first_card, sha256, sheet, row
