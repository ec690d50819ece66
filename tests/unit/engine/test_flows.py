"""Sums over movements against a count that takes every range apart."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.engine.party_flows import (
    MovementFilter,
    estimate_size,
    flow_totals,
    iter_lots,
    iter_records,
    neighbours,
    party_totals,
)
from graphtrace.model import to_epoch_day
from graphtrace.storage import ledger
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend

from ...conftest import examples

FIRST_CARD = 8986061900000000123
FIRST_DAY = date(2024, 3, 1)
CARRIER = "中国联通"
IDS = {CARRIER: "carrier:china-unicom", "甲": "name:甲", "乙": "name:乙", "丙": "name:丙"}
MANY = 4
"""As many days, cards and numbers as there are are few, so that lots meet."""


@dataclass(frozen=True)
class Sale:
    sender: str
    receiver: str
    day: int
    channel: str
    first: int | None = None
    last: int | None = None
    quantity: int | None = None

    @property
    def row(self) -> str:
        day = (FIRST_DAY + timedelta(days=self.day)).isoformat()
        ends = ["", ""] if self.first is None else [str(FIRST_CARD + (end or 0)) for end in (self.first, self.last)]
        listed = ""
        if self.first is not None and self.last is None:
            listed, ends = ends[0], ["", ""]
        return ",".join((self.sender, self.receiver, day, self.channel, listed, *ends, str(self.quantity or "")))

    @property
    def cards(self) -> set[int]:
        return set() if self.first is None else set(range(self.first, (self.last or self.first) + 1))

    @property
    def kind(self) -> str:
        return "purchase" if self.sender == CARRIER else "return" if self.receiver == CARRIER else "transfer"

    @property
    def precision(self) -> str:
        return "quantity" if self.first is None else "listed" if self.last is None else "range"


def sales() -> st.SearchStrategy[list[Sale]]:
    number = st.integers(0, 12)
    pair = st.permutations(list(IDS)).map(lambda names: names[:2])
    lots = st.one_of(
        number.map(lambda first: {"first": first}),
        st.tuples(number, number).map(lambda ends: {"first": min(ends), "last": max(ends)}),
        st.integers(1, MANY).map(lambda quantity: {"quantity": quantity}),
    )
    sale = st.builds(
        lambda pair, day, channel, lot: Sale(*pair, day, channel, **lot),
        *(pair, st.integers(0, MANY), st.sampled_from(["", "微信", "QQ"]), lots),
    )
    return st.lists(sale, min_size=1, max_size=30)


def load(folder: Path, *files: Iterable[Sale], name: str = "{}.csv") -> DuckDBBackend:
    with gt.open_case(folder / "c.gtrace") as case:
        for number, rows in enumerate(files):
            text = "from,to,date,channel,iccid,iccid_first,iccid_last,quantity\n"
            path = folder / name.format(number)
            path.write_text(text + "".join(f"{sale.row}\n" for sale in rows), encoding="utf-8")
            assert not case.load(path).has_errors
    return DuckDBBackend(folder / "c.gtrace")


def within(sales: Iterable[Sale], since: int | None, until: int | None) -> set[Sale]:
    """Each statement once, as far as it is in the time."""
    return {sale for sale in sales if (since is None or sale.day >= since) and (until is None or sale.day <= until)}


def cards_of(sales: Iterable[Sale]) -> int:
    return len(set().union(*(sale.cards for sale in sales)))


def stated(sales: Iterable[Sale]) -> int:
    return sum(sale.quantity or 0 for sale in sales)


day = st.none() | st.integers(0, MANY)


@settings(
    # An example is a load: a few of them, and none tried again to make it smaller.
    max_examples=examples(6),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(sales(), st.data(), day, day, st.none() | st.sets(st.sampled_from(list(IDS)), min_size=1))
def test_sums_are_those_of_a_count_card_by_card(
    every: list[Sale], data: st.DataObject, since: int | None, until: int | None, asked: set[str] | None
) -> None:
    again = data.draw(st.lists(st.sampled_from(every), max_size=5))
    start = to_epoch_day(FIRST_DAY)
    scope = MovementFilter(
        None if asked is None else frozenset(IDS[name] for name in asked),
        None if since is None else start + since,
        None if until is None else start + until,
    )
    # the files are two even where they say the same, unless they are equal byte by byte
    rows = every if every == again else [*every, *again]
    mine = [sale for sale in rows if asked is None or {sale.sender, sale.receiver} <= asked]
    with tempfile.TemporaryDirectory() as folder:
        store = load(Path(folder), every, again)
        for by_channel in (False, True):
            check_flows(store, scope, within(mine, since, until), by_channel=by_channel)
        check_parties(store, scope, asked, within(every, since, until), every)
        check_rows(store, scope, [sale for sale in mine if within([sale], since, until)])
        store.close()


def check_flows(store: DuckDBBackend, scope: MovementFilter, moved: set[Sale], *, by_channel: bool) -> None:
    told = list(flow_totals(store, scope, by_channel=by_channel))
    expected: dict[tuple[str, str, str], set[Sale]] = {}
    for sale in moved:
        key = (IDS[sale.sender], IDS[sale.receiver], sale.channel if by_channel else "")
        expected.setdefault(key, set()).add(sale)
    found = {(flow.sender.id, flow.receiver.id, "".join(flow.channels) if by_channel else ""): flow for flow in told}
    assert found.keys() == expected.keys()
    assert len(found) == len(told)
    assert list(found) == sorted(found, key=lambda key: (*key[:2], key[2] == "", key[2]))
    for key, flow in found.items():
        named = [sale for sale in expected[key] if sale.first is not None]
        unnamed = [sale for sale in expected[key] if sale.first is None]
        days = [to_epoch_day(FIRST_DAY) + sale.day for sale in expected[key]]
        assert (flow.cards, flow.records) == (cards_of(named), len(named))
        assert tuple(flow.quantity_only) == (len(unnamed), stated(unnamed))
        assert (flow.since.earliest, flow.until.latest) == (min(days), max(days))
        assert set(flow.kinds) == {sale.kind for sale in expected[key]}
        assert set(flow.precisions) == {sale.precision for sale in expected[key]}
        assert set(flow.channels) == {sale.channel for sale in expected[key] if sale.channel}


def check_parties(
    store: DuckDBBackend, scope: MovementFilter, asked: set[str] | None, moved: set[Sale], every: list[Sale]
) -> None:
    """Dealings with everybody count, whoever was asked for."""
    told = list(party_totals(store, scope))
    dealing = {name for sale in every for name in (sale.sender, sale.receiver)}
    in_time = {name for sale in moved for name in (sale.sender, sale.receiver)}
    expected = in_time if asked is None else asked & dealing
    assert [summed.party.id for summed in told] == sorted(IDS[name] for name in expected)
    names = {ident: name for name, ident in IDS.items()}
    for summed in told:
        name = names[summed.party.id]
        received = [sale for sale in moved if sale.receiver == name]
        passed = [sale for sale in moved if sale.sender == name]
        assert summed[1:5] == (cards_of(received), stated(received), cards_of(passed), stated(passed))
        assert summed.has_bought == any(sale.sender == CARRIER and sale.receiver == name for sale in every)
        assert summed.has_passed == any(sale.sender == name for sale in every)


def check_rows(store: DuckDBBackend, scope: MovementFilter, rows: list[Sale]) -> None:
    """Every origin, a repeated statement too."""
    lots = [
        (int(lot.first) - FIRST_CARD, int(lot.last) - FIRST_CARD, lot.check_chars) for lot in iter_lots(store, scope)
    ]
    listed = {(sale.first, sale.first, ("",)) for sale in rows if sale.precision == "listed"}
    ranges = {(sale.first, sale.last, None) for sale in rows if sale.precision == "range"}
    assert lots == sorted(listed | ranges, key=lambda lot: (lot[0], lot[1], lot[2] is None))
    found = list(iter_records(store, scope, ("transfer", "purchase", "return")))
    keys = Counter(None if key is None else int(key) - FIRST_CARD for key, _ in found)
    assert keys == Counter(sale.first if sale.precision == "listed" else None for sale in rows)
    places = [row.origin.sort_key for _, row in found]
    assert places == sorted(places)
    counts = estimate_size(store, scope)
    assert counts.records == len(rows)
    assert counts.flows == len({(sale.sender, sale.receiver) for sale in rows})
    assert counts.lots == len({lot[:2] for lot in lots})


@pytest.fixture
def chain(tmp_path: Path) -> DuckDBBackend:
    """On days 0, 2 and 1: a card that the second party had passed on before it came."""
    return load(
        tmp_path,
        [
            Sale("甲", "乙", 2, "", first=1),
            Sale("乙", "丙", 1, "", first=1),
            Sale("乙", CARRIER, 3, "", quantity=5),
            Sale(CARRIER, "甲", 0, "", first=1, last=9),
        ],
    )


def test_a_contact_counts_from_the_day_that_is_asked_for(chain: DuckDBBackend) -> None:
    start = to_epoch_day(FIRST_DAY)

    def contacts(party: str, day: int, *, onward: bool) -> list[tuple[str, int]]:
        found = neighbours(chain, {party: start + day}, onward=onward, since=None, until=None)
        return [(contact.other, contact.day - start) for contact in found]

    assert contacts("name:乙", 0, onward=True) == [("carrier:china-unicom", 3), ("name:丙", 1)]
    assert contacts("name:乙", 2, onward=True) == [("carrier:china-unicom", 3)]
    assert contacts("name:乙", 4, onward=True) == []
    assert contacts("name:乙", 2, onward=False) == [("name:甲", 2)]
    assert contacts("name:乙", 1, onward=False) == []
    assert contacts("name:nobody", 9, onward=False) == []


def test_a_party_that_joins_itself_has_no_flow_to_itself(tmp_path: Path) -> None:
    text = "from,from_id,to,to_id,date,iccid\n甲,91310115MA1K35XR7B,甲,,2024-03-01,8986061900000000001\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "a.csv")
    store = DuckDBBackend(tmp_path / "c.gtrace")
    assert list(flow_totals(store, MovementFilter(), by_channel=False)) == []
    assert estimate_size(store, MovementFilter()) == (0, 0, 0)
    assert len(list(iter_records(store, MovementFilter(), ("transfer",)))) == 1


def test_what_was_known_on_a_day_has_no_later_statement_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Sale("甲", "乙", 0, "", first=1), Sale("甲", "乙", 1, "", first=2, last=5)
    for day, rows in ((1, [first]), (3, [first, second])):
        monkeypatch.setattr(ledger, "datetime", clock(datetime(2024, 5, day, 12, tzinfo=UTC)))
        load(tmp_path, rows, name=f"{day}.csv").close()
    counts, received = [], []
    for as_of in ("2024-04-30", "2024-05-02", "2024-05-03"):
        store = DuckDBBackend(tmp_path / "c.gtrace", as_of=as_of)
        flows = [(flow.cards, flow.records) for flow in flow_totals(store, MovementFilter(), by_channel=False)]
        rows_known = len(list(iter_records(store, MovementFilter(), ("transfer",))))
        counts.append(
            (flows, estimate_size(store, MovementFilter()), rows_known, len(list(iter_lots(store, MovementFilter()))))
        )
        received.append([summed.received for summed in party_totals(store, MovementFilter())])
        store.close()
    assert counts == [([], (0, 0, 0), 0, 0), ([(1, 1)], (1, 1, 1), 1, 1), ([(5, 2)], (1, 3, 2), 3, 2)]
    assert received == [[], [1, 0], [5, 0]]


def clock(now: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls.fromtimestamp(now.timestamp(), tz)

    return Clock
