"""Leads: what to ask whom next, derived from the findings of an answer (SPEC 4, Leads)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graphtrace.identifiers.operators import USUAL_NAMES
from graphtrace.model import Chain, Finding, Lead, Party

_LEADING: Final = frozenset(
    (
        *("custody_gap", "no_purchase", "multiple_registrants", "double_transfer", "possible_onward"),
        "seized_from_another",
    )
)
"""The findings that say whom to ask."""


def carrier_party(carrier: str | None) -> Party | None:
    """Return the party of one of the four operators, named as in China; ``None`` for an unknown one."""
    return None if carrier is None else Party(f"carrier:{carrier}", USUAL_NAMES[carrier], is_carrier=True)


def find_leads(
    findings: Iterable[Finding],
    chains: Sequence[Chain],
    carrier: str | None,
    *,
    is_activated: bool,
    cards: tuple[str, ...],
    is_found: bool = True,
) -> tuple[Lead, ...]:
    """Return the leads of an answer, in the order of its findings, each once.

    ``carrier`` is the operator that the number points to. A card without activation adds one lead to its carrier; a
    card in no record has only the lead for its purchase. ``cards`` is the key of the card, or what was asked for.
    """
    asked_about = [finding for finding in findings if finding.code in _LEADING and "held" not in finding.params]
    if is_found and is_activated and not asked_about:
        return ()
    sellers = _sellers(chains)
    issuer = next((seller for seller in sellers if seller.carrier == carrier), None) or carrier_party(carrier)
    leads: list[Lead] = []
    if not is_found:
        leads.append(Lead(ask=issuer, record_type="purchase_record", because="not_found", cards=cards))
    for finding in asked_about:
        leads += _leads_of(finding, issuer, sellers, cards)
    if not is_activated:
        asked = sellers[-1] if sellers else issuer
        leads.append(Lead(ask=asked, record_type="activation_record", because="no_activation", cards=cards))
    return tuple(leads) if len(leads) == 1 else tuple(dict.fromkeys(leads))


def _sellers(chains: Sequence[Chain]) -> list[Party]:
    """Return the carriers that sold the card, in the order of the chains."""
    return list(dict.fromkeys(hop.sender for chain in chains for hop in chain.hops if hop.sender.is_carrier))


def _leads_of(
    finding: Finding, issuer: Party | None, sellers: Sequence[Party], cards: tuple[str, ...]
) -> Iterable[Lead]:
    params, code = finding.params, finding.code
    if code == "custody_gap":
        for side in ("after", "before"):
            yield Lead(
                ask=_party(params[side]),
                record_type="transfer_record",
                because=code,
                since=params["since"],
                until=params["until"],
                cards=cards,
            )
    elif code == "no_purchase":
        yield Lead(ask=issuer, record_type="purchase_record", because=code, cards=cards)
    elif code == "multiple_registrants":
        for seller in sellers:
            yield Lead(ask=seller, record_type="purchase_record", because=code, cards=cards)
    elif code == "seized_from_another":
        yield Lead(ask=_party(params["holder"]), record_type="transfer_record", because=code, cards=cards)
    elif code in ("double_transfer", "possible_onward"):
        yield Lead(ask=_party(params["at"]), record_type="transfer_record", because=code, cards=cards)


def _party(params: Mapping[str, Any]) -> Party:
    return Party(params["id"], params["name"])
