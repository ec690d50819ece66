-- question: Which parties supplied several of the given parties?
-- question.zh: 哪些主体是所列若干主体的共同上家？
-- counts: Senders of records whose receivers are among the given parties, returns included; carriers too. Cards are
--     different ones that records name; what is stated by number only is counted beside them.
-- counts.zh: 接收方在所列主体之内的记录的转出方，含退卡，含运营商。卡数为写明卡号的不同卡；只写数量的另计。
-- param parties: party[] | the parties, one each | 各主体，逐个给出
-- param at_least: integer = 2 | the fewest of them that it supplied | 最少供给的主体数
-- column party_id: the supplier | 上家标识
-- column party_name: its name | 名称
-- column is_carrier: whether it is a carrier | 是否运营商
-- column supplied: how many of the given parties | 供给了其中几个主体
-- column cards: different cards named | 写明卡号的不同卡数
-- column quantity_cards: cards stated by number only | 只写数量的卡数
-- mode: read

WITH placed AS (
    SELECT
        from_id, from_name, from_is_carrier, to_id, CASE WHEN precision = 'quantity' THEN cards ELSE 0 END AS by_number,
        cards_after(first, last, max(last) OVER (
            PARTITION BY from_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
        )) AS named
    FROM moves
    WHERE NOT repeated AND from_id <> to_id AND list_contains($parties, to_id)
)
SELECT
    from_id AS party_id, any_value(from_name) AS party_name, any_value(from_is_carrier) AS is_carrier,
    count(DISTINCT to_id) AS supplied, coalesce(sum(named), 0) AS cards, sum(by_number) AS quantity_cards
FROM placed
GROUP BY from_id
HAVING supplied >= $at_least
ORDER BY supplied DESC, cards DESC, party_id
