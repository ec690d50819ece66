-- question: What did parties declare as in stock and as sold?
-- question.zh: 各主体申报了多少库存和销量？
-- counts: Declarations as they stand, by party and day. Several of one day are about different cards; they are not
--     added up here, nor set against purchases: the audit does that.
-- counts.zh: 申报记录照原样按主体和日期列出。同一天的多条涉及不同的卡，此处不加总，也不与采购核对，核对由审计完成。
-- param party: party = null | only this party | 只看此主体
-- column party_id: who declared it | 申报方标识
-- column party_name: its name | 名称
-- column moment: for which day | 申报日期
-- column stock: cards in stock, as declared | 申报库存
-- column sold: cards sold, as declared | 申报销量
-- column first_card: the first card, where cards are named | 首张卡（写明卡号时）
-- column last_card: the last card | 末张卡
-- column cards: how many cards are named or stated as a quantity | 写明的卡数
-- column file: where it is stated | 文件
-- column record_id: the record in it | 记录标识
-- mode: read

SELECT party_id, party_name, moment, stock, sold, first_card, last_card, cards, file, record_id
FROM declarations
WHERE $party IS NULL OR party_id = $party
ORDER BY party_id, day, first_card, sha256, sheet, row
