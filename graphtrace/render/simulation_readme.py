"""The README beside a synthetic case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace._version import __version__
from graphtrace.render.text_tables import SIMULATION_SCENARIOS

if TYPE_CHECKING:
    from graphtrace.results.simulation import SimulationResult


def readme(made: SimulationResult) -> str:
    """Return the README of the folder of a synthetic case."""
    files = [f"| {file} | {rows:,} |" for file, rows in made.rows.items()]
    planted = [
        f"| `{one.name}` | {one.scenario or ''} | {one.rate:g} | {one.cards:,} | {SIMULATION_SCENARIOS[one.name].en} | "
        f"{SIMULATION_SCENARIOS[one.name].zh} |"
        for one in made.scenarios
    ]
    return _README.format(
        version=__version__,
        command=made.command,
        cards=f"{made.cards:,}",
        rows=f"{sum(made.rows.values()):,}",
        rejected=f"{made.rejected:,}",
        duplicates=f"{made.duplicates:,}",
        files="\n".join(files),
        planted="\n".join(planted),
        supports=_SUPPORTS if made.supports else "",
    )


_SUPPORTS = """\
- `supports.parquet`: a row for each change of hands of a planted deal (`hop`), for each record that corroborates it by
  `waybill`, `order` or `account`, and for each parcel addressed to another party; with file and row of the record.
"""

_README = """# A synthetic case

Made by graphtrace {version}: `{command}`. The same command makes the same files. All people, companies and cards are
invented; only the issuers of the card numbers and the ranges of subscriber numbers are real.

本案件由 graphtrace 生成，人物、单位和卡号均为虚构，仅发卡机构前缀与号段为真实。

| | |
| --- | ---: |
| cards that some record names | {cards} |
| rows | {rows} |
| rows that have to be rejected | {rejected} |
| rows that say again what another row says | {duplicates} |

```console
$ graphtrace --case simulated.gtrace load records/*
$ graphtrace simulate check simulated.gtrace truth
```

## records/

| file | rows |
| --- | ---: |
{files}

## What was planted

Each of these happens to so many cards; beside them stand cards of the same lots to which nothing happens. The scenario
is the number by which graphtrace's rules of custody name it.

| name | scenario | rate | cards | what happens | 内容 |
| --- | --- | ---: | ---: | --- | --- |
{planted}

## truth/

- `histories/*.parquet`: a row for each run of cards with one history. `first` and `last` are card numbers without check
  digit, `chains` the parties in order (` > ` next, ` / ` a step is missing, ` | ` another chain), `findings` the codes
  that have to be found, `story` the name above, or `resold` where nothing was planted.
- `uses/*.parquet`: a row for each card that was activated: who used it in the end, and what is to be found because of
  that.
- `rejects.parquet`: a row for each row that has to be rejected, with the field and the reason.
- `aliases.parquet`, where names were planted: a row for each pair, and whether both are one party.
{supports}- `summary.json`: the figures of this page.
"""
