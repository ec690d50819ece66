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
    "damaged_number": Wording(
        "A spreadsheet has damaged this number: it was one from {low} to {high}; which card is meant cannot be told.",
        "该号码已被电子表格损坏：原号码在{low}至{high}之间，无法确定是哪张卡。",
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

REMARKS = {
    "several_lines": Wording("cells of several lines, each read as one cell", "单元格含多行文字，按一个单元格读取"),
    "column_not_used": Wording(
        "the field is read from another column; this one is not used", "该字段取自另一列，此列未使用"
    ),
}
"""Of rows that were loaded, beside the reasons of :data:`REJECTS` for which an optional field was left out."""

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
    "ledger_unfinished": Wording(
        "Half a line stands at the end of the ledger file; it counts for nothing, and the next load removes it.",
        "台账文件末尾有半行，不起作用，下次载入时删除。",
    ),
    "value_impossible": Wording(
        "{rows:row|rows} of the table {table} hold in the column {column} what no load writes.",
        "数据表{table}的{column}列有{rows}行的值不可能由载入写入。",
    ),
    "parties_differ": Wording(
        "The case tells {parties:party|parties} apart otherwise than its records do, among them {party}.",
        "案件对{parties}个主体的归并与记录不符，其中有{party}。",
    ),
    "index_differs": Wording(
        "The table {table} is not what follows from the listed cards.", "数据表{table}与逐张列出的卡不符。"
    ),
    "file_differs": Wording(
        "The case keeps of {file} something else than its line of the ledger says.",
        "案件所存{file}的信息与台账所记不同。",
    ),
    "sheets_differ": Wording(
        "The case keeps of the sheets of {file} something else than its line of the ledger says.",
        "案件所存{file}各工作表的行数与台账所记不同。",
    ),
    "correction_differs": Wording(
        "The case keeps of correction {number} something else than its line of the ledger says.",
        "案件所存第{number}次更正与台账所记不同。",
    ),
    "corrections_changed": Wording(
        "The corrections, made once more, come to something else than the case holds.",
        "重新执行各次更正，结果与案件所存不同。",
    ),
    "rejects_missing": Wording("The file of rejected rows {file} is gone.", "拒收行文件{file}已丢失。"),
    "rejects_file_changed": Wording(
        "The file of rejected rows {file} was changed: its SHA-256 is {found}, not {sha256}.",
        "拒收行文件{file}已被改动：其 SHA-256 为{found}，应为{sha256}。",
    ),
    "rejects_unknown": Wording(
        "No load wrote {file}, which lies in the folder of rejected rows.", "拒收行文件夹中的{file}不是载入时写入的。"
    ),
    "source_unknown": Wording(
        "No load kept {file}, which lies in the folder of sources.", "留存副本文件夹中的{file}不是载入时保存的。"
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
    "answer_differs": Wording(
        "The case answers otherwise about {about} than {file} says[; {later} lines of the ledger came since].",
        "关于{about}，案件现在的答复与{file}不同[；此后台账新增{later}行]。",
    ),
    "answer_of_another_ledger": Wording(
        "{file} is the answer of another ledger: no line of this one has the hash {head}.",
        "{file}出自另一份台账：本案台账中没有哈希值为{head}的行。",
    ),
    "rows_changed": Wording(
        "{file}, read again, says something else than the case holds, first in row {row}[ of sheet {sheet}].",
        "重新读取{file}，内容与案件所存不同，最先在[工作表{sheet}]第{row}行。",
    ),
    "sheets_changed": Wording(
        "{file}, read again, has other counts than the case keeps for it.", "重新读取{file}，各项行数与案件所存不同。"
    ),
    "rejects_changed": Wording(
        "Of {file}, read again, other rows are rejected than the case keeps.",
        "重新读取{file}，拒收的行与案件所存不同。",
    ),
    "mentions_changed": Wording(
        "{file}, read again, names parties otherwise than the case does.", "重新读取{file}，主体名称与案件所存不同。"
    ),
}

ERRORS = {
    "wrong_usage": Wording("wrong usage", "用法有误"),
    "graph_too_large": Wording("graph too large", "图过大"),
    "ambiguous_name": Wording("ambiguous name", "名称不唯一"),
    "ambiguous_record": Wording("ambiguous record", "记录不唯一"),
    "unknown_format": Wording("unknown format", "格式不支持"),
    "unwritable_output": Wording("unwritable output", "无法写入"),
    "too_many_cards": Wording("too many cards", "符合的卡过多"),
    "too_few_characters": Wording("too few characters", "已知字符过少"),
    "bad_rule": Wording("bad rule", "规则文件有误"),
    "unknown_rule": Wording("unknown rule", "没有此规则"),
    "bad_query": Wording("bad query", "查询文件有误"),
    "bad_parameter": Wording("bad parameter", "参数有误"),
    "unknown_query": Wording("unknown query", "没有此查询"),
    "bad_mapping": Wording("bad mapping", "映射文件有误"),
    "unreadable_file": Wording("unreadable file", "文件无法读取"),
    "unknown_headings": Wording("unknown headings", "表头无法识别"),
    "unsafe_file": Wording("unsafe file", "文件不安全"),
    "not_found": Wording("not found", "未找到"),
    "store_unavailable": Wording("store unavailable", "案件无法打开"),
    "case_missing": Wording("no such case", "案件不存在"),
    "case_locked": Wording("case in use", "案件正在被写入"),
    "out_of_memory": Wording("not enough memory", "内存不足"),
    "case_damaged": Wording("damaged case", "案件内容不一致"),
    "system_fault": Wording("refused by the system", "系统拒绝"),
    "internal": Wording("fault of the program", "程序自身出错"),
}
"""What an error is about. Chinese readers get this word beside the message, which may be English (:mod:`errors`)."""

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
    "not_found/damaged": Wording(
        "The number is damaged, so no record can be said to name the card.",
        "号码已损坏，无法判断是否有记录提到该卡。",
    ),
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
    "reject": Wording("rejected row", "拒收的行"),
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

MATTERS = {
    "purchased": Wording("bought from carriers", "向运营商采购"),
    **BUCKETS,
    "seized": Wording("seized", "被扣押"),
}
"""Figures of an audit that can be opened."""

BOOKS = {
    "purchase": Wording("bought from a carrier", "向运营商采购"),
    "return": Wording("returned to a carrier", "退回运营商"),
    "sale": Wording("sold to others", "售予他人"),
}
"""Sides of the books that a balance rests on."""

PARTY_KINDS = {
    "carrier": Wording("carrier", "运营商"),
    "enterprise": Wording("enterprise, bought from a carrier", "开户单位"),
    "reseller": Wording("reseller", "转售者"),
    "holder": Wording("holder", "持有者"),
    "user": Wording("user", "使用人"),
}

SHEETS = {
    "cards": Wording("Cards", "卡"),
    "suspension": Wording("For suspension", "建议停机"),
    "lots": Wording("Lots", "批次"),
    "not_found": Wording("Not found", "未找到"),
    "parties": Wording("Parties", "主体"),
    "evidence": Wording("Evidence", "依据"),
    "cover": Wording("Smallest set found", "最小组合"),
    "hops": Wording("Steps", "流转"),
    "sources": Wording("Sources", "出处"),
    "leads": Wording("Ask next", "调取清单"),
    "enterprises": Wording("Figures", "汇总"),
    "findings": Wording("Findings", "发现"),
    "rules": Wording("Rules", "规则"),
    "buckets": Wording("Where the cards are", "去向"),
    "depth": Wording("Hands", "手数"),
    "channels": Wording("Channels", "渠道"),
    "holders": Wording("Last holders", "最后持有者"),
    "times": Wording("How long it took", "用时"),
    "places": Wording("Provinces", "省份"),
    "seized_cases": Wording("Seized", "扣押"),
    "quantity_only": Wording("By number only", "仅有数量"),
    "balance": Wording("Balance", "账目"),
    "books": Wording("Records of the balance", "账目依据"),
    "received_from": Wording("Received from", "来自"),
    "passed_on_to": Wording("Passed on to", "转给"),
    "long_texts": Wording("Long texts", "长文本"),
    "party": Wording("Parties", "主体"),
    "flow": Wording("Flows", "流向"),
    "record": Wording("Records", "记录"),
    "lot": Wording("Lots", "号段"),
    "card": Wording("Single cards", "单卡"),
    "device": Wording("Devices", "设备"),
    "gave": Wording("Given", "转出"),
    "to": Wording("Received", "收到"),
    "moves": Wording("Moved", "涉及的卡"),
    "contains": Wording("Cards in lots", "号段内的卡"),
    "used_by": Wording("Used by", "使用人"),
    "seen_in": Wording("Seen in", "所用设备"),
}
"""Titles of the sheets of a spreadsheet."""

HEADINGS = {
    "input": Wording("Asked for", "查询内容"),
    "iccid": Wording("Card", "卡号"),
    "key": Wording("Key", "卡键"),
    "carrier": Wording("Carrier", "运营商"),
    "registrant": Wording("Registered by", "开户单位"),
    "holder": Wording("Last holder", "最后持有者"),
    "end_user": Wording("End user", "最终使用人"),
    "outcome": Wording("Outcome", "结论"),
    "why": Wording("Why", "理由"),
    "findings": Wording("Findings", "发现"),
    "ask_next": Wording("Ask next", "下一步调取"),
    "chain": Wording("Chain", "流转链"),
    "chain_outcome": Wording("Chain is", "该链结论"),
    "n": Wording("Step", "第几手"),
    "gap_before": Wording("Before it", "此前"),
    "kind": Wording("Kind", "类型"),
    "from": Wording("From", "转出方"),
    "from_id": Wording("From, id", "转出方标识"),
    "to": Wording("To", "转入方"),
    "to_id": Wording("To, id", "转入方标识"),
    "date": Wording("Date", "日期"),
    "precision": Wording("How listed", "列明方式"),
    "channel": Wording("Channel", "渠道"),
    "sources": Wording("Sources", "出处"),
    "file": Wording("File", "文件"),
    "sha256": Wording("SHA-256", "SHA-256"),
    "sheet": Wording("Sheet", "工作表"),
    "row": Wording("Row", "行"),
    "record_no": Wording("Record no.", "记录编号"),
    "used_for": Wording("Used for", "用于"),
    "says": Wording("What it says", "内容"),
    "ask": Wording("Ask", "调取对象"),
    "ask_number": Wording("Its number", "证件号"),
    "wanted": Wording("For its", "调取内容"),
    "since": Wording("From day", "起始日期"),
    "until": Wording("To day", "截止日期"),
    "because": Wording("Because", "原因"),
    "no": Wording("No.", "序号"),
    "range_first": Wording("First card", "起始卡号"),
    "range_last": Wording("Last card", "结束卡号"),
    "sibling": Wording("Moved with", "同批的卡"),
    "moved_with_it": Wording("In step", "所在流转"),
    "same_way": Wording("Before it", "此前流转"),
    "at_large": Wording("Active, not seized", "已激活未扣押"),
    "rank": Wording("Rank", "名次"),
    "party": Wording("Party", "主体"),
    "party_id": Wording("Party, id", "主体标识"),
    "roles": Wording("As", "身份"),
    "cards": Wording("Cards", "卡数"),
    "new_cards": Wording("Cards added", "新增卡数"),
    "certain_cards": Wording("Certain", "其中确定"),
    "criminal_cases": Wording("Criminal cases", "刑事案件数"),
    "card_share": Wording("Share of cards", "占卡数比例"),
    "case_share": Wording("Share of cases", "占案件比例"),
    "score": Wording("Score", "得分"),
    "volume": Wording("Cards handled", "经手总数"),
    "expected": Wording("Expected by size", "按规模预期"),
    "lift": Wording("Lift", "提升度"),
    "lift_low": Wording("Lift, at least", "提升度下限"),
    "lift_high": Wording("Lift, at most", "提升度上限"),
    "guarded_lift": Wording("Lift, guarded", "稳健提升度"),
    "case_no": Wording("Case no.", "案件编号"),
    "certain": Wording("Certain", "确定"),
    "enterprise": Wording("Enterprise", "单位"),
    "enterprise_id": Wording("Enterprise, id", "单位标识"),
    "holder_id": Wording("Last holder, id", "最后持有者标识"),
    "number": Wording("Its number", "证件号"),
    "purchased": Wording("Bought", "采购"),
    "activated": Wording("Activated", "已激活"),
    "seized": Wording("Seized", "被扣押"),
    "unaccounted": Wording("Unaccounted", "去向不明"),
    "matter": Wording("Which figure", "指标"),
    "finding_no": Wording("Finding no.", "发现序号"),
    "first": Wording("First card", "起始卡号"),
    "last": Wording("Last card", "结束卡号"),
    "severity": Wording("Severity", "级别"),
    "records": Wording("Records", "记录数"),
    "law": Wording("Law", "法律依据"),
    "parameters": Wording("Parameters", "参数"),
    "rule": Wording("Rule", "规则"),
    "version": Wording("Version", "版本"),
    "bucket": Wording("Where", "去向"),
    "percent": Wording("Per cent", "百分比"),
    "hands": Wording("Hands since it left", "离开单位后的手数"),
    "what": Wording("What", "项目"),
    "known": Wording("Known of", "已知卡数"),
    "quarter": Wording("Days, a quarter by", "天数（四分之一）"),
    "median": Wording("Days, half by", "天数（一半）"),
    "three_quarters": Wording("Days, three quarters by", "天数（四分之三）"),
    "declared_use": Wording("Declared use", "申报用途"),
    "declared_province": Wording("Declared province", "申报省份"),
    "province": Wording("Activated in", "激活省份"),
    "last_row": Wording("Last row", "末行"),
    "in_sheet": Wording("In sheet", "所在工作表"),
    "in_cell": Wording("In cell", "所在单元格"),
    "line": Wording("Line", "行次"),
    "long_text": Wording("Text", "文本"),
    "id": Wording("Id", "标识"),
    "type": Wording("Type", "类型"),
    "label": Wording("Label", "标签"),
    "weight": Wording("Weight", "权重"),
    "name": Wording("Name", "名称"),
    "cards_received": Wording("Cards received", "收到的卡"),
    "cards_passed": Wording("Cards passed on", "转出的卡"),
    "quantity_received": Wording("Received by number", "仅按数量收到"),
    "quantity_passed": Wording("Passed on by number", "仅按数量转出"),
    "bearers": Wording("Bearers of the name", "同名主体数"),
    "msisdn": Wording("MSISDN", "接入号"),
    "imsi": Wording("IMSI", "IMSI"),
    "imei": Wording("IMEI", "IMEI"),
    "quantity_records": Wording("Records by number", "仅按数量的记录数"),
    "quantity_cards": Wording("Cards by number", "仅按数量的卡数"),
    "kinds": Wording("Kinds", "类型"),
    "channels": Wording("Channels", "渠道"),
    "precisions": Wording("How listed", "列明方式"),
    "origins": Wording("Rows", "出处"),
    "source": Wording("From, id", "起点标识"),
    "target": Wording("To, id", "终点标识"),
    "source_label": Wording("From", "起点"),
    "target_label": Wording("To", "终点"),
}
"""Headings of the columns of a spreadsheet."""

WANTED = {
    "transfer_record": Wording("transfer records", "转让记录"),
    "purchase_record": Wording("purchase record", "采购（开户）记录"),
    "activation_record": Wording("activation records", "激活记录"),
}
"""What a lead asks for."""

ROLES = {
    "carrier": Wording("carrier", "运营商"),
    "registrant": Wording("registrant", "开户单位"),
    "reseller": Wording("passed on", "转手"),
    "holder": Wording("last holder", "最后持有"),
    "end_user": Wording("end user", "最终使用"),
}
"""What a party is for a card, before the number of cards."""

RANKINGS = {
    "lift": Wording(
        "Ranked by lift: how many times more of these cards passed through a party than the number of all cards that it"
        " handled would lead to expect (1: size alone explains it). Few cards count for little.",
        "按提升度排列：经手的涉案卡数与按其经手总卡数预期之比（1 表示仅由规模即可解释）。卡数少者从低计。",
    ),
    "coverage": Wording(
        "Ranked by coverage: how many criminal cases, then how many cards. Large dealers come first by size alone.",
        "按覆盖面排列：先比涉及的刑事案件数，再比卡数。大经销商仅凭规模即会靠前。",
    ),
    "score": Wording(
        "Ranked by score: the weight of the criminal cases whose cards passed through a party, over the weight of all."
        " Large dealers come first by size alone.",
        "按得分排列：经手之卡所涉刑事案件的权重占全部权重的比例。大经销商仅凭规模即会靠前。",
    ),
}
"""What a ranking of the parties that cards share means."""

ELEMENTS = {
    "party": Wording("{n:party|parties}", "{n}个主体"),
    "flow": Wording("{n:flow|flows}", "{n}条流向"),
    "record": Wording("{n:record|records}", "{n}条记录"),
    "lot": Wording("{n:lot|lots}", "{n}个号段或批次"),
    "card": Wording("{n:single card|single cards}", "{n}张单卡"),
    "device": Wording("{n:device|devices}", "{n}台设备"),
    "gave": Wording("{n:edge gave|edges gave}", "{n}条 gave 边"),
    "to": Wording("{n:edge to|edges to}", "{n}条 to 边"),
    "moves": Wording("{n:edge moves|edges moves}", "{n}条 moves 边"),
    "contains": Wording("{n:edge contains|edges contains}", "{n}条 contains 边"),
    "used_by": Wording("{n:edge used_by|edges used_by}", "{n}条 used_by 边"),
    "seen_in": Wording("{n:edge seen_in|edges seen_in}", "{n}条 seen_in 边"),
    "not expressed": Wording(
        "{n:record that the format cannot express|records that the format cannot express}", "{n}条记录无法用该格式表达"
    ),
}
"""What a graph or an export has so many of; of others the code stands."""

LABELS = {
    "ledger_head": Wording("Ledger head {head}", "台账末行 {head}"),
    "yes": Wording("yes", "是"),
    "same_way": Wording("The same way in every step", "每一手均相同"),
    "lots": Wording("Lots that it came in, the latest first", "所在各批次，最近者在前"),
    "no_lot": Wording("No record says with which cards it moved.", "没有记录说明该卡与哪些卡一同流转。"),
    "whole_lot": Wording("with all that came another way:", "连同此前流转不同的卡："),
    "activated_cards": Wording("{activated} activated", "{activated}张已激活"),
    "seized_count": Wording("{seized} seized", "{seized}张已扣押"),
    "at_large": Wording("{cards} active and not seized", "{cards}张已激活而未扣押"),
    "more_ranges": Wording(
        "{more:more range|more ranges}, shown with -v, --json or -o FILE.xlsx",
        "另有{more}个号段，用 -v、--json 或 -o FILE.xlsx 查看",
    ),
    "ranges_above": Wording("and {ranges:range|ranges} from above", "以及上列{ranges}个号段"),
    "more_siblings": Wording("One card at a time, or -v, shows the lots.", "逐卡查询或加 -v 可查看各批次。"),
    "for_suspension": Wording("{cards:card|cards} in all active and not yet seized", "共有{cards}张卡已激活而尚未扣押"),
    "for_suspension_how": Wording(
        "-o suspension.xlsx writes them as ranges, each once, the nearest first, ready to be handed to the carrier.",
        "-o suspension.xlsx 将其写成号段，每张一次，最近者在前，可交运营商停机。",
    ),
    "in_every_step": Wording("every step", "每一手"),
    "same_way_so_far": Wording("the same way", "流转相同"),
    "any_way_so_far": Wording("any way", "不论流转"),
    "in_criminal_cases": Wording("{cases:criminal case|criminal cases}", "{cases}起刑事案件"),
    "in_no_record": Wording("{inputs:number|numbers} in no record", "{inputs}个号码无记录"),
    "in_no_record_title": Wording("In no record", "无记录的号码"),
    "criminal_cases": Wording("cases", "案件"),
    "score": Wording("score", "得分"),
    "handled": Wording("handled", "经手总数"),
    "lift": Wording("lift", "提升度"),
    "one_case_only": Wording("Only one criminal case leads to:", "仅一起刑事案件指向："),
    "certain_cards": Wording("{certain} certain", "其中{certain}张确定"),
    "lift_interval": Wording("lift {low} to {high}", "提升度 {low} 至 {high}"),
    "lift_of": Wording("lift {lift}", "提升度 {lift}"),
    "handled_of": Wording("handled {volume} of all {cards:card|cards}", "经手全部{cards}张中的{volume}张"),
    "cover": Wording(
        "{parties:party explains|parties explain} {cards:card|cards}", "{parties}个主体即可解释{cards}张卡"
    ),
    "cover_greedy": Wording(
        "chosen one by one, most cards first; a smaller set may exist", "逐个选取，卡多者先；可能存在更小的组合"
    ),
    "unexplained": Wording("Led to nobody by any record", "没有记录指向任何主体"),
    "carriers": Wording("Carriers", "运营商"),
    "carriers_apart": Wording("apart, as every card comes from one", "单列，因每张卡均出自运营商"),
    "chain_number": Wording("chain {chain}", "流转链{chain}"),
    "step": Wording("step {n}", "第{n}手"),
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
    "corrected": Wording("withdrawn", "已撤销"),
    "no_corrections": Wording("No record of the case has been corrected.", "本案没有更正过的记录。"),
    "correction_withdrawn": Wording("withdrawn: does not count", "已撤销：不再计入"),
    "correction_lifted": Wording("correction lifted: counts again", "更正已解除：重新计入"),
    "correction_by": Wording("replaced by", "由此记录取代："),
    "correction_known": Wording("That was so already; nothing was written.", "此前已如此，未写入任何内容。"),
    "total": Wording("total", "合计"),
    "already_loaded": Wording("already loaded", "此前已载入"),
    "not_read": Wording("not read", "未读入"),
    "rejected_rows": Wording("Rejected rows", "拒收的行"),
    "warnings": Wording("Remarks", "提示"),
    "warning_rows": Wording("in {rows:row|rows}, first in", "共{rows}行，首见于"),
    "range_counted": Wording("{low} to {high}: {cards:card|cards}", "{low}至{high}：{cards}张"),
    "row_written": Wording("could have been {low} to {high}", "可能是{low}至{high}之间的号码"),
    "more_rejects": Wording("{more:more row|more rows}, shown with -v or --json", "另有{more}行，用 -v 或 --json 查看"),
    "all_rejects": Wording("every rejected row, cell by cell, and why: {path}", "全部拒收行的逐格内容及原因：{path}"),
    "problems": Wording("Files not read", "未能读入的文件"),
    "hint": Wording("hint", "提示"),
    "interrupted": Wording(
        "interrupted; the case holds every file that was loaded whole", "已中断；已完整载入的文件都在案件中"
    ),
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
    "import_with": Wording(
        "On the machine of the server, while it is stopped: sh {path}/import.sh – it replaces what the database holds.",
        "在服务器所在机器上、服务器停止时运行：sh {path}/import.sh —— 数据库原有内容将被替换。",
    ),
    "put_in_order": Wording(
        "{count:row|rows} put in order; the database had {before} and has {after}.",
        "{count}行已按序排好；数据库原为{before}，现为{after}。",
    ),
    "files_copied": Wording("{count:file|files} copied", "复制了{count}个文件"),
    "files_copied_before": Wording("{count:file|files} copied before", "先前已复制{count}个文件"),
    "counts_agree": Wording("{count:count agrees|counts agree}", "{count}项计数一致"),
    "checksums_agree": Wording("{count:checksum agrees|checksums agree}", "{count}个校验和一致"),
    "traces_agree": Wording("{count:trace agrees|traces agree}", "{count}张卡的追查结果一致"),
    "same_case": Wording("Both hold the same case.", "两处案件相同。"),
    "cases_differ": Wording("They differ:", "两处有差异："),
    "card_traced_differently": Wording("{card} is traced differently", "{card} 的追查结果不同"),
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
    "nothing_behind": Wording("there are no such cards", "没有这样的卡"),
    "more_lots": Wording(
        "{more:more lot|more lots}, shown with -v, --json or -o FILE.csv",
        "另有{more}个号段，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "more_records": Wording("{more:more record|more records}", "另有{more}条记录"),
    "unaccounted_bounds": Wording(
        "between {least} and {most}: records without card numbers may be of other cards",
        "介于{least}与{most}之间：未列卡号的记录可能涉及其他卡",
    ),
    "sold_on_record": Wording("sales on record: {cards:card|cards}", "有记录的销售：{cards}张"),
    "sold_on_record_between": Wording(
        "sales on record: between {least} and {most} cards", "有记录的销售：{least}至{most}张"
    ),
    "how_long": Wording("How long it took", "用时"),
    "to_transfer": Wording("from purchase to first transfer", "采购至首次转出"),
    "to_activation": Wording("from purchase to first activation", "采购至首次激活"),
    "spread": Wording(
        "{median:day|days} in the middle, half of them {quarter} to {three_quarters}; known of {share}",
        "中位数{median}天，半数在{quarter}至{three_quarters}天；{share}的卡可知",
    ),
    "spread_unknown": Wording("not known of any card", "均不可知"),
    "where_active": Wording("Where they were activated", "激活地"),
    "no_province": Wording("province not stated", "未载省份"),
    "more_places": Wording(
        "{more:more line|more lines}, shown with -v or --json", "另有{more}行，用 -v 或 --json 查看"
    ),
    "seized_cases": Wording("Seized cards", "被扣押的卡"),
    "no_case_number": Wording("without a case number", "无案件编号"),
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
    "query_rows": Wording("{rows:row|rows}", "{rows}行"),
    "more_rows": Wording(
        "{more:more row|more rows}, shown with -v, --json or -o FILE.csv",
        "另有{more}行，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "rule_law": Wording("see {law}", "参见{law}"),
    "no_legal_claim": Wording("parameters without legal claim", "参数，不代表法律规定"),
    "rules_listed": Wording(
        "{rules:rule|rules}; graphtrace rules show ID says all about one",
        "{rules}条规则；graphtrace rules show ID 查看全文",
    ),
    "rule_version": Wording("version {version}", "第{version}版"),
    "rule_says": Wording("Says", "表述"),
    "rule_rests_on": Wording("Rests on records of", "所依据的记录"),
    "rule_query": Wording("Query", "查询"),
    "asked_of_case": Wording("Asked of a case", "对案件提问"),
    "asked_by_audits": Wording("Asked by the rules of an audit", "核查规则所用"),
    "queries_listed": Wording(
        "{queries:question|questions}; -v shows what each takes and returns, --show NAME its text",
        "共{queries}个问题；-v 显示各自的参数和列，--show NAME 显示全文",
    ),
    "more_parties": Wording(
        "{more:more party|more parties}, shown with -v, --json or -o FILE.csv",
        "另有{more}个主体，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "largest_flows": Wording("Largest flows", "最大的流向"),
    "more_flows": Wording(
        "{more:more flow|more flows}, shown with -v or --json", "另有{more}条流向，用 -v 或 --json 查看"
    ),
    "graph_out": Wording(
        "graphtrace graph OUT writes it; --json shows it all.", "graphtrace graph OUT 写出该图；--json 显示全部内容。"
    ),
    "nothing_there": Wording("nothing", "无内容"),
    "walked": Wording("Walked {depth:step|steps} from there.", "从该处起走{depth}步。"),
    "cut_off": Wording(
        "{parties:party|parties} at the end of the walk with further partners: a larger --depth shows them.",
        "末端有{parties}个主体还有其他往来对象，加大 --depth 可显示。",
    ),
    "hubs": Wording(
        "{parties:party|parties} with more than {hub} partners not walked through: a larger --hub does.",
        "有{parties}个主体的往来对象超过{hub}个，未经由其继续，加大 --hub 可继续。",
    ),
    "partners": Wording("{partners:partner|partners}", "{partners}个往来对象"),
    "more_hubs": Wording("{more:more|more}, shown with -v or --json", "另有{more}个，用 -v 或 --json 查看"),
    "look_at": Wording("Look at it, in any browser", "用浏览器查看"),
    "try_next": Wording("Try next", "接下来可以试试"),
    "sold": Wording("sold", "售出"),
    "unaccounted_least": Wording("unaccounted, at least", "去向不明，至少"),
    "unaccounted_most": Wording("unaccounted, at most", "去向不明，至多"),
    "sold_least": Wording("sold by its records, at least", "据记录售出，至少"),
    "sold_most": Wording("sold by its records, at most", "据记录售出，至多"),
    "rows_go_on": Wording("The rows go on in the sheet “{sheet}”.", "以下各行续见工作表“{sheet}”。"),
    "text_goes_on": Wording("… whole in the sheet “{sheet}”, no. {number}", "……全文见工作表“{sheet}”第{number}号"),
    "step_of_chain": Wording("step {n}[ of chain {chain}]", "[流转链{chain}]第{n}手"),
    "finding": Wording("finding", "发现"),
    "asked_of": Wording("{ask}: {wanted}", "{ask}：{wanted}"),
    "missing_before": Wording("a step is missing", "缺少一手"),
    "carrier_unnamed": Wording("the carrier (unknown)", "运营商（不明）"),
}

PAGES = {
    "language": Wording("Language", "语言"),
    "theme": Wording("Colours", "配色"),
    "theme_auto": Wording("Auto", "自动"),
    "theme_light": Wording("Light", "浅色"),
    "theme_dark": Wording("Dark", "深色"),
    "previous": Wording("Previous", "上一个"),
    "next": Wording("Next", "下一个"),
    "close": Wording("Close", "关闭"),
    "show_in_text": Wording("Show it in the text", "在正文中查看"),
    "page_is_whole": Wording(
        "This page is one file. It fetches nothing and sends nothing.", "本页为单一文件，不联网取用，也不外传任何内容。"
    ),
    "trace_page": Wording("trace of {cards:card|cards}", "{cards}张卡的追查结果"),
    "of_case": Wording("case {case}", "案件 {case}"),
    "as_known_on": Wording("as the case stood at the end of {date}", "按{date}终了时案件所载内容"),
    "chain_drawn": Wording("From hand to hand", "流转图"),
    "steps": Wording("Steps", "逐手记录"),
    "step": Wording("step", "手"),
    "step_n": Wording("Step {n}", "第{n}手"),
    "activation_n": Wording("Activation {n}", "激活记录{n}"),
    "seizure_n": Wording("Seizure {n}", "扣押记录{n}"),
    "number": Wording("no.", "序号"),
    "date": Wording("date", "日期"),
    "from": Wording("from", "转出方"),
    "to": Wording("to", "转入方"),
    "how": Wording("how", "方式"),
    "sources": Wording("sources", "出处"),
    "also_dated": Wording("also dated {dates}", "另有日期：{dates}"),
    "row": Wording("row {row}", "第{row}行"),
    "sheet": Wording("sheet {sheet}", "工作表 {sheet}"),
    "record_no": Wording("record {number}", "编号 {number}"),
    "files": Wording("Files that the answer rests on", "本结果所依据的文件"),
    "file": Wording("file", "文件"),
    "rows_used": Wording("rows", "行"),
    "hash_head": Wording("SHA-256 of the file", "文件的 SHA-256"),
    "parties": Wording("Who is who", "涉及主体"),
    "name": Wording("name", "名称"),
    "identifier": Wording("number", "证件号码"),
    "role": Wording("role", "身份"),
    "received_on": Wording("received", "收到"),
    "passed_on_on": Wording("passed on", "转出"),
    "when": Wording("time", "时间"),
    "user_heading": Wording("user", "使用人"),
    "place": Wording("place", "地点"),
    "device": Wording("device (IMEI)", "设备（IMEI）"),
    "number_used": Wording("number (MSISDN)", "接入号（MSISDN）"),
    "case_heading": Wording("case number", "案号"),
    "held_by": Wording("held by", "持有人"),
    "hop_hand": Wording("passed it on", "经手"),
    "as_above": Wording("from above", "接上"),
    "missing": Wording("no record", "无记录"),
    "used_by": Wording("used by", "使用"),
    "legend_solid": Wording("on record, card by card or in a range", "有记录（逐卡或按号段）"),
    "legend_dashed": Wording("on record as a number of cards only", "仅有数量记录"),
    "legend_gap": Wording("a step is missing", "缺少一手"),
    "legend_use": Wording("used by", "使用"),
    "legend_falls": Wording("dated before the step before it", "日期早于上一手"),
    "legend_activation": Wording("activation", "激活"),
    "legend_seizure": Wording("seizure", "扣押"),
    "legend_unaccounted": Wording("time without a record", "无记录的时间段"),
    "how_to_look": Wording(
        "Choose a step or a name for its details; arrow keys move on, Esc closes.",
        "点选任一手或名称查看详情；方向键移动，Esc 关闭。",
    ),
    "nobody_to_ask": Wording("Nothing is left to ask.", "无须再调取。"),
    "no_findings": Wording("Nothing has to be said against this answer.", "没有需要说明的问题。"),
    "cards_listed": Wording("Cards", "卡片"),
    "find_in_list": Wording("Find a card or a name", "查找卡号或名称"),
    "held_back": Wording(
        "The first {shown:card|cards} of the list follow below in full. The other {more:card is|cards are} held back"
        " to keep the page readable: they count in every figure and stand in short at its end. A page of their own, a"
        " table (-o FILE.xlsx) or --json has them in full.",
        "下面完整列出前{shown}张卡。为便于阅读，其余{more}张未展开：已计入上面的各项数字，并在页末逐张简列；"
        "单独生成网页、表格（-o FILE.xlsx）或 --json 可得其全部内容。",
    ),
    "in_short": Wording("In short", "简列"),
    "cards_of": Wording("cards", "卡数"),
    "which_cards": Wording("which", "卡号"),
    "and_more": Wording("and {more:more|more}", "另有{more}张"),
    "dates_of": Wording("dates", "日期"),
    "flow_n": Wording("Flow {n}", "流向{n}"),
    "ask_whom": Wording("whom", "对象"),
    "ask_for": Wording("for what", "调取内容"),
    "because": Wording("because", "原因"),
    "transfer_record": Wording("transfer records", "转让记录"),
    "purchase_record": Wording("purchase records", "采购（开户）记录"),
    "activation_record": Wording("activation records", "激活记录"),
    "ring": Wording("What the cards have in common", "各卡的共同之处"),
    "ring_drawn": Wording("Drawn here:", "图中画出"),
    "ring_drawn_of": Wording("of {parties:party|parties}.", "个主体，共{parties}个。"),
    "choose_in_drawing": Wording(
        "Choose a party or a line for what the records say.", "点选主体或连线可查看记录内容。"
    ),
    "ring_held_back": Wording(
        "Those that most cards passed through come first; the tables below hold all of them.",
        "经手卡数多者在前；下面的表格列出全部。",
    ),
    "ring_all_drawn": Wording("The tables below say the same in words.", "下面的表格为相同内容的文字。"),
    "draw_more": Wording("Draw more", "再画一些"),
    "draw_all": Wording("Draw all", "全部画出"),
    "zoom_in": Wording("Larger", "放大"),
    "zoom_out": Wording("Smaller", "缩小"),
    "zoom_fit": Wording("Whole", "全图"),
    "draw_around": Wording("Only the chosen and its partners", "只看所选及其往来"),
    "draw_start": Wording("From the start", "恢复初始"),
    "find_party": Wording("Find a party", "查找主体"),
    "graph_page": Wording("who passed cards to whom", "卡的流向"),
    "graph_title": Wording("Who passed cards to whom", "卡的流向"),
    "flows_head": Wording("flows", "流向"),
    "party_n": Wording("Party {n}", "主体{n}"),
    "graph_drawn": Wording("The flows, drawn", "流向图"),
    "graph_drawn_first": Wording(
        "Those with the largest flows come first; the tables below hold all of them.",
        "流量大者在前；下面的表格列出全部。",
    ),
    "graph_flows": Wording("What passed", "流向明细"),
    "graph_held_back": Wording(
        "The {shown:largest flow is|largest flows are} on this page; {more:smaller one is|smaller ones are} held back"
        " to keep it readable. --around NAME-OR-ID, --since and --until narrow it; graphtrace export csv has all.",
        "本页列出最大的{shown}条流向；为便于阅读，另有{more}条较小的未列。可用 --around NAME-OR-ID、--since、--until"
        " 缩小范围；graphtrace export csv 可得全部。",
    ),
    "received_cards": Wording("cards received", "收到卡数"),
    "passed_cards": Wording("cards passed on", "转出卡数"),
    "rows_of_source": Wording("rows {rows} and {more:more|more}", "第{rows}行等，另有{more}行"),
    "more_sources": Wording("{more:more sheet|more sheets}", "另有{more}个工作表"),
    "asked_around": Wording("around {around}", "围绕 {around}"),
    "asked_since": Wording("since {since}", "自{since}起"),
    "asked_until": Wording("until {until}", "至{until}止"),
    "asked_direction": Wording("walked {direction}", "方向：{direction}"),
    "ring_parties": Wording("Parties that the cards passed through", "经手各卡的主体"),
    "ring_flows": Wording("What went between them", "主体之间的流转"),
    "shared_page": Wording("what {cards:card|cards} have in common", "{cards}张卡的共同主体"),
    "parties_of": Wording("parties", "经手主体"),
    "shared_title": Wording("Who had these cards", "这些卡经过谁手"),
    "first_of_all": Wording("first in the ranking", "排名首位"),
    "passed_through_it": Wording("passed through it", "经其手"),
    "explained_by": Wording("smallest set found", "找到的最小组合"),
    "ranking": Wording("Parties in their order", "主体排名"),
    "cases_head": Wording("criminal cases", "刑事案件"),
    "expected_head": Wording("expected", "预期卡数"),
    "lift_bounds": Wording("{low} to {high}", "{low} 至 {high}"),
    "cards_by_case": Wording(
        "Cards of one case number count as one criminal case; a card without a number is a case of its own. Handled and"
        " expected: how many of all {cards:card|cards} of the records the party handled, and how many of the asked"
        " cards that alone would lead to it.",
        "同一案号的卡计为一起刑事案件，无案号的卡各计一起。经手总数与预期卡数：该主体在全部{cards}张卡中经手的数量，"
        "以及仅凭此数量预计有多少张所查的卡经过其手。",
    ),
    "small_sample": Wording(
        "Few cards prove little. Below each lift stand the bounds that chance leaves to it (95 %, Wilson): where they"
        " include 1, size alone may explain what was found.",
        "卡数少则说明力弱。提升度下方为偶然因素所允许的范围（95 %，Wilson 区间）：若包含 1，则仅由规模即可能解释。",
    ),
    "cards_added": Wording("adds", "新增"),
    "cover_title": Wording("The smallest set found", "找到的最小组合"),
    "evidence_title": Wording("What is behind each party", "各主体的依据"),
    "evidence_link": Wording("evidence", "依据"),
    "evidence_held_back": Wording(
        "The first {shown:party follows|parties follow}; --json and -o FILE.xlsx have the evidence of all.",
        "下面列出前{shown}个主体的依据；全部见 --json 与 -o FILE.xlsx。",
    ),
    "passed_through": Wording("what the records say", "记录内容"),
    "is_uncertain": Wording("not certain", "不确定"),
    "cards_asked": Wording("Cards that were asked for", "所查的卡"),
    "party_page": Wording("with whom a party dealt", "往来对象"),
    "cards_behind": Wording("cards and records behind the figures", "各项数字背后的卡和记录"),
    "audit_page": Wording("audit of {enterprises:enterprise|enterprises}", "{enterprises}家单位的核查结果"),
    "what_became": Wording("What became of the cards", "卡的去向"),
    "severity_head": Wording("severity", "级别"),
    "finding_head": Wording("what was found", "发现"),
    "rests_on": Wording("rests on", "依据"),
    "ground": Wording("ground", "法律依据"),
    "records_behind": Wording("{records:record|records}", "{records}条记录"),
    "how_to_open": Wording(
        "Cards and records behind a finding, with file, row and hash:",
        "某项发现背后的卡和记录（含文件、行号、哈希值）：",
    ),
    "share_head": Wording("share", "占比"),
    "active_province": Wording("province", "激活省份"),
    "declared_use": Wording("declared use", "申报用途"),
    "declared_province": Wording("declared province", "申报省份"),
    "declared_by": Wording("Where stock and sales are declared", "申报出处"),
    "other_side": Wording("Records on the other side", "另一方的记录"),
    "kind_head": Wording("kind", "类型"),
    "records_head": Wording("records", "记录数"),
    "rows_from_to": Wording("rows from – to", "起止行"),
    "balance_title": Wording("Balance", "账目"),
    "bucket_head": Wording("bucket", "类别"),
    "hands_head": Wording("hands", "手数"),
    "channel_head": Wording("channel", "渠道"),
    "term_head": Wording("term", "项目"),
    "audits_held_back": Wording(
        "Reports of the first {shown:enterprise|enterprises} follow; the others stand in this table, and in full in"
        " --json and -o FILE.xlsx.",
        "下面列出前{shown}家单位的报告；其余见此表，完整内容见 --json 与 -o FILE.xlsx。",
    ),
    "rows_more": Wording("{more:more row|more rows}", "另有{more}行"),
    "numbers_only": Wording("by number only", "仅有数量"),
    "at_large_head": Wording("active, not seized", "已激活未扣押"),
    "first_card": Wording("first card", "起始卡号"),
    "last_card": Wording("last card", "结束卡号"),
    "passage": Wording("from → to", "转出方 → 转入方"),
    "way": Wording("which came", "此前流转"),
}
"""What only pages and drawings say."""
