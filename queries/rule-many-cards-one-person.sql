-- question: Which natural persons ended up with many cards of an enterprise?
-- question.zh: 哪些自然人最终持有本单位的大量卡？
-- counts: Resold cards by their last documented holder, where the holder is known by a valid resident id.
-- counts.zh: 按有记录的最后持有人计，且该持有人有有效的居民身份证号。
-- param least_cards: integer | the fewest cards that are many | 达到此张数即视为大量
-- column enterprise: id of the enterprise | 单位标识
-- column person: the person | 该自然人
-- column least_cards: the cards that are many | 大量的起点
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

SELECT
    enterprise,
    {id: holder, name: any_value(name)} AS person,
    $least_cards AS least_cards,
    list({first: first, last: last}) AS cards
FROM accounts
JOIN parties ON holder = party
WHERE fate = 'resold' AND is_person
GROUP BY enterprise, holder
HAVING sum(last - first + 1) >= $least_cards
ORDER BY enterprise, sum(last - first + 1) DESC, holder
