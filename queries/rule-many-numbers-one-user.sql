-- question: Which users activated more cards of an enterprise than one person may have?
-- question.zh: 哪些使用人激活的本单位卡超过一人可有的数量？
-- counts: Different cards whose activations name the user. The enterprise itself and carriers are no users
--    here, nor is anyone who is not known by a valid resident id, unless persons_only is false.
-- counts.zh: 按激活记录中写明该使用人的不同卡计。本单位和运营商不算；persons_only 为 true 时只计有有效居民身份证号的人。
-- param most_cards: integer | the most cards that one user may have | 一人最多可有的张数
-- param persons_only: boolean | count only users known by a valid resident id | 只计有有效居民身份证号的使用人
-- column enterprise: id of the enterprise | 单位标识
-- column user: the user | 使用人
-- column most_cards: the cards one may have | 允许的张数
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

SELECT
    enterprise,
    {id: "user", name: any_value(name)} AS "user",
    $most_cards AS most_cards,
    list({first: card, last: card}) AS cards
FROM used_by
JOIN parties ON "user" = party
WHERE "user" <> enterprise AND NOT is_carrier AND (used_by.is_person OR NOT $persons_only)
GROUP BY enterprise, "user"
HAVING count(*) > $most_cards
ORDER BY enterprise, count(*) DESC, used_by."user"
