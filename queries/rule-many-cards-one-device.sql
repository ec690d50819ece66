/*
question.en = "Which devices were seen with several cards of an enterprise?"
question.zh = "哪些设备用过本单位的多张卡？"
description.en = "Different cards seen in one device (the first 14 digits of its IMEI)."
description.zh = "同一设备（IMEI 前 14 位）用过的不同卡。"
scope = "audit"
[params]
most_cards = {type = "integer", en = "the most cards that one device may have", zh = "一台设备最多可用的卡数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
devices = {en = "the devices", zh = "设备数"}
imei = {en = "the device with the most cards", zh = "卡数最多的设备"}
most = {en = "its cards", zh = "该设备的卡数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH crowded AS (
    SELECT enterprise, imei, count(*) AS together, list(card) AS cards
    FROM shared_devices
    GROUP BY enterprise, imei
    HAVING count(*) > greatest($most_cards, 1)
),
worst AS (
    SELECT enterprise, count(*) AS devices, max({together: together, imei: -imei}) AS device
    FROM crowded
    GROUP BY enterprise
),
involved AS (
    SELECT DISTINCT enterprise, unnest(cards) AS card
    FROM crowded
)
SELECT
    enterprise,
    devices,
    printf('%014d', -device.imei) AS imei,
    device.together AS most,
    list({first: card, last: card}) AS cards
FROM worst
JOIN involved USING (enterprise)
GROUP BY enterprise, devices, device
ORDER BY enterprise
