"""Scratch folders of cases.

The scratch folder of a case lies within the case, so that evidence stays on its disk. Without a writable case folder,
as for a case on a server, it is that of the account.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from graphtrace.private_files import make_folder
from graphtrace.scratch import (
    account_scratch,
    own_folder,
    remove_if_empty,
    scratch_unwritable,
    sweep,
    sweep_account_scratch,
)
from graphtrace.storage.case_folder import SCRATCH, check_folder, find_database


def case_scratch(case: Path) -> AbstractContextManager[Path]:
    """Create a scratch folder within a writable case folder."""
    return own_folder(case / SCRATCH, make=lambda: make_folder(case / SCRATCH))


@contextmanager
def scratch_folder(case: Path | None) -> Iterator[Path]:
    """Create a scratch folder within a case, or in the folder of the account if there is no writable case.

    Raises
    ------
    StoreError
        If none can be made.
    """
    with ExitStack() as resources:
        if case is not None and find_database(case) is not None and os.access(case, os.W_OK | os.X_OK):
            try:
                folder = resources.enter_context(case_scratch(case))
            except OSError as error:
                raise scratch_unwritable(case, error) from error
        else:
            folder = resources.enter_context(account_scratch(named=case))
        yield folder


def disk_of(scratch: Path, case: Path | None) -> Path:
    """Return the folder by which a user knows the disk of a scratch folder: the case, or that of the account."""
    return case if case is not None and case in scratch.parents else scratch.parent


def sweep_scratch(case: Path | None) -> None:
    """Remove what dead processes left in the scratch folder of a case, and in that of the account.

    Raises
    ------
    CaseDamaged
        If a part of the case is a link.
    """
    if case is not None and os.path.lexists(case / SCRATCH):
        check_folder(case)
        sweep(case / SCRATCH)
        remove_if_empty(case / SCRATCH)
    sweep_account_scratch()
