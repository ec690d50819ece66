"""Every sentence and word of the product in both languages, as templates by code.

A template names its parameters in braces. A part in square brackets is left out when a parameter in it has no value.
``{n:card|cards}`` writes a count with its noun in the singular or plural. ``messages`` fills them in.
"""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    """One template in English and in Chinese."""

    en: str
    zh: str


FINDINGS = {
    "custody_gap": Wording(
        "No record says how the card came from {after} to {before}[ between {since} and {until}].",
        "没有记录说明该卡如何从{after}到{before}手中[（{since}至{until}之间）]。",
    ),
    "no_purchase": Wording(
        "No record shows that a carrier sold the card[; its number points to {carrier}]"
        "[; the first holder on record is {first_holder}].",
        "没有记录显示该卡由运营商售出[；卡号指向{carrier}][；有记录的第一个持有者是{first_holder}]。",
    ),
    "double_transfer": Wording(
        "{at} passed the card on more than once without getting it back: to {to}.",
        "{at}在未收回该卡的情况下多次转出：{to}。",
    ),
    "multiple_registrants": Wording(
        "The card was sold by a carrier more than once: to {registrants}.",
        "该卡被运营商多次售出：{registrants}。",
    ),
    "date_inversion": Wording(
        "{hop} is dated {date}, earlier than the step before it ({previous}).",
        "{hop}的日期为{date}，早于其上一手（{previous}）。",
    ),
    "date_disagreement": Wording(
        "Records disagree on the day of {hop}: {dates}; the earliest is used.",
        "{hop}的日期在各记录中不一致：{dates}；以最早者为准。",
    ),
    "activated_before_purchase": Wording(
        "The card was activated on {activated}, before it was bought on {purchased}.",
        "该卡于{activated}激活，早于采购日期{purchased}。",
    ),
    "user_differs_from_holder": Wording(
        "{user} used the card[ on {date}][, while on record {holder} held it].",
        "[{date}，]使用人是{user}[，而记录中的持有者是{holder}]。",
    ),
    "ambiguous_party": Wording(
        "{parties:party bears|different parties bear} the name {name}; "
        "records with the name alone do not tell which is meant.",
        "有{parties}个主体同名{name}；只写名称的记录无法区分。",
    ),
    "self_transfer": Wording(
        "A record[ of {date}] has {party} pass the card to itself; it is left out.",
        "[{date}的]一条记录中{party}把卡转给自己；该记录不计入流转链。",
    ),
    "shared_device": Wording(
        "The device with IMEI {imei} was used with {count:card|cards}: {cards}.",
        "IMEI 为{imei}的设备用过{count}张卡：{cards}。",
    ),
    "device_changes": Wording(
        "The card was used in more than one device: IMEI {imeis}.",
        "该卡用过多个设备：IMEI {imeis}。",
    ),
    "possible_onward": Wording(
        "{at} sold {quantity:unlisted card|unlisted cards} to {to}[ on {date}]; this card may be among them"
        " ({candidates:card comes|cards come} into question).",
        "{at}[于{date}]向{to}出售了{quantity}张未列明卡号的卡；该卡可能在其中（共有{candidates}张卡符合条件）。",
    ),
    "order_undetermined": Wording(
        "The records allow {orders:order|orders} of the same steps; the first by date is shown.",
        "现有记录允许{orders}种流转顺序；此处按日期取第一种。",
    ),
    "near_miss/one_character": Wording(
        "{iccid} is in the case; it differs in one character.", "案件中有{iccid}，仅一个字符不同。"
    ),
    "near_miss/neighbouring_lot": Wording(
        "{iccid} is the nearest end of a neighbouring lot in the case.", "案件中有相邻号段，其端点为{iccid}。"
    ),
}

REASONS = {
    "custody_gap": Wording("a step of the chain is missing there", "流转链在此处缺少一手"),
    "no_purchase": Wording("no sale by a carrier is on record", "没有运营商售出的记录"),
    "not_found": Wording("no record names the card", "没有任何记录提到该卡"),
    "multiple_registrants": Wording(
        "carriers are on record as having sold the card more than once", "记录显示该卡被运营商多次售出"
    ),
    "double_transfer": Wording("it passed the card on more than once", "该卡由其多次转出"),
    "possible_onward": Wording(
        "it sold cards without listing them, perhaps this one too", "其出售过未列明卡号的卡，可能包括该卡"
    ),
    "no_activation": Wording("no activation of the card is on record", "没有该卡的激活记录"),
}

LEADS = {
    "transfer_record": Wording(
        "Ask {ask} for its transfer records of the card[ from {since}][ to {until}], because {why}.",
        "向{ask}调取该卡[自{since}起][至{until}止]的转让记录：{why}。",
    ),
    "purchase_record": Wording(
        "Ask {ask} for the purchase record of the card[ from {since}][ to {until}], because {why}.",
        "向{ask}调取该卡[自{since}起][至{until}止]的采购（开户）记录：{why}。",
    ),
    "activation_record": Wording(
        "Ask {ask} for the activation records of the card[ from {since}][ to {until}], because {why}.",
        "向{ask}调取该卡[自{since}起][至{until}止]的激活记录：{why}。",
    ),
}

REJECTS = {
    "damaged_number": Wording(
        "a spreadsheet has damaged the number; digits are lost", "号码被电子表格损坏，部分数字丢失"
    ),
    "bad_identifier": Wording("not a complete, well-formed number", "号码不完整或格式错误"),
    "bad_date": Wording("no date, or one outside 1990 to 2100", "日期无法识别，或不在1990至2100年之间"),
    "ambiguous_date": Wording("the date can be read in two ways", "日期有两种读法"),
    "bad_quantity": Wording("not a whole number of cards", "数量不是整数"),
    "missing_field": Wording("a field that the kind of record needs is empty", "缺少该类记录必需的字段"),
    "unknown_kind": Wording("the kind of record is unknown", "记录类型无法识别"),
    "range_reversed": Wording("the range ends before it begins", "号段的起始号大于结束号"),
    "range_heads_differ": Wording("the ends of the range do not belong together", "号段两端的号头不一致"),
    "range_count_mismatch": Wording("the quantity is not the size of the range", "数量与号段不符"),
    "self_transfer": Wording("sender and receiver are the same", "转出方与转入方相同"),
    "not_a_record": Wording("a repeated header or a total, not a record", "重复的表头或合计行，不是记录"),
    "unknown_headings": Wording("none of the headings is known", "表头无法识别"),
    "unreadable_row": Wording("the row cannot be taken apart into cells", "该行无法拆分为单元格"),
}

PROBLEMS = {
    "ledger_broken": Wording(
        "Line {line} of the ledger does not follow from the line before it.", "台账第{line}行与上一行不衔接。"
    ),
    "ledger_behind": Wording(
        "The ledger still owes the line of the last load; the next load writes it.",
        "台账尚欠最近一次载入的一行，下次载入时补上。",
    ),
    "ledger_differs": Wording(
        "The ledger names {ledger:load|loads}, the database {database}, or they name different ones.",
        "台账记有{ledger}次载入，数据库记有{database}次，或两者内容不同。",
    ),
    "source_missing": Wording("The kept copy of {file} is gone.", "{file}的留存副本已丢失。"),
    "source_changed": Wording(
        "The kept copy of {file} is not what was loaded: its SHA-256 is {found}, not {sha256}.",
        "{file}的留存副本已被改动：其 SHA-256 为{found}，应为{sha256}。",
    ),
    "rows_differ": Wording(
        "{file} had {rows:row|rows}, but {stored} are stored and {rejected} were rejected.",
        "{file}原有{rows}行，现存{stored}行，拒收{rejected}行，数目不符。",
    ),
}

ERRORS = {
    "wrong_usage": Wording("wrong usage", "用法有误"),
    "ambiguous_name": Wording("ambiguous name", "名称不唯一"),
    "unknown_format": Wording("unknown format", "格式不支持"),
    "unwritable_output": Wording("unwritable output", "无法写入"),
    "too_many_cards": Wording("too many cards", "符合的卡过多"),
    "bad_mapping": Wording("bad mapping", "映射文件有误"),
    "unreadable_file": Wording("unreadable file", "文件无法读取"),
    "unknown_headings": Wording("unknown headings", "表头无法识别"),
    "unsafe_file": Wording("unsafe file", "文件不安全"),
    "not_found": Wording("not found", "未找到"),
    "store_unavailable": Wording("store unavailable", "案件无法打开"),
    "case_missing": Wording("no such case", "案件不存在"),
    "case_locked": Wording("case in use", "案件正在被写入"),
    "case_damaged": Wording("damaged case", "案件内容不一致"),
}
"""What an error is about. The messages themselves are English; beside them Chinese readers get this word."""

OUTCOMES = {
    "proven": Wording("PROVEN", "证据完整"),
    "inferred": Wording("INFERRED", "推断"),
    "broken": Wording("BROKEN", "链条中断"),
    "ambiguous": Wording("AMBIGUOUS", "存在歧义"),
    "not_found": Wording("NOT FOUND", "未找到"),
}

EXPLANATIONS = {
    "proven": Wording(
        "Records show every step from {carrier} to {holder}[ ({steps:step|steps})].",
        "从{carrier}到{holder}的每一手都有记录[（共{steps}手）]。",
    ),
    "inferred/quantity": Wording(
        "The chain is continuous, but {steps:step rests|steps rest} on a record that states only a quantity.",
        "链条连续，但有{steps}手仅有数量记录，未列明卡号。",
    ),
    "inferred/date_inversion": Wording(
        "The chain is continuous, but the dates of its steps do not rise.", "链条连续，但各手的日期先后颠倒。"
    ),
    "inferred/both": Wording(
        "The chain is continuous, but {steps:step rests|steps rest} on a record that states only a quantity,"
        " and the dates do not rise.",
        "链条连续，但有{steps}手仅有数量记录，且日期先后颠倒。",
    ),
    "broken/gap": Wording(
        "At least one step is missing between {after} and {before}[ and in {more:other place|other places}].",
        "{after}与{before}之间至少缺少一手[，另有{more}处缺失]。",
    ),
    "broken/no_purchase": Wording(
        "No record shows who bought the card from a carrier.", "没有记录显示是谁从运营商购入该卡。"
    ),
    "broken/no_chain": Wording(
        "Records name the card, but none says whose hands it passed through.", "有记录提到该卡，但没有任何流转记录。"
    ),
    "ambiguous": Wording(
        "The records support {chains:chain|different chains}; they cannot all be true.",
        "记录支持{chains}条不同的链条，不可能都成立。",
    ),
    "not_found": Wording("No record in the case names this card.", "案件中没有任何记录提到该卡。"),
    "not_found/near": Wording(
        "No record in the case names this card; {near:similar one is|similar ones are} listed below.",
        "案件中没有任何记录提到该卡；下面列出{near}个相近的号码。",
    ),
}

KINDS = {
    "purchase": Wording("purchase", "采购"),
    "transfer": Wording("transfer", "转让"),
    "return": Wording("return", "退货"),
    "activation": Wording("activation", "激活"),
    "seizure": Wording("seizure", "扣押"),
    "stock": Wording("stock", "库存"),
    "mixed": Wording("mixed", "混合"),
}

PRECISIONS = {
    "listed": Wording("listed", "逐卡列明"),
    "range": Wording("in a range", "按号段"),
    "quantity": Wording("quantity only", "仅有数量"),
}

CARRIERS = {
    "china-mobile": Wording("China Mobile", "中国移动"),
    "china-unicom": Wording("China Unicom", "中国联通"),
    "china-telecom": Wording("China Telecom", "中国电信"),
    "china-broadnet": Wording("China Broadnet", "中国广电"),
}

IDENTIFIERS = {
    "iccid": Wording("ICCID", "ICCID"),
    "partial": Wording("partial ICCID", "不完整的ICCID"),
    "msisdn": Wording("MSISDN", "MSISDN"),
    "imsi": Wording("IMSI", "IMSI"),
    "imei": Wording("IMEI", "IMEI"),
    "uscc": Wording("unified social credit code", "统一社会信用代码"),
    "registration_no": Wording("registration number", "工商注册号"),
    "resident_id": Wording("resident id", "居民身份证号"),
}

CHECKSUMS = {
    "ok": Wording("check digit ok", "校验位正确"),
    "bad": Wording("check digit wrong", "校验位错误"),
    "n/a": Wording("no check digit", "无校验位"),
}

SEVERITIES = {
    "error": Wording("error", "严重"),
    "warning": Wording("warning", "注意"),
    "info": Wording("info", "提示"),
}

CONFIDENCES = {
    "high": Wording("high confidence", "可信度高"),
    "medium": Wording("medium confidence", "可信度中"),
    "low": Wording("low confidence", "可信度低"),
}

HINTS = {
    "carrier": Wording("carrier", "运营商"),
    "year": Wording("year", "年份"),
    "province": Wording("province", "省份"),
    "vendor": Wording("card vendor", "卡商"),
}

BUCKETS = {
    "in_stock": Wording("in stock", "库存"),
    "activated_by_enterprise": Wording("activated by itself", "自行激活"),
    "activated_by_other": Wording("activated by others", "他人激活"),
    "resold": Wording("resold", "转售"),
    "returned": Wording("returned", "退回运营商"),
    "disputed": Wording("disputed", "有争议"),
}

PARTY_KINDS = {
    "carrier": Wording("carrier", "运营商"),
    "enterprise": Wording("enterprise, bought from a carrier", "开户单位"),
    "reseller": Wording("reseller", "转售者"),
    "holder": Wording("holder", "持有者"),
    "user": Wording("user", "使用人"),
}

LABELS = {
    "registered_by": Wording("registered by", "开户单位"),
    "last_holder": Wording("last holder", "最后持有者"),
    "end_user": Wording("end user", "最终使用人"),
    "end_user_or_holder": Wording("end user (or holder)", "使用人（或持有者）"),
    "not_on_record": Wording("not on record", "无记录"),
    "chains_differ": Wording("undecided, the chains differ", "未定，各链条不一致"),
    "asked_as": Wording("asked for as {what} {input}", "查询内容：{what} {input}"),
    "asked": Wording("asked for as {input}", "查询内容：{input}"),
    "carrier_unknown": Wording("carrier unknown", "运营商不明"),
    "carrier_missing": Wording("the carrier's sale is not on record", "缺少运营商售出的记录"),
    "chain": Wording("Chain", "流转链"),
    "chain_of": Wording("Chain {letter} of {count}", "流转链 {letter}（共{count}条）"),
    "registrant": Wording("registrant", "开户单位"),
    "carrier": Wording("carrier", "运营商"),
    "holder": Wording("last holder", "最后持有者"),
    "via": Wording("via {channel}", "渠道：{channel}"),
    "dates": Wording("also dated {dates}", "另有日期：{dates}"),
    "gap": Wording(
        "missing: no record of how the card came to {before}[ (between {since} and {until})]",
        "缺失：没有该卡如何到{before}手中的记录[（{since}至{until}之间）]",
    ),
    "as_in_a": Wording("steps 1 to {last} as in chain A", "第1至{last}手同流转链 A"),
    "activations": Wording("Activations", "激活记录"),
    "seizures": Wording("Seizures", "扣押记录"),
    "findings": Wording("Findings", "发现"),
    "leads": Wording("Ask next", "下一步调取"),
    "user": Wording("user {user}", "使用人{user}"),
    "case_no": Wording("case {case_no}", "案号{case_no}"),
    "holder_then": Wording("held by {holder}", "持有人{holder}"),
    "undated": Wording("undated", "日期不详"),
    "count": Wording("{count}", "{count}条"),
    "more_sources": Wording(
        "{more:more source|more sources}, shown with -v or --json", "另有{more}个来源，用 -v 或 --json 查看"
    ),
    "more_events": Wording(
        "{more:earlier one|earlier ones}, shown with -v or --json", "另有{more}条较早的记录，用 -v 或 --json 查看"
    ),
    "more_findings": Wording(
        "{more:more finding|more findings}, shown with -v or --json", "另有{more}条发现，用 -v 或 --json 查看"
    ),
    "more_leads": Wording("{more:more|more}, shown with -v or --json", "另有{more}条，用 -v 或 --json 查看"),
    "more_chains": Wording(
        "{more:more chain|more chains}, shown with -v or --json", "另有{more}条流转链，用 -v 或 --json 查看"
    ),
    "more_cards": Wording(
        "{more:more card|more cards}, shown with -v, --json or -o FILE.csv",
        "另有{more}张卡，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "more_registrants": Wording("{more:other|others}", "其他{more}个"),
    "chains_omitted": Wording(
        "{more:further chain is|further chains are} possible and not listed anywhere.", "还可能有{more}条链条，未列出。"
    ),
    "cards": Wording("{cards:card|cards}", "{cards}张卡"),
    "ask_one": Wording("One card at a time, or -v, shows the chains.", "逐卡查询或加 -v 可查看流转链。"),
    "case": Wording("case", "案件"),
    "card": Wording("card", "卡号"),
    "outcome": Wording("outcome", "结论"),
    "file": Wording("file", "文件"),
    "kind": Wording("kind", "类型"),
    "rows": Wording("rows", "行数"),
    "loaded": Wording("loaded", "已载入"),
    "duplicate": Wording("duplicate", "重复"),
    "rejected": Wording("rejected", "拒收"),
    "total": Wording("total", "合计"),
    "already_loaded": Wording("already loaded", "此前已载入"),
    "not_read": Wording("not read", "未读入"),
    "rejected_rows": Wording("Rejected rows", "拒收的行"),
    "warnings": Wording("Left out", "略去的内容"),
    "warning_rows": Wording("in {rows:row|rows}, first in", "共{rows}行，首见于"),
    "row_written": Wording("could have been {low} to {high}", "可能是{low}至{high}之间的号码"),
    "more_rejects": Wording("{more:more row|more rows}, shown with -v or --json", "另有{more}行，用 -v 或 --json 查看"),
    "all_rejects": Wording("every rejected row, cell by cell, and why: {path}", "全部拒收行的逐格内容及原因：{path}"),
    "problems": Wording("Files not read", "未能读入的文件"),
    "hint": Wording("hint", "提示"),
    "error": Wording("error", "错误"),
    "dry_run": Wording("Dry run: nothing was written.", "试运行：未写入任何内容。"),
    "period": Wording("period", "时间范围"),
    "records": Wording("records", "记录"),
    "parties": Wording("parties", "主体"),
    "cards_listed": Wording("cards listed", "逐卡列明的卡"),
    "ranges": Wording("ranges", "号段"),
    "quantity_only": Wording("quantity only", "仅有数量的记录"),
    "size": Wording("size", "大小"),
    "loaded_at": Wording("loaded at", "载入时间"),
    "nothing_loaded": Wording("Nothing is loaded yet.", "尚未载入任何文件。"),
    "all_agree": Wording("Sources, rows and database agree.", "来源文件、记录行与数据库一致。"),
    "disagreements": Wording("{count:disagreement|disagreements}", "{count}处不一致"),
    "no_reading": Wording("no kind of number that graphtrace knows", "不是可识别的号码"),
    "incomplete": Wording("incomplete", "不完整"),
    "key": Wording("key {key}", "卡键 {key}"),
    "damaged": Wording(
        "damaged by a spreadsheet: it was a number from {low} to {high}", "已被电子表格损坏：原号码在{low}至{high}之间"
    ),
    "bought": Wording("bought from carriers", "向运营商采购"),
    "enterprises": Wording("{enterprises:enterprise|enterprises}", "{enterprises}家单位"),
    "enterprise": Wording("enterprise", "单位"),
    "purchased": Wording("purchased", "采购"),
    "resold": Wording("resold", "转售"),
    "seized": Wording("seized", "被扣押"),
    "activated": Wording("activated", "已激活"),
    "cards_total": Wording("cards", "卡数"),
    "unaccounted": Wording("unaccounted", "去向不明"),
    "share_activated": Wording("{cards} of them activated", "其中{cards}张已激活"),
    "depth": Wording("Hands since it left", "离开单位后的手数"),
    "hands": Wording("{hands:hand|hands}", "{hands}手"),
    "channels": Wording("Channels by which they left", "离开单位的渠道"),
    "final_holders": Wording("Last holders on record", "有记录的最后持有者"),
    "more_holders": Wording("{more:more|more}, shown with -v or --json", "另有{more}个，用 -v 或 --json 查看"),
    "beside": Wording("Beside them", "另有"),
    "quantity_purchased": Wording(
        "bought by number of cards only: {records:record|records}, {cards:card|cards}",
        "仅有数量的采购：{records}条记录，{cards}张",
    ),
    "quantity_sold": Wording(
        "sold by number of cards only: {records:record|records}, {cards:card|cards}",
        "仅有数量的销售：{records}条记录，{cards}张",
    ),
    "seized_cards": Wording("{cards:card|cards} seized", "{cards}张被扣押"),
    "balance": Wording("Balance on {date}", "{date}的账目"),
    "no_declaration": Wording("no stock declaration is on record", "没有库存申报记录"),
    "minus_returned": Wording("returned to carriers", "退回运营商"),
    "minus_activated": Wording("activated while held", "持有期间激活"),
    "minus_sold": Wording("declared as sold", "申报已售"),
    "minus_stock": Wording("declared as in stock", "申报库存"),
    "not_declared": Wording("not declared", "未申报"),
    "more_audits": Wording("One enterprise at a time, or -v, shows each of them.", "逐家查询或加 -v 可查看各家详情。"),
    "received_from": Wording("Received from", "来自"),
    "passed_on_to": Wording("Passed on to", "转给"),
    "nobody": Wording("nobody on record", "无记录"),
    "records_naming": Wording("{records:record|records}", "{records}条记录"),
    "by_number": Wording(
        "by number only: {records:record|records}, {cards:card|cards}", "仅有数量：{records}条记录，{cards}张"
    ),
    "more_parties": Wording(
        "{more:more party|more parties}, shown with -v, --json or -o FILE.csv",
        "另有{more}个主体，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "try_next": Wording("Try next", "接下来可以试试"),
}
