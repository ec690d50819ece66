"""The words of synthetic cases: what can be planted in them, what was made, what a check found.

A template is filled in as those of :mod:`graphtrace.render.catalogue` are.
"""

from __future__ import annotations

from typing import Final

from graphtrace.render.catalogue import BilingualText

SCENARIOS: Final = {
    "resold": BilingualText(
        "resold as lots, some of them card by card; nothing planted", "整批转卖，部分零售；未植入任何情形"
    ),
    "same_day": BilingualText("several hops on one day, rows shuffled", "同一天多次转手，行序打乱"),
    "sold_twice_to_one": BilingualText(
        "sold to one party, taken back, sold to it again", "卖给一家、收回、再卖给同一家"
    ),
    "activated_on_purchase_day": BilingualText("online on the day on which it was bought", "采购当天上网"),
    "used_by_neither": BilingualText(
        "passed on twice, and used by somebody else than either buyer", "两次转出，使用人不是其中任何一方"
    ),
    "unlisted_hop_on_the_day": BilingualText(
        "one hop is a sale by number only, on the day of the next hop", "有一手只记张数，与下一手同日"
    ),
    "sold_on_receipt_day": BilingualText(
        "the holder sold cards by number only, on the day on which it received these",
        "持有者只记张数的销售与收到这些卡同日",
    ),
    "used_in_the_enterprise": BilingualText(
        "online in the enterprise before it was passed on", "转出之前在登记企业上网"
    ),
    "gap": BilingualText("one hop is in no record", "有一手没有任何记录"),
    "two_gaps": BilingualText("two hops are in no record", "有两手没有任何记录"),
    "no_purchase": BilingualText("no record of the carrier's sale", "没有运营商售出的记录"),
    "double_transfer": BilingualText("passed on twice and never taken back", "两次转出，从未收回"),
    "two_registrants": BilingualText("sold by the carrier to two enterprises", "运营商先后售给两家单位"),
    "date_inversion": BilingualText("passed on before it was bought, by the dates", "按日期看，转出早于采购"),
    "taken_back": BilingualText("given back to the seller and sold to another", "退回卖方后又卖给他人"),
    "repeated_row": BilingualText("the same row in two files", "两个文件中有同一行"),
    "two_ledgers": BilingualText("one hop in the words of seller and buyer, on one day", "买卖双方各记一笔，日期相同"),
    "month_and_day": BilingualText("one hop by the day and by its month only", "同一手，一处记到日，一处只记到月"),
    "date_disagreement": BilingualText("one hop in two files under two days", "同一手，两个文件的日期不同"),
    "activated_before_purchase": BilingualText("online before it was bought", "采购之前已经上网"),
    "used_by_another": BilingualText("used by somebody who is not the last holder", "使用人不是最后持有者"),
    "unlisted_hop": BilingualText("one hop is a sale by number only", "有一手只记张数，不列卡号"),
    "four_unlisted_hops": BilingualText("four hops in a row are sales by number only", "连续四手只记张数"),
    "five_unlisted_hops": BilingualText(
        "five sales by number only: too many to close the gap", "连续五手只记张数：太多，缺口仍在"
    ),
    "two_unlisted_ways": BilingualText(
        "sales by number only fit in two ways: the gap stays", "只记张数的销售有两条路可走：缺口仍在"
    ),
    "late_unlisted_hop": BilingualText(
        "the sale by number only is dated after the next hop: the gap stays", "只记张数的销售晚于下一手：缺口仍在"
    ),
    "unlisted_purchase": BilingualText("the carrier's sale is by number only", "运营商售出只记张数"),
    "another_carriers_purchase": BilingualText(
        "a purchase by number only, from a carrier that the number contradicts", "只记张数的采购，但卡号不属于该运营商"
    ),
    "unlisted_onward": BilingualText("the holder also sold cards by number only", "最后持有者另有只记张数的销售"),
    "sold_before_receipt": BilingualText(
        "the holder sold cards by number only, but before it received these", "持有者只记张数的销售早于收到这些卡"
    ),
    "never_seen": BilingualText("a number that no record is near to", "没有任何记录与之相近的号码"),
    "just_outside": BilingualText("a number just behind the end of a lot", "紧接号段末尾之后的号码"),
    "letter_inside": BilingualText("a number with a letter in what runs in a lot", "号段流水部分中夹有字母的号码"),
    "self_transfer": BilingualText(
        "a row in which seller and buyer are one: rejected", "买卖双方为同一主体的行：应拒收"
    ),
    "joined_self_transfer": BilingualText(
        "seller and buyer are one only because a name joins a number", "名称并入证件号后才看出买卖双方为同一主体"
    ),
    "used_on_the_way": BilingualText(
        "online while a reseller held it, by nobody that is named", "经销商持有期间上网，未写使用人"
    ),
    "used_by_another_on_the_way": BilingualText(
        "used by somebody else while a reseller held it", "经销商持有期间由他人使用"
    ),
    "shared_device": BilingualText("five cards in one device", "五张卡用过同一设备"),
    "device_changes": BilingualText("one card in two devices", "一张卡用过两个设备"),
    "sold_again": BilingualText(
        "given back to the carrier, which sold it to another enterprise", "退回运营商，再售给另一家单位"
    ),
    "given_back": BilingualText("given back to the carrier", "退回运营商"),
    "only_activated": BilingualText("known from its activation only", "只见于激活记录"),
    "only_seized": BilingualText("known from its seizure only", "只见于扣押记录"),
    "only_stocked": BilingualText("known from a stock declaration only", "只见于库存申报"),
    "namesakes": BilingualText(
        "two people of one name, and records that give the name alone", "两人同名，部分记录只写姓名"
    ),
    "two_orders": BilingualText(
        "hops of one day that fit together in two orders; the first by ids is shown",
        "同日各手有两种排法，按标识取第一种",
    ),
    "by_subscriber_number": BilingualText(
        "a later activation names the subscriber number only", "后来的激活只写接入号"
    ),
    "moved_subscriber_number": BilingualText(
        "a subscriber number that went on to the next card", "接入号转到了下一张卡"
    ),
}
"""What happens to the cards of a story."""

LABELS: Final = {
    "made": BilingualText(
        "{cards:card|cards} in {rows:row|rows} of {files:file|files}", "{cards}张卡，{files}个文件，共{rows}行"
    ),
    "seed": BilingualText("seed {seed}", "种子 {seed}"),
    "rows_to_refuse": BilingualText(
        "{rejected:row has|rows have} to be rejected, {duplicates:row repeats|rows repeat} another",
        "应拒收{rejected}行，重复{duplicates}行",
    ),
    "planted": BilingualText("Planted", "植入的情形"),
    "story": BilingualText("story", "情形"),
    "scenario": BilingualText("scenario", "编号"),
    "cards": BilingualText("cards", "卡数"),
    "meaning": BilingualText("what happens", "内容"),
    "next": BilingualText("Next", "接下来"),
    "asked": BilingualText(
        "{asked:card|cards} asked: {right} right, {wrong} wrong", "查询{asked}张卡：正确{right}，错误{wrong}"
    ),
    "audited": BilingualText(
        "{audits:enterprise|enterprises} audited: {right} right, {wrong} wrong",
        "核查{audits}家单位：正确{right}，错误{wrong}",
    ),
    "audit": BilingualText("audit", "核查"),
    "all_right": BilingualText("Everything is as the truth says.", "与真值完全一致。"),
    "not_right": BilingualText("Not everything is as the truth says.", "与真值不一致。"),
    "wrong": BilingualText("Wrong answers", "错误的回答"),
    "outcome": BilingualText("outcome", "结论"),
    "registrant": BilingualText("registrant", "开户单位"),
    "holder": BilingualText("last holder", "最后持有者"),
    "chain": BilingualText("chain", "流转链"),
    "end_user": BilingualText("end user", "最终使用人"),
    "findings": BilingualText("findings", "发现"),
    "reject": BilingualText("rejected row", "拒收行"),
    "finding": BilingualText("finding", "发现"),
    "reason": BilingualText("rejected because", "拒收原因"),
    "stories": BilingualText(
        "{stories:thing|things} planted, on {cards:card|cards}; {folder}/README.md names them",
        "植入{stories}种情形，共{cards}张卡；详见 {folder}/README.md",
    ),
    "found": BilingualText("found", "查出"),
    "missed": BilingualText("missed", "漏报"),
    "invented": BilingualText("invented", "误报"),
    "precision": BilingualText("precision", "准确率"),
    "recall": BilingualText("recall", "召回率"),
    "duplicates": BilingualText("rows said twice", "重复行"),
    "mistake": BilingualText(
        "{card}[ ({story})]: {kind} is {true}, answered {answered}",
        "{card}[（{story}）]：{kind}应为{true}，回答为{answered}",
    ),
    "nothing": BilingualText("nothing", "无"),
}
