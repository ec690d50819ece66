"""``graph`` and ``export``: the case, or a subgraph, as a graph and in formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import PAGE, AsOf, command
from graphtrace.cli.output import CommandResult, plain_state, show_answer

if TYPE_CHECKING:
    from graphtrace.results.case_status import CaseState
    from graphtrace.results.subgraph import ExportResult

Level = Literal["party", "record", "card"]
Direction = Literal["both", "forward", "backward"]
"""Repeated here because importing it from the answer's module is slow."""

AroundOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME-OR-ID"),
]
LevelOption = Level | None
DepthOption = Annotated[
    int | None,
    typer.Option(metavar="N"),
]
SinceOption = Annotated[str | None, typer.Option(metavar="DATE")]
UntilOption = Annotated[str | None, typer.Option(metavar="DATE")]
HubOption = Annotated[
    int | None,
    typer.Option(metavar="N"),
]
DirectionOption = Direction
ByChannelOption = Annotated[bool, typer.Option("--by-channel")]


class SubgraphOptions(NamedTuple):
    """Options of a subgraph, by the names of :meth:`graphtrace.Case.graph`."""

    around: Sequence[str]
    depth: int | None
    since: str | None
    until: str | None
    hub: int | None
    direction: Direction
    by_channel: bool
    as_of: str | None


def register(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, endings=(".json", ".txt", PAGE), redact="masked")(graph)
    command(app, redact="masked")(export)


def graph(
    common: GlobalOptions,
    out: Annotated[
        Path | None,
        typer.Argument(metavar="OUT"),
    ] = None,
    level: LevelOption = None,
    around: AroundOption = None,
    depth: DepthOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    hub: HubOption = None,
    direction: DirectionOption = "both",
    by_channel: ByChannelOption = False,
    as_of: AsOf = None,
) -> CommandResult:
    """Show who passed how many cards to whom, or write it as a graph."""
    common.require_case()
    part = SubgraphOptions(around or (), depth, since, until, hub, direction, by_channel, as_of)
    asked = {"level": level, **part._asdict()}

    def page() -> bytes:
        with common.open_case() as case, case.lookup("graph", **asked):
            return case.graph_page(level, common.lang, common.case_title, redact=common.redact, **part._asdict())

    if out is not None:
        from graphtrace.export import format_for_path

        written, state = _write(common, format_for_path(out).name, out, level, part)
        return show_answer(written, common, as_of=as_of, files={PAGE: page}, state=state)
    with common.open_case() as case:
        with case.lookup("graph", **asked):
            found = case.graph(level or "party", redact=common.redact, lang=common.lang, **part._asdict())
        state = case.state(as_of=as_of)

    return show_answer(found, common, as_of=as_of, files={PAGE: page}, state=state)


def export(
    common: GlobalOptions,
    form: Annotated[
        str,
        typer.Argument(metavar="FORMAT"),
    ],
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT"),
    ],
    level: LevelOption = None,
    around: AroundOption = None,
    depth: DepthOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    hub: HubOption = None,
    direction: DirectionOption = "both",
    by_channel: ByChannelOption = False,
    as_of: AsOf = None,
    partitions: Annotated[int | None, typer.Option(metavar="N")] = None,
) -> CommandResult:
    """Write the case, or a part of it, for other people's tools."""
    part = SubgraphOptions(around or (), depth, since, until, hub, direction, by_channel, as_of)
    written, state = _write(common, form, out, level, part, partitions)
    return show_answer(written, common, as_of=as_of, state=state)


def _write(
    common: GlobalOptions,
    form: str,
    out: Path,
    level: Level | None,
    part: SubgraphOptions,
    partitions: int | None = None,
) -> tuple[ExportResult, CaseState]:
    """Write the export; return its result and the state of the case that it comes from."""
    from graphtrace.render.provenance import answered_at

    with common.open_case() as case:
        state = plain_state(case, part.as_of)
        shown = case.masker(common.lang).mask(state) if common.redact else state
        with answered_at(shown, is_redacted=common.redact):
            exported = case.export(
                form,
                out,
                level=level,
                **part._asdict(),
                lang=common.lang,
                partitions=partitions,
                title=common.case_title,
                redact=common.redact,
            )
    return exported, state
