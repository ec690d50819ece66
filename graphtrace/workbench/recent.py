"""The cases that were opened last in the workbench of this account, and those that lie where people keep files.

The list stands in the configuration folder of the account, or in the folder that ``GRAPHTRACE_SETTINGS`` names. It
holds paths and addresses and nothing of the cases; an address never holds a password.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from graphtrace.model import CHINA
from graphtrace.platform import system
from graphtrace.private_files import create_file, make_folder
from graphtrace.storage.case_folder import cases_folder, is_case
from graphtrace.storage.neo4j.client import is_server

SETTINGS: Final = "GRAPHTRACE_SETTINGS"
_FILE: Final = "recent.json"

MAX_RECENT: Final = 20
"""Maximum number of cases that are remembered."""

MAX_LOOKED_AT: Final = 500
"""Maximum number of entries of a folder among which cases are looked for."""

_MAX_BYTES: Final = 1 << 20


class RecentCase(NamedTuple):
    """A folder or address, when it was opened last (in China), and whether it is there; a server is not asked."""

    case: str
    at: str
    is_there: bool


def recent_cases() -> list[RecentCase]:
    """Return the cases that were opened last, the latest first; none where the list cannot be read."""
    return [
        RecentCase(case, _in_china(at), is_server(case) or is_case(Path(case)))
        for case, at in _read(_folder() / _FILE).items()
    ]


def _in_china(at: str) -> str:
    """Return a time as every other page shows it; what is no time stays as it is."""
    with suppress(ValueError, OverflowError):
        return datetime.fromisoformat(at).astimezone(CHINA).isoformat(timespec="seconds")
    return at


def remember_case(case: str) -> None:
    """Put a case at the head of the list; where that cannot be written, it is not remembered."""
    path = _folder() / _FILE
    known = {case: datetime.now().astimezone().isoformat(timespec="seconds")}
    known |= {other: at for other, at in _read(path).items() if other != case}
    fresh = path.with_name(f"{_FILE}.{os.getpid()}")
    with suppress(OSError):
        make_folder(path.parent, parents=True)
        with create_file(fresh) as file:
            entries = [{"case": name, "at": at} for name, at in islice(known.items(), MAX_RECENT)]
            file.write(json.dumps(entries, ensure_ascii=False, indent=1).encode())
        system.replace(fresh, path)


def cases_nearby() -> list[str]:
    """Return the cases in the folder of cases, in that from which the workbench was started, at home, in documents."""
    with suppress(RuntimeError, OSError):
        home = Path.home()
        places = dict.fromkeys((cases_folder(), Path.cwd(), home, home / "Documents"))
        return [str(case) for place in places for case in _cases_in(place)]
    return []


def _cases_in(place: Path) -> Iterator[Path]:
    with suppress(OSError), os.scandir(place) as entries:
        names = sorted(entry.name for entry in islice(entries, MAX_LOOKED_AT) if not entry.name.startswith("."))
        yield from (place / name for name in names if is_case(place / name))


def entry_folder() -> Path:
    """Return the folder for the file by which the browser is started: that of the settings if given, else the home.

    Browsers in a sandbox (Snap) read no hidden folder of the account, and not the temporary one of the system.
    """
    given = os.environ.get(SETTINGS)
    with suppress(RuntimeError):
        return Path(given).absolute() if given else Path.home()
    return _folder()


def _folder() -> Path:
    given = os.environ.get(SETTINGS)
    return Path(given) if given else system.config_folder() / "graphtrace"


def _read(path: Path) -> dict[str, str]:
    """Return the cases of the list with their times; whatever is no list of them counts as none."""
    try:
        with path.open("rb") as file:
            content: Any = json.loads(file.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    pairs = [(one.get("case"), one.get("at")) for one in entries]
    return {case: at for case, at in pairs if isinstance(case, str) and isinstance(at, str)}
