"""Generation of a synthetic case: plan its scenarios, write it shard by shard, describe it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from graphtrace.errors import UsageError, os_reason
from graphtrace.render.command_results import SimulatedCase
from graphtrace.render.json import answer_document
from graphtrace.render.simulation_readme import readme
from graphtrace.results.simulation import ScenarioCount, SimulationResult
from graphtrace.simulate.blocks import (
    LOTS_PER_SHARD,
    PART,
    SCENARIOS,
    Cast,
    Scenario,
    assign_parties,
    generate_block,
    generate_lots,
)
from graphtrace.simulate.file_tables import TableWriter
from graphtrace.simulate.files import MAX_CARDS, Format, MessyFiles, TableFiles
from graphtrace.simulate.made_parties import Directory
from graphtrace.simulate.numbers import SLOT_SIZE, Numbers, carrier_of_slots, mobile_slots
from graphtrace.simulate.planted_aliases import KINDS as ALIAS_KINDS
from graphtrace.simulate.planted_aliases import MAX_PAIRS, SLOTS_A_PAIR, plant_aliases
from graphtrace.simulate.planted_supports import KINDS as SUPPORT_KINDS
from graphtrace.simulate.planted_supports import MAX_DEALS, plant_supports
from graphtrace.simulate.shards import SUMMARY, Shard, ShardResult, StockTotals, TableRows, TruthWriter
from graphtrace.storage.case_folder import refuse_inside_case

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

    Indices = npt.NDArray[np.int64]

DEFAULT_RATE: Final = 0.001
"""Share of all cards to which each thing happens that can be planted."""

BLOCKS_PER_SHARD: Final = 200
"""Number of blocks of each scenario in one shard."""

_WORKERS: Final = 2
RECORDS: Final = "records"
TRUTH: Final = "truth"
README: Final = "README.md"


class PlannedScenario(NamedTuple):
    """A scenario, the share of all cards that it is planned for, and the number of blocks in which it occurs.

    In each block it happens to :data:`~graphtrace.simulate.blocks.PART` cards.
    """

    scenario: Scenario
    rate: float
    blocks: int

    def counted(self) -> ScenarioCount:
        """Return what the report says of it."""
        scenario = self.scenario
        return ScenarioCount(
            name=scenario.name,
            scenario=scenario.scenario or None,
            rate=self.rate,
            blocks=self.blocks,
            cards=self.blocks * PART,
        )


def simulate(
    folder: Path,
    cards: int,
    seed: int,
    *,
    form: Format = "csv",
    is_messy: bool = False,
    rates: Mapping[str, float] | None = None,
    aliases: int = 0,
    supports: int = 0,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> SimulationResult:
    """Make a case of ``cards`` cards in ``folder``, which must be empty or new.

    Parameters
    ----------
    cards
        Cards that some record names.
    seed
        The same seed makes the same bytes.
    form
        Of the files of records.
    is_messy
        Write them as people send them: of several forms, with damaged cells, titles, totals. Not for more than
        :data:`~graphtrace.simulate.files.MAX_CARDS` cards.
    rates
        For each scenario its share of all cards, ``""`` for those not named; a scenario is generated at least once
        unless its rate is 0.
    aliases
        Pairs of names of each kind that are planted beside, with cards of their own.
    supports
        Deals of each kind with shipments, payments and identities, planted beside in the same way.
    progress
        Called with (stage, shards done, shards in all).

    Raises
    ------
    UsageError
        If the folder holds something, a scenario is unknown, or what is to be planted needs more cards.

    Notes
    -----
    Time is linear in the cards; memory is that of a million cards and of the names of the parties.
    """
    _check_sizes(cards, seed, is_messy=is_messy, aliases=aliases, supports=supports)
    planted = plan_scenarios(cards, rates or {})
    _make_folders(folder)
    random = np.random.default_rng([seed, 0])
    world = _World(planted, cards, seed, random)
    truth = TruthWriter(folder / TRUTH)
    files = MessyFiles(folder / RECORDS, random) if is_messy else TableFiles(folder / RECORDS, form)
    _write_shards(world, files, truth, random, progress)
    rows = dict(files.rows)
    if aliases:
        rows |= world.write_aliases(aliases, folder / RECORDS, form, truth)
    if supports:
        rows |= world.write_supports(supports, aliases, folder / RECORDS, form, truth)
    options = ["--messy"] if is_messy else ["--format", form]
    options += [f"--faults {name}={rate:g}" if name else f"--faults {rate:g}" for name, rate in (rates or {}).items()]
    options += [f"--aliases {aliases}"] if aliases else []
    options += [f"--supports {supports}"] if supports else []
    made = SimulationResult(
        folder=folder,
        command=" ".join([f"graphtrace simulate OUT --cards {cards} --seed {seed}", *options]),
        cards=cards,
        seed=seed,
        rows=rows,
        rejected=len(files.rejects),
        duplicates=files.duplicates + sum(one.blocks * one.scenario.duplicates for one in planted),
        aliases=aliases,
        supports=supports,
        scenarios=tuple(one.counted() for one in planted),
    )
    _write_description(made)
    return made


def _check_sizes(cards: int, seed: int, *, is_messy: bool, aliases: int, supports: int) -> None:
    if cards < 1 or seed < 0:
        raise UsageError("bad_size_or_seed", hint="simulate_example")
    if is_messy and cards > MAX_CARDS:
        raise UsageError("too_many_messy_cards", most=MAX_CARDS, hint="fewer_or_clean")
    if not 0 <= aliases <= MAX_PAIRS:
        raise UsageError("bad_aliases", count=aliases, most=MAX_PAIRS, hint="simulate_aliases_example")
    if not 0 <= supports <= MAX_DEALS:
        raise UsageError("bad_supports", count=supports, most=MAX_DEALS, hint="simulate_supports_example")


def _write_shards(
    world: _World,
    files: MessyFiles | TableFiles,
    truth: TruthWriter,
    random: np.random.Generator,
    progress: Callable[[str, int, int | None], None] | None,
) -> None:
    stocks = StockTotals(world.writing)
    tasks = [*world.tasks()]
    for number, shard in enumerate(_ahead(tasks), 1):
        files.write(shard.records)
        truth.write(shard.histories, shard.uses)
        stocks.add(shard)
        if progress is not None:
            progress("", number, len(tasks))
    files.write([stocks.declare(random)])
    files.close()
    truth.write_rejects(files.rejects)


def _write_description(made: SimulationResult) -> None:
    summary = {**answer_document("", SimulatedCase(made, ())), "folder": None}
    (made.folder / TRUTH / SUMMARY).write_text(
        json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n"
    )
    (made.folder / README).write_text(readme(made), encoding="utf-8", newline="\n")


def plan_scenarios(cards: int, rates: Mapping[str, float]) -> tuple[PlannedScenario, ...]:
    """Plan the number of blocks of each scenario among ``cards`` cards.

    Raises UsageError if a scenario is unknown, a rate is no share, or the scenarios need more cards than there are.
    """
    names = {scenario.name for scenario in SCENARIOS}
    unknown = [name for name in rates if name and name not in names]
    if unknown:
        raise UsageError("unknown_fault", name=unknown[0], names=sorted(names), hint="names_are")
    wrong = [rate for rate in rates.values() if not 0 <= rate <= 1]
    if wrong:
        raise UsageError("bad_share", name=wrong[0], hint="rate_range")
    usual = rates.get("", DEFAULT_RATE)
    planted = []
    for scenario in SCENARIOS:
        rate = rates.get(scenario.name, usual)
        if rate:
            planted.append(PlannedScenario(scenario=scenario, rate=rate, blocks=max(1, round(rate * cards / PART))))
    needed = sum(one.blocks * one.scenario.cards for one in planted)
    if needed > cards:
        raise UsageError("too_few_cards_to_plant", needed=needed, cards=cards, hint="more_cards_or_lower_rates")
    return tuple(planted)


class _World:
    """Parties and cards of the case, before any event."""

    def __init__(self, planted: Sequence[PlannedScenario], cards: int, seed: int, random: np.random.Generator) -> None:
        self._seed = seed
        directory = Directory(cards)
        self._blocks: list[tuple[Scenario, Indices, Cast]] = []
        self._free = 0
        for one in planted:
            slots = _take_slots(one, self._free)
            self._blocks.append(
                (one.scenario, slots, assign_parties(one.scenario, carrier_of_slots(slots), directory, random))
            )
            self._free = int(slots[-1]) + 1
        self._sizes = _lot_sizes(cards - sum(one.blocks * one.scenario.cards for one in planted))
        self.writing = TableWriter(directory, Numbers(self._free + len(self._sizes)))

    def tasks(self) -> Iterator[Callable[[], ShardResult]]:
        """Yield a task for each shard of the case; they are independent and may run in any order."""
        most = max((len(slots) for _, slots, _ in self._blocks), default=0)
        shards = range(0, most, BLOCKS_PER_SHARD)
        yield from (partial(self._generate_blocks, first) for first in shards)
        serials = len(shards) * self._serials
        yield from (partial(self._tell_lots, first, serials) for first in range(0, len(self._sizes), LOTS_PER_SHARD))

    def write_aliases(self, pairs: int, folder: Path, form: Format, truth: TruthWriter) -> dict[str, int]:
        """Write the records of planted names and what is true of them; the rows of their file, by its name."""
        first = self._free + len(self._sizes)
        numbers = Numbers(first + _slots_of_aliases(pairs))
        planted = plant_aliases(pairs, self._seed, numbers, first)
        truth.write_aliases(planted.truth)
        return _write_tables({"aliases": planted.records}, folder, form)

    def write_supports(self, deals: int, pairs: int, folder: Path, form: Format, truth: TruthWriter) -> dict[str, int]:
        """Write deals, the records beside them and what is true of both, behind ``pairs`` pairs of planted names."""
        first = self._free + len(self._sizes) + _slots_of_aliases(pairs)
        planted = plant_supports(deals, self._seed, Numbers(first + deals * len(SUPPORT_KINDS)), first, form)
        truth.write_supports(planted.truth)
        return _write_tables(planted.records, folder, form)

    @property
    def _serials(self) -> int:
        return BLOCKS_PER_SHARD * sum(scenario.serials for scenario, _, _ in self._blocks)

    def _generate_blocks(self, first: int) -> ShardResult:
        shard = Shard(self.writing, first // BLOCKS_PER_SHARD * self._serials)
        some = slice(first, first + BLOCKS_PER_SHARD)
        for number, (scenario, slots, cast) in enumerate(self._blocks):
            random = np.random.default_rng([self._seed, 1, number, first])
            players = {letter: parties[some] for letter, parties in cast.items()}
            generate_block(scenario, slots[some], players, shard, random)
        return shard.end()

    def _tell_lots(self, first: int, serials: int) -> ShardResult:
        shard = Shard(self.writing, serials + first * SLOT_SIZE)
        sizes = self._sizes[first : first + LOTS_PER_SHARD]
        slots = self._free + first + np.arange(len(sizes))
        generate_lots(slots, sizes, shard, np.random.default_rng([self._seed, 2, first]))
        return shard.end()


def _ahead(tasks: Sequence[Callable[[], ShardResult]]) -> Iterator[ShardResult]:
    """Yield the shards in order; the next ones are generated while one is written."""
    with ThreadPoolExecutor(_WORKERS) as workers:
        waiting: deque[Future[ShardResult]] = deque()
        for task in tasks:
            waiting.append(workers.submit(task))
            if len(waiting) > _WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _slots_of_aliases(pairs: int) -> int:
    return SLOTS_A_PAIR * pairs * len(ALIAS_KINDS)


def _write_tables(records: Mapping[str, pl.DataFrame], folder: Path, form: Format) -> dict[str, int]:
    files = TableFiles(folder, form)
    files.write([TableRows(table, frame, {}) for table, frame in records.items()])
    files.close()
    return files.rows


def _take_slots(one: PlannedScenario, free: int) -> Indices:
    if one.scenario.is_mobile:
        return mobile_slots(free, one.blocks)
    return np.arange(free, free + one.blocks, dtype=np.int64)


def _lot_sizes(cards: int) -> Indices:
    """Return the sizes of the lots: a thousand cards each, the rest in the last one."""
    sizes = np.full(-(-cards // SLOT_SIZE), SLOT_SIZE, dtype=np.int64)
    if len(sizes):
        sizes[-1] = cards - SLOT_SIZE * (len(sizes) - 1)
    return sizes


def _make_folders(folder: Path) -> None:
    refuse_inside_case(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("folder_taken", folder=folder, hint="new_folder")
    try:
        (folder / RECORDS).mkdir(parents=True)
    except OSError as fault:
        raise UsageError("at_path", path=folder, why=os_reason(fault), hint="writable_folder") from fault
