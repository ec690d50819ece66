/*
question.en = "Which natural persons ended up with many cards of an enterprise?"
question.zh = "哪些自然人最终持有本单位的大量卡？"
description.en = "Resold cards by their last documented holder, where the holder is known by a valid resident id."
description.zh = "按有记录的最后持有人计，且该持有人有有效的居民身份证号。"
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards that are many", zh = "达到此张数即视为大量"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
person = {en = "the person", zh = "该自然人"}
least_cards = {en = "the cards that are many", zh = "大量的起点"}
by_name = {en = "cards whose movements give the name alone", zh = "流转记录仅写姓名的张数"}
persons = {en = "the persons beside whose names the records write the number", zh = "记录中与该证件号并写的各个姓名"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

SELECT
    enterprise,
    {id: holder, name: any_value(name)} AS person,
    $least_cards AS least_cards,
    nullif(sum(CASE WHEN holder_by_name THEN last - first + 1 ELSE 0 END), 0) AS by_name,
    any_value(several_persons.names) AS persons,
    list({first: first, last: last}) AS cards
FROM accounts
JOIN parties ON holder = parties.party
LEFT JOIN several_persons ON holder = several_persons.party
WHERE fate = 'resold' AND is_person
GROUP BY enterprise, holder
HAVING sum(last - first + 1) >= $least_cards
ORDER BY enterprise, sum(last - first + 1) DESC, holder
