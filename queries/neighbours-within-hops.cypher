// question: Whom could cards of a party reach within so many hands, in the order of time?
// question.zh: 按时间先后，某主体的卡在若干手之内可能到达谁？
// counts: Parties that are reached by records that follow each other in time: each step possibly on or after the
//     earliest day of the step before. Sales by number of cards count; carriers are not passed through. It is not
//     looked at whether the same cards went all the way. `backwards` asks from whom cards could have come.
// counts.zh: 由时间上前后相接的记录所能到达的主体：每一步可能不早于上一步的最早日期。只写数量的也算；不经过运营商。不判断是否同一批卡。backwards 反过来问卡可能从谁而来。
// param party: party | from where | 起点主体
// param hops: integer = 2 | the most steps | 最多步数
// param since: day = 1990-01-01 | the first day that counts | 起算日期
// param backwards: boolean = false | against the direction of the cards and of time | 逆着流向和时间
// column party_id: the party | 主体标识
// column party_name: its name | 名称
// column is_carrier: whether it is a carrier | 是否运营商
// column hops: the fewest steps | 最少步数
// column day: the earliest day of arrival within these steps; backwards, the latest of departure | 在这些步数内的最早到达日期；逆向时为最晚出发日期
// mode: read

MATCH (seen:Case), (start:Party {id: $party})
// who is reached with each step, on which days; days are numbers, counted against time where it is asked backwards
WITH reduce(levels = [[{party: start, day: -1000000}]], hops IN range(1, $hops) | CASE levels[-1]
    WHEN [] THEN levels
    ELSE levels + [COLLECT {
        UNWIND levels[-1] AS one
        WITH one, one.party AS near
        WHERE hops = 1 OR NOT near.is_carrier
        MATCH (near)-[by:GAVE|TO]-(r:Record)-[:GAVE|TO]-(far:Party)
        WHERE type(by) = CASE WHEN $backwards THEN 'TO' ELSE 'GAVE' END AND far <> near AND far <> start
            AND r.sheet <= seen.sheets
        WITH one, far, r.date AS date
        WITH one, far, date(left(date, 10)) AS day, CASE size(date)
            WHEN 7 THEN date(date) + duration('P1M') - duration('P1D') ELSE date(left(date, 10))
        END AS until
        WHERE until >= $since
        WITH one, far, duration.inDays(date('1970-01-01'), day).days AS day,
            duration.inDays(date('1970-01-01'), until).days AS until
        WITH one, far, CASE WHEN $backwards THEN -until ELSE day END AS earliest,
            CASE WHEN $backwards THEN -day ELSE until END AS latest
        WHERE latest >= one.day
        RETURN DISTINCT {party: far, day: CASE WHEN earliest > one.day THEN earliest ELSE one.day END}
    }]
END) AS levels
UNWIND range(1, size(levels) - 1) AS hops
UNWIND levels[hops] AS one
WITH one.party AS party, min(hops) AS hops, min(one.day) AS day
RETURN
    party.id AS party_id, party.name AS party_name, party.is_carrier AS is_carrier, hops,
    date('1970-01-01') + duration({days: CASE WHEN $backwards THEN -day ELSE day END}) AS day
ORDER BY hops, day, party_id
