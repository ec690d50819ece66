/*
question.en = "What is the shortest connection between two parties?"
question.zh = "两个主体之间最短的联系是什么？"
description.en = """
Steps between parties of which any record has the one pass cards to the other, in either direction and at any time, by
number of cards too. Carriers connect everybody and are left out unless one of the two is a carrier. Of several
shortest ways the one whose ids come first. It does not say that any card went all the way."""
description.zh = "相邻两主体之间有任何流转记录（方向、时间不限，只写数量的也算）。运营商与谁都有联系，除非两端之一是运营商，否则不经过运营商。多条同样短的取标识在前者。并不表示有卡走完全程。"
[params]
party = {type = "party", en = "the one party", zh = "一方"}
other = {type = "party", en = "the other party", zh = "另一方"}
most = {type = "integer", default = 8, en = "the most steps", zh = "最多步数"}
[returns]
step = {en = "the number of the step, from 1", zh = "步序"}
from_id = {en = "the party nearer to the first", zh = "靠近前者的一端标识"}
from_name = {en = "its name", zh = "名称"}
to_id = {en = "the party nearer to the other", zh = "靠近后者的一端标识"}
to_name = {en = "its name", zh = "名称"}
records_there = {en = "statements that cards went this way", zh = "此方向的陈述数"}
records_back = {en = "statements that cards went the other way", zh = "反方向的陈述数"}
since = {en = "the earliest possible day of any", zh = "最早可能日期"}
until = {en = "the latest possible day of any", zh = "最晚可能日期"}
*/

WITH RECURSIVE edges AS MATERIALIZED (
    SELECT a, b, count(*) FILTER (is_there) AS records_there, count(*) FILTER (NOT is_there) AS records_back,
        min(day) AS since, max(day_until) AS until
    FROM (
        SELECT from_id AS a, to_id AS b, from_is_carrier AS a_carries, to_is_carrier AS b_carries, true AS is_there,
            day, day_until, repeated
        FROM moves
        UNION ALL
        SELECT to_id, from_id, to_is_carrier, from_is_carrier, false, day, day_until, repeated FROM moves
    )
    WHERE a <> b AND NOT repeated AND (NOT a_carries OR a IN ($party, $other))
        AND (NOT b_carries OR b IN ($party, $other))
    GROUP BY a, b
),
-- how far every party is from the other one, nearest first, until the first one is reached
reach (reached, steps) USING KEY (reached) AS (
    SELECT $other, 0
    UNION
    SELECT a, min(steps) + 1
    FROM reach JOIN edges ON b = reached
    WHERE steps < $most
        AND NOT EXISTS (SELECT 1 FROM recurring.reach AS known WHERE known.reached IN (edges.a, $party))
    GROUP BY a
),
way (step, a, b) AS (
    SELECT 0, NULL::VARCHAR, $party WHERE $party <> $other
    UNION ALL
    SELECT step + 1, any_value(way.b), min(edges.b)
    FROM way JOIN edges ON edges.a = way.b
    JOIN reach AS near ON near.reached = edges.b
    JOIN reach AS far ON far.reached = edges.a AND far.steps = near.steps + 1
    GROUP BY step
)
SELECT
    step, a AS from_id, senders.name AS from_name, b AS to_id, receivers.name AS to_name, records_there, records_back,
    since, until
FROM way JOIN edges USING (a, b)
JOIN parties AS senders ON senders.party_id = a JOIN parties AS receivers ON receivers.party_id = b
ORDER BY step
