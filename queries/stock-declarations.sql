/*
question.en = "What did parties declare as in stock and as sold?"
question.zh = "各主体申报了多少库存和销量？"
description.en = """
Declarations as they stand, by party and day. Several of one day are about different cards; they are not added up
here, nor set against purchases: the audit does that."""
description.zh = "申报记录照原样按主体和日期列出。同一天的多条涉及不同的卡，此处不加总，也不与采购核对，核对由审计完成。"
[params]
party = {type = "party", optional = true, en = "only this party", zh = "只看此主体"}
[returns]
party_id = {en = "who declared it", zh = "申报方标识"}
party_name = {en = "its name", zh = "名称"}
moment = {en = "for which day", zh = "申报日期"}
stock = {en = "cards in stock, as declared", zh = "申报库存"}
sold = {en = "cards sold, as declared", zh = "申报销量"}
first_card = {en = "the first card, where cards are named", zh = "首张卡（写明卡号时）"}
last_card = {en = "the last card", zh = "末张卡"}
cards = {en = "how many cards are named or stated as a quantity", zh = "写明的卡数"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

SELECT party_id, party_name, moment, stock, sold, first_card, last_card, cards, file, record_id
FROM declarations
WHERE $party IS NULL OR party_id = $party
ORDER BY party_id, day, first_card, sha256, sheet, row
