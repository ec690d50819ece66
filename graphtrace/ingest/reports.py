"""What a reading says beside its statements. Needs no data-frame library, so that questions start without one."""

from __future__ import annotations

from dataclasses import dataclass

TEXT_FIELDS = (
    "channel",
    "province",
    "city",
    "cell",
    "declared_use",
    "price",
    "waybill",
    "contract_no",
    "case_no",
    "place",
    "holder",
)
"""Fields that are kept as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row that was not loaded, and why.

    Attributes
    ----------
    interval
        Of a damaged number those between which it was; where the quantity is not the size of the range, its ends.
    raw
        Every cell of the row as read, by heading.
    """

    row: int
    field: str | None
    reason: str
    value: str | None
    interval: tuple[str, str] | None = None
    raw: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """An optional field that could not be read and was left out, counted over a sheet (``warnings`` of a report)."""

    field: str
    reason: str
    rows: int
    first_row: int
    value: str
