"""Headings of files that support custody and state none of it: shipments, payments, identities.

A heading is understood whole or not at all. The side that it names decides whose contact a column holds; a contact of
no named side belongs to the person of an identity list and to nobody elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading
from graphtrace.patterns import late


class HeadingMeaning(NamedTuple):
    """Meaning of a column: a field, or with ``contact`` a contact of this kind of a side (``""`` for no named one)."""

    field: str
    contact: str | None = None


_SIDES: Final[tuple[tuple[str, str], ...]] = (
    ("sender", "寄件人|寄件方|寄件|发件人|发件方|发件|寄方|shipper|consignor|pick_?up_?(?:address|location)(?=_?name)"),
    ("receiver", "收件人|收件方|收件|收货人(?:/提货人)?|收货|收方|consignee|recipient"),
    ("payer", "付款方|付款人|付款|付方|汇款人|payer|转出(?=户名|[账帐]|人)人?"),
    ("payee", "收款方|收款人|收款|payee|转入(?=户名|[账帐]|人)人?"),
    ("from", "转出方|卖方|卖家|发货方|供货方|供卡方|出货方|出让方|销售方|退货方|退卡方|转让方|seller|sender|from"),
    ("to", "转入方|买方|买家|收货方|购卡方|接收方|受让方|退回方|收卡方|购买方|购买人|buyer|receiver|to"),
    ("enterprise", "购卡单位|开户单位|采购单位|购卡企业|开户企业|enterprise"),
    ("user", "使用人|用户|使用者|user"),
    ("party", "客户|机主|户主|集团|单位|customer|party|tenant"),
    ("holder", "持有人|嫌疑人|被扣押人|holder|suspect"),
)
_CONTACTS: Final[tuple[tuple[str, str], ...]] = (
    ("wechat", "微信(?:号|账号|帐号)?|wechat(?:_?id)?"),
    ("qq", "qq(?:号码?|账号)?"),
    ("taobao", "旺旺(?:号|id)?|淘宝(?:号|账号|会员名|id)?|会员名"),
    ("alipay", "支付宝(?:账号|账户|帐号)?|alipay"),
    ("bank", "银行(?:卡号?|账号|账户|帐号)|开户账号|bank_?(?:account|card)"),
    (
        "telephone",
        "(?:联系)?(?:电话|手机|固话|座机)(?:号码?|号)?|绑定手机(?:号码?)?|(?:tele)?phone(?:_?(?:no|number))?|mobile(?:_?(?:no|number))?|tel|msisdn",
    ),
    ("address", "(?:联系|详细|通讯)?地址|address"),
    ("email", "(?:电子)?邮箱|e_?mail"),
    (
        "alias",
        "简称|别名|别称|绰号|外号|诨名|(?:店铺|网店|商铺)(?:的?名称?)?|店名|short_?name|alias|nick_?name|(?:shop|store)_?name",
    ),
    ("account", "(?:店铺|网店|商铺)(?:id|编号)|账号|帐号|账户|帐户|卡号|account(?:_?(?:no|number|id))?"),
)
_NAME: Final = "(?:的?(?:姓名|名称|户名|名字|名)|_?name)?"
_ID: Final = "(?:证件号码?|身份证号码?|身份证|信用代码|税号)|_?id(?:_?(?:no|number|card))?"
_OUT_BESIDE: Final = "(?:[（(](?:支取|支出|支|付)[）)])"
_IN_BESIDE: Final = "(?:[（(](?:存入|收入|收)[）)])"
_ENGLISH_OUT: Final = r"(?:withdrawals?|withdrawn|(?:paid|money)_?out)(?:_?(?:amt\.?|amount))?"
_ENGLISH_IN: Final = r"(?:deposits?|(?:paid|money)_?in)(?:_?(?:amt\.?|amount))?"
_FIELDS: Final[tuple[tuple[str, str], ...]] = (
    ("waybill", "waybill|快递单号|运单号"),
    (
        "amount_out",
        f"借方(?:发生额?|金额){_OUT_BESIDE}?|支出(?:金额|额)?|(?:转出|付出|支取)金额|debits?(?:_?amount)?|{_ENGLISH_OUT}",
    ),
    (
        "amount_in",
        f"贷方(?:发生额?|金额){_IN_BESIDE}?|收入(?:金额|额)?|(?:转入|存入)金额|credits?(?:_?amount)?|{_ENGLISH_IN}",
    ),
    ("amount", "(?:交易|付款|支付|转账|转帐|实付|实收|收款|发生)?金额|发生额|amount"),
    ("order_no", "(?:主|商户|商家|平台|外部)?订单(?:编号|号码?|号)|商户单号|order_?(?:no|number|id)"),
    (
        "record_no",
        (
            "(?:交易|支付|业务|银行)?(?:单号|流水号|流水|编号)|交易号|记录编号|record_?no|transaction_?(?:no|id)|receipt_?no"
            r"|(?:chq\.?/?)?(?:ref|utr)\.?_?(?:no|number|id)|reference"
        ),
    ),
    (
        "direction",
        "收/?支(?:类型|方向)?|借贷(?:标志|方向)?|借/?贷|收付标志|资金流向|direction|(?:transaction|txn)_?type|(?:dr|debit)/(?:cr|credit)|(?:cr|credit)/(?:dr|debit)",
    ),
    ("counterpart", "(?:交易)?(?:对方|对手)(?:户名|名称|姓名|账户名称?|账号[与和/]户名|信息)?|counterpart"),
    (
        "narrated",
        "(?:other|opposite)_?party(?:_?(?:info(?:rmation)?|details?|name))?|narration|(?:transaction_?)?(?:details|description|particulars|remarks)",
    ),
    ("counterpart_account", "(?:交易)?(?:对方|对手)(?:账号|帐号|卡号|账卡号|账户)"),
    ("owner_account", "(?:本方|我方|交易)(?:账号|帐号|卡号)"),
    ("owner", "(?:本方|我方)(?:户名|名称|姓名)|账户(?:开户)?名称|开户名"),
    (
        "name",
        "(?:真实|实名|客户|用户)?姓名|(?:账户)?名称|(?:经营|注册|认证)?主体(?:姓名/名称|名称/姓名|姓名|名称)|(?:单位|公司|客户|企业)?全称|(?:full_?)?name",
    ),
    ("id", "证件号码?|身份证号码?|身份证|id_?(?:card|no|number)"),
    (
        "date",
        (
            "date|time|doa|日期|时间|(?:交易(?:创建|完成|发生)?|付款|支付|转账|转帐|到账|入账|寄件|发件|(?:商品)?发货|寄出|揽收|揽件|收寄|收件|交寄|签收|注册|实名|登记)(?:日期|时间|日)"
            "|(?:order_?)?(?:ship(?:ped|ment|ping)?|d[ei]spatch(?:ed)?)_?(?:date|time|on|at)|(?:booking|pick_?up|consignment|transaction|txn|trans?\\.?|completion)_?(?:date|time)"
        ),
    ),
)

_ACCOUNT_TOO: Final = late("(?:交易)?(?:对方|对手)(?:账号[与和/]户名|户名[与和/]账号|信息)")
_SUPPORTS: Final = late("寄|发件|收件|收货|付款|收款|汇款|payer|payee|shipper|consignor|consignee|recipient")
"""Found in the heading of a side of a shipment or payment."""


def _any_of(rules: tuple[tuple[str, str], ...]) -> str:
    return "(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in rules) + ")"


@cache
def _sided() -> re.Pattern[str]:
    """Return a side and the kind of its contact; the patterns are made when first asked, for most files need none."""
    return re.compile(f"{_any_of(_SIDES)}(?:的|_)?{_any_of(_CONTACTS)}")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns for the name and for the number of a side, each with the ending of the field."""
    return tuple(
        (re.compile(_any_of(_SIDES) + ending), field) for ending, field in ((_NAME, ""), (f"(?:{_ID})", "_id"))
    )


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(_any_of(_FIELDS))


@cache
def _of_bank() -> re.Pattern[str]:
    return re.compile(f"{_ENGLISH_OUT}|{_ENGLISH_IN}|value_?(?:date|dt)|utr(?:_?(?:no|number))?")


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(_any_of(_CONTACTS))


def names_account_too(heading: str) -> bool:
    """Whether the cells under a heading hold the account and the name of the other side, as banks write them."""
    return _ACCOUNT_TOO.fullmatch(heading) is not None


def is_of_bank(heading: str) -> bool:
    """Whether only statements of money have such a heading; debit and credit are words of every account."""
    return _of_bank().fullmatch(heading.replace("-", "_").strip(".")) is not None


def names_support(headings: Iterable[str]) -> bool:
    """Whether one of the headings can be that of a side of a shipment or payment."""
    return any(_SUPPORTS.search(heading) for heading in headings)


@lru_cache(maxsize=1 << 12)
def support_meaning(heading: str) -> HeadingMeaning | None:
    """Return the meaning of a heading in a list of shipments, payments or identities; ``None`` if it is not known.

    ``heading``: as :func:`~graphtrace.ingest.heading_grammar.normalize_heading` writes it.
    """
    if not heading or len(heading) > LONGEST_HEADING:
        return None
    bare = heading.replace("-", "_").strip("*:：.")
    if (found := _plain().fullmatch(bare)) is not None:
        return HeadingMeaning(str(found.lastgroup))
    if (contact := contact_of_heading(bare)) is not None:
        return contact
    for pattern, ending in _patterns():
        if (found := pattern.fullmatch(bare)) is not None:
            return HeadingMeaning(f"{found.lastgroup}{ending}")
    return HeadingMeaning("waybill") if field_of_heading(heading) == "waybill" else None


def is_amount(heading: str) -> bool:
    """Whether a heading is that of an amount of money that was paid."""
    meaning = support_meaning(heading)
    return meaning is not None and meaning.field.startswith("amount")


def is_bare_telephone(heading: str) -> bool:
    """Whether a heading is that of a telephone of whomever the row is about."""
    return contact_of_heading(heading) == HeadingMeaning("", "telephone")


@lru_cache(maxsize=1 << 12)
def contact_of_heading(heading: str) -> HeadingMeaning | None:
    """Return the side of a contact column, and the kind of contact; ``field`` is empty if the heading names no side."""
    if (found := _sided().fullmatch(heading)) is not None:
        side, kind = (name for name, text in found.groupdict().items() if text is not None)
        return HeadingMeaning(side, kind)
    found = _bare().fullmatch(heading)
    return None if found is None else HeadingMeaning("", found.lastgroup)
