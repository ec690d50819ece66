-- question: Which cards did parties pass on that no record shows them receiving?
-- question.zh: 哪些卡被转出，但没有记录显示转出方收到过它们？
-- counts: Records of a sender that is no carrier, where no record has it receive any card of the lot at any time. A lot
--     of which it received only a part is not here, nor a sale by number of cards.
-- counts.zh: 非运营商的转出记录，且没有任何记录显示其收到过该号段中的任一张卡（不论时间）。只收到其中一部分的不在内；只写数量的不在内。
-- column from_id: who passed them on | 转出方标识
-- column from_name: its name | 名称
-- column moment: when | 日期
-- column to_id: who got them | 接收方标识
-- column to_name: its name | 名称
-- column first_card: the first card | 首张卡
-- column last_card: the last card | 末张卡
-- column cards: how many | 卡数
-- column file: where it is stated | 文件
-- column record_id: the record in it | 记录标识
-- mode: read

WITH received AS (
    SELECT DISTINCT to_id, first, last FROM moves WHERE first IS NOT NULL AND from_id <> to_id
)
SELECT from_id, from_name, moment, to_id, to_name, first_card, last_card, cards, file, record_id
FROM moves ANTI JOIN received
    ON received.to_id = moves.from_id AND received.first <= moves.last AND received.last >= moves.first
WHERE NOT from_is_carrier AND first IS NOT NULL AND from_id <> to_id
ORDER BY from_id, day, first_card, sha256, sheet, row
