"""Grammar of headings that stand in no table: the ways in which people combine words for the same fields.

A heading is understood whole or not at all. What a column is for no field is said too: a contact of a party or a
secret is known, and never taken for a number of the card. Dates are told by
:func:`~graphtrace.ingest.row_events.events_of_date`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from graphtrace.identifiers.normalize import to_simplified
from graphtrace.ingest.acts import OF_ADDRESS
from graphtrace.ingest.english_headings import field_of_english
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late
from graphtrace.results.reports import Reject, RowWarning

LONGEST_HEADING: Final = 40
"""Characters; a longer text is no heading."""

CONTACT: Final = "contact"
SECRET: Final = "secret"  # noqa: S105 - the name of a meaning

_CARD: Final = "(?:sim|uim|usim|esim|流量|物联网?|物联网卡|号)?卡?"
_ID: Final = "(?:证件号码?|证号|身份证号?码?|身份证|信用代码|统一社会信用代码|税号|营业执照号?|证照号码?)"
_NAME: Final = "(?:的?名称|姓名|全称|简称|名)?"
_PERSON: Final = "(?:方|单位|企业|公司|客户|人|商家|主体|组织)"
_FROM: Final = (
    "(?:转出|供应|送货|交货|交卡|给卡|交付|出卡|发货|供货|供卡|出货|出让|销售|销货|卖出|出卖|卖|退货|退卡|退回|退还|移交|发出|出库"
    "|调出|转让|来货|发放)"
)
_TO: Final = (
    "(?:转入|购货|订货|拿货|拿卡|提货|提卡|收货|接收|购买|受让|买入|买受|买|购|收卡|接卡|领卡|领用|领取|接受|调入|下游)"
)
_SENT_TO: Final = "(?:发往|送往|寄往|收货|收卡|接收|转入|调入|下级)"
_DEALER: Final = "(?:商户|服务商|网点|门店|(?:代理|经销|分销|渠道)商?)"
_GIVEN: Final = "(?:发放|分配|划拨|调拨|下发|拨付|派发|发货|发卡|出货|销售|配送|交付|[发卖出寄送销交给])"
_PLACE: Final = "(?:仓库?|库房|门店|网点|部门?|机构|店铺?|营业[厅部]|分公司|站点?|单位|方)?"
_HOLDER: Final = "(?:卡?持有人|(?:犯罪)?嫌疑人|被(?:扣押|查获|搜查)人|涉案人员?)"
_SUSPECT: Final = "(?:suspect(?:ed)?|accused|detainee|arrestee)(?:_?person)?"
_TAKEN_FROM: Final = "(?:seized|taken|recovered|confiscated|impounded)"
_BUY: Final = "(?:开户|购卡|采购|入网|订购|开卡)"
_FIRST: Final = "(?:起始|开始|起张?|始|首[卡张]?|首个|第一张?|头)"
_LAST: Final = "(?:结束|终止|截止|截至|止张?|末[卡张]?|尾[卡张]?|最后一张?)"
_NUMBER: Final = "(?:iccid号?码?|卡片?号码?|号段|号码|号|编号|卡)"
_ACCOUNT: Final = "(?:用户|账户|账号|客户|代理商?|持有人|归属方?)"
_OWN: Final = late("(?:己方|本机|本方|我方)(?=.)")

_OF_FIRST_USE: Final = (
    "(?:(?:sim_?)?(?:activation|activn|actvn|actv)|first_?(?:network_?)?(?:used?|usage|activity|activation|attach))"
    "(?:_?(?:on|at))?[._]?"
)
"""Before the device and the place of the first use of a card, as carriers of India and Nigeria call it."""

_RULES: Final[tuple[tuple[str, str], ...]] = (
    (
        SECRET,
        r"ki|opc?|ki[cdk]\d?|pin[12]?(?:码)?|puk[12]?(?:码|_?code)?|adm\d?|acc|eki|(?:服务|支付|单卡支付|登录|用户/?|账号|初始)?密码|口令|(?:短信)?验证码|(?:service_?)?(?:password|passwd|pwd|passcode)|(?:access_?|api_?)?(?:token|secret)(?:_?key)?|api_?key|激活码|activation_?code|matching_?id|smdp.*|sm-dp.*|lpa|qr_?code",
    ),
    (
        CONTACT,
        r"(?:收货人?|收件人?|寄件人?|联系人?|客户|买家|卖家|负责人|法人|经办人|使用人|机主|用户|代理商?|对方|业务员|实名)?(?:的)?(?:联系)?(?:电话号?码?|手机号?码?|手机|固话|座机|电话/?手机|方式|微信号?|微信昵称|qq号?码?|支付宝账号|旺旺|邮箱|电子邮箱|e?mail|传真)|(?:收货|收件|寄件|联系|详细|通讯|邮寄|注册|安装|家庭|单位|客户|经营)(?:人)?(?:的)?地址|地址|(?:收货|收件|联系|经办|寄件|取件)人(?:姓名|名称)?|(?:phone|telephone|mobile|tel|contact|e-?mail|address|wechat|qq)(?:_?(?:no|number))?|(?:买家|卖家)会员名|买家昵称|客户昵称|(?:买家|卖家)?支付宝账号",
    ),
    ("eid", r"eid号?码?|e?uicc_?id"),
    (
        "iccid_first",
        rf"{_FIRST}(?:的)?{_NUMBER}|卡片号码?从|iccid(?:开始|起始|起)(?:号段|号码?|卡号)?|{_NUMBER}(?:段|区间|范围)?{_FIRST}(?:号|值)?|(?:内盒|外箱)?{_FIRST}iccid",
    ),
    (
        "iccid_last",
        rf"{_LAST}(?:的)?{_NUMBER}|卡片号码?到|iccid(?:结束|终止|截止|止)(?:号段|号码?|卡号)?|{_NUMBER}(?:段|区间|范围)?{_LAST}(?:号|值)?|(?:内盒|外箱)?{_LAST}iccid",
    ),
    (
        "iccid",
        rf"iccid_?(?:with_?)?(?:luhn|check_?digit|checksum|full)|full_?iccid|(?:(?:作案|涉案|涉诈|嫌疑|扣押|查获)?{_CARD}|设备|终端|路由器|主卡|副卡|集成电路)?(?:的)?iccid(?:号码?|码|卡号|编号|号段|列表)?|{_CARD}卡号|sim卡?(?:编号|号码?)?|卡片?(?:编号|序列号|识别码)|集成电路卡识别码|路由器物联网卡号|卡段|(?:退回|退货|退卡|发出|所发|聊天中所发|发货|发放|发卡|出库|出货|入库|进货|销售|转出|领用|领卡|拨卡|划拨|调拨|本次|批次|被?查询?|目标|涉及|涉案|扣押|查扣|查控|卡片?|物联网卡|(?:18|19|20)位)?的?(?:(?:卡号|iccid)号?|(?:号|卡号|号码|iccid)段?(?:范围|区间|明细|清单|列表)|(?:卡号|iccid|号)段)|卡[面背体片]的?(?:印刷)?(?:号码?|编号)|(?:起止|首尾)(?:的?(?:号段|卡号|号码|iccid))|(?:卡号|号段|号码|iccid)(?:起止|首尾)",
    ),
    ("imsi", r"(?:sim卡|国际|卡)?imsi(?:号码?|码|编号)?|国际移动用户识别码"),
    (
        "imei",
        r"(?:最近|最后|上次|末次|首次|激活时?|实际|当前|现)?(?:使用|所用|在用|插入|激活|登网)?(?:的?(?:设备|终端|模组|模块|手机|绑定|机器|机身|整机|插槽|卡槽))?(?:的)?imei[1]?(?:号码?|码|编号)?|国际移动设备识别码|(?:手机|设备)?(?:机身码|机身串码|串号|串码)",
    ),
    (
        "msisdn",
        r"msisdn(?:号码?|码)?|(?:物联网?卡?|卡|接入|业务|服务|用户|计费|物联网业务)号码?|(?:物联网?卡|物联)号码|[345]g号|电信号码|(?:被?查询?|目标)号码",
    ),
    (
        "carrier",
        r"(?:所属|归属|通信|网络|卡|开卡|发卡|开户|电信)?运营商(?:名称|类型)?|运营商名|发卡方",
    ),
    (
        "enterprise_id",
        rf"{_BUY}(?!人){_PERSON}{_ID}|(?:统一)?社会信用代码(?:证)?号?码?|营业执照(?:号码?|编号|注册号)|企业(?:证件号码?|信用代码|税号)|uscc|credit_?code|business_?licen[cs]e_?(?:no|number)",
    ),
    ("party_id", rf"(?:机主|户主|客户|集团|租户|单位|企业|公司|商户|登记人){_ID}"),
    ("enterprise", rf"{_BUY}(?!人){_PERSON}{_NAME}|registered_?company|purchaser|purchasing_?company"),
    ("from_id", rf"{_FROM}{_PERSON}{_ID}|(?:seller|sender|supplier)_?id"),
    ("to_id", rf"{_TO}{_PERSON}{_ID}|(?:buyer|receiver|recipient)_?id"),
    (
        "from",
        rf"(?!(?:出库|调出|送货|交货|发放)人|{_GIVEN}(?:对象|客户)){_FROM}{_PERSON}{_NAME}|卖家|谁(?:退|发|给|卖)的?|[我卡]?[从问向](?:哪家?|哪里|哪儿|谁家?)(?:那?[里儿边]?|手[里上中])(?:进|拿|买|来|购买?)[来入]?的?货?|(?:哪家|哪里|哪儿|谁家?|哪)(?:进|来)的?货?|[跟找和](?:谁|哪家?|谁家)(?:那?[里儿边])?(?:拿|进|买|取)的?货?|卖家公司名|卖家(?:实名|真实)(?:姓名|名称)?|供方{_NAME}|[调拨]出{_PLACE}{_NAME}|供卡商|上家|(?:回收|退[货卡回还]|入库|进货|进卡|收货|到货)的?来源{_PERSON}?|(?:原|源|来源|上级|划出|转出|拨出|调出|出账){_ACCOUNT}{_NAME}",
    ),
    (
        "to",
        rf"{_TO}(?!人){_PERSON}{_NAME}|{_SENT_TO}{_DEALER}{_NAME}|(?:购买|受让|买受|领用|领取|领卡|收卡|买)人{_NAME}|需方{_NAME}|需求(?:方|单位){_NAME}|[调拨]入{_PLACE}{_NAME}|买家公司名|买家(?:实名|真实)(?:姓名|名称)?|下家|退(?:还|回)?给(?:谁|哪家|方|单位|公司)?|{_GIVEN}(?:给|至|往)了?(?:谁|哪家)?{_PERSON}?{_NAME}|我?(?:给|卖给|转给|转卖给)了?谁|{_GIVEN}(?:对象|客户){_NAME}|(?:回收|退[回还]|归还)(?:至|到|给|往)(?:谁|哪家)?|(?:出库|发货|销售|出货|发出)的?(?:去向|流向){_PERSON}?|买家|谁[拿领要买提]的?走?|(?:拿货|拿卡|提货|提卡|取货|取卡)(?:客户|人){_NAME}|(?:目标(?!客户)|下级|划入|转入|拨入|接收|调入){_ACCOUNT}{_NAME}",
    ),
    (
        "holder_id",
        rf"{_HOLDER}{_ID}|(?:(?:card)?holder|{_SUSPECT})(?:'?s)?_?(?:national_?)?id_?(?:card_?)?(?:no[.]?|number|num)?",
    ),
    ("user_id", rf"(?:实际|真实|最终)?(?:使用|用卡)(?:人|者|责任人){_ID}|身份证号?码"),
    (
        "user",
        rf"(?:实际|真实|最终)?卡?片?的?(?:使用|用卡)(?:人|者|方|责任人){_NAME}|(?:实际|真实|最终|终端)(?:用户|使用){_NAME}|(?:实名|认证|实名认证)姓名|实名人",
    ),
    (
        "party",
        rf"(?:所属|归属|使用|盘点|申报|集团|政企|产权|客户|租户|账户|商户|持卡|设备(?=账户))?(?:客户|单位|企业|公司|集团|租户|账户|商户|组织|机构){_NAME}|客户|顾客|租户|(?:机主|户主|开户人|入网人){_NAME}|(?:涉案)?卡片?的?(?:实名)?登记(?:单位|人|客户|主体|企业){_NAME}|卡?片?的?(?:入网|开户|开卡)?实名(?:制|登记|认证)?(?:企业|单位|主体|公司|客户){_NAME}|开?户名|(?:customer|subscriber|tenant|client|company|organi[sz]ation|account|owner|cust|dept)(?:_?name)?|party_?name|cliente|kunde|所属(?:人|部门)|(?:所属|归属|下级)(?:代理|经销|渠道|分销)商{_NAME}|往来单位{_NAME}|往来客户{_NAME}|谁|(?:实名)?登记(?:用户|客户){_NAME}|(?:实名)?登记(?:在|于)(?:谁|何人)(?:的?名下)?|(?:(?:sim|number|line)_?)?(?:registered_?)?in_?(?:the_?name_?of|whose_?name)(?:_?registered)?",
    ),
    (
        "quantity",
        r"(?:发货|发放|出库|出货|入库|进货|收货|采购|购买|购卡|发卡|分配|领用|领取|领卡|拿货|销售|转让|退货|退卡|退回|调拨|划拨|拨卡|交付|送货|总|卡|卡片|开卡|订购|[发领])?(?:数量|张数|卡数|数目|总数|片数|个数)|[发出]货量|合计张数|几张|多少张|[张枚]|cards|sims|卡量|sum",
    ),
    (
        "stock",
        r"(?:当前|剩余|现有|期末|在库)?库存(?:数量?|量|数)?|实(?:盘|存|点|有)(?:数量?)?|盘点数量?|结存(?:数量?)?|在库数量|存量|stock(?:_?(?:qty|count))?|inventory",
    ),
    ("sold", r"(?:累计|已)?(?:销售|售出|已售)(?:数量|量|数)|销量|sold(?:_?(?:qty|count))?"),
    (
        "state",
        r"(?:sim|物联网?|卡片?|物联卡|用户|号码|产品|激活|业务|服务|生命周期|当前|使用|流量|开户|通信|设备卡)?卡?状态(?:名称|描述)?|(?:present|current|latest)?_?(?:sim|card|line|service|life_?cycle|activation|act|connection|msisdn|number|lifecycle)?_?(?:status|state)|estado|zustand|state_code",
    ),
    (
        "waybill",
        r"(?:商品发货)?(?:快递|物流|运|邮|货运|发货|快件|邮件|顺丰|圆通|中通)(?:单号码?|单编号|运单号码?|号)|运单编号|面单(?:编)?号码?|快递|运单|awb|consignment|(?:air_?)?waybill|docket",
    ),
    ("contract_no", r"合同(?:号码?|编号|编码)|协议(?:号|编号)|contract_?(?:no|number|id)"),
    ("case_no", r"案件?(?:编号|号码?|号)|(?:立案|受案|案件)(?:决定书|通知书)?(?:文号|编号|号)"),
    (
        "record_no",
        r"(?:主|子|父|原|商家|商户|平台|外部|销售|采购|出库|入库|业务|交易|退货|支付|受理|申请|发货|划卡|划拨|拨卡|调拨|分配)?(?:订单|流水|业务|交易|单据|记录|工单|申请|采购单|销售单|出库单|入库单|受理单|明细|单)(?:编号|号码?|号|流水号|id)|受理流水|record_?(?:no|id)|serial_?no|transaction_?(?:no|id)",
    ),
    ("price", r"(?:销售|采购|成本|零售|批发|结算|商品)?(?:单价|价格|售价)|价|成本价|进价"),
    ("channel", r"(?:销售|来源|推广|购买|成交|所属)?渠道(?:名称|来源|类型)?|销售平台|(?:sales_?)?channel(?:_?name)?"),
    (
        "declared_use",
        r"(?:申报|登记|开户|申请|实际|卡|使用|行业|业务)?用途|(?:使用|应用|业务|行业)场景|usage_?scenario|purpose",
    ),
    # where a number belongs (归属地市, 本地网) is the place of no event
    ("province", r"(?:激活|使用)?(?:地)?(?:省份?|省区?名?称?)|province(?:_?name)?"),
    (
        "city",
        r"(?:激活|使用|上线)?(?:地)?(?:城市|地市|市)(?:名称)?|(?:激活|上线|通话)地点?|city(?:_?name)?",
    ),
    (
        "cell",
        r"(?:首次?激活|激活|首|末|起始|第一)?(?:基站/?小区|基站|小区)(?:id|编号|号码?|名称|信息|位置)?(?:e?ci)?|(?:first_?|last_?)?(?:cgi|cell(?:_?(?:id|global_?id|area|site|tower|location))?|ecgi|lac[/_-]?ci)|bts",
    ),
    (
        "place",
        r"(?:查获|扣押|提取|缴获|收缴)(?:地点|地址|位置)|(?:where|place|location)_?(?:found|seized|recovered)|(?:place|location|address)_?of_?(?:the_?)?(?:seizure|recovery)",
    ),
    (
        "holder",
        rf"{_HOLDER}(?:姓名)?|(?:卡片?)?(?:扣押|查获|缴获|收缴|起获|查扣)自(?:何人|谁|何处)?|(?:从|自)?(?:何人|谁)处?(?:扣押|查获|缴获)|(?:name_?of_?(?:the_?)?)?{_SUSPECT}(?:_?name)?|(?:cards?|sims?|items?)?_?{_TAKEN_FROM}_?from(?:_?whom)?(?:_?(?:name|person))?|(?:name_?(?:and|&)?_?(?:address_?)?of_?(?:the_?)?)?(?:person|accused)?_?from_?whom_?(?:the_?)?(?:articles?|sims?|items?)?_?(?:was|were|is|are)?_?{_TAKEN_FROM}|person_?{_TAKEN_FROM}_?from|holder|{_SUSPECT}/(?:owner|person)|(?:occupier|occupant)(?:/person)?|person_?searched|found_?(?:with|on)(?:_?whom)?|(?:(?:found|seized|recovered|taken|was|were)_?)*(?:in|from)_?(?:the_?)?possession_?of(?:_?whom)?|(?:found_?)?(?:in|from)_?whose_?possession(?:_?found)?",
    ),
    ("imei", rf"{_OF_FIRST_USE}(?:(?:device|handset)_?)?imei(?:_?(?:no|number))?"),
    (
        "user",
        r"(?:(?:corporate|company|actual|ultimate|final|declared|stated|attributed)_?)?end_?user(?:_?name)?(?:[(]?(?:as_?)?(?:declared|stated|attributed|if_?any|if_?known)[)]?)?|attributed_?user(?:_?name)?",
    ),
    ("city", rf"{_OF_FIRST_USE}(?:lga|city|town|district|place|location)"),
    ("cell", rf"{_OF_FIRST_USE}(?:(?:cell_?)?(?:site|tower|id|area)|cell|bts)(?:_?(?:name|address|area|location))?"),
)
_END_OF_NAME: Final = late(f"{_ID}$|(?:的?名称|姓名|全称|名)$")
_REMARK: Final = late(r"(?:\([^()]*\)|【[^【】]*】|\[[^\[\]]*\])$")
_END_OF_RANGE: Final = late(r"[(【\[](起始?|始|首|开始|止|终止?|末|尾|截止|结束|start|begin|first|end|last)[)】\]]$")
"""A final remark in brackets that says which end of a range the column holds."""
_WAY_OF_CARD: Final = late(r"^(卡号|iccid号?|卡片?号码?)[(【\[](退回|退货|退卡|发出|发货|出库)[)】\]]$")
"""A number of cards whose remark in brackets says that these went out, or came back."""
_HARMLESS: Final = pattern_of("bracket", "drop")
"""Remarks that change nothing of what a heading means."""

_MEASURES: Final = pattern_of("bracket", "money")
"""Remarks that change nothing but in the heading of a number of cards."""

PARTIES_OF_CONTRACT: Final = frozenset({"甲方", "乙方", "丙方"})
"""Parties of a contract, whose side the remark behind says: 甲方(供方)."""
_SIDES: Final = frozenset({"from", "to", "enterprise", "carrier"})
_CUSTOMERS: Final = frozenset({"客户", "客户方"})

_COUNTS: Final = late("(?:数量?|量|qty|quantity|count|cards|sims|库存|sum)$")


def counts_something(heading: str) -> bool:
    """Whether a comparable heading is that of a number of goods, be they cards or not (实发数量)."""
    return _COUNTS.search(heading) is not None


_INVISIBLE: Final = late(r"[\s\u200b-\u200f\u2060\ufeff]+")
_MARKS: Final = late(r"^[*★☆#\s]+|[*:：。、\s]+$")
_TWO_LANGUAGES: Final = late("([a-z][a-z0-9_()]+)([\u4e00-\u9fff()]{2,})")
_ABBREVIATED: Final = late("(?:(?<=no)|(?<=sr)|(?<=nr)|(?<=nos)|(?<=ser)|(?<=num)|(?<=qty)|(?<=inv)|(?<=ref))[.]")
"""Points behind abbreviations, without which the heading is the same (SIM Sr. No.)."""
_SPLIT: Final = late(r"[/／|]")
_NUMBERS: Final = frozenset({CONTACT, "iccid", "imsi", "imei", "msisdn", "eid", "record_no"})
_OF_THINGS: Final = frozenset({"iccid", "imei", "eid", "msisdn"})
_WITH_NUMBER: Final = late(r"(.+)\((iccid|imsi|imei|msisdn|eid)\)")


@lru_cache(maxsize=1 << 14)
def normalize_heading(text: str) -> str:
    """Return a text in the form in which headings are compared: NFKC, no blanks, no case, no harmless final remark.

    Nor does a stray quote at either end make it another heading. A remark in brackets is part of the heading, as one
    that says an end of a range, a unit that scales (万张), or that nothing happened (计划); only what is known to
    change nothing (必填, YYYY-MM-DD, 元 of an amount, 后5位 of the last number of a range) is left out.
    """
    bare = _WAY_OF_CARD.sub(r"\2\1", _END_OF_RANGE.sub(r"\1", _folded(text)))
    while (remark := _REMARK.search(bare)) is not None and remark.start():
        rest, said = bare[: remark.start()], remark[0][1:-1]
        if rest in PARTIES_OF_CONTRACT and (said in _CUSTOMERS or field_of_heading(said) in _SIDES):
            return said
        if _FINAL_DIGITS.fullmatch(said) and (_END.fullmatch(rest) or field_of_heading(rest) == "iccid_last"):
            return rest
        is_harmless = _HARMLESS.fullmatch(said) or all(map(_HARMLESS.fullmatch, _SEVERAL.split(said)))
        if not is_harmless and (_COUNTS.search(rest) or not _MEASURES.fullmatch(said)):
            break
        bare = rest
    return bare


_SEVERAL: Final = late("[,;、]")
"""Between remarks in one pair of brackets: 19位，不含末位校验码."""
_FINAL_DIGITS: Final = pattern_of("heading_grammar", "final_digits")
_END: Final = late(_LAST)
"""The end of a range, and that of its number only so many digits are written: an abbreviated last number anyway."""


@lru_cache(maxsize=1 << 14)
def without_remark(text: str) -> str:
    """Return the same without any final remark in brackets."""
    bare = _WAY_OF_CARD.sub(r"\2\1", _folded(text))
    return _REMARK.sub("", _END_OF_RANGE.sub(r"\1", bare)) or bare


_OF_A_THING: Final = pattern_of("heading_grammar", "of_a_thing")
"""Names of objects whose members say something of a card or party, and not of the row."""


def own_heading(text: str) -> str:
    """Return the same, of a member of an object its own name (audit.status): it is about the row, too.

    >>> [own_heading(text) for text in ("audit.status", "flags.deleted", "order.state", "sim.status", "备注(选填)")]
    ['status', 'deleted', 'status', 'sim.status', '备注']
    """
    bare = without_remark(text)
    *objects, own = bare.split(".")
    if not objects or not own or not all(objects) or any(map(_OF_A_THING.fullmatch, objects)):
        return bare
    return "status" if own == "state" else own


def _folded(text: str) -> str:
    folded = OF_ADDRESS.sub(r"\2\1", to_simplified(_INVISIBLE.sub("", normalize("NFKC", text)).casefold()))
    return folded.strip("\"'") or folded


def party_word(heading: str) -> str:
    """Return the word for the party whose name or identifier a heading is: 机主 of 机主姓名 and 机主证件号码."""
    return _END_OF_NAME.sub("", _MARKS.sub("", heading))


_OF_SHOP: Final = late("(?:(?:line)?item|order|product|meta|custom|field|attributes?|[._])+[:：](?P<named>.+)")
"""A column of its own that a shop gave its orders, with its name."""


@lru_cache(maxsize=1 << 12)
def field_of_heading(heading: str) -> str | None:
    """Return the field that a heading means; ``contact`` or ``secret`` if it is no field; ``None`` if unknown.

    ``heading``: as :func:`normalize_heading` writes it.
    """
    bare = _MARKS.sub("", heading).replace("-", "_") if heading.isascii() else _MARKS.sub("", heading)
    if bare.isascii():
        bare = _ABBREVIATED.sub("", bare)
    if not bare or len(bare) > LONGEST_HEADING:
        return None
    if _OWN.match(bare):
        # a list of calls names what is its subject's own beside that of the other party
        return field_of_heading(_OWN.sub("", bare)) or ("msisdn" if bare.endswith("号码") else None)
    for field, pattern in _RULES:
        # compiled when it is first asked for: a tenth of a second that files with the usual headings do not need
        if re.fullmatch(pattern, bare):
            return field
    parts = [part for part in _SPLIT.split(bare) if part]
    if len(parts) == 1 and (both := _TWO_LANGUAGES.fullmatch(bare)) is not None:
        parts = [both[1], both[2]]
    if len(parts) == 2:
        fields = {field_of_heading(part) for part in parts}
        if len(fields) == 1 and (field_of_both := fields.pop()) is not None:
            return field_of_both
    if len(parts) > 1 and _are_of_things(parts):
        # of articles of several kinds each has its own number
        return "iccid"
    if (named := field_of_english(bare)) is not None:
        return named
    if (found := _OF_SHOP.fullmatch(heading)) is not None:
        return field_of_heading(found["named"])
    return _numbered(*found.groups()) if (found := _WITH_NUMBER.fullmatch(bare)) is not None else None


def _are_of_things(parts: Sequence[str]) -> bool:
    fields = [field_of_heading(part) for part in parts]
    return "iccid" in fields and all(
        field in _OF_THINGS or part.startswith("serial") for field, part in zip(fields, parts, strict=True)
    )


def _numbered(heading: str, number: str) -> str:
    """Return the field of a heading with the name of a number in brackets behind it: 卡片(ICCID), 起始卡号(ICCID)."""
    own = field_of_heading(heading)
    if own is not None and own not in _NUMBERS:
        return own
    return field_of_heading(heading + number) or number


_VALUE: Final = late(r"(?i)\bLPA:\d*\$\S*|(?<![0-9A-F])(?=[0-9]*[A-F])[0-9A-F]{32}(?![0-9A-F])")
"""An activation code, or a key of 128 bits; the number of a chip is decimal."""

_HIDDEN: Final = "…"


def is_secret_heading(heading: str) -> bool:
    """Whether a column of this heading holds secrets."""
    return field_of_heading(normalize_heading(heading)) == SECRET


def reject_without_secrets(reject: Reject, secret: Collection[str]) -> Reject:
    """Return the reject without what stands under the headings of secrets and what is one by its form."""
    hidden = {cell for heading, cell in reject.raw if cell and heading in secret}
    raw = tuple(
        # a row that could not be taken apart has no columns by which to tell
        (heading, _HIDDEN if cell and (heading in secret or (secret and not heading)) else _masked(cell))
        for heading, cell in reject.raw
    )
    is_whole = bool(secret) and any(not heading for heading, _ in reject.raw)
    value = _HIDDEN if reject.value and (is_whole or reject.value in hidden) else _masked(reject.value)
    return reject if (raw, value) == (reject.raw, reject.value) else replace(reject, raw=raw, value=value)


def warning_without_secrets(warning: RowWarning, secret: Collection[str]) -> RowWarning:
    """Return the warning without the value of a column of secrets."""
    value = _HIDDEN if warning.heading in secret else _masked(warning.value) or ""
    return warning if value == warning.value else replace(warning, value=value)


def _masked(text: str | None) -> str | None:
    return None if text is None else _VALUE.sub(_HIDDEN, text)
