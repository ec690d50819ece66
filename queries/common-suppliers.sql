/*
question.en = "Which parties supplied several of the given parties?"
question.zh = "哪些主体是所列若干主体的共同上家？"
description.en = """
Senders of records whose receivers are among the given parties, returns included; carriers too. Cards are different
ones that records name; what is stated by number only is counted beside them."""
description.zh = "接收方在所列主体之内的记录的转出方，含退卡，含运营商。卡数为写明卡号的不同卡；只写数量的另计。"
[params]
parties = {type = "party[]", en = "the parties, one each", zh = "各主体，逐个给出"}
at_least = {type = "integer", default = 2, en = "the fewest of them that it supplied", zh = "最少供给的主体数"}
[returns]
party_id = {en = "the supplier", zh = "上家标识"}
party_name = {en = "its name", zh = "名称"}
is_carrier = {en = "whether it is a carrier", zh = "是否运营商"}
supplied = {en = "how many of the given parties", zh = "供给了其中几个主体"}
cards = {en = "different cards named", zh = "写明卡号的不同卡数"}
quantity_cards = {en = "cards stated by number only", zh = "只写数量的卡数"}
*/

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
