"""Every sentence and word of the product in both languages, as templates by code.

A template names its parameters in braces. A part in square brackets is left out when a parameter in it has no value.
``{n:card|cards}`` writes a count with its noun in the singular or plural. ``messages`` fills them in.
"""

from __future__ import annotations

from typing import NamedTuple


class BilingualText(NamedTuple):
    """One template in English and in Chinese."""

    en: str
    zh: str


FINDINGS = {
    "custody_gap": BilingualText(
        "No record says how the card came from {after} to {before}[ between {since} and {until}].",
        "没有记录说明该卡如何从{after}到{before}手中[（{since}至{until}之间）]。",
    ),
    "no_purchase": BilingualText(
        "No record shows that a carrier sold the card[; its number points to {carrier}]"
        "[; the first holder on record is {first_holder}].",
        "没有记录显示该卡由运营商售出[；卡号指向{carrier}][；有记录的第一个持有者是{first_holder}]。",
    ),
    "double_transfer": BilingualText(
        "{at} passed the card on more than once without getting it back: to {to}.",
        "{at}在未收回该卡的情况下多次转出：{to}。",
    ),
    "multiple_registrants": BilingualText(
        "The card was sold by a carrier more than once: to {registrants}.",
        "该卡被运营商多次售出：{registrants}。",
    ),
    "date_inversion": BilingualText(
        "{hop} is dated {date}, earlier than the step before it ({previous}).",
        "{hop}的日期为{date}，早于其上一手（{previous}）。",
    ),
    "date_disagreement": BilingualText(
        "Records disagree on the day of {hop}: {dates}; the earliest is used.",
        "{hop}的日期在各记录中不一致：{dates}；以最早者为准。",
    ),
    "activated_before_purchase": BilingualText(
        "The card was activated on {activated}, before it was bought on {purchased}.",
        "该卡于{activated}激活，早于采购日期{purchased}。",
    ),
    "user_differs_from_holder": BilingualText(
        "{user} used the card[ on {date}][, while on record {holder} held it].",
        "[{date}，]使用人是{user}[，而记录中的持有者是{holder}]。",
    ),
    "ambiguous_party": BilingualText(
        "{parties:party bears|different parties bear} the name {name}; "
        "records with the name alone do not tell which is meant.",
        "有{parties}个主体同名{name}；只写名称的记录无法区分。",
    ),
    "self_transfer": BilingualText(
        "A record[ of {date}] has {party} pass the card to itself; it is left out.",
        "[{date}的]一条记录中{party}把卡转给自己；该记录不计入流转链。",
    ),
    "shared_device": BilingualText(
        "The device with IMEI {imei} was used with {count:card|cards}: {cards}.",
        "IMEI 为{imei}的设备用过{count}张卡：{cards}。",
    ),
    "device_changes": BilingualText(
        "The card was used in more than one device: IMEI {imeis}.",
        "该卡用过多个设备：IMEI {imeis}。",
    ),
    "possible_onward": BilingualText(
        "{at} sold {quantity:unlisted card|unlisted cards} to {to}[ on {date}]; this card may be among them"
        " ({candidates:card comes|cards come} into question).",
        "{at}[于{date}]向{to}出售了{quantity}张未列明卡号的卡；该卡可能在其中（共有{candidates}张卡符合条件）。",
    ),
    "order_undetermined": BilingualText(
        "The records allow {orders:order|orders} of the same steps; the first by date is shown.",
        "现有记录允许{orders}种流转顺序；此处按日期取第一种。",
    ),
    "damaged_number": BilingualText(
        "A spreadsheet has damaged this number: it was one from {low} to {high}; which card is meant cannot be told.",
        "该号码已被电子表格损坏：原号码在{low}至{high}之间，无法确定是哪张卡。",
    ),
    "near_miss/one_character": BilingualText(
        "{iccid} is in the case; it differs in one character.", "案件中有{iccid}，仅一个字符不同。"
    ),
    "near_miss/neighbouring_lot": BilingualText(
        "{iccid} is the nearest end of a neighbouring lot in the case.", "案件中有相邻号段，其端点为{iccid}。"
    ),
}

REASONS = {
    "custody_gap": BilingualText("a step of the chain is missing there", "流转链在此处缺少一手"),
    "no_purchase": BilingualText("no sale by a carrier is on record", "没有运营商售出的记录"),
    "not_found": BilingualText("no record names the card", "没有任何记录提到该卡"),
    "multiple_registrants": BilingualText(
        "carriers are on record as having sold the card more than once", "记录显示该卡被运营商多次售出"
    ),
    "double_transfer": BilingualText("it passed the card on more than once", "该卡由其多次转出"),
    "possible_onward": BilingualText(
        "it sold cards without listing them, perhaps this one too", "其出售过未列明卡号的卡，可能包括该卡"
    ),
    "no_activation": BilingualText("no activation of the card is on record", "没有该卡的激活记录"),
}

LEADS = {
    "transfer_record": BilingualText(
        "Ask {ask} for its transfer records of the card[ from {since}][ to {until}], because {why}.",
        "向{ask}调取该卡[自{since}起][至{until}止]的转让记录：{why}。",
    ),
    "purchase_record": BilingualText(
        "Ask {ask} for the purchase record of the card[ from {since}][ to {until}], because {why}.",
        "向{ask}调取该卡[自{since}起][至{until}止]的采购（开户）记录：{why}。",
    ),
    "activation_record": BilingualText(
        "Ask {ask} for the activation records of the card[ from {since}][ to {until}], because {why}.",
        "向{ask}调取该卡[自{since}起][至{until}止]的激活记录：{why}。",
    ),
}

REJECTS = {
    "damaged_number": BilingualText(
        "a spreadsheet has damaged the number; digits are lost", "号码被电子表格损坏，部分数字丢失"
    ),
    "bad_identifier": BilingualText("not a complete, well-formed number", "号码不完整或格式错误"),
    "bad_date": BilingualText("no date, or one outside 1990 to 2100", "日期无法识别，或不在1990至2100年之间"),
    "ambiguous_date": BilingualText("the date can be read in two ways", "日期有两种读法"),
    "bad_quantity": BilingualText("not a whole number of cards", "数量不是整数"),
    "missing_field": BilingualText("a field that the kind of record needs is empty", "缺少该类记录必需的字段"),
    "unknown_kind": BilingualText("the kind of record is unknown", "记录类型无法识别"),
    "range_reversed": BilingualText("the range ends before it begins", "号段的起始号大于结束号"),
    "range_heads_differ": BilingualText("the ends of the range do not belong together", "号段两端的号头不一致"),
    "range_count_mismatch": BilingualText("the quantity is not the size of the range", "数量与号段不符"),
    "self_transfer": BilingualText("sender and receiver are the same", "转出方与转入方相同"),
    "not_a_record": BilingualText("a repeated header or a total, not a record", "重复的表头或合计行，不是记录"),
    "unknown_headings": BilingualText("none of the headings is known", "表头无法识别"),
    "unreadable_row": BilingualText("the row cannot be taken apart into cells", "该行无法拆分为单元格"),
}

REMARKS = {
    "several_lines": BilingualText(
        "cells of several lines, each read as one cell", "单元格含多行文字，按一个单元格读取"
    ),
    "cards_not_read": BilingualText(
        "card numbers in a column that is not read; a mapping can name it", "该列含有卡号但未读取，可用映射文件指明"
    ),
    "column_not_used": BilingualText(
        "the field is read from another column; this one is not used", "该字段取自另一列，此列未使用"
    ),
}
"""Of rows that were loaded, beside the reasons of :data:`REJECTS` for which an optional field was left out."""

PROBLEMS = {
    "ledger_broken": BilingualText(
        "Line {line} of the ledger does not follow from the line before it.", "台账第{line}行与上一行不衔接。"
    ),
    "ledger_behind": BilingualText(
        "The ledger still owes the line of the last load; the next load writes it.",
        "台账尚欠最近一次载入的一行，下次载入时补上。",
    ),
    "ledger_differs": BilingualText(
        "The ledger names {ledger:load|loads}, the database {database}, or they name different ones.",
        "台账记有{ledger}次载入，数据库记有{database}次，或两者内容不同。",
    ),
    "ledger_unfinished": BilingualText(
        "Half a line stands at the end of the ledger file; it counts for nothing, and the next load removes it.",
        "台账文件末尾有半行，不起作用，下次载入时删除。",
    ),
    "value_impossible": BilingualText(
        "{rows:row|rows} of the table {table} hold in the column {column} what no load writes.",
        "数据表{table}的{column}列有{rows}行的值不可能由载入写入。",
    ),
    "parties_differ": BilingualText(
        "The case tells {parties:party|parties} apart otherwise than its records do, among them {party}.",
        "案件对{parties}个主体的归并与记录不符，其中有{party}。",
    ),
    "index_differs": BilingualText(
        "The table {table} is not what follows from the listed cards.", "数据表{table}与逐张列出的卡不符。"
    ),
    "file_differs": BilingualText(
        "The case keeps of {file} something else than its line of the ledger says.",
        "案件所存{file}的信息与台账所记不同。",
    ),
    "sheets_differ": BilingualText(
        "The case keeps of the sheets of {file} something else than its line of the ledger says.",
        "案件所存{file}各工作表的行数与台账所记不同。",
    ),
    "correction_differs": BilingualText(
        "The case keeps of correction {number} something else than its line of the ledger says.",
        "案件所存第{number}次更正与台账所记不同。",
    ),
    "corrections_changed": BilingualText(
        "The corrections, made once more, come to something else than the case holds.",
        "重新执行各次更正，结果与案件所存不同。",
    ),
    "rejects_missing": BilingualText("The file of rejected rows {file} is gone.", "拒收行文件{file}已丢失。"),
    "rejects_file_changed": BilingualText(
        "The file of rejected rows {file} was changed: its SHA-256 is {found}, not {sha256}.",
        "拒收行文件{file}已被改动：其 SHA-256 为{found}，应为{sha256}。",
    ),
    "rejects_unknown": BilingualText(
        "No load wrote {file}, which lies in the folder of rejected rows.", "拒收行文件夹中的{file}不是载入时写入的。"
    ),
    "source_unknown": BilingualText(
        "No load kept {file}, which lies in the folder of sources.", "留存副本文件夹中的{file}不是载入时保存的。"
    ),
    "source_missing": BilingualText("The kept copy of {file} is gone.", "{file}的留存副本已丢失。"),
    "source_changed": BilingualText(
        "The kept copy of {file} is not what was loaded: its SHA-256 is {found}, not {sha256}.",
        "{file}的留存副本已被改动：其 SHA-256 为{found}，应为{sha256}。",
    ),
    "rows_differ": BilingualText(
        "{file} had {rows:row|rows}, but {stored} are stored and {rejected} were rejected.",
        "{file}原有{rows}行，现存{stored}行，拒收{rejected}行，数目不符。",
    ),
    "answer_differs": BilingualText(
        "The case answers otherwise about {about} than {file} says[; {later} lines of the ledger came since].",
        "关于{about}，案件现在的答复与{file}不同[；此后台账新增{later}行]。",
    ),
    "answer_of_another_ledger": BilingualText(
        "{file} is the answer of another ledger: no line of this one has the hash {head}.",
        "{file}出自另一份台账：本案台账中没有哈希值为{head}的行。",
    ),
    "rows_changed": BilingualText(
        "{file}, read again, says something else than the case holds, first in row {row}[ of sheet {sheet}].",
        "重新读取{file}，内容与案件所存不同，最先在[工作表{sheet}]第{row}行。",
    ),
    "sheets_changed": BilingualText(
        "{file}, read again, has other counts than the case keeps for it.", "重新读取{file}，各项行数与案件所存不同。"
    ),
    "rejects_changed": BilingualText(
        "Of {file}, read again, other rows are rejected than the case keeps.",
        "重新读取{file}，拒收的行与案件所存不同。",
    ),
    "mentions_changed": BilingualText(
        "{file}, read again, names parties otherwise than the case does.", "重新读取{file}，主体名称与案件所存不同。"
    ),
}

ERRORS = {
    "wrong_usage": BilingualText("wrong usage", "用法有误"),
    "graph_too_large": BilingualText("graph too large", "图过大"),
    "ambiguous_name": BilingualText("ambiguous name", "名称不唯一"),
    "ambiguous_record": BilingualText("ambiguous record", "记录不唯一"),
    "unknown_format": BilingualText("unknown format", "格式不支持"),
    "unwritable_output": BilingualText("unwritable output", "无法写入"),
    "too_many_cards": BilingualText("too many cards", "符合的卡过多"),
    "too_few_characters": BilingualText("too few characters", "已知字符过少"),
    "bad_rule": BilingualText("bad rule", "规则文件有误"),
    "unknown_rule": BilingualText("unknown rule", "没有此规则"),
    "bad_query": BilingualText("bad query", "查询文件有误"),
    "bad_parameter": BilingualText("bad parameter", "参数有误"),
    "unknown_query": BilingualText("unknown query", "没有此查询"),
    "bad_mapping": BilingualText("bad mapping", "映射文件有误"),
    "unreadable_file": BilingualText("unreadable file", "文件无法读取"),
    "unknown_headings": BilingualText("unknown headings", "表头无法识别"),
    "unsafe_file": BilingualText("unsafe file", "文件不安全"),
    "not_found": BilingualText("not found", "未找到"),
    "store_unavailable": BilingualText("store unavailable", "案件无法打开"),
    "case_missing": BilingualText("no such case", "案件不存在"),
    "case_locked": BilingualText("case in use", "案件正在被写入"),
    "out_of_memory": BilingualText("not enough memory", "内存不足"),
    "case_damaged": BilingualText("damaged case", "案件内容不一致"),
    "system_fault": BilingualText("refused by the system", "系统拒绝"),
    "internal": BilingualText("fault of the program", "程序自身出错"),
}
"""What an error is about. Chinese readers get this word beside the message, which may be English (:mod:`errors`)."""

OUTCOMES = {
    "continuous": BilingualText("DOCUMENTED WITHOUT A GAP", "流转记录连贯"),
    "inferred": BilingualText("INFERRED", "推断"),
    "broken": BilingualText("BROKEN", "链条中断"),
    "ambiguous": BilingualText("AMBIGUOUS", "存在歧义"),
    "not_found": BilingualText("NOT FOUND", "未找到"),
}

OUTCOME_TAGS = {**OUTCOMES, "continuous": BilingualText("NO GAP", "记录连贯")}
"""Outcomes as they stand in a column or beside a count."""

CHAIN_OUTCOMES = {**OUTCOMES, "continuous": BilingualText("CONTINUOUS IN ITSELF", "本链连贯")}
"""Outcomes of one chain where there are several."""

EXPLANATIONS = {
    "continuous": BilingualText(
        "Records show every step from {carrier} to {holder}[ ({steps:step|steps})].",
        "从{carrier}到{holder}的每一手都有记录[（共{steps}手）]。",
    ),
    "inferred/quantity": BilingualText(
        "The chain is continuous, but {steps:step rests|steps rest} on a record that states only a quantity.",
        "链条连续，但有{steps}手仅有数量记录，未列明卡号。",
    ),
    "inferred/date_inversion": BilingualText(
        "The chain is continuous, but the dates of its steps do not rise.", "链条连续，但各手的日期先后颠倒。"
    ),
    "inferred/both": BilingualText(
        "The chain is continuous, but {steps:step rests|steps rest} on a record that states only a quantity,"
        " and the dates do not rise.",
        "链条连续，但有{steps}手仅有数量记录，且日期先后颠倒。",
    ),
    "broken/gap": BilingualText(
        "At least one step is missing between {after} and {before}[ and in {more:other place|other places}].",
        "{after}与{before}之间至少缺少一手[，另有{more}处缺失]。",
    ),
    "broken/no_purchase": BilingualText(
        "No record shows who bought the card from a carrier.", "没有记录显示是谁从运营商购入该卡。"
    ),
    "broken/no_chain": BilingualText(
        "Records name the card, but none says whose hands it passed through.", "有记录提到该卡，但没有任何流转记录。"
    ),
    "ambiguous": BilingualText(
        "The records support {chains:chain|different chains}; they cannot all be true.",
        "记录支持{chains}条不同的链条，不可能都成立。",
    ),
    "not_found": BilingualText("No record in the case names this card.", "案件中没有任何记录提到该卡。"),
    "not_found/damaged": BilingualText(
        "The number is damaged, so no record can be said to name the card.",
        "号码已损坏，无法判断是否有记录提到该卡。",
    ),
    "not_found/near": BilingualText(
        "No record in the case names this card; {near:similar one is|similar ones are} listed below.",
        "案件中没有任何记录提到该卡；下面列出{near}个相近的号码。",
    ),
}

KINDS = {
    "purchase": BilingualText("purchase", "采购"),
    "transfer": BilingualText("transfer", "转让"),
    "return": BilingualText("return", "退货"),
    "activation": BilingualText("activation", "激活"),
    "seizure": BilingualText("seizure", "扣押"),
    "stock": BilingualText("stock", "库存"),
    "reject": BilingualText("rejected row", "拒收的行"),
    "mixed": BilingualText("mixed", "混合"),
}

PRECISIONS = {
    "listed": BilingualText("listed", "逐卡列明"),
    "range": BilingualText("in a range", "按号段"),
    "quantity": BilingualText("quantity only", "仅有数量"),
}

CARRIERS = {
    "china-mobile": BilingualText("China Mobile", "中国移动"),
    "china-unicom": BilingualText("China Unicom", "中国联通"),
    "china-telecom": BilingualText("China Telecom", "中国电信"),
    "china-broadnet": BilingualText("China Broadnet", "中国广电"),
}

IDENTIFIERS = {
    "iccid": BilingualText("ICCID", "ICCID"),
    "partial": BilingualText("partial ICCID", "不完整的ICCID"),
    "msisdn": BilingualText("MSISDN", "MSISDN"),
    "imsi": BilingualText("IMSI", "IMSI"),
    "imei": BilingualText("IMEI", "IMEI"),
    "uscc": BilingualText("unified social credit code", "统一社会信用代码"),
    "registration_no": BilingualText("registration number", "工商注册号"),
    "resident_id": BilingualText("resident id", "居民身份证号"),
}

CHECKSUMS = {
    "ok": BilingualText("check digit ok", "校验位正确"),
    "bad": BilingualText("check digit wrong", "校验位错误"),
    "n/a": BilingualText("no check digit", "无校验位"),
}

SEVERITIES = {
    "error": BilingualText("error", "严重"),
    "warning": BilingualText("warning", "注意"),
    "info": BilingualText("info", "提示"),
}

CONFIDENCES = {
    "high": BilingualText("high confidence", "可信度高"),
    "medium": BilingualText("medium confidence", "可信度中"),
    "low": BilingualText("low confidence", "可信度低"),
}

HINTS = {
    "carrier": BilingualText("carrier", "运营商"),
    "year": BilingualText("year", "年份"),
    "province": BilingualText("province", "省份"),
    "vendor": BilingualText("card vendor", "卡商"),
}

BUCKETS = {
    "in_stock": BilingualText("in stock", "库存"),
    "activated_by_enterprise": BilingualText("activated by itself", "自行激活"),
    "activated_by_other": BilingualText("activated by others", "他人激活"),
    "resold": BilingualText("resold", "转售"),
    "returned": BilingualText("returned", "退回运营商"),
    "disputed": BilingualText("disputed", "有争议"),
}

FIGURES = {
    "purchased": BilingualText("bought from carriers", "向运营商采购"),
    **BUCKETS,
    "seized": BilingualText("seized", "被扣押"),
}
"""Figures of an audit that can be opened."""

BOOKS = {
    "purchase": BilingualText("bought from a carrier", "向运营商采购"),
    "return": BilingualText("returned to a carrier", "退回运营商"),
    "sale": BilingualText("sold to others", "售予他人"),
}
"""Sides of the books that a balance rests on."""

PARTY_KINDS = {
    "carrier": BilingualText("carrier", "运营商"),
    "enterprise": BilingualText("enterprise, bought from a carrier", "开户单位"),
    "reseller": BilingualText("reseller", "转售者"),
    "holder": BilingualText("holder", "持有者"),
    "user": BilingualText("user", "使用人"),
}

SHEETS = {
    "cards": BilingualText("Cards", "卡"),
    "suspension": BilingualText("For suspension", "建议停机"),
    "lots": BilingualText("Lots", "批次"),
    "not_found": BilingualText("Not found", "未找到"),
    "parties": BilingualText("Parties", "主体"),
    "evidence": BilingualText("Evidence", "依据"),
    "cover": BilingualText("Smallest set found", "最小组合"),
    "hops": BilingualText("Steps", "流转"),
    "sources": BilingualText("Sources", "出处"),
    "leads": BilingualText("Ask next", "调取清单"),
    "enterprises": BilingualText("Figures", "汇总"),
    "findings": BilingualText("Findings", "发现"),
    "rules": BilingualText("Rules", "规则"),
    "buckets": BilingualText("Where the cards are", "去向"),
    "depth": BilingualText("Hands", "手数"),
    "channels": BilingualText("Channels", "渠道"),
    "holders": BilingualText("Last holders", "最后持有者"),
    "times": BilingualText("How long it took", "用时"),
    "places": BilingualText("Provinces", "省份"),
    "seized_cases": BilingualText("Seized", "扣押"),
    "quantity_only": BilingualText("By number only", "仅有数量"),
    "balance": BilingualText("Balance", "账目"),
    "books": BilingualText("Records of the balance", "账目依据"),
    "received_from": BilingualText("Received from", "来自"),
    "passed_on_to": BilingualText("Passed on to", "转给"),
    "long_texts": BilingualText("Long texts", "长文本"),
    "party": BilingualText("Parties", "主体"),
    "flow": BilingualText("Flows", "流向"),
    "record": BilingualText("Records", "记录"),
    "lot": BilingualText("Lots", "号段"),
    "card": BilingualText("Single cards", "单卡"),
    "device": BilingualText("Devices", "设备"),
    "gave": BilingualText("Given", "转出"),
    "to": BilingualText("Received", "收到"),
    "moves": BilingualText("Moved", "涉及的卡"),
    "contains": BilingualText("Cards in lots", "号段内的卡"),
    "used_by": BilingualText("Used by", "使用人"),
    "seen_in": BilingualText("Seen in", "所用设备"),
}
"""Titles of the sheets of a spreadsheet."""

HEADINGS = {
    "input": BilingualText("Asked for", "查询内容"),
    "iccid": BilingualText("Card", "卡号"),
    "key": BilingualText("Key", "卡键"),
    "carrier": BilingualText("Carrier", "运营商"),
    "registrant": BilingualText("Registered by", "开户单位"),
    "holder": BilingualText("Last holder", "最后持有者"),
    "end_user": BilingualText("End user", "最终使用人"),
    "outcome": BilingualText("Outcome", "结论"),
    "why": BilingualText("Why", "理由"),
    "findings": BilingualText("Findings", "发现"),
    "ask_next": BilingualText("Ask next", "下一步调取"),
    "chain": BilingualText("Chain", "流转链"),
    "chain_outcome": BilingualText("Chain is", "该链结论"),
    "n": BilingualText("Step", "第几手"),
    "gap_before": BilingualText("Before it", "此前"),
    "kind": BilingualText("Kind", "类型"),
    "from": BilingualText("From", "转出方"),
    "from_id": BilingualText("From, id", "转出方标识"),
    "to": BilingualText("To", "转入方"),
    "to_id": BilingualText("To, id", "转入方标识"),
    "date": BilingualText("Date", "日期"),
    "precision": BilingualText("How listed", "列明方式"),
    "channel": BilingualText("Channel", "渠道"),
    "sources": BilingualText("Sources", "出处"),
    "file": BilingualText("File", "文件"),
    "sha256": BilingualText("SHA-256", "SHA-256"),
    "sheet": BilingualText("Sheet", "工作表"),
    "row": BilingualText("Row", "行"),
    "record_no": BilingualText("Record no.", "记录编号"),
    "used_for": BilingualText("Used for", "用于"),
    "says": BilingualText("What it says", "内容"),
    "ask": BilingualText("Ask", "调取对象"),
    "ask_number": BilingualText("Its number", "证件号"),
    "wanted": BilingualText("For its", "调取内容"),
    "since": BilingualText("From day", "起始日期"),
    "until": BilingualText("To day", "截止日期"),
    "because": BilingualText("Because", "原因"),
    "no": BilingualText("No.", "序号"),
    "range_first": BilingualText("First card", "起始卡号"),
    "range_last": BilingualText("Last card", "结束卡号"),
    "sibling": BilingualText("Moved with", "同批的卡"),
    "moved_with_it": BilingualText("In step", "所在流转"),
    "same_way": BilingualText("Before it", "此前流转"),
    "at_large": BilingualText("Active, not seized", "已激活未扣押"),
    "rank": BilingualText("Rank", "名次"),
    "party": BilingualText("Party", "主体"),
    "party_id": BilingualText("Party, id", "主体标识"),
    "roles": BilingualText("As", "身份"),
    "cards": BilingualText("Cards", "卡数"),
    "new_cards": BilingualText("Cards added", "新增卡数"),
    "certain_cards": BilingualText("Certain", "其中确定"),
    "criminal_cases": BilingualText("Criminal cases", "刑事案件数"),
    "card_share": BilingualText("Share of cards", "占卡数比例"),
    "case_share": BilingualText("Share of cases", "占案件比例"),
    "score": BilingualText("Score", "得分"),
    "volume": BilingualText("Cards handled", "经手总数"),
    "expected": BilingualText("Expected by size", "按规模预期"),
    "lift": BilingualText("Lift", "提升度"),
    "lift_low": BilingualText("Lift, at least", "提升度下限"),
    "lift_high": BilingualText("Lift, at most", "提升度上限"),
    "guarded_lift": BilingualText("Lift, guarded", "稳健提升度"),
    "case_no": BilingualText("Case no.", "案件编号"),
    "certain": BilingualText("Certain", "确定"),
    "enterprise": BilingualText("Enterprise", "单位"),
    "enterprise_id": BilingualText("Enterprise, id", "单位标识"),
    "holder_id": BilingualText("Last holder, id", "最后持有者标识"),
    "number": BilingualText("Its number", "证件号"),
    "purchased": BilingualText("Bought", "采购"),
    "activated": BilingualText("Activated", "已激活"),
    "seized": BilingualText("Seized", "被扣押"),
    "unaccounted": BilingualText("Unaccounted", "去向不明"),
    "figure": BilingualText("Which figure", "指标"),
    "finding_no": BilingualText("Finding no.", "发现序号"),
    "first": BilingualText("First card", "起始卡号"),
    "last": BilingualText("Last card", "结束卡号"),
    "severity": BilingualText("Severity", "级别"),
    "records": BilingualText("Records", "记录数"),
    "law": BilingualText("Law", "法律依据"),
    "parameters": BilingualText("Parameters", "参数"),
    "rule": BilingualText("Rule", "规则"),
    "version": BilingualText("Version", "版本"),
    "bucket": BilingualText("Where", "去向"),
    "percent": BilingualText("Per cent", "百分比"),
    "hands": BilingualText("Hands since it left", "离开单位后的手数"),
    "what": BilingualText("What", "项目"),
    "known": BilingualText("Known of", "已知卡数"),
    "quarter": BilingualText("Days, a quarter by", "天数（四分之一）"),
    "median": BilingualText("Days, half by", "天数（一半）"),
    "three_quarters": BilingualText("Days, three quarters by", "天数（四分之三）"),
    "declared_use": BilingualText("Declared use", "申报用途"),
    "declared_province": BilingualText("Declared province", "申报省份"),
    "province": BilingualText("Activated in", "激活省份"),
    "last_row": BilingualText("Last row", "末行"),
    "in_sheet": BilingualText("In sheet", "所在工作表"),
    "in_cell": BilingualText("In cell", "所在单元格"),
    "line": BilingualText("Line", "行次"),
    "long_text": BilingualText("Text", "文本"),
    "id": BilingualText("Id", "标识"),
    "type": BilingualText("Type", "类型"),
    "label": BilingualText("Label", "标签"),
    "weight": BilingualText("Weight", "权重"),
    "name": BilingualText("Name", "名称"),
    "cards_received": BilingualText("Cards received", "收到的卡"),
    "cards_passed": BilingualText("Cards passed on", "转出的卡"),
    "quantity_received": BilingualText("Received by number", "仅按数量收到"),
    "quantity_passed": BilingualText("Passed on by number", "仅按数量转出"),
    "bearers": BilingualText("Bearers of the name", "同名主体数"),
    "msisdn": BilingualText("MSISDN", "接入号"),
    "imsi": BilingualText("IMSI", "IMSI"),
    "imei": BilingualText("IMEI", "IMEI"),
    "quantity_records": BilingualText("Records by number", "仅按数量的记录数"),
    "quantity_cards": BilingualText("Cards by number", "仅按数量的卡数"),
    "kinds": BilingualText("Kinds", "类型"),
    "channels": BilingualText("Channels", "渠道"),
    "precisions": BilingualText("How listed", "列明方式"),
    "origins": BilingualText("Rows", "出处"),
    "source": BilingualText("From, id", "起点标识"),
    "target": BilingualText("To, id", "终点标识"),
    "source_label": BilingualText("From", "起点"),
    "target_label": BilingualText("To", "终点"),
}
"""Headings of the columns of a spreadsheet."""

WANTED = {
    "transfer_record": BilingualText("transfer records", "转让记录"),
    "purchase_record": BilingualText("purchase record", "采购（开户）记录"),
    "activation_record": BilingualText("activation records", "激活记录"),
}
"""What a lead asks for."""

ROLES = {
    "carrier": BilingualText("carrier", "运营商"),
    "registrant": BilingualText("registrant", "开户单位"),
    "reseller": BilingualText("passed on", "转手"),
    "holder": BilingualText("last holder", "最后持有"),
    "end_user": BilingualText("end user", "最终使用"),
}
"""What a party is for a card, before the number of cards."""

RANKINGS = {
    "lift": BilingualText(
        "Ranked by lift: how many times more of these cards passed through a party than the number of all cards that it"
        " handled would lead to expect (1: size alone explains it). Few cards count for little.",
        "按提升度排列：经手的涉案卡数与按其经手总卡数预期之比（1 表示仅由规模即可解释）。卡数少者从低计。",
    ),
    "coverage": BilingualText(
        "Ranked by coverage: how many criminal cases, then how many cards. Large dealers come first by size alone.",
        "按覆盖面排列：先比涉及的刑事案件数，再比卡数。大经销商仅凭规模即会靠前。",
    ),
    "score": BilingualText(
        "Ranked by score: the weight of the criminal cases whose cards passed through a party, over the weight of all."
        " Large dealers come first by size alone.",
        "按得分排列：经手之卡所涉刑事案件的权重占全部权重的比例。大经销商仅凭规模即会靠前。",
    ),
}
"""What a ranking of the parties that cards share means."""

ELEMENTS = {
    "party": BilingualText("{n:party|parties}", "{n}个主体"),
    "flow": BilingualText("{n:flow|flows}", "{n}条流向"),
    "record": BilingualText("{n:record|records}", "{n}条记录"),
    "lot": BilingualText("{n:lot|lots}", "{n}个号段或批次"),
    "card": BilingualText("{n:single card|single cards}", "{n}张单卡"),
    "device": BilingualText("{n:device|devices}", "{n}台设备"),
    "gave": BilingualText("{n:edge gave|edges gave}", "{n}条 gave 边"),
    "to": BilingualText("{n:edge to|edges to}", "{n}条 to 边"),
    "moves": BilingualText("{n:edge moves|edges moves}", "{n}条 moves 边"),
    "contains": BilingualText("{n:edge contains|edges contains}", "{n}条 contains 边"),
    "used_by": BilingualText("{n:edge used_by|edges used_by}", "{n}条 used_by 边"),
    "seen_in": BilingualText("{n:edge seen_in|edges seen_in}", "{n}条 seen_in 边"),
    "not expressed": BilingualText(
        "{n:record that the format cannot express|records that the format cannot express}", "{n}条记录无法用该格式表达"
    ),
}
"""What a graph or an export has so many of; of others the code stands."""

LABELS = {
    "ledger_head": BilingualText("Ledger head {head}", "台账末行 {head}"),
    "yes": BilingualText("yes", "是"),
    "same_way": BilingualText("The same way in every step", "每一手均相同"),
    "lots": BilingualText("Lots that it came in, the latest first", "所在各批次，最近者在前"),
    "no_lot": BilingualText("No record says with which cards it moved.", "没有记录说明该卡与哪些卡一同流转。"),
    "whole_lot": BilingualText("with all that came another way:", "连同此前流转不同的卡："),
    "activated_cards": BilingualText("{activated} activated", "{activated}张已激活"),
    "seized_count": BilingualText("{seized} seized", "{seized}张已扣押"),
    "at_large": BilingualText("{cards} active and not seized", "{cards}张已激活而未扣押"),
    "more_ranges": BilingualText(
        "{more:more range|more ranges}, shown with -v, --json or -o FILE.xlsx",
        "另有{more}个号段，用 -v、--json 或 -o FILE.xlsx 查看",
    ),
    "ranges_above": BilingualText("and {ranges:range|ranges} from above", "以及上列{ranges}个号段"),
    "more_siblings": BilingualText("One card at a time, or -v, shows the lots.", "逐卡查询或加 -v 可查看各批次。"),
    "for_suspension": BilingualText(
        "{cards:card|cards} in all active and not yet seized", "共有{cards}张卡已激活而尚未扣押"
    ),
    "for_suspension_how": BilingualText(
        "-o suspension.xlsx writes them as ranges, each once, the nearest first, ready to be handed to the carrier.",
        "-o suspension.xlsx 将其写成号段，每张一次，最近者在前，可交运营商停机。",
    ),
    "in_every_step": BilingualText("every step", "每一手"),
    "same_way_so_far": BilingualText("the same way", "流转相同"),
    "any_way_so_far": BilingualText("any way", "不论流转"),
    "in_criminal_cases": BilingualText("{cases:criminal case|criminal cases}", "{cases}起刑事案件"),
    "in_no_record": BilingualText("{inputs:number|numbers} in no record", "{inputs}个号码无记录"),
    "in_no_record_title": BilingualText("In no record", "无记录的号码"),
    "criminal_cases": BilingualText("cases", "案件"),
    "score": BilingualText("score", "得分"),
    "handled": BilingualText("handled", "经手总数"),
    "lift": BilingualText("lift", "提升度"),
    "one_case_only": BilingualText("Only one criminal case leads to:", "仅一起刑事案件指向："),
    "certain_cards": BilingualText("{certain} certain", "其中{certain}张确定"),
    "lift_interval": BilingualText("lift {low} to {high}", "提升度 {low} 至 {high}"),
    "lift_of": BilingualText("lift {lift}", "提升度 {lift}"),
    "handled_of": BilingualText("handled {volume} of all {cards:card|cards}", "经手全部{cards}张中的{volume}张"),
    "cover": BilingualText(
        "{parties:party explains|parties explain} {cards:card|cards}", "{parties}个主体即可解释{cards}张卡"
    ),
    "cover_greedy": BilingualText(
        "chosen one by one, most cards first; a smaller set may exist", "逐个选取，卡多者先；可能存在更小的组合"
    ),
    "unexplained": BilingualText("Led to nobody by any record", "没有记录指向任何主体"),
    "carriers": BilingualText("Carriers", "运营商"),
    "carriers_apart": BilingualText("apart, as every card comes from one", "单列，因每张卡均出自运营商"),
    "chain_number": BilingualText("chain {chain}", "流转链{chain}"),
    "step": BilingualText("step {n}", "第{n}手"),
    "registered_by": BilingualText("registered by", "开户单位"),
    "last_holder": BilingualText("last holder", "最后持有者"),
    "end_user": BilingualText("end user", "最终使用人"),
    "end_user_or_holder": BilingualText("end user (or holder)", "使用人（或持有者）"),
    "not_on_record": BilingualText("not on record", "无记录"),
    "chains_differ": BilingualText("undecided, the chains differ", "未定，各链条不一致"),
    "asked_as": BilingualText("asked for as {what} {input}", "查询内容：{what} {input}"),
    "asked": BilingualText("asked for as {input}", "查询内容：{input}"),
    "carrier_unknown": BilingualText("carrier unknown", "运营商不明"),
    "carrier_missing": BilingualText("the carrier's sale is not on record", "缺少运营商售出的记录"),
    "chain": BilingualText("Chain", "流转链"),
    "chain_of": BilingualText("Chain {letter} of {count}", "流转链 {letter}（共{count}条）"),
    "registrant": BilingualText("registrant", "开户单位"),
    "carrier": BilingualText("carrier", "运营商"),
    "holder": BilingualText("last holder", "最后持有者"),
    "via": BilingualText("via {channel}", "渠道：{channel}"),
    "dates": BilingualText("also dated {dates}", "另有日期：{dates}"),
    "gap": BilingualText(
        "missing: no record of how the card came to {before}[ (between {since} and {until})]",
        "缺失：没有该卡如何到{before}手中的记录[（{since}至{until}之间）]",
    ),
    "as_in_a": BilingualText("steps 1 to {last} as in chain A", "第1至{last}手同流转链 A"),
    "activations": BilingualText("Activations", "激活记录"),
    "seizures": BilingualText("Seizures", "扣押记录"),
    "findings": BilingualText("Findings", "发现"),
    "leads": BilingualText("Ask next", "下一步调取"),
    "user": BilingualText("user {user}", "使用人{user}"),
    "case_no": BilingualText("case {case_no}", "案号{case_no}"),
    "holder_then": BilingualText("held by {holder}", "持有人{holder}"),
    "undated": BilingualText("undated", "日期不详"),
    "count": BilingualText("{count}", "{count}条"),
    "more_sources": BilingualText(
        "{more:more source|more sources}, shown with -v or --json", "另有{more}个来源，用 -v 或 --json 查看"
    ),
    "more_events": BilingualText(
        "{more:earlier one|earlier ones}, shown with -v or --json", "另有{more}条较早的记录，用 -v 或 --json 查看"
    ),
    "more_findings": BilingualText(
        "{more:more finding|more findings}, shown with -v or --json", "另有{more}条发现，用 -v 或 --json 查看"
    ),
    "more_leads": BilingualText("{more:more|more}, shown with -v or --json", "另有{more}条，用 -v 或 --json 查看"),
    "more_chains": BilingualText(
        "{more:more chain|more chains}, shown with -v or --json", "另有{more}条流转链，用 -v 或 --json 查看"
    ),
    "more_cards": BilingualText(
        "{more:more card|more cards}, shown with -v, --json or -o FILE.csv",
        "另有{more}张卡，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "more_registrants": BilingualText("{more:other|others}", "其他{more}个"),
    "chains_omitted": BilingualText(
        "{more:further chain is|further chains are} possible and not listed anywhere.", "还可能有{more}条链条，未列出。"
    ),
    "cards": BilingualText("{cards:card|cards}", "{cards}张卡"),
    "ask_one": BilingualText("One card at a time, or -v, shows the chains.", "逐卡查询或加 -v 可查看流转链。"),
    "case": BilingualText("case", "案件"),
    "card": BilingualText("card", "卡号"),
    "outcome": BilingualText("outcome", "结论"),
    "file": BilingualText("file", "文件"),
    "kind": BilingualText("kind", "类型"),
    "rows": BilingualText("rows", "行数"),
    "loaded": BilingualText("loaded", "已载入"),
    "duplicate": BilingualText("duplicate", "重复"),
    "rejected": BilingualText("rejected", "拒收"),
    "corrected": BilingualText("withdrawn", "已撤销"),
    "no_corrections": BilingualText("No record of the case has been corrected.", "本案没有更正过的记录。"),
    "correction_withdrawn": BilingualText("withdrawn: does not count", "已撤销：不再计入"),
    "correction_lifted": BilingualText("correction lifted: counts again", "更正已解除：重新计入"),
    "correction_by": BilingualText("replaced by", "由此记录取代："),
    "correction_known": BilingualText("That was so already; nothing was written.", "此前已如此，未写入任何内容。"),
    "total": BilingualText("total", "合计"),
    "already_loaded": BilingualText("already loaded", "此前已载入"),
    "not_read": BilingualText("not read", "未读入"),
    "rejects": BilingualText("Rejected rows", "拒收的行"),
    "warnings": BilingualText("Remarks", "提示"),
    "warning_rows": BilingualText("in {rows:row|rows}, first in", "共{rows}行，首见于"),
    "range_counted": BilingualText("{low} to {high}: {cards:card|cards}", "{low}至{high}：{cards}张"),
    "row_written": BilingualText("could have been {low} to {high}", "可能是{low}至{high}之间的号码"),
    "more_rejects": BilingualText(
        "{more:more row|more rows}, shown with -v or --json", "另有{more}行，用 -v 或 --json 查看"
    ),
    "all_rejects": BilingualText(
        "every rejected row, cell by cell, and why: {path}", "全部拒收行的逐格内容及原因：{path}"
    ),
    "problems": BilingualText("Files not read", "未能读入的文件"),
    "hint": BilingualText("hint", "提示"),
    "interrupted": BilingualText(
        "interrupted; the case holds every file that was loaded whole", "已中断；已完整载入的文件都在案件中"
    ),
    "error": BilingualText("error", "错误"),
    "dry_run": BilingualText("Dry run: nothing was written.", "试运行：未写入任何内容。"),
    "period": BilingualText("period", "时间范围"),
    "records": BilingualText("records", "记录"),
    "parties": BilingualText("parties", "主体"),
    "cards_listed": BilingualText("cards listed", "逐卡列明的卡"),
    "ranges": BilingualText("ranges", "号段"),
    "quantity_only": BilingualText("quantity only", "仅有数量的记录"),
    "size": BilingualText("size", "大小"),
    "loaded_at": BilingualText("loaded at", "载入时间"),
    "nothing_loaded": BilingualText("Nothing is loaded yet.", "尚未载入任何文件。"),
    "import_with": BilingualText(
        "On the machine of the server, while it is stopped: sh {path}/import.sh – it replaces what the database holds.",
        "在服务器所在机器上、服务器停止时运行：sh {path}/import.sh —— 数据库原有内容将被替换。",
    ),
    "put_in_order": BilingualText(
        "{count:row|rows} put in order; the database had {before} and has {after}.",
        "{count}行已按序排好；数据库原为{before}，现为{after}。",
    ),
    "files_copied": BilingualText("{count:file|files} copied", "复制了{count}个文件"),
    "files_copied_before": BilingualText("{count:file|files} copied before", "先前已复制{count}个文件"),
    "counts_agree": BilingualText("{count:count agrees|counts agree}", "{count}项计数一致"),
    "checksums_agree": BilingualText("{count:checksum agrees|checksums agree}", "{count}个校验和一致"),
    "traces_agree": BilingualText("{count:trace agrees|traces agree}", "{count}张卡的追查结果一致"),
    "same_case": BilingualText("Both hold the same case.", "两处案件相同。"),
    "cases_differ": BilingualText("They differ:", "两处有差异："),
    "card_traced_differently": BilingualText("{card} is traced differently", "{card} 的追查结果不同"),
    "all_agree": BilingualText("Sources, rows and database agree.", "来源文件、记录行与数据库一致。"),
    "disagreements": BilingualText("{count:disagreement|disagreements}", "{count}处不一致"),
    "no_reading": BilingualText("no kind of number that graphtrace knows", "不是可识别的号码"),
    "incomplete": BilingualText("incomplete", "不完整"),
    "key": BilingualText("key {key}", "卡键 {key}"),
    "damaged": BilingualText(
        "damaged by a spreadsheet: it was a number from {low} to {high}", "已被电子表格损坏：原号码在{low}至{high}之间"
    ),
    "bought": BilingualText("bought from carriers", "向运营商采购"),
    "enterprises": BilingualText("{enterprises:enterprise|enterprises}", "{enterprises}家单位"),
    "enterprise": BilingualText("enterprise", "单位"),
    "purchased": BilingualText("purchased", "采购"),
    "resold": BilingualText("resold", "转售"),
    "seized": BilingualText("seized", "被扣押"),
    "activated": BilingualText("activated", "已激活"),
    "cards_total": BilingualText("cards", "卡数"),
    "unaccounted": BilingualText("unaccounted", "去向不明"),
    "share_activated": BilingualText("{cards} of them activated", "其中{cards}张已激活"),
    "depth": BilingualText("Hands since it left", "离开单位后的手数"),
    "hands": BilingualText("{hands:hand|hands}", "{hands}手"),
    "channels": BilingualText("Channels by which they left", "离开单位的渠道"),
    "final_holders": BilingualText("Last holders on record", "有记录的最后持有者"),
    "more_holders": BilingualText("{more:more|more}, shown with -v or --json", "另有{more}个，用 -v 或 --json 查看"),
    "beside": BilingualText("Beside them", "另有"),
    "quantity_purchased": BilingualText(
        "bought by number of cards only: {records:record|records}, {cards:card|cards}",
        "仅有数量的采购：{records}条记录，{cards}张",
    ),
    "quantity_sold": BilingualText(
        "sold by number of cards only: {records:record|records}, {cards:card|cards}",
        "仅有数量的销售：{records}条记录，{cards}张",
    ),
    "seized_cards": BilingualText("{cards:card|cards} seized", "{cards}张被扣押"),
    "balance": BilingualText("Balance on {date}", "{date}的账目"),
    "nothing_behind": BilingualText("there are no such cards", "没有这样的卡"),
    "more_lots": BilingualText(
        "{more:more lot|more lots}, shown with -v, --json or -o FILE.csv",
        "另有{more}个号段，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "more_records": BilingualText("{more:more record|more records}", "另有{more}条记录"),
    "unaccounted_bounds": BilingualText(
        "between {least} and {most}: records without card numbers may be of other cards",
        "介于{least}与{most}之间：未列卡号的记录可能涉及其他卡",
    ),
    "sold_on_record": BilingualText("sales on record: {cards:card|cards}", "有记录的销售：{cards}张"),
    "sold_on_record_between": BilingualText(
        "sales on record: between {least} and {most} cards", "有记录的销售：{least}至{most}张"
    ),
    "how_long": BilingualText("How long it took", "用时"),
    "to_transfer": BilingualText("from purchase to first transfer", "采购至首次转出"),
    "to_activation": BilingualText("from purchase to first activation", "采购至首次激活"),
    "spread": BilingualText(
        "{median:day|days} in the middle, half of them {quarter} to {three_quarters}; known of {share}",
        "中位数{median}天，半数在{quarter}至{three_quarters}天；{share}的卡可知",
    ),
    "spread_unknown": BilingualText("not known of any card", "均不可知"),
    "where_active": BilingualText("Where they were activated", "激活地"),
    "no_province": BilingualText("province not stated", "未载省份"),
    "more_places": BilingualText(
        "{more:more line|more lines}, shown with -v or --json", "另有{more}行，用 -v 或 --json 查看"
    ),
    "seized_cases": BilingualText("Seized cards", "被扣押的卡"),
    "no_case_number": BilingualText("without a case number", "无案件编号"),
    "no_declaration": BilingualText("no stock declaration is on record", "没有库存申报记录"),
    "minus_returned": BilingualText("returned to carriers", "退回运营商"),
    "minus_activated": BilingualText("activated while held", "持有期间激活"),
    "minus_sold": BilingualText("declared as sold", "申报已售"),
    "minus_stock": BilingualText("declared as in stock", "申报库存"),
    "not_declared": BilingualText("not declared", "未申报"),
    "more_audits": BilingualText(
        "One enterprise at a time, or -v, shows each of them.", "逐家查询或加 -v 可查看各家详情。"
    ),
    "received_from": BilingualText("Received from", "来自"),
    "passed_on_to": BilingualText("Passed on to", "转给"),
    "nobody": BilingualText("nobody on record", "无记录"),
    "records_naming": BilingualText("{records:record|records}", "{records}条记录"),
    "by_number": BilingualText(
        "by number only: {records:record|records}, {cards:card|cards}", "仅有数量：{records}条记录，{cards}张"
    ),
    "query_rows": BilingualText("{rows:row|rows}", "{rows}行"),
    "more_rows": BilingualText(
        "{more:more row|more rows}, shown with -v, --json or -o FILE.csv",
        "另有{more}行，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "rule_law": BilingualText("see {law}", "参见{law}"),
    "no_legal_claim": BilingualText("parameters without legal claim", "参数，不代表法律规定"),
    "rules_listed": BilingualText(
        "{rules:rule|rules}; graphtrace rules show ID says all about one",
        "{rules}条规则；graphtrace rules show ID 查看全文",
    ),
    "rule_version": BilingualText("version {version}", "第{version}版"),
    "rule_says": BilingualText("Says", "表述"),
    "rule_rests_on": BilingualText("Rests on records of", "所依据的记录"),
    "rule_query": BilingualText("Query", "查询"),
    "asked_of_case": BilingualText("Asked of a case", "对案件提问"),
    "asked_by_audits": BilingualText("Asked by the rules of an audit", "核查规则所用"),
    "queries_listed": BilingualText(
        "{queries:question|questions}; -v shows what each takes and returns, --show NAME its text",
        "共{queries}个问题；-v 显示各自的参数和列，--show NAME 显示全文",
    ),
    "more_parties": BilingualText(
        "{more:more party|more parties}, shown with -v, --json or -o FILE.csv",
        "另有{more}个主体，用 -v、--json 或 -o FILE.csv 查看",
    ),
    "largest_flows": BilingualText("Largest flows", "最大的流向"),
    "more_flows": BilingualText(
        "{more:more flow|more flows}, shown with -v or --json", "另有{more}条流向，用 -v 或 --json 查看"
    ),
    "graph_out": BilingualText(
        "graphtrace graph OUT writes it; --json shows it all.", "graphtrace graph OUT 写出该图；--json 显示全部内容。"
    ),
    "nothing_there": BilingualText("nothing", "无内容"),
    "walked": BilingualText("Walked {depth:step|steps} from there.", "从该处起走{depth}步。"),
    "cut_off": BilingualText(
        "{parties:party|parties} at the end of the walk with further partners: a larger --depth shows them.",
        "末端有{parties}个主体还有其他往来对象，加大 --depth 可显示。",
    ),
    "hubs": BilingualText(
        "{parties:party|parties} with more than {hub} partners not walked through: a larger --hub does.",
        "有{parties}个主体的往来对象超过{hub}个，未经由其继续，加大 --hub 可继续。",
    ),
    "partners": BilingualText("{partners:partner|partners}", "{partners}个往来对象"),
    "more_hubs": BilingualText("{more:more|more}, shown with -v or --json", "另有{more}个，用 -v 或 --json 查看"),
    "look_at": BilingualText("Look at it, in any browser", "用浏览器查看"),
    "try_next": BilingualText("Try next", "接下来可以试试"),
    "sold": BilingualText("sold", "售出"),
    "unaccounted_least": BilingualText("unaccounted, at least", "去向不明，至少"),
    "unaccounted_most": BilingualText("unaccounted, at most", "去向不明，至多"),
    "sold_least": BilingualText("sold by its records, at least", "据记录售出，至少"),
    "sold_most": BilingualText("sold by its records, at most", "据记录售出，至多"),
    "rows_go_on": BilingualText("The rows go on in the sheet “{sheet}”.", "以下各行续见工作表“{sheet}”。"),
    "text_goes_on": BilingualText(
        "… whole in the sheet “{sheet}”, no. {number}", "……全文见工作表“{sheet}”第{number}号"
    ),
    "step_of_chain": BilingualText("step {n}[ of chain {chain}]", "[流转链{chain}]第{n}手"),
    "finding": BilingualText("finding", "发现"),
    "asked_of": BilingualText("{ask}: {wanted}", "{ask}：{wanted}"),
    "missing_before": BilingualText("a step is missing", "缺少一手"),
    "carrier_unnamed": BilingualText("the carrier (unknown)", "运营商（不明）"),
}

PAGES = {
    "language": BilingualText("Language", "语言"),
    "theme": BilingualText("Colours", "配色"),
    "theme_auto": BilingualText("Auto", "自动"),
    "theme_light": BilingualText("Light", "浅色"),
    "theme_dark": BilingualText("Dark", "深色"),
    "previous": BilingualText("Previous", "上一个"),
    "next": BilingualText("Next", "下一个"),
    "close": BilingualText("Close", "关闭"),
    "show_in_text": BilingualText("Show it in the text", "在正文中查看"),
    "page_is_whole": BilingualText(
        "This page is one file. It fetches nothing and sends nothing.", "本页为单一文件，不联网取用，也不外传任何内容。"
    ),
    "trace_page": BilingualText("trace of {cards:card|cards}", "{cards}张卡的追查结果"),
    "of_case": BilingualText("case {case}", "案件 {case}"),
    "as_of": BilingualText("as the case stood at the end of {date}", "按{date}终了时案件所载内容"),
    "chain_drawn": BilingualText("From hand to hand", "流转图"),
    "steps": BilingualText("Steps", "逐手记录"),
    "step": BilingualText("step", "手"),
    "step_n": BilingualText("Step {n}", "第{n}手"),
    "activation_n": BilingualText("Activation {n}", "激活记录{n}"),
    "seizure_n": BilingualText("Seizure {n}", "扣押记录{n}"),
    "number": BilingualText("no.", "序号"),
    "date": BilingualText("date", "日期"),
    "from": BilingualText("from", "转出方"),
    "to": BilingualText("to", "转入方"),
    "how": BilingualText("how", "方式"),
    "sources": BilingualText("sources", "出处"),
    "also_dated": BilingualText("also dated {dates}", "另有日期：{dates}"),
    "row": BilingualText("row {row}", "第{row}行"),
    "sheet": BilingualText("sheet {sheet}", "工作表 {sheet}"),
    "record_no": BilingualText("record {number}", "编号 {number}"),
    "files": BilingualText("Files that the answer rests on", "本结果所依据的文件"),
    "file": BilingualText("file", "文件"),
    "rows_used": BilingualText("rows", "行"),
    "hash_head": BilingualText("SHA-256 of the file", "文件的 SHA-256"),
    "parties": BilingualText("Who is who", "涉及主体"),
    "name": BilingualText("name", "名称"),
    "identifier": BilingualText("number", "证件号码"),
    "role": BilingualText("role", "身份"),
    "received_on": BilingualText("received", "收到"),
    "passed_on_on": BilingualText("passed on", "转出"),
    "when": BilingualText("time", "时间"),
    "user_heading": BilingualText("user", "使用人"),
    "place": BilingualText("place", "地点"),
    "device": BilingualText("device (IMEI)", "设备（IMEI）"),
    "number_used": BilingualText("number (MSISDN)", "接入号（MSISDN）"),
    "case_heading": BilingualText("case number", "案号"),
    "held_by": BilingualText("held by", "持有人"),
    "hop_hand": BilingualText("passed it on", "经手"),
    "as_above": BilingualText("from above", "接上"),
    "missing": BilingualText("no record", "无记录"),
    "used_by": BilingualText("used by", "使用"),
    "legend_solid": BilingualText("on record, card by card or in a range", "有记录（逐卡或按号段）"),
    "legend_dashed": BilingualText("on record as a number of cards only", "仅有数量记录"),
    "legend_gap": BilingualText("a step is missing", "缺少一手"),
    "legend_use": BilingualText("used by", "使用"),
    "legend_falls": BilingualText("dated before the step before it", "日期早于上一手"),
    "legend_activation": BilingualText("activation", "激活"),
    "legend_seizure": BilingualText("seizure", "扣押"),
    "legend_unaccounted": BilingualText("time without a record", "无记录的时间段"),
    "how_to_look": BilingualText(
        "Choose a step or a name for its details; arrow keys move on, Esc closes.",
        "点选任一手或名称查看详情；方向键移动，Esc 关闭。",
    ),
    "nobody_to_ask": BilingualText("Nothing is left to ask.", "无须再调取。"),
    "no_findings": BilingualText("Nothing has to be said against this answer.", "没有需要说明的问题。"),
    "cards_listed": BilingualText("Cards", "卡片"),
    "find_in_list": BilingualText("Find a card or a name", "查找卡号或名称"),
    "held_back": BilingualText(
        "The first {shown:card|cards} of the list follow below in full. The other {more:card is|cards are} held back"
        " to keep the page readable: they count in every figure and stand in short at its end. A page of their own, a"
        " table (-o FILE.xlsx) or --json has them in full.",
        "下面完整列出前{shown}张卡。为便于阅读，其余{more}张未展开：已计入上面的各项数字，并在页末逐张简列；"
        "单独生成网页、表格（-o FILE.xlsx）或 --json 可得其全部内容。",
    ),
    "in_short": BilingualText("In short", "简列"),
    "cards_of": BilingualText("cards", "卡数"),
    "which_cards": BilingualText("which", "卡号"),
    "and_more": BilingualText("and {more:more|more}", "另有{more}张"),
    "dates_of": BilingualText("dates", "日期"),
    "flow_n": BilingualText("Flow {n}", "流向{n}"),
    "ask_whom": BilingualText("whom", "对象"),
    "ask_for": BilingualText("for what", "调取内容"),
    "because": BilingualText("because", "原因"),
    "transfer_record": BilingualText("transfer records", "转让记录"),
    "purchase_record": BilingualText("purchase records", "采购（开户）记录"),
    "activation_record": BilingualText("activation records", "激活记录"),
    "ring": BilingualText("What the cards have in common", "各卡的共同之处"),
    "ring_drawn": BilingualText("Drawn here:", "图中画出"),
    "ring_drawn_of": BilingualText("of {parties:party|parties}.", "个主体，共{parties}个。"),
    "choose_in_drawing": BilingualText(
        "Choose a party or a line for what the records say.", "点选主体或连线可查看记录内容。"
    ),
    "ring_held_back": BilingualText(
        "Those that most cards passed through come first; the tables below hold all of them.",
        "经手卡数多者在前；下面的表格列出全部。",
    ),
    "ring_all_drawn": BilingualText("The tables below say the same in words.", "下面的表格为相同内容的文字。"),
    "draw_more": BilingualText("Draw more", "再画一些"),
    "draw_all": BilingualText("Draw all", "全部画出"),
    "zoom_in": BilingualText("Larger", "放大"),
    "zoom_out": BilingualText("Smaller", "缩小"),
    "zoom_fit": BilingualText("Whole", "全图"),
    "draw_around": BilingualText("Only the chosen and its partners", "只看所选及其往来"),
    "draw_start": BilingualText("From the start", "恢复初始"),
    "find_party": BilingualText("Find a party", "查找主体"),
    "graph_page": BilingualText("who passed cards to whom", "卡的流向"),
    "graph_title": BilingualText("Who passed cards to whom", "卡的流向"),
    "flows_head": BilingualText("flows", "流向"),
    "party_n": BilingualText("Party {n}", "主体{n}"),
    "graph_drawn": BilingualText("The flows, drawn", "流向图"),
    "graph_drawn_first": BilingualText(
        "Those with the largest flows come first; the tables below hold all of them.",
        "流量大者在前；下面的表格列出全部。",
    ),
    "graph_flows": BilingualText("What passed", "流向明细"),
    "graph_held_back": BilingualText(
        "The {shown:largest flow is|largest flows are} on this page; {more:smaller one is|smaller ones are} held back"
        " to keep it readable. --around NAME-OR-ID, --since and --until narrow it; graphtrace export csv has all.",
        "本页列出最大的{shown}条流向；为便于阅读，另有{more}条较小的未列。可用 --around NAME-OR-ID、--since、--until"
        " 缩小范围；graphtrace export csv 可得全部。",
    ),
    "received_cards": BilingualText("cards received", "收到卡数"),
    "passed_cards": BilingualText("cards passed on", "转出卡数"),
    "rows_of_source": BilingualText("rows {rows} and {more:more|more}", "第{rows}行等，另有{more}行"),
    "more_sources": BilingualText("{more:more sheet|more sheets}", "另有{more}个工作表"),
    "asked_around": BilingualText("around {around}", "围绕 {around}"),
    "asked_since": BilingualText("since {since}", "自{since}起"),
    "asked_until": BilingualText("until {until}", "至{until}止"),
    "asked_direction": BilingualText("walked {direction}", "方向：{direction}"),
    "ring_parties": BilingualText("Parties that the cards passed through", "经手各卡的主体"),
    "ring_flows": BilingualText("What went between them", "主体之间的流转"),
    "shared_parties_page": BilingualText("what {cards:card|cards} have in common", "{cards}张卡的共同主体"),
    "parties_of": BilingualText("parties", "经手主体"),
    "shared_title": BilingualText("Who had these cards", "这些卡经过谁手"),
    "first_of_all": BilingualText("first in the ranking", "排名首位"),
    "passed_through_it": BilingualText("passed through it", "经其手"),
    "explained_by": BilingualText("smallest set found", "找到的最小组合"),
    "ranking": BilingualText("Parties in their order", "主体排名"),
    "cases_head": BilingualText("criminal cases", "刑事案件"),
    "expected_head": BilingualText("expected", "预期卡数"),
    "lift_bounds": BilingualText("{low} to {high}", "{low} 至 {high}"),
    "cards_by_case": BilingualText(
        "Cards of one case number count as one criminal case; a card without a number is a case of its own. Handled and"
        " expected: how many of all {cards:card|cards} of the records the party handled, and how many of the asked"
        " cards that alone would lead to it.",
        "同一案号的卡计为一起刑事案件，无案号的卡各计一起。经手总数与预期卡数：该主体在全部{cards}张卡中经手的数量，"
        "以及仅凭此数量预计有多少张所查的卡经过其手。",
    ),
    "small_sample": BilingualText(
        "Few cards prove little. Below each lift stand the bounds that chance leaves to it (95 %, Wilson): where they"
        " include 1, size alone may explain what was found.",
        "卡数少则说明力弱。提升度下方为偶然因素所允许的范围（95 %，Wilson 区间）：若包含 1，则仅由规模即可能解释。",
    ),
    "cards_added": BilingualText("adds", "新增"),
    "cover_title": BilingualText("The smallest set found", "找到的最小组合"),
    "evidence_title": BilingualText("What is behind each party", "各主体的依据"),
    "evidence_link": BilingualText("evidence", "依据"),
    "evidence_held_back": BilingualText(
        "The first {shown:party follows|parties follow}; --json and -o FILE.xlsx have the evidence of all.",
        "下面列出前{shown}个主体的依据；全部见 --json 与 -o FILE.xlsx。",
    ),
    "passed_through": BilingualText("what the records say", "记录内容"),
    "is_uncertain": BilingualText("not certain", "不确定"),
    "cards_asked": BilingualText("Cards that were asked for", "所查的卡"),
    "party_page": BilingualText("with whom a party dealt", "往来对象"),
    "cards_behind": BilingualText("cards and records behind the figures", "各项数字背后的卡和记录"),
    "audit_page": BilingualText("audit of {enterprises:enterprise|enterprises}", "{enterprises}家单位的核查结果"),
    "what_became": BilingualText("What became of the cards", "卡的去向"),
    "severity_head": BilingualText("severity", "级别"),
    "finding_head": BilingualText("what was found", "发现"),
    "rests_on": BilingualText("rests on", "依据"),
    "ground": BilingualText("ground", "法律依据"),
    "records_behind": BilingualText("{records:record|records}", "{records}条记录"),
    "how_to_open": BilingualText(
        "Cards and records behind a finding, with file, row and hash:",
        "某项发现背后的卡和记录（含文件、行号、哈希值）：",
    ),
    "share_head": BilingualText("share", "占比"),
    "active_province": BilingualText("province", "激活省份"),
    "declared_use": BilingualText("declared use", "申报用途"),
    "declared_province": BilingualText("declared province", "申报省份"),
    "declared_by": BilingualText("Where stock and sales are declared", "申报出处"),
    "other_side": BilingualText("Records on the other side", "另一方的记录"),
    "kind_head": BilingualText("kind", "类型"),
    "records_head": BilingualText("records", "记录数"),
    "rows_from_to": BilingualText("rows from – to", "起止行"),
    "balance_title": BilingualText("Balance", "账目"),
    "bucket_head": BilingualText("bucket", "类别"),
    "hands_head": BilingualText("hands", "手数"),
    "channel_head": BilingualText("channel", "渠道"),
    "term_head": BilingualText("term", "项目"),
    "audits_held_back": BilingualText(
        "Reports of the first {shown:enterprise|enterprises} follow; the others stand in this table, and in full in"
        " --json and -o FILE.xlsx.",
        "下面列出前{shown}家单位的报告；其余见此表，完整内容见 --json 与 -o FILE.xlsx。",
    ),
    "rows_more": BilingualText("{more:more row|more rows}", "另有{more}行"),
    "numbers_only": BilingualText("by number only", "仅有数量"),
    "at_large_head": BilingualText("active, not seized", "已激活未扣押"),
    "first_card": BilingualText("first card", "起始卡号"),
    "last_card": BilingualText("last card", "结束卡号"),
    "passage": BilingualText("from → to", "转出方 → 转入方"),
    "way": BilingualText("which came", "此前流转"),
}
"""What only pages and drawings say."""
