/*
question.en = "Which natural persons ended up with many cards of an enterprise?"
question.zh = "哪些自然人最终持有本单位的大量卡？"
description.en = """
Resold cards by their last documented holder, where the holder is known by a valid resident id. Cards that may have gone
on, by records of numbers only or by rows that were not read, do not count towards the threshold."""
description.zh = "按有记录的最后持有人计，且该持有人有有效的居民身份证号；可能已转出的卡（仅写数量的记录，或未读入的行）不计入关注线。"
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards that are many", zh = "达到此张数即视为大量"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
person = {en = "the person", zh = "该自然人"}
least_cards = {en = "the cards that are many", zh = "大量的起点"}
by_name = {en = "cards whose movements give the name alone", zh = "流转记录仅写姓名的张数"}
persons = {en = "the persons beside whose names the records write the number", zh = "记录中与该证件号并写的各个姓名"}
may_have_left = {en = "cards that may have gone on", zh = "可能已转出的张数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH held AS (
    SELECT enterprise, holder, any_value(name) AS name, sum(accounts.cards) AS cards,
        nullif(sum(CASE WHEN holder_by_name THEN accounts.cards ELSE 0 END), 0) AS by_name,
        list({first: first, last: last}) AS ranges
    FROM accounts
    JOIN parties ON holder = parties.party
    WHERE fate = 'resold' AND is_person
    GROUP BY enterprise, holder
),
gone AS (
    SELECT sender AS holder, sum(quantity) AS cards
    FROM movements
    WHERE first IS NULL AND NOT repeated
    GROUP BY sender
),
lots AS (
    -- how many such cards lie before each lot
    SELECT first, last, coalesce(sum(last - first + 1) OVER (ORDER BY first ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW), 0) AS before
    FROM unread
),
waiting AS (
    SELECT
        enterprise,
        holder,
        sum(
            coalesce(up_to.before + least(accounts.last, up_to.last) - up_to.first + 1, 0)
            - coalesce(ahead.before + least(accounts.first - 1, ahead.last) - ahead.first + 1, 0)
        ) AS cards
    FROM accounts
    ASOF LEFT JOIN lots AS up_to ON accounts.last >= up_to.first
    ASOF LEFT JOIN lots AS ahead ON accounts.first > ahead.first
    GROUP BY enterprise, holder
),
settled AS (
    SELECT held.*, least(held.cards, coalesce(gone.cards, 0) + coalesce(waiting.cards, 0)) AS may_have_left
    FROM held
    LEFT JOIN gone USING (holder)
    LEFT JOIN waiting USING (enterprise, holder)
)

SELECT
    enterprise,
    {id: holder, name: name} AS person,
    $least_cards AS least_cards,
    by_name,
    several_persons.names AS persons,
    nullif(may_have_left, 0) AS may_have_left,
    ranges AS cards
FROM settled
LEFT JOIN several_persons ON holder = several_persons.party
WHERE settled.cards - may_have_left >= $least_cards
ORDER BY enterprise, settled.cards DESC, holder
