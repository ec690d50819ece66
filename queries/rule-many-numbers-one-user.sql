/*
question.en = "Which users activated more cards of an enterprise than one person may have?"
question.zh = "哪些使用人激活的本单位卡超过一人可有的数量？"
description.en = """
Different cards whose activations name the user. The enterprise itself and carriers are no users here, nor is anyone
who is not known by a valid resident id, unless persons_only is false."""
description.zh = "按激活记录中写明该使用人的不同卡计。本单位和运营商不算；persons_only 为 true 时只计有有效居民身份证号的人。"
scope = "audit"
[params]
most_cards = {type = "integer", en = "the most cards that one user may have", zh = "一人最多可有的张数"}
persons_only = {type = "boolean", en = "count only users known by a valid resident id", zh = "只计有有效居民身份证号的使用人"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
user = {en = "the user", zh = "使用人"}
most_cards = {en = "the cards one may have", zh = "允许的张数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

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
