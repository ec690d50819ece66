"""Shipments, payments and identities beside changes of hands: which of them corroborate one (written by hand, SPEC 3).

Each kind is told for as many deals as are asked for, each with parties, a card, contacts and numbers of its own: a
wholesaler delivers a card to a seller and one to a bystander, and the seller passes its card on to a buyer. The
identities of all three are listed. Nothing corroborates what the wholesaler delivers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import polars as pl

from graphtrace.identifiers import normalize_party_name
from graphtrace.simulate.files import HEADER_ROW
from graphtrace.simulate.made_parties import company_names, person_names, resident_numbers
from graphtrace.simulate.numbers import Numbers
from graphtrace.simulate.shards import SUPPORTS

if TYPE_CHECKING:
    import numpy.typing as npt

    Indices = npt.NDArray[np.int64]

MAX_DEALS: Final = 1_000
"""Deals of each kind for which there are names and numbers."""

_FIRST_DAY: Final = date(2023, 5, 1)
_DAYS: Final = 200
_NEAR_DAYS: Final = 30

Row = Mapping[str, str]
Key = Literal["waybill", "order", "account"]
Table = Literal["shipments", "payments"]


class _Party(NamedTuple):
    name: str
    number: str = ""
    telephone: str = ""
    alipay: str = ""
    bank: str = ""

    @property
    def id(self) -> str:
        return f"id:{self.number}" if self.number else f"name:{normalize_party_name(self.name)}"


_WHOLESALER: Final = _Party("云洲市佐证电讯批发部")


class _Deal(NamedTuple):
    """Material for the records of a deal; ``direction`` is -1 where payments lie before the day of the sale, else 1."""

    seller: _Party
    buyer: _Party
    bystander: _Party
    day: date
    direction: int
    waybill: str
    order: str

    @property
    def keys(self) -> Mapping[Key, str]:
        """The keys by which a record can corroborate the sale."""
        return {
            "waybill": self.waybill,
            "order": self.order,
            "account": f"{self.buyer.alipay} → {self.seller.bank}",
        }


class SupportKind(NamedTuple):
    """A way in which records go with a sale or only look so.

    ``keys`` are those by which the records corroborate the sale, in their order; ``None`` for one that does not.
    ``is_misdelivered`` means that the first one is of a parcel for the bystander. With ``is_one_row`` the row of the
    sale is that of a parcel for the bystander too.
    """

    name: str
    records: Callable[[_Deal], Sequence[tuple[Table, Row]]]
    keys: Sequence[Key | None] = (None,)
    is_misdelivered: bool = False
    is_one_row: bool = False


def _parcel(
    deal: _Deal, name: str, telephone: str = "", number: str = "", *, waybill: str | None = None, order: str = ""
) -> tuple[Table, Row]:
    return "shipments", {
        "运单号": waybill or deal.waybill,
        "订单编号": order,
        "寄件人": deal.seller.name,
        "寄件人电话": deal.seller.telephone,
        "收件人": name,
        "收件人证件号": number,
        "收件人电话": telephone,
        "寄件时间": f"{deal.day + timedelta(1)} 10:20:30",
    }


def _payment(
    deal: _Deal, payer: tuple[str, str], payee: tuple[str, str], days: int, order: str = ""
) -> tuple[Table, Row]:
    return "payments", {
        "商户订单号": order,
        "付款方": payer[0],
        "付款账号": payer[1],
        "收款方": payee[0],
        "收款账号": payee[1],
        "金额(元)": "1280.00",
        "交易时间": f"{deal.day + timedelta(deal.direction * days)} 21:05:00",
    }


def _for_order(deal: _Deal, order: str) -> tuple[Table, Row]:
    return _payment(deal, (deal.buyer.name, ""), (deal.seller.name, ""), 3 * _NEAR_DAYS, order)


def _between_accounts(deal: _Deal, days: int) -> tuple[Table, Row]:
    return _payment(deal, _paying(deal), ("收款商户", _grouped(deal.seller.bank)), days)


def _paying(deal: _Deal) -> tuple[str, str]:
    return "付款用户", deal.buyer.alipay


def _grouped(number: str) -> str:
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _other(number: str) -> str:
    """Return a number that differs in its last digit, which is 0 in all numbers of deals."""
    return f"{number[:-1]}1"


KINDS: Final = (
    SupportKind("parcel", lambda deal: [_parcel(deal, deal.buyer.name, deal.buyer.telephone)], ("waybill",)),
    SupportKind("parcel_by_telephone", lambda deal: [_parcel(deal, "收货小号", deal.buyer.telephone)], ("waybill",)),
    SupportKind("parcel_masked", lambda deal: [_parcel(deal, f"{deal.buyer.name[0]}**", "139****0000")], ("waybill",)),
    SupportKind("parcel_unknown", lambda deal: [_parcel(deal, f"{deal.buyer.name}的邻居")], ("waybill",)),
    SupportKind("to_other_name", lambda deal: [_parcel(deal, deal.bystander.name)], ("waybill",), is_misdelivered=True),
    SupportKind(
        "to_other_telephone",
        lambda deal: [_parcel(deal, "某先生", deal.bystander.telephone)],
        ("waybill",),
        is_misdelivered=True,
    ),
    SupportKind(
        "to_other_number",
        lambda deal: [_parcel(deal, "收货小号", number=deal.bystander.number)],
        ("waybill",),
        is_misdelivered=True,
    ),
    SupportKind("other_parcel", lambda deal: [_parcel(deal, deal.bystander.name, waybill=_other(deal.waybill))]),
    SupportKind(
        "other_parcel_of_order",
        lambda deal: [_parcel(deal, deal.buyer.name, waybill=_other(deal.waybill), order=deal.order)],
    ),
    SupportKind("one_row", lambda _: [], (), is_one_row=True),
    SupportKind(
        "one_row_and_parcel",
        lambda deal: [_parcel(deal, deal.buyer.name, deal.buyer.telephone)],
        ("waybill",),
        is_one_row=True,
    ),
    SupportKind("order", lambda deal: [_for_order(deal, deal.order)], ("order",)),
    SupportKind("other_order", lambda deal: [_for_order(deal, _other(deal.order))]),
    SupportKind("order_is_waybill", lambda deal: [_for_order(deal, deal.waybill)]),
    SupportKind("accounts", lambda deal: [_between_accounts(deal, _NEAR_DAYS)], ("account",)),
    SupportKind("accounts_too_far", lambda deal: [_between_accounts(deal, _NEAR_DAYS + 1)]),
    SupportKind(
        "accounts_reversed",
        lambda deal: [_payment(deal, ("付款商户", deal.seller.bank), ("收款用户", deal.buyer.alipay), 0)],
    ),
    SupportKind(
        "account_of_other",
        lambda deal: [_payment(deal, _paying(deal), ("收款商户", deal.bystander.bank), 0)],
    ),
    SupportKind(
        "account_in_payment_only",
        lambda deal: [_payment(deal, _paying(deal), (deal.seller.name, _other(deal.seller.bank)), 0)],
    ),
    SupportKind(
        "parcel_and_payments",
        lambda deal: [
            _parcel(deal, deal.buyer.name),
            _for_order(deal, deal.order),
            _between_accounts(deal, 1),
        ],
        ("waybill", "order", "account"),
    ),
)
"""Kinds of planted deals. A parcel for a masked or unknown receiver corroborates and says nothing about who got it."""


class PlantedSupports(NamedTuple):
    """The rows of each file, and what is true of the changes of hands in them."""

    records: Mapping[str, pl.DataFrame]
    truth: pl.DataFrame


def plant_supports(deals: int, seed: int, numbers: Numbers, first_slot: int, ending: str) -> PlantedSupports:
    """Plant ``deals`` deals of each kind; their cards are in the slots from ``first_slot`` on.

    ``ending`` is that of the names of the files.
    """
    order = np.random.default_rng([seed, 4]).permutation(MAX_DEALS)[:deals]
    kinds, turns = np.divmod(np.arange(deals * len(KINDS)), deals)
    serials = kinds * MAX_DEALS + order[turns]
    slots = first_slot + np.arange(len(serials))
    # of each deal the card that is sold and that of the bystander: numbers as files have them, and without check digit
    offsets = [np.full(len(slots), offset, dtype=np.int64) for offset in (0, 1)]
    written = zip(*(numbers.full(slots, offset) for offset in offsets), strict=True)
    keys = zip(*(numbers.keys(slots, offset) for offset in offsets), strict=True)
    book = _Book(ending)
    for kind, deal, both, known in zip(kinds, _deals(serials, turns), written, keys, strict=True):
        book.write(KINDS[kind], deal, both, known)
    return book.end()


def _deals(serials: Indices, turns: Indices) -> list[_Deal]:
    """Return the material of the deals with some numbers; no two have a name, a contact or a number in common.

    The buyer pays before the sale in every other one of the ``turns``.
    """
    ids = [resident_numbers(6_000_000 + 2 * serials + place) for place in (0, 1)]
    people = zip(
        company_names("shop", serials), person_names(serials), *ids, serials.tolist(), turns.tolist(), strict=True
    )
    deals = []
    for shop, person, first, second, serial, turn in people:
        seller, buyer, bystander = (
            _Party(
                name,
                number,
                telephone=f"139{3 * serial + place:08d}",
                alipay=f"ka{3 * serial + place}@pay.example",
                bank=f"622202{3 * serial + place:09d}0",
            )
            for place, (name, number) in enumerate(((shop, ""), (f"{person}戊", first), (f"{person}己", second)))
        )
        deals.append(
            _Deal(
                seller,
                buyer,
                bystander,
                day=_FIRST_DAY + timedelta(serial % _DAYS),
                direction=-1 if turn % 2 else 1,
                waybill=f"SF1{serial:011d}0",
                order=f"DD{serial:011d}0",
            )
        )
    return deals


class _Book:
    """Rows of all files, and the truth about them."""

    def __init__(self, ending: str) -> None:
        self._ending = ending
        self._rows: dict[str, list[Row]] = {}
        self._truth: list[tuple[str | int | None, ...]] = []

    def write(self, kind: SupportKind, deal: _Deal, cards: Sequence[str], keys: Sequence[str]) -> None:
        seller, buyer, bystander = deal.seller, deal.buyer, deal.bystander
        delivery = {"转让日期": f"{deal.day - timedelta(1)}"}
        for place, receiver in enumerate((seller, bystander)):
            self._move(kind, keys[place], _WHOLESALER, receiver, {"ICCID": cards[place], **delivery})
        sale = {"单号": deal.order, "ICCID": cards[0], "快递单号": deal.waybill, "转让日期": f"{deal.day}"}
        beside = {"寄件人": seller.name, "收件人": bystander.name} if kind.is_one_row else {}
        self._move(kind, keys[0], seller, buyer, sale, beside)
        for party in (seller, buyer, bystander):
            known = {"姓名": party.name, "证件号码": party.number, "手机号": party.telephone}
            self._put("identities", {**known, "支付宝账号": party.alipay, "银行卡号": party.bank})
        hop = (kind.name, keys[0], seller.id, buyer.id)
        for place, ((table, row), key) in enumerate(zip(kind.records(deal), kind.keys, strict=True)):
            stated = self._put(table, row)
            if key is not None:
                self._truth.append((*hop, key, deal.keys[key], *stated))
            if kind.is_misdelivered and not place:
                self._truth.append((*hop, "delivered_to_other", bystander.id, *stated))

    def end(self) -> PlantedSupports:
        records = {
            table: pl.DataFrame([*rows], schema=dict.fromkeys(rows[0], pl.String)) for table, rows in self._rows.items()
        }
        return PlantedSupports(records, pl.DataFrame(self._truth, schema=SUPPORTS, orient="row"))

    def _move(
        self, kind: SupportKind, key: str, sender: _Party, receiver: _Party, row: Row, beside: Row | None = None
    ) -> None:
        """Put down a change of hands; with ``beside``, in the file whose rows state a parcel too."""
        sides = {"卖方": sender.name, "买方": receiver.name, "买方证件号": receiver.number}
        whole = {"单号": "", **sides, "ICCID": "", "快递单号": "", "转让日期": "", **row, **(beside or {})}
        stated = self._put("parcels_sold" if beside else "deliveries", whole)
        self._truth.append((kind.name, key, sender.id, receiver.id, "hop", None, *stated))

    def _put(self, table: str, row: Row) -> tuple[str, int]:
        rows = self._rows.setdefault(table, [])
        rows.append(row)
        return f"{table}.{self._ending}", HEADER_ROW + len(rows)
