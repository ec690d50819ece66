/*
question.en = "Whom could cards of a party reach within so many hands, in the order of time?"
question.zh = "按时间先后，某主体的卡在若干手之内可能到达谁？"
description.en = """
Parties that are reached by records that follow each other in time: each step possibly on or after the earliest day of
the step before. Sales by number of cards count; carriers are not passed through. It is not looked at whether the same
cards went all the way. `backwards` asks from whom cards could have come."""
description.zh = "由时间上前后相接的记录所能到达的主体：每一步可能不早于上一步的最早日期。只写数量的也算；不经过运营商。不判断是否同一批卡。backwards 反过来问卡可能从谁而来。"
[params]
party = {type = "party", en = "from where", zh = "起点主体"}
hops = {type = "integer", default = 2, en = "the most steps", zh = "最多步数"}
since = {type = "day", default = 1990-01-01, en = "the first day that counts", zh = "起算日期"}
backwards = {type = "boolean", default = false, en = "against the direction of the cards and of time", zh = "逆着流向和时间"}
[returns]
party_id = {en = "the party", zh = "主体标识"}
party_name = {en = "its name", zh = "名称"}
is_carrier = {en = "whether it is a carrier", zh = "是否运营商"}
hops = {en = "the fewest steps", zh = "最少步数"}
day = {en = "the earliest day of arrival within these steps; backwards, the latest of departure", zh = "在这些步数内的最早到达日期；逆向时为最晚出发日期"}
*/

WITH RECURSIVE steps AS MATERIALIZED (
    -- days as numbers, counted against time where it is asked backwards
    SELECT DISTINCT
        CASE WHEN $backwards THEN to_id ELSE from_id END AS a, CASE WHEN $backwards THEN from_id ELSE to_id END AS b,
        CASE WHEN $backwards THEN to_is_carrier ELSE from_is_carrier END AS a_carries,
        CASE WHEN $backwards THEN DATE '1970-01-01' - day_until ELSE day - DATE '1970-01-01' END AS earliest,
        CASE WHEN $backwards THEN DATE '1970-01-01' - day ELSE day_until - DATE '1970-01-01' END AS latest
    FROM moves
    WHERE from_id <> to_id AND day_until >= $since
),
-- with each step more, a party is looked at again only where it is reached earlier than before
reach (reached, hops, arrival, fewest) USING KEY (reached) AS (
    SELECT $party, 0::BIGINT, -1000000::BIGINT, 0::BIGINT
    UNION
    SELECT b, any_value(reach.hops) + 1, min(greatest(reach.arrival, earliest)),
        coalesce(any_value(known.fewest), any_value(reach.hops) + 1)
    FROM reach JOIN steps ON a = reach.reached AND latest >= reach.arrival
    LEFT JOIN recurring.reach AS known ON known.reached = b
    WHERE reach.hops < $hops AND (reach.hops = 0 OR NOT a_carries) AND b <> $party
        AND (known.reached IS NULL OR greatest(reach.arrival, earliest) < known.arrival)
    GROUP BY b
)
SELECT
    party_id, name AS party_name, is_carrier, fewest AS hops,
    DATE '1970-01-01' + (CASE WHEN $backwards THEN -arrival ELSE arrival END)::INTEGER AS day
FROM reach JOIN parties ON party_id = reached
WHERE hops > 0
ORDER BY hops, day, party_id
