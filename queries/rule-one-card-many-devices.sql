/*
question.en = "Which cards of an enterprise were seen in several devices?"
question.zh = "本单位的哪些卡在多台设备中用过？"
description.en = "Cards by the number of different devices (the first 14 digits of an IMEI) that they were seen in."
description.zh = "按卡用过的不同设备（IMEI 前 14 位）数计。"
scope = "audit"
[params]
most_devices = {type = "integer", en = "the most devices that one card may be seen in", zh = "一张卡最多可用的设备数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
most = {en = "the most devices of one card", zh = "一张卡的最多设备数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH moved AS (
    SELECT enterprise, card, count(*) AS devices
    FROM moved_cards
    GROUP BY enterprise, card
    HAVING count(*) > greatest($most_devices, 1)
)
SELECT enterprise, max(devices) AS most, list({first: card, last: card}) AS cards
FROM moved
GROUP BY enterprise
ORDER BY enterprise
