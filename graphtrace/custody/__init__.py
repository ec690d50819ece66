"""Reasoning from the records of one card to its chains; the same for every store, and done nowhere else.

The modules, in the order in which an answer passes through them:

``merge``     several statements of one change of hands become one step
``hop_order`` the best order that uses all steps, where there is one
``branches``  a forest of steps, where no order uses all
``matching``  receipts matched with departures, where there is none
``bridges``   quantity-only records that close a gap
``chains``    the pieces put together: chains, outcome, registrant, holder, end user, findings
"""

from graphtrace.custody.bridges import ExceededLot, QuantityIndex
from graphtrace.custody.chains import (
    FINDING_SEVERITIES,
    SLACK_DAYS,
    ChainDraft,
    CustodyAnalysis,
    CustodyResult,
    analyze_custody,
    is_since_receipt,
    sort_findings,
    trace_custody,
)
from graphtrace.custody.merge import sort_origins

__all__ = [
    "FINDING_SEVERITIES",
    "SLACK_DAYS",
    "ChainDraft",
    "CustodyAnalysis",
    "CustodyResult",
    "ExceededLot",
    "QuantityIndex",
    "analyze_custody",
    "is_since_receipt",
    "sort_findings",
    "sort_origins",
    "trace_custody",
]
