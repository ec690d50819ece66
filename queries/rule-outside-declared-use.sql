/*
question.en = "Which cards that were bought for a use in things are used by natural persons?"
question.zh = "哪些申报用于物的卡由自然人使用？"
description.en = """
Cards whose purchase declares a use that contains none of the words, and whose activations name a user with a valid
resident id."""
description.zh = "采购申报的用途不含所列字样，而激活记录的使用人有有效居民身份证号的卡。"
scope = "audit"
[params]
personal_uses = {type = "text[]", en = "words of a declared use that covers persons", zh = "表示可由个人使用的用途字样"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
declared_use = {en = "the declared use", zh = "申报用途"}
users = {en = "the persons", zh = "使用的自然人数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH used AS (
    SELECT enterprise, declared_use, card, any_value("user") AS "user"
    FROM used_by
    WHERE
        is_person
        AND "user" <> enterprise
        AND declared_use IS NOT NULL
        AND NOT list_bool_or(
            list_transform($personal_uses::VARCHAR[], lambda word: contains(lower(declared_use), lower(word)))
        )
    GROUP BY enterprise, declared_use, card
)
SELECT
    enterprise,
    declared_use,
    count(DISTINCT "user") AS users,
    list({first: card, last: card}) AS cards
FROM used
GROUP BY enterprise, declared_use
ORDER BY enterprise, count(*) DESC, declared_use
