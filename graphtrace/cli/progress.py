"""Progress of a long command: on the standard error stream, for a person at a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from graphtrace.cli.global_options import GlobalOptions
    from graphtrace.storage.load_files import Progress


_shown: Bars | None = None
"""The bar that is on the terminal."""


@contextlib.contextmanager
def progress_of(common: GlobalOptions) -> Iterator[Progress | None]:
    """Show a progress bar of files while the command runs; ``None`` without a terminal."""
    if common.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    from graphtrace.render.sanitize import escape_control_chars

    global _shown
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        files = bars.add_task("", total=None)
        _shown = bars

        def update(stage: str, done: int, total: int | None) -> None:
            if total is None:  # rows within a file, and nobody knows of how many
                bars.update(files, description=f"{escape_control_chars(stage)}  {done:,}")
            else:
                bars.update(files, description=escape_control_chars(stage), completed=done, total=total)

        try:
            yield update
        finally:
            _shown = None


@contextlib.contextmanager
def progress_hidden() -> Iterator[None]:
    """The terminal without the bar, for a question."""
    if _shown is None:
        yield
        return
    _shown.stop()
    try:
        yield
    finally:
        _shown.start()
