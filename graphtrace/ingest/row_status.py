"""Status of what a row is about: whether the file itself says that it did not happen.

A withdrawn order, a failed allotment, a void waybill state no event. The state of a card (停机, 销户) is another thing:
a column of those is read as such and not judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from graphtrace.ingest.heading_grammar import normalize_heading

ROW_STATUS: Final = "row_status"
"""Field of a column of such statuses in the report of a sheet."""

_OF: Final = (
    "订单|工单|单据|单|交易|划拨|划卡|调拨|分配|操作|处理|审核|审批|执行|受理|办理|运单|快件|发货|出库|业务|申请|激活|"
    "开户|充值"
)

_HEADING: Final = re.compile(
    rf"(?:{_OF})?(?:状态|结果)(?:名称|描述)?|件况|(?:签收|派送|揽收|快件)情况|(?:order|task|transfer|operation)?_?(?:status|result)"
)

_UNDONE: Final = re.compile(
    rf"(?:已经?|被|客户|买家|卖家|系统|全部|{_OF})*"
    "(?:失败|作废|取消|撤销|撤单|撤回|驳回|拒绝|关闭|删除|无效|[不未]通过|[未不]成功)"
    "(?:寄件|下单|订单|发货|揽[件收])?(?:[(].*[)])?|预约.{0,12}(?:上门|取件|揽[件收])|(?:等待|待)(?:买家)?(?:付款|支付|审核|审批|处理|确认|受理|执行|激活|发货|出库|分配|划拨)"
    "|(?:计划|预计|拟)(?:执行|发货|出库|激活|转让|转出|分配|划拨|退货|退卡|开户|开卡|购买)"
    "|未(?:付款|支付|审核|处理|执行|激活|生效)|(?:审核|处理|执行)中|草稿"
    "|(?:order|transfer|activation)?_?(?:fail(?:ed|ure)?|cancell?ed|void(?:ed)?|rejected|withdrawn|closed|deleted|invalid|"
    "pending|unpaid|draft)"
)
_NOT_RECEIVED: Final = re.compile("不予|[未没]收到|未签收|拒收|未到货|未发货")
_REMARKS: Final = re.compile("备注|说明|摘要|附注|remarks?|notes?|comments?")
_VOID_REMARK: Final = re.compile(
    "^(?:已?(?:作废|取消|撤销)|废单|误开|开错)(?:[,;。.(:]|$)|^拟(?:出|转|发|售|退)|货未动|[本此该]行作废|登记错误|未实际(?:发货|出库|交付)"
)

_NO_SUCH_NUMBER: Final = re.compile(
    "(?:经?查)?(?:无|没有)(?:此|该|这个)?(?:号|卡|号码|卡号|用户)|(?:号码|卡号|卡|用户)?不存在|非[我本](?:公司|司|网)(?:号码|用户|卡)?"
    "|not[_ ]?found|no such number"
)
_DONE: Final = re.compile(
    rf"(?:已经?|全部|{_OF})*(?:成功|完成|完结|竣工|通过|办结|归档|签收|发货|收货|退回|妥投|派送|出库|入库)"
    "|success(?:ful)?|succeeded|done|completed?|finished|delivered|shipped|ok"
)


def status_columns(headings: Sequence[str], columns: Iterable[int]) -> list[int]:
    """Return those of some columns whose heading names the status of what the row is about."""
    return [column for column in columns if _HEADING.fullmatch(normalize_heading(headings[column]))]


@lru_cache(maxsize=1 << 12)
def is_undone(text: str) -> bool:
    """Whether a status says that what the row is about did not happen, or has not yet."""
    return _UNDONE.fullmatch(normalize_heading(text)) is not None


@lru_cache(maxsize=1 << 12)
def moved_nothing(text: str) -> bool:
    """Whether a status says that cards were not moved: undone, or in a sentence not received or not taken back."""
    return is_undone(text) or _NOT_RECEIVED.search(text) is not None


def remark_columns(headings: Sequence[str], columns: Iterable[int]) -> list[int]:
    """Return those of some columns whose heading is that of remarks."""
    return [column for column in columns if _REMARKS.fullmatch(normalize_heading(headings[column]))]


@lru_cache(maxsize=1 << 12)
def is_void_remark(text: str) -> bool:
    """Whether a remark takes its row back: it begins with the word for it, or says that nothing was moved."""
    return _VOID_REMARK.search(normalize_heading(text)) is not None


@lru_cache(maxsize=1 << 12)
def says_no_such_number(text: str) -> bool:
    """Whether a state says that there is no such number or card: nothing is listed then."""
    return _NO_SUCH_NUMBER.fullmatch(normalize_heading(text)) is not None


def is_outcome(text: str) -> bool:
    """Whether a status is that of an order or a task, and not the state of a card."""
    status = normalize_heading(text)
    return (is_undone(text) and not status.endswith("激活")) or _DONE.fullmatch(status) is not None
