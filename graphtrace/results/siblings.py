"""Cards that moved together with cards in question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from graphtrace.frozen import frozen
from graphtrace.model import Hop
from graphtrace.results.display import PlainDictMixin
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.tables import RowsMixin, require_pandas
from graphtrace.results.trace import Trace
from graphtrace.wire import ASKED, wire

if TYPE_CHECKING:
    import pandas as pd


@wire("first last cards")
@frozen()
class CardRange:
    """Consecutive cards."""

    first: str
    last: str
    cards: int
    carrier: str | None


@wire(
    "cards activated seized at_large=active_unseized ranges ranges_at_large=at_large",
    doc="Cards that moved together.",
)
@frozen()
class CardGroup:
    """Some cards: how many, how many were ever activated, how many seized, and which were activated and not seized."""

    cards: int
    activated: int
    seized: int
    ranges: tuple[CardRange, ...]
    at_large: tuple[CardRange, ...]

    @property
    def active_unseized(self) -> int:
        """Number of cards that were activated and are not yet seized."""
        return sum(cards.cards for cards in self.at_large)


@wire("chain *hop lot together")
@frozen()
class SiblingLot:
    """The cards that moved in one step of a card.

    - ``chain``: number of the chain, from 1.
    - ``lot``: all cards that records say passed between the same parties on the same day; ``None`` where a record
      states their number only.
    - ``together``: those of them that came the same way in all steps before, too.
    """

    chain: int
    hop: Hop
    lot: CardGroup | None
    together: CardGroup | None


@wire("input=trace.input iccid=trace.card.iccid outcome=trace.outcome same_way lots")
@frozen()
class CardSiblings:
    """Cards that moved together with one card.

    - ``trace``: what is known of the card itself.
    - ``same_way``: the tightest group, the card included: in every step together with it, and in no other. ``None``
      where no record moves the card.
    - ``lots``: chain by chain, the latest step first.
    """

    trace: Trace
    same_way: CardGroup | None
    lots: tuple[SiblingLot, ...]


@wire(
    "*cards carrier=cards.carrier sibling chain n=hop.n same_way=is_same_way",
    name="Suspension",
    doc="Activated cards that are not seized, and how they are related to which card.",
)
@frozen()
class SuspensionCandidate:
    """Cards that were activated and are not yet seized, in the tightest group that they are in.

    ``sibling`` is the number of the card with which they moved, ``hop`` the step by which they did, ``None`` for every
    one; ``is_same_way`` says whether they came together with it up to there.
    """

    cards: CardRange
    sibling: str
    chain: int | None
    hop: Hop | None
    is_same_way: bool


@wire()
class StateCount(NamedTuple):
    """Number of cards with which the latest list has a state, as written."""

    state: str
    cards: int


@wire(
    ASKED,
    "results=_cards:list[CardSiblings] suspension:list[SuspensionCandidate] suspension_unread:int",
    "out_of_service:list[StateCount] not_found:list[str] judgements:list[NamedJudgement] unread?!",
    name="SiblingsAnswer",
    doc="The answer of ``siblings``.",
)
class Siblings(RowsMixin, PlainDictMixin, Sequence[CardSiblings]):
    """Siblings of the cards that were asked for, one entry a card.

    ``suspension`` has the cards that were activated and are not yet seized, each once, the nearest first: what a
    carrier may be asked to suspend; of ``suspension_unread`` of them rows state changes of hands that were not read.
    Cards of which the latest list says that they are closed or stopped, and that were not used since, are none of
    these: ``out_of_service`` has their states with the number of cards.
    ``not_found`` are the inputs that no record knows, ``judgements`` those on which the answer rests.

    Examples
    --------
    >>> siblings = case.siblings("8986061900000000001", "8986061900000000009")
    >>> len(siblings), siblings.not_found
    (1, ('8986061900000000009',))
    """

    def __init__(
        self,
        cards: Iterable[CardSiblings],
        suspension: Iterable[SuspensionCandidate],
        suspension_unread: int = 0,
        not_found: Iterable[str] = (),
        judgements: Iterable[NamedJudgement] = (),
        out_of_service: Iterable[tuple[str, int]] = (),
    ) -> None:
        self.out_of_service = tuple(StateCount(*each) for each in out_of_service)
        self.judgements = tuple(judgements)
        self._cards = tuple(cards)
        self.suspension = tuple(suspension)
        self.suspension_unread = suspension_unread
        self.not_found = tuple(not_found)

    @overload
    def __getitem__(self, index: int) -> CardSiblings: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CardSiblings, ...]: ...
    def __getitem__(self, index: int | slice) -> CardSiblings | tuple[CardSiblings, ...]:
        return self._cards[index]

    def __len__(self) -> int:
        return len(self._cards)

    def __iter__(self) -> Iterator[CardSiblings]:
        return iter(self._cards)

    def __repr__(self) -> str:
        cards = sum(one.cards.cards for one in self.suspension)
        return f"<Siblings of {len(self)} cards: {cards} activated and not seized>"

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return SUSPENSION_COLUMNS, [suspension_row(entry) for entry in self.suspension]

    def to_pandas(self) -> pd.DataFrame:
        """Return the cards for suspension, one row a range. Columns: those of :func:`suspension_row`."""
        require_pandas()
        import pandas as pd

        rows = [suspension_row(entry) for entry in self.suspension]
        return pd.DataFrame(rows, columns=list(SUSPENSION_COLUMNS)).astype({"chain": "Int64", "n": "Int64"})


SUSPENSION_COLUMNS = (
    *("carrier", "first", "last", "cards", "sibling", "chain", "n", "from_id", "from", "to_id", "to", "date"),
    "same_way",
)


def suspension_row(entry: SuspensionCandidate) -> dict[str, Any]:
    """Return a range for suspension as a row with the keys :data:`SUSPENSION_COLUMNS`; ``n`` ``None``: every step."""
    cards, hop = entry.cards, entry.hop
    step: tuple[Any, ...] = (None,) * 6
    if hop is not None:
        step = (hop.n, hop.sender.id, hop.sender.name, hop.receiver.id, hop.receiver.name, hop.day)
    figures = (
        *(cards.carrier, cards.first, cards.last, cards.cards, entry.sibling, entry.chain),
        *(*step, entry.is_same_way),
    )
    return dict(zip(SUSPENSION_COLUMNS, figures, strict=True))
