"""Scenarios of a block of cards, as data: who passes on what and when, and what is then true.

A block is three parts of :data:`PART` cards, ``a``, ``b`` and ``c``, and free numbers behind them, ``d``. A step is a
day of the block, a later step a later day. Parties are letters: ``C`` the carrier, ``D`` another one, ``E`` an
enterprise, ``F`` another one, ``R1`` to ``R5`` companies of the five tiers, ``Q1`` to ``Q6`` companies of this block
alone, ``P`` and ``O`` people, ``N1`` and ``N2`` two of one name, ``N`` whoever is meant where that name stands alone.

What is true is written out by hand for each scenario, from the rules (SPEC 4), and is worked out by nothing that the
product uses: chains as their parties in order, ``/`` where a step is missing, and the findings, each as often as it is
made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from graphtrace.model import Outcome

PART: Final = 10
PARTS: Final = "abcd"

LISTED: Final = ("retail", "named")
UNLISTED: Final = ("bought", "sold")
"""Tables of sales card by card, and of sales by number of cards; the others name ranges."""

Table = Literal["purchases", "transfers", "copy", "ledger", "retail", "named", "returns", "bought", "sold"]


@dataclass(frozen=True, slots=True)
class Move:
    """A record of a purchase, transfer or return; ``route`` is sender>receiver.

    ``table`` says in which file it stands and so how it names its cards: ``purchases``, ``transfers``, ``copy``,
    ``ledger`` and ``returns`` by range, ``retail`` and ``named`` card by card, ``bought`` and ``sold`` by their number
    only. ``month`` means that the record names the month of the day; ``refused`` gives field and reason of a row that
    has to be rejected.
    """

    route: str
    step: int
    cards: str = "abc"
    table: Table = "transfers"
    month: bool = False
    refused: tuple[str, str] | None = None

    @property
    def sender(self) -> str:
        """The letter of who passes on."""
        return self.route.split(">")[0]

    @property
    def receiver(self) -> str:
        """The letter of who receives."""
        return self.route.split(">")[1]


LATER: Final = -1
"""The step of an activation on some day after the last step, of each card on another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationSpec:
    """An activation of every card that is used at all.

    ``user`` is a party, nobody, or ``holder``: the last holder for every other card and nobody for the rest. ``device``
    is the card's own, its second one, or one that five cards share. ``table`` says by which numbers the record names
    the card (``by_line``: by the subscriber number only), ``line`` whose subscriber number that is: its own or that of
    the card before it.
    """

    step: int = LATER
    user: str | None = None
    device: Literal["own", "second", "shared"] = "own"
    table: Literal["activations", "platform", "by_line"] = "activations"
    line: Literal["own", "before"] = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedTruth:
    """Truth about the cards of one part; with ``every`` 2, about every other one from ``start`` on.

    ``used_findings`` and ``end_user`` are those of the cards that are used, which are a ``share`` of all. ``end_user``
    ``holder`` is the user of the last activation or, where it names none, the holder on which all chains agree;
    ``None`` says that nobody is: a carrier never is.
    ``written`` is how the number of a card is made that no record names.
    """

    part: str
    chains: tuple[str, ...] = ()
    outcome: Outcome = Outcome.CONTINUOUS
    findings: tuple[str, ...] = ()
    uses: tuple[ActivationSpec, ...] = (ActivationSpec(user="holder"),)
    share: float = 0.7
    end_user: str | None = "holder"
    used_findings: tuple[str, ...] = ()
    written: Literal["keys", "lettered", "foreign"] = "keys"
    start: int = 0
    every: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thing that can happen to part ``b``. ``scenario`` is its number in SPEC 4, ``""`` where it has none.

    The cards of ``seized`` are seized, those of ``stocked`` are in a stock declaration of ``E``. ``is_mobile`` allows
    numbers of China Mobile only; ``is_early`` means that all happens in the first year.
    """

    name: str
    scenario: str
    moves: tuple[Move, ...]
    truths: tuple[ExpectedTruth, ...]
    seized: str = ""
    stocked: str = ""
    is_mobile: bool = False
    is_early: bool = False

    @property
    def cards(self) -> int:
        """Cards of a block that some record names."""
        return PART * len({truth.part for truth in self.truths if truth.outcome is not NOT_FOUND})

    @property
    def duplicates(self) -> int:
        """Rows of a block that say what another row says."""
        return sum(move.table == "copy" for move in self.moves)

    @property
    def serials(self) -> int:
        """Numbers of records that a block may need."""
        return sum(move.table in UNLISTED for move in self.moves) + bool(self.seized) + bool(self.stocked)

    @property
    def steps(self) -> int:
        """Days of a block on which something is dated."""
        used = [use.step for truth in self.truths for use in truth.uses]
        return 1 + max([0, *(move.step for move in self.moves), *used])

    @property
    def parties(self) -> list[str]:
        """The letters of everyone who plays a part."""
        movers = {letter for move in self.moves for letter in (move.sender, move.receiver)}
        users = {use.user for truth in self.truths for use in truth.uses if use.user and use.user != "holder"}
        return sorted(movers | users | ({"E"} if self.stocked else set()))


CONTINUOUS, INFERRED, BROKEN = Outcome.CONTINUOUS, Outcome.INFERRED, Outcome.BROKEN
AMBIGUOUS, NOT_FOUND = Outcome.AMBIGUOUS, Outcome.NOT_FOUND

_BOUGHT: Final = Move("C>E", 0, table="purchases")
_LOT: Final = (_BOUGHT, Move("E>R1", 1))
"""A lot goes from the carrier by an enterprise to a wholesaler."""


def _in_a_lot(truth: ExpectedTruth, *more: ExpectedTruth, rest: str = "C E R1") -> tuple[ExpectedTruth, ...]:
    """Return the truth about part b beside parts of the same lot to which nothing happens."""
    return (ExpectedTruth(part="a", chains=(rest,)), truth, *more, ExpectedTruth(part="c", chains=(rest,)))


def _beside_unlisted_sales(truth: ExpectedTruth, sales: int = 1) -> tuple[ExpectedTruth, ...]:
    """Return the truth about part b beside parts that may be among the cards that Q1 sold by number only."""
    onward = ("possible_onward",) * sales
    return (
        ExpectedTruth(part="a", chains=("C E Q1",), findings=onward),
        truth,
        ExpectedTruth(part="c", chains=("C E Q1",), findings=onward),
    )


_DIFFERS: Final = ("user_differs_from_holder",)

SCENARIOS: Final = (
    Scenario(
        name="same_day",
        scenario="S2",
        moves=(*_LOT, Move("R1>R2", 1, "b"), Move("R2>R3", 1, "b", "retail")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 R2 R3",))),
    ),
    Scenario(
        name="gap",
        scenario="S3",
        moves=(*_LOT, Move("R2>R3", 3, "b")),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1 / R2 R3",), outcome=BROKEN, findings=("custody_gap",))
        ),
    ),
    Scenario(
        name="two_gaps",
        scenario="S3",
        moves=(*_LOT, Move("R2>R3", 3, "b"), Move("R4>R5", 5, "b", "retail")),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1 / R2 R3 / R4 R5",), outcome=BROKEN, findings=("custody_gap",) * 2)
        ),
    ),
    Scenario(
        name="no_purchase",
        scenario="S4",
        moves=(
            *(Move("C>E", 0, part, "purchases") for part in "ac"),
            *(Move("E>R1", 1, part) for part in "ac"),
            Move("R1>R2", 2, "b"),
            Move("R2>R3", 3, "b"),
        ),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("R1 R2 R3",), outcome=BROKEN, findings=("no_purchase",))),
    ),
    Scenario(
        name="double_transfer",
        scenario="S5",
        moves=(*_LOT, Move("R1>R2", 2, "b"), Move("R1>R3", 3, "b")),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1 R2", "C E R1 R3"), outcome=AMBIGUOUS, findings=("double_transfer",))
        ),
    ),
    Scenario(
        name="two_registrants",
        scenario="S6",
        moves=(*_LOT, Move("C>F", 2, "b", "purchases"), Move("F>R2", 3, "b")),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1", "C F R2"), outcome=AMBIGUOUS, findings=("multiple_registrants",))
        ),
    ),
    Scenario(
        name="date_inversion",
        scenario="S7",
        moves=(
            Move("C>E", 2, table="purchases"),
            Move("E>R1", 3, "a"),
            Move("E>R1", 1, "b"),
            Move("E>R1", 3, "c"),
            Move("R1>R2", 4, "b"),
        ),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1 R2",), outcome=INFERRED, findings=("date_inversion",))
        ),
    ),
    Scenario(
        name="taken_back",
        scenario="S8",
        moves=(*_LOT, Move("R1>E", 2, "b", "returns"), Move("E>R2", 3, "b")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 E R2",))),
    ),
    Scenario(
        name="sold_twice_to_one",
        scenario="S8",
        moves=(*_LOT, Move("R1>R2", 2, "b"), Move("R2>R1", 3, "b", "returns"), Move("R1>R2", 4, "b")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 R2 R1 R2",))),
    ),
    Scenario(
        name="repeated_row",
        scenario="S9",
        moves=(*_LOT, Move("R1>R2", 2, "b"), Move("R1>R2", 2, "b", "copy")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 R2",))),
    ),
    Scenario(
        name="two_ledgers",
        scenario="S9",
        moves=(*_LOT, Move("R1>R2", 2, "b"), Move("R1>R2", 2, "b", "ledger")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 R2",))),
    ),
    Scenario(
        name="month_and_day",
        scenario="S9",
        moves=(*_LOT, Move("R1>R2", 2, "b"), Move("R1>R2", 2, "b", "ledger", month=True)),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 R2",))),
    ),
    Scenario(
        name="date_disagreement",
        scenario="S10",
        moves=(*_LOT, Move("R1>R2", 2, "b"), Move("R1>R2", 4, "b", "ledger"), Move("R2>R3", 3, "b")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 R2 R3",), findings=("date_disagreement",))),
    ),
    Scenario(
        name="activated_before_purchase",
        scenario="S11",
        moves=(Move("C>E", 1, table="purchases"), Move("E>R1", 2)),
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(ActivationSpec(step=0),),
                share=1,
                end_user=None,
                used_findings=("activated_before_purchase",),
                every=2,
            ),
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(ActivationSpec(step=0, user="P"),),
                share=1,
                end_user="P",
                used_findings=("activated_before_purchase", *_DIFFERS),
                start=1,
                every=2,
            ),
        ),
    ),
    Scenario(
        name="activated_on_purchase_day",
        scenario="S11",
        moves=(Move("C>E", 1, table="purchases"), Move("E>R1", 2)),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1",), uses=(ActivationSpec(step=1),), share=1, end_user="E")
        ),
    ),
    Scenario(
        name="used_by_another",
        scenario="S12",
        moves=_LOT,
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(ActivationSpec(user="P"),),
                share=1,
                end_user="P",
                used_findings=_DIFFERS,
            )
        ),
    ),
    Scenario(
        name="used_by_neither",
        scenario="S12",
        moves=(*_LOT, Move("R1>R2", 2, "b"), Move("R1>R3", 3, "b")),
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1 R2", "C E R1 R3"),
                outcome=AMBIGUOUS,
                findings=("double_transfer",),
                uses=(ActivationSpec(user="P"),),
                share=1,
                end_user="P",
                used_findings=_DIFFERS,
            )
        ),
    ),
    Scenario(
        name="unlisted_hop",
        scenario="S13",
        moves=(_BOUGHT, Move("E>Q1", 1), Move("Q1>Q2", 2, table="sold"), Move("Q2>R3", 3, "b", "retail")),
        truths=_beside_unlisted_sales(ExpectedTruth(part="b", chains=("C E Q1 Q2 R3",), outcome=INFERRED)),
    ),
    Scenario(
        name="unlisted_hop_on_the_day",
        scenario="S13",
        moves=(_BOUGHT, Move("E>Q1", 1), Move("Q1>Q2", 2, table="sold"), Move("Q2>R3", 2, "b")),
        truths=_beside_unlisted_sales(ExpectedTruth(part="b", chains=("C E Q1 Q2 R3",), outcome=INFERRED)),
    ),
    Scenario(
        name="four_unlisted_hops",
        scenario="S13",
        moves=(
            _BOUGHT,
            Move("E>Q1", 1),
            Move("Q1>Q2", 2, table="sold"),
            Move("Q2>Q3", 3, table="sold"),
            Move("Q3>Q4", 4, table="sold"),
            Move("Q4>Q5", 5, table="sold"),
            Move("Q5>R3", 6, "b"),
        ),
        truths=_beside_unlisted_sales(ExpectedTruth(part="b", chains=("C E Q1 Q2 Q3 Q4 Q5 R3",), outcome=INFERRED)),
    ),
    Scenario(
        name="five_unlisted_hops",
        scenario="S13",
        moves=(
            _BOUGHT,
            Move("E>Q1", 1),
            Move("Q1>Q2", 2, table="sold"),
            Move("Q2>Q3", 3, table="sold"),
            Move("Q3>Q4", 4, table="sold"),
            Move("Q4>Q5", 5, table="sold"),
            Move("Q5>Q6", 6, table="sold"),
            Move("Q6>R3", 7, "b"),
        ),
        truths=_beside_unlisted_sales(
            ExpectedTruth(part="b", chains=("C E Q1 / Q6 R3",), outcome=BROKEN, findings=("custody_gap",))
        ),
    ),
    Scenario(
        name="two_unlisted_ways",
        scenario="S13",
        moves=(
            _BOUGHT,
            Move("E>Q1", 1),
            Move("Q1>Q2", 2, table="sold"),
            Move("Q1>Q3", 2, table="sold"),
            Move("Q2>Q4", 3, table="sold"),
            Move("Q3>Q4", 3, table="sold"),
            Move("Q4>R3", 4, "b"),
        ),
        truths=_beside_unlisted_sales(
            ExpectedTruth(part="b", chains=("C E Q1 / Q4 R3",), outcome=BROKEN, findings=("custody_gap",)), sales=2
        ),
    ),
    Scenario(
        name="late_unlisted_hop",
        scenario="S13",
        moves=(_BOUGHT, Move("E>Q1", 1), Move("Q1>Q2", 3, table="sold"), Move("Q2>R3", 2, "b")),
        truths=_beside_unlisted_sales(
            ExpectedTruth(part="b", chains=("C E Q1 / Q2 R3",), outcome=BROKEN, findings=("custody_gap",))
        ),
    ),
    Scenario(
        name="unlisted_purchase",
        scenario="S13",
        moves=(Move("C>Q1", 0, table="bought"), Move("Q1>R1", 1, "b")),
        truths=(ExpectedTruth(part="b", chains=("C Q1 R1",), outcome=INFERRED),),
        is_early=True,
    ),
    Scenario(
        name="another_carriers_purchase",
        scenario="S13",
        moves=(Move("D>Q1", 0, table="bought"), Move("Q1>R1", 1, "b")),
        truths=(ExpectedTruth(part="b", chains=("Q1 R1",), outcome=BROKEN, findings=("no_purchase",)),),
        is_early=True,
    ),
    Scenario(
        name="unlisted_onward",
        scenario="S14",
        moves=(
            _BOUGHT,
            Move("E>Q1", 1, "b"),
            Move("Q1>Q2", 2, table="sold"),
            Move("Q1>Q3", 3, table="sold"),
        ),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E Q1",), findings=("possible_onward",) * 2), rest="C E"),
    ),
    Scenario(
        name="sold_on_receipt_day",
        scenario="S14",
        moves=(_BOUGHT, Move("E>Q1", 1, "b"), Move("Q1>Q2", 1, table="sold")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E Q1",), findings=("possible_onward",)), rest="C E"),
    ),
    Scenario(
        name="sold_before_receipt",
        scenario="S14",
        moves=(_BOUGHT, Move("Q1>Q2", 1, table="sold"), Move("E>Q1", 2, "b")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E Q1",)), rest="C E"),
    ),
    Scenario(
        name="never_seen",
        scenario="S15",
        moves=_LOT,
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1",)),
            ExpectedTruth(part="d", outcome=NOT_FOUND, written="foreign", uses=()),
        ),
    ),
    Scenario(
        name="just_outside",
        scenario="S16",
        moves=_LOT,
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1",)),
            ExpectedTruth(part="d", outcome=NOT_FOUND, findings=("near_miss",), uses=()),
        ),
    ),
    Scenario(
        name="letter_inside",
        scenario="S16",
        moves=_LOT,
        truths=(
            *_in_a_lot(ExpectedTruth(part="b", chains=("C E R1",))),
            ExpectedTruth(part="b", outcome=NOT_FOUND, findings=("near_miss",), uses=(), written="lettered"),
        ),
        is_mobile=True,
    ),
    Scenario(
        name="self_transfer",
        scenario="S17",
        moves=(*_LOT, Move("R1>R1", 2, "b", refused=("to", "self_transfer"))),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1",), findings=("unread_movement",))),
    ),
    Scenario(
        name="joined_self_transfer",
        scenario="S17",
        moves=(_BOUGHT, Move("E>E", 1, "b", "named"), Move("E>R1", 2)),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1",), findings=("self_transfer",))),
    ),
    Scenario(
        name="used_in_the_enterprise",
        scenario="S18",
        moves=(_BOUGHT, Move("E>R1", 2)),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1",), uses=(ActivationSpec(step=1, user="E"),), share=1, end_user="E")
        ),
    ),
    Scenario(
        name="used_on_the_way",
        scenario="S18",
        moves=(*_LOT, Move("R1>R2", 3, "b")),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1 R2",), uses=(ActivationSpec(step=2),), share=1, end_user="R1")
        ),
    ),
    Scenario(
        name="used_by_another_on_the_way",
        scenario="S18",
        moves=(*_LOT, Move("R1>R2", 3, "b")),
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1 R2",),
                uses=(ActivationSpec(step=2, user="P"),),
                share=1,
                end_user="P",
                used_findings=_DIFFERS,
            )
        ),
    ),
    Scenario(
        name="shared_device",
        scenario="S19",
        moves=_LOT,
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(ActivationSpec(user="holder", device="shared"),),
                share=1,
                used_findings=("shared_device",),
            )
        ),
    ),
    Scenario(
        name="device_changes",
        scenario="S19",
        moves=_LOT,
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(ActivationSpec(), ActivationSpec(device="second")),
                share=1,
                used_findings=("device_changes",),
            )
        ),
    ),
    Scenario(
        name="sold_again",
        scenario="S20",
        moves=(
            *_LOT,
            Move("R1>C", 2, "b", "returns"),
            Move("C>F", 3, "b", "purchases"),
            Move("F>R2", 4, "b"),
        ),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E R1 C F R2",))),
    ),
    Scenario(
        name="given_back",
        scenario="S20",
        moves=(_BOUGHT, Move("E>C", 1, "b", "returns")),
        truths=_in_a_lot(ExpectedTruth(part="b", chains=("C E C",), uses=()), rest="C E"),
    ),
    Scenario(
        name="only_activated",
        scenario="S21",
        moves=(),
        truths=(
            ExpectedTruth(
                part="b",
                outcome=BROKEN,
                findings=("no_purchase",),
                uses=(ActivationSpec(user="P"),),
                share=1,
                end_user="P",
            ),
        ),
    ),
    Scenario(
        name="only_seized",
        scenario="S21",
        moves=(),
        truths=(ExpectedTruth(part="b", outcome=BROKEN, findings=("no_purchase",), uses=()),),
        seized="b",
    ),
    Scenario(
        name="only_stocked",
        scenario="S21",
        moves=(),
        truths=(ExpectedTruth(part="b", outcome=BROKEN, findings=("no_purchase",), uses=()),),
        stocked="b",
    ),
    Scenario(
        name="namesakes",
        scenario="",
        moves=(
            *_LOT,
            Move("R1>N1", 2, "a", "named"),
            Move("R1>N", 2, "b", "named"),
            Move("R1>N2", 2, "c", "named"),
        ),
        truths=(
            ExpectedTruth(part="a", chains=("C E R1 N1",), uses=()),
            ExpectedTruth(part="b", chains=("C E R1 N",), findings=("ambiguous_party",)),
            ExpectedTruth(part="c", chains=("C E R1 N2",), uses=()),
        ),
    ),
    Scenario(
        name="two_orders",
        scenario="",
        moves=(
            _BOUGHT,
            Move("E>R1", 1, "b"),
            Move("R1>E", 1, "b", "returns"),
            Move("E>R3", 1, "b"),
            Move("R3>E", 1, "b", "returns"),
            Move("E>R2", 1, "b"),
        ),
        truths=_in_a_lot(
            ExpectedTruth(part="b", chains=("C E R1 E R3 E R2",), findings=("order_undetermined",)), rest="C E"
        ),
    ),
    Scenario(
        name="by_subscriber_number",
        scenario="",
        moves=_LOT,
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(ActivationSpec(step=2, table="platform"), ActivationSpec(step=3, user="P", table="by_line")),
                share=1,
                end_user="P",
                used_findings=_DIFFERS,
            )
        ),
    ),
    Scenario(
        name="moved_subscriber_number",
        scenario="",
        moves=_LOT,
        truths=_in_a_lot(
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(ActivationSpec(step=2, table="platform"), ActivationSpec(step=3, user="P", table="by_line")),
                share=1,
                end_user="P",
                used_findings=_DIFFERS,
                every=2,
            ),
            ExpectedTruth(
                part="b",
                chains=("C E R1",),
                uses=(
                    ActivationSpec(step=4, table="platform", line="before"),
                    ActivationSpec(step=5, user="O", table="by_line", line="before"),
                ),
                share=1,
                end_user="O",
                used_findings=_DIFFERS,
                start=1,
                every=2,
            ),
        ),
    ),
)
"""Everything that can be planted, in the order of the scenarios."""
