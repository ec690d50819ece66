"""Prove more of a saved trace than ``prove.py``, which lies beside this program, from the same sources.

    python prove_more.py ANSWER.json FOLDER [-v]

It proves all that ``prove.py`` does, and besides: the check digit of a card and its other numbers; channel, waybill and
price of a hop, its level; seizures and card lists, places and devices of uses; findings and leads, as far as hops, uses
and seizures make them; and the rows that the answer names for registrant, holder, user, findings and leads.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import sys
from pathlib import Path

from prove import (
    CARRIERS,
    ISSUERS,
    REDACTED,
    SAID,
    STATEMENTS,
    Checker,
    Doubt,
    Row,
    bare,
    holder_at,
    is_carrier,
    is_earlier,
    is_party,
    luhn,
    main,
    name_key,
    national,
    need,
    plain,
    ref_of,
    side,
    walk,
)

USE = ("province", "city", "cell", "imei", "msisdn", "imsi")
TEXTS = {  # the texts that are compared, by what states them
    "hop": ("channel", "waybill", "price"),
    "registration": (),
    "activation": USE,
    "usage": USE,
    "seizure": ("case_no", "place", "holder"),
    "card_list": ("state",),
}
STATED = {
    **STATEMENTS,
    "seizure": {"seizure": {"seized_from": ("holder",)}},
    "card_list": {kind: {"party": ("party", "enterprise")} for kind in ("card_list", "stock")},
}
SEVERITY = {  # of findings that are checked
    "custody_gap": "error",
    "no_purchase": "error",
    "double_transfer": "error",
    "multiple_registrants": "error",
    "date_inversion": "warning",
    "date_disagreement": "warning",
    "activated_before_purchase": "warning",
    "user_differs_from_holder": "warning",
    "seized_from_another": "warning",
    "check_digit_differs": "warning",
}
LEADS = {  # the findings that ask a party about a transfer, and which of their parties
    "custody_gap": ("after", "before"),
    "double_transfer": ("at",),
    "possible_onward": ("at",),
    "seized_from_another": ("holder",),
}
UNKNOWN_DAYS = "days that are not known here decide who held the card then"


class FullChecker(Checker):
    """Checks an answer further than its registrant, hops, holder, user and counts."""

    statements = STATED

    def __init__(self, answer: dict, folder: Path) -> None:
        super().__init__(answer, folder)
        self.days: dict[int, set[str]] = {}

    def conclude(self, result: dict) -> None:
        card, about = result["card"], result["input"]
        if result["found"]:
            self.say(f"{about}: its check digit", self._check_digit, card)
            if card["msisdn"] or card["imsi"] or card["eid"]:
                self.say(f"{about}: its other numbers", self._numbers, card)
        for chain in result["chains"]:
            self.say(f"{about}: the levels of the hops", self._levels, chain)
        for kind, part in (("seizure", "seizures"), ("card_list", "card_lists")):
            for place, item in enumerate(result[part], 1):
                self.say(f"{about}: {kind} {place}", self.statement, item, kind, card)
        for place, finding in enumerate(result["findings"]):
            self.say(f"{about}: finding {finding['code']}", self._finding, finding["params"], finding, result, place)
            if id(finding["params"]) in self.open:
                self.open.add(id(finding))
        for place, lead in enumerate(result["leads"]):
            self.say(f"{about}: lead {lead['for']}", self._lead, lead, result, place)
        self.say(f"{about}: the rows of each sentence", self._because, result["because"], result)

    def statement(self, item: dict, what: str, card: dict):
        kinds = self.statements[what]
        if what == "card_list" and not all([*self.readings(origin, kinds)] for origin in item["origins"]):
            raise Doubt("a row that moves nothing by its day may list the card")
        rows = self.rows_of(item, what, card)
        is_undated = what == "card_list" and not any(row.days for row in rows)
        expected, ground = super().statement({**item, "date": None} if is_undated else item, what, card)
        expected |= {"date": Doubt("no cell states it")} if is_undated and item["date"] else {}
        return self._texts(item, what, rows) | expected, ground

    def hop(self, hop: dict, card: dict):
        expected, ground = super().hop(hop, card)
        rows = self.rows_of(hop, "hop", card)
        self.days[id(hop)] = {min(row.days) for row in rows if row.days and row.kind != "registration"}
        return self._texts(hop, "hop", rows) | expected, ground

    def _check_digit(self, card: dict):
        number = card["iccid"]
        need(number and not self.redacted, "its number is not there", "it is redacted, or known by another only")
        issuer = ISSUERS.get(number[:6])
        is_whole = re.fullmatch("[0-9]{19,20}", number) and issuer != "china-mobile"
        checksum = "n/a" if not is_whole or (issuer and len(number) == 19) else "bad"
        checksum = "ok" if checksum == "bad" and luhn(number[:-1]) == number[-1] else checksum
        return {"checksum": checksum}, ()

    def _levels(self, chain: dict):
        hops, levels, stated = chain["hops"], {}, set()
        for hop in hops:
            one, two = hop["from"]["id"], hop["to"]["id"]
            if is_carrier(hop["from"]):
                levels = {two: 0}
            elif is_carrier(hop["to"]) or hop["gap_before"] or one not in levels:
                levels = {}
            else:
                levels.setdefault(two, levels[one] + 1)
            level = levels.get(two) or None
            need(hop["level"] == level, f"hop {hop['n']} is of the level {level}, not {hop['level']}")
            stated.add((id(hop), "level"))
        return {}, hops, stated

    def _numbers(self, card: dict):
        rows = (self.sources[at].tables[sheet][row] for at, sheet, row in self.listed.get(card["key"], ()))
        written = {national(cell) for cells in rows for cell in cells}
        names = ("msisdn", "imsi", "eid")
        numbers = [each for name in names for each in card[name]]
        need(len({*numbers}) == len(numbers), "a number stands there twice")
        if missing := [each for each in numbers if national(each) not in written]:
            raise Doubt(f"no row that lists the card writes {', '.join(missing)}")
        return {name: card[name] for name in names if card[name]}, ()

    def _texts(self, item: dict, what: str, rows: list[Row]) -> dict:
        """Return what the texts of an item have to be."""
        expected, clean = {}, plain if what == "hop" else national
        for name in TEXTS[what]:
            written = {clean(row.values.get(name)) for row in rows} - {""}
            said, stated = {clean(row.said.get(name)) for row in rows} - {""}, clean(item[name])
            if not written and said:
                is_said = stated in said or not stated
                expected[name] = Doubt(SAID) if is_said else f"by what was said {sorted(said)}"
            elif stated in written or not (stated or written):
                expected[name] = item[name]
            elif name == "imei" and stated and stated[:14] in {each[:14] for each in written}:
                expected[name] = Doubt(f"its last digit differs from {sorted(written)}")
            elif not stated and what != "hop":
                expected[name] = Doubt(f"the rows say {', '.join(sorted(written))!r}, the answer nothing")
            else:
                need(False, f"its rows state {', '.join(sorted(written)) or 'nothing'}, not {item[name]}")
        return expected

    def _finding(self, at: dict, finding: dict, result: dict, place: int):
        code, rows = finding["code"], result["because"]["findings"]
        hops = [hop for chain in result["chains"] for hop in chain["hops"]]
        known = [compared({name: hop[name] for name in ("n", "from", "to")}) for hop in hops]
        known += [side(each) for each in walk({**result, "findings": []}) if is_party(each)]
        cells = {name_key(cell) for ref in rows[place] for cell in self._cells(ref)}
        for each in walk(at):
            if {"n", "from", "to"} <= each.keys():
                need(
                    compared(each) in known,
                    f"there is no hop {each['n']} {each['from']['name']} > {each['to']['name']}",
                )
            elif is_party(each) and side(each) not in known and name_key(each["name"]) not in cells:
                is_known = code == "delivered_to_other" and name_key(each["name"]) in self.beside
                need(
                    is_known,
                    f"neither hops nor rows name {each['name']}",
                    REDACTED if self.redacted else self.elsewhere,
                )
            elif is_party(each) and side(each) not in known and code in SEVERITY:
                self.need_name(each, f"finding {code}")
        if code not in SEVERITY:
            raise Doubt(f"of findings of the kind {code} only the parties and hops are checked here")
        need(finding["severity"] == SEVERITY[code], f"it is no {finding['severity']}")
        expected, items, is_found = {}, [], False
        for values, of in self._grounds(code, at, result, hops):
            if all(isinstance(value, Doubt) or compared(at[name]) == value for name, value in values.items()):
                expected, items, is_found = values, items + of, True
        need(is_found, "hops, uses and seizures of the answer do not say so")
        need(sorted(rows[place]) == refs(items), "it rests on other rows")
        expected = {name: value if isinstance(value, Doubt) else at[name] for name, value in expected.items()}
        return expected, items + hops, {(id(finding), "code"), (id(finding), "severity"), (id(rows), place)}

    def _grounds(self, code: str, at: dict, result: dict, hops: list[dict]):
        """Yield what parameters a finding of a kind may have, and the hops, uses and seizures that make it."""
        uses, sold = result["activations"], [hop for hop in hops if is_carrier(hop["from"])]
        if code == "custody_gap":
            for one, two in ((one, two) for one, two in neighbours(result) if two["gap_before"]):
                falls = is_earlier(two["date"], one["date"])
                is_false = falls and "registration" not in (one["kind"], two["kind"])
                days = {"since": None if falls else one["date"], "until": None if is_false else two["date"]}
                yield {"after": side(one["to"]), "before": side(two["from"]), **days}, [one, two]
        elif code == "no_purchase":
            for chain in result["chains"] or [None]:
                first = chain and chain["hops"][0]
                if not first or not is_carrier(first["from"]):
                    carrier = result["card"]["carrier"]
                    yield {"first_holder": first and side(first["from"]), "carrier": carrier}, [first] if first else []
        elif code == "double_transfer":
            stated, sender = compared(at["to"]), side(at["at"])
            gone = [hop for hop in hops if side(hop["from"]) == sender and (hop["date"], hop["to"]["id"]) in stated]
            yield {"at": sender, "to": {(hop["date"], hop["to"]["id"]) for hop in gone}}, gone
        elif code == "multiple_registrants":
            stated = compared(at["registrants"])
            known = [(hop["date"], hop["to"]["id"], hop) for hop in sold]
            known += [(each["date"], each["party"]["id"], each) for hop in hops for each in hop["registered"]]
            found = [(day, party, item) for day, party, item in known if (day, party) in stated]
            yield {"registrants": {(day, party) for day, party, _ in found}}, [item for *_, item in found]
        elif code == "date_inversion":
            pairs = (pair for chain in result["chains"] for pair in itertools.combinations(chain["hops"], 2))
            for one, two in ((one, two) for one, two in pairs if is_earlier(two["date"], one["date"])):
                hop = (side(two["from"]), two["n"], side(two["to"]))
                yield {"hop": hop, "date": two["date"], "previous": one["date"]}, [one, two]
        elif code == "date_disagreement":
            for hop in hops:
                about = (side(hop["from"]), hop["n"], side(hop["to"]))
                yield {"hop": about, "dates": self.days.get(id(hop))}, [hop]
        elif code == "check_digit_differs":
            digits = at["expected"]
            if luhn(digits[:-1]) == digits[-1] and digits[:-1] in bare(at["written"]):
                yield {"written": at["written"], "expected": digits}, []
        elif code == "activated_before_purchase":
            day = min(use["date"][:10] for use in uses)
            first = [use for use in uses if use["date"][:10] == day]
            for hop in sold:
                if is_earlier(day, hop["date"]):
                    yield {"activated": day, "purchased": hop["date"]}, [hop, *first]
        else:
            role, items = ("user", uses) if code == "user_differs_from_holder" else ("seized_from", result["seizures"])
            for item in items:
                day, chain = item["date"] and item["date"][:10], result["chains"][0]
                held = holder_at(chain, day) if day else chain["holder"]
                holder = side(held) or Doubt(UNKNOWN_DAYS)
                yield {role: side(item[role]), "date": day, "holder": holder}, [item]

    def _cells(self, ref: str) -> list[str]:
        table, row = self.tables.get(f"{ref.rpartition(':')[0]}:"), int(ref.rpartition(":")[2])
        need(self.redacted or (table and row in table["rows"]), f"{ref} is not among the rows that the answer rests on")
        source = self.sources.get(table["sha256"]) if table else None
        return source.tables.get(table["sheet"], {}).get(row, []) if source else []

    def _asked(self, code: str, result: dict):
        """Yield who is asked for what because of findings of a kind, from when and until when."""
        hops = [hop for chain in result["chains"] for hop in chain["hops"]]
        sellers = [*dict.fromkeys(side(hop["from"]) for hop in hops if is_carrier(hop["from"]))]
        number = bare(result["read_as"] or result["input"])
        slug = ISSUERS.get(number[:6]) if re.fullmatch("[0-9A-F]{8,20}|[0-9]{19}[0-9A-Z]", number) else None
        slug = None if slug == "china-mobile" and not re.fullmatch("[0-9A-F]+", number) else slug
        slug = result["card"]["carrier"] if result["card"] else slug
        named = (f"carrier:{slug}", CARRIERS[slug][0]) if slug in CARRIERS else None
        issuer = next((each for each in sellers if each[0] == f"carrier:{slug}"), named)
        for at in (finding["params"] for finding in result["findings"] if finding["code"] == code):
            days = (at["since"], at["until"]) if code == "custody_gap" else (None, None)
            yield from ((side(at[role]), "transfer_record", *days) for role in LEADS.get(code, ()))
            for each in [issuer] if code == "no_purchase" else sellers if code == "multiple_registrants" else ():
                yield each, "purchase_record", None, None
        if code == "not_found" and not result["found"]:
            yield issuer, "purchase_record", None, None
        for chain in [chain for chain in result["chains"] if chain["hops"] and code == "used_by_another"]:
            yield side(chain["hops"][-1]["to"]), "transfer_record", None, None
        if code == "no_activation" and all(use["kind"] != "activation" for use in result["activations"]):
            yield (sellers or [issuer])[-1], "activation_record", None, None

    def _lead(self, lead: dict, result: dict, place: int):
        code, because, is_found = lead["because"], result["because"], result["found"]
        if code == "known_by_number_only":
            raise Doubt("who is asked about a number without a card is not checked here")
        stated, asked = (side(lead["ask"]), lead["for"], lead["since"], lead["until"]), [*self._asked(code, result)]
        need(stated in asked, f"the findings ask {asked}, not {stated}")
        found = [at for at, finding in enumerate(result["findings"]) if finding["code"] == code]
        rows = dict.fromkeys(ref for at in found for ref in because["findings"][at])
        need(because["leads"][place] == [*rows], "it rests on other rows than its findings")
        sold = [hop for chain in result["chains"] for hop in chain["hops"] if is_carrier(hop["from"])]
        ground = [because, *(result["findings"][at] for at in found)]
        ground += [result["card"], *sold] if lead["for"] != "transfer_record" and is_found else []
        about = [lead["ask"] and lead["ask"]["id"], lead["for"], code, is_found and result["card"]["key"]]
        number = hashlib.sha256("\n".join(each or "" for each in about).encode()).hexdigest()[:16]
        expected = {name: lead[name] for name in ("for", "because", "since", "until")} | {"ask": stated[0]}
        expected["id"] = number if about[3] else Doubt("of what it is made is not known here")
        return expected, ground, {(id(because["leads"]), place)}

    def _because(self, because: dict, result: dict):
        chains, is_named = result["chains"], result["end_user_basis"] == "named"
        hops, buyer = [hop for chain in chains for hop in chain["hops"]], (result["registrant"] or {}).get("id")
        bought = [
            [hop for hop in chain["hops"] if is_carrier(hop["from"]) and hop["to"]["id"] == buyer] for chain in chains
        ]
        listed = [each for hop in hops for each in hop["registered"] if each["party"]["id"] == buyer]
        uses = [use for use in result["activations"] if side(use["user"]) == side(result["end_user"])]
        known = {
            "registrant": [each for of in bought for each in of[-1:]] or listed,
            "holder": [chain["hops"][-1] for chain in chains],
            "end_user": uses[-1:] if is_named else hops + result["activations"],
        }
        for role, items in known.items():
            rows, stated = refs(items) if result[role] else [], because[role]
            is_same = sorted(stated) == rows if role != "end_user" or is_named else {*stated} <= {*rows}
            need(is_same, f"the rows of {role} are not those of its hop")
            need(result[role] is None or stated, f"the {role} rests on no row")
        for ref in itertools.chain(*because["findings"], *because["leads"]):
            self._cells(ref)
        roles = ("registrant", "holder", *(["end_user"] if is_named or result["end_user"] is None else []))
        return {role: because[role] for role in roles}, ()


def refs(items: list[dict]) -> list[str]:
    return sorted({ref_of(origin) for item in items for origin in item["origins"]})


def compared(value: object) -> object:
    """Return a parameter of a finding as it is compared: parties by identifier and name, lists without order."""
    if isinstance(value, list):
        return {compared(each) for each in value}
    if not isinstance(value, dict):
        return value
    if "party" in value:  # it bears the name of the party, the hop that of its own record
        return value["date"], value["party"]["id"]
    return side(value) if is_party(value) else tuple(compared(value[name]) for name in sorted(value))


def neighbours(result: dict):
    return itertools.chain(*(itertools.pairwise(chain["hops"]) for chain in result["chains"]))


if __name__ == "__main__":
    sys.exit(main(FullChecker))
