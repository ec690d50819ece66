"""The example case: its files, and how they are loaded."""

from __future__ import annotations

import contextlib
import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import UsageError, os_reason
from graphtrace.storage.case_folder import refuse_inside_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphtrace.case import Case
    from graphtrace.results.load_report import SheetReport
    from graphtrace.storage.load_settings import Progress

_STORY: Final = "demo.json"


def copy_example(directory: Path) -> dict[str, Any]:
    """Copy the files of the example into ``directory`` and return what its story says about them.

    Raises UsageError when the directory holds something else, which is left as it is.
    """
    refuse_inside_case(directory)
    if (
        directory.exists()
        and not (directory / _STORY).is_file()
        and (not directory.is_dir() or any(directory.iterdir()))
    ):
        raise UsageError("folder_taken", folder=directory, hint="new_folder")
    packaged = files("graphtrace") / "_examples"
    checkout = Path(__file__).parents[1] / "examples" / "case"
    try:
        with as_file(packaged) if packaged.is_dir() else contextlib.nullcontext(checkout) as source:
            shutil.copytree(source, directory, dirs_exist_ok=True)
    except OSError as fault:
        raise UsageError("at_path", path=directory, why=os_reason(fault), hint="writable_folder") from fault
    story: dict[str, Any] = json.loads((directory / _STORY).read_text(encoding="utf-8"))
    return story


def load_example(
    case: Case, directory: Path, story: Mapping[str, Any], *, progress: Progress | None = None
) -> list[SheetReport]:
    """Load the files of the example, each by its mapping where it has one, and return the report of each sheet."""
    mappings = story.get("mappings", {})
    sheets: list[SheetReport] = []
    for name in story["files"]:
        mapping = directory / mappings[name] if name in mappings else None
        sheets += case.load(directory / name, mapping=mapping, progress=progress).files
    return sheets
