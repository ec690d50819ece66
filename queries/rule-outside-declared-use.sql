-- question: Which cards that were bought for a use in things are used by natural persons?
-- question.zh: 哪些申报用于物的卡由自然人使用？
-- counts: Cards whose purchase declares a use that contains none of the words, and whose activations name a
--    user with a valid resident id.
-- counts.zh: 采购申报的用途不含所列字样，而激活记录的使用人有有效居民身份证号的卡。
-- param personal_uses: text[] | words of a declared use that covers persons | 表示可由个人使用的用途字样
-- column enterprise: id of the enterprise | 单位标识
-- column declared_use: the declared use | 申报用途
-- column users: the persons | 使用的自然人数
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

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
