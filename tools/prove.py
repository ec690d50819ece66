"""Prove the sentences of a saved answer of graphtrace from the bytes of its sources, without graphtrace.

    python prove.py ANSWER.json FOLDER [-v]

ANSWER.json is an answer of ``trace`` or ``audit``; FOLDER holds the sources, each named by its SHA-256, at any depth.
Python suffices; workbooks need openpyxl. Each sentence is ``proved``, ``not checked`` or ``NOT PROVED``, with reason,
file and row. Exit: 0 where nothing is NOT PROVED, 1 where something is, 2 where answer or folder cannot be read.

The answer says in ``rests_on`` which column is which field; all else is read here anew, by this program's own rules.
What it does not understand it never calls proved. It compares codes and values, not the words of ``message``, and
cannot say whether what documents state is true.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import json
import re
import sys
from collections import Counter
from pathlib import Path

from prove_common import (
    CARRIERS,
    ISSUERS,
    NO_EVENT,
    NOT_CHECKED,
    NOT_PROVED,
    PROVED,
    Doubt,
    Fault,
    Source,
    bare,
    card_key,
    carrier_of,
    day_of,
    gap_of,
    hops_of,
    is_below,
    is_carrier,
    is_earlier,
    is_within,
    kinds_said,
    leaves,
    lots_in_cell,
    lots_of,
    luhn,
    name_key,
    national,
    need,
    place_of,
    plain,
    range_keys,
    ref_of,
    refs,
    side,
    tell,
    unstated,
    walk,
    whole,
)

SIDES = {  # fields that state the sender and the receiver of a hop, by the kind of the record; the best kind first
    "purchase": (("carrier", "from"), ("enterprise", "to", "party")),
    "registration": (("carrier", "from"), ("enterprise", "party", "to")),
    "return": (("from",), ("to",)),
    "transfer": (("from", "carrier"), ("to", "enterprise")),
}
STATED = {  # of what moves no card: the party in the answer, the fields that name it, and what else is compared
    "activation": ("user", ("user",), ("province", "city", "cell", "imei", "msisdn", "imsi")),
    "usage": ("user", ("user",), ("province", "city", "cell", "imei", "msisdn", "imsi")),
    "seizure": ("seized_from", ("holder",), ("case_no", "place", "holder")),
    "card_list": ("party", ("party", "enterprise"), ("state",)),
    "registration": ("party", ("enterprise", "party", "to"), ()),
}
USE = "kind date user province city cell imei msisdn imsi origins"
CHECKED = {  # the values of the answer for which a sentence of a kind stands where it is proved, in what it is about
    "card": "iccid key carrier checksum",
    "numbers": "card.msisdn card.imsi card.eid",
    "hop": "kind from to date precision channel waybill price origins",
    "registration": "party date origins",
    "activation": USE,
    "usage": USE,
    "seizure": "date case_no place holder seized_from origins",
    "card_list": "date party state origins",
    "order": "hops.n hops.gap_before hops.level",
    "ends": "outcome registrant holder",
    "none": "found outcome chains registrant holder end_user activations",
    "end user": "end_user end_user_basis",
    "lead": "id ask for because since until",
    "rows": "because.registrant because.holder",
    "counts": "counts options.inputs",
}
FINDINGS = {  # of findings that are checked: how severe they are, and which of their parameters are checked
    "custody_gap": ("error", "after before since until"),
    "no_purchase": ("error", "first_holder carrier"),
    "double_transfer": ("error", "at to"),
    "multiple_registrants": ("error", "registrants"),
    "date_inversion": ("warning", "hop date previous"),
    "date_disagreement": ("warning", "hop dates"),
    "activated_before_purchase": ("warning", "activated purchased"),
    "user_differs_from_holder": ("warning", "user holder date"),
    "seized_from_another": ("warning", "seized_from holder date"),
    "check_digit_differs": ("warning", "written expected"),
}
OPEN = ("unread_movement", "listed_with_other", "number_at_other_time", "registration_ended")
SAID = "a person or a title says it of all rows"
JUDGED = "a judgement of a person may say so"
MINUS = ("returned", "activated_while_held", "declared_sold", "declared_stock")


class Checker:
    """Checks an answer; ``lines`` are the sentences with what was found of each."""

    def __init__(self, answer: dict, folder: Path) -> None:
        self.answer, self.lines, self.stated, self.open, self.days = answer, [], set(), set(), {}
        self.redacted = bool(answer.get("redacted"))
        paths = (each for each in sorted(folder.rglob("*")) if re.fullmatch("[0-9a-f]{64}", each.stem))
        self.sources = {path.stem: Source(path) for path in paths if path.is_file()}
        self.tables = {ref_of({**table, "row": ""}): table for table in answer.get("rests_on", [])}
        self.files = {table["sha256"]: table["file"] for table in self.tables.values()}
        forms = [t for t in self.tables.values() if (t["reading"] or {}).get("headings") and not t["reading"]["header"]]
        for one in (self.sources[form["sha256"]] for form in forms if form["sha256"] in self.sources):
            one.why = one.why or ("" if one.keys else "forms of names and values are not read here")
        unread = {sha256 for sha256, one in self.sources.items() if one.why} | self.files.keys() - self.sources.keys()
        self.unread, self.judged = ", ".join(self.files.get(sha256, sha256[:12]) for sha256 in sorted(unread)), ""
        self.beside, self.listed = {}, {}
        said = [
            fields for table in self.tables.values() for fields in (table["reading"] or {}).get("said", {}).values()
        ]
        self.said = {name_key(text) for fields in said for text in fields.values()}
        tables = ((sha256, sheet, rows) for sha256, one in self.sources.items() for sheet, rows in one.tables.items())
        rows = (((sha256, sheet, row), cells) for sha256, sheet, rows in tables for row, cells in rows.items())
        self.ranges = sorted((lot for place, cells in rows for lot in self._index(place, cells)), key=str)
        self.reach = [*itertools.accumulate((high for _, high, _ in self.ranges), max)]

    def _index(self, place: tuple[str, str | None, int], cells: list[str]) -> list[tuple]:
        keys = {key for cell in cells if cell and len(cell) < 200 for key in (name_key(cell), bare(cell).casefold())}
        for key in keys:
            self.beside.setdefault(key, set()).update(keys)
        ranges, ends = [], []
        for cell in cells:
            for precision, low, high in lots_in_cell(cell) if len(cell) > 17 else ():
                if precision == "range":
                    ranges.append((low, high, place))
                else:
                    self.listed.setdefault(low, set()).add(place)
                    ends.append(cell)
        pairs = (range_keys(*pair) for pair in itertools.pairwise(ends))
        return ranges + [(*pair, place) for pair in pairs if pair and pair[0] < pair[1]]

    def hits(self, key: str) -> list[tuple[str, str | None, int]]:
        found = set(self.listed.get(key, ()))
        at = bisect.bisect_right(self.ranges, key, key=lambda each: each[0]) - 1
        while at >= 0 and self.reach[at] >= key:
            found |= {self.ranges[at][2]} if is_within(key, *self.ranges[at][:2]) else set()
            at -= 1
        return sorted(found, key=str)

    def say(self, sentence: str, check, *arguments, values: str = "") -> None:
        """Check a sentence; ``check`` returns what of it is in doubt, by the value, or nothing.

        Where it is proved it stands for some ``values`` (those of CHECKED, or these names) of the first argument.
        """
        state, why, parts, about = PROVED, "", {}, arguments[0]
        try:
            parts = check(*arguments) or {}
        except (Doubt, Fault, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            state = NOT_CHECKED if isinstance(error, Doubt) else NOT_PROVED
            why = str(error) if isinstance(error, (Doubt, Fault)) else f"the answer is no answer here ({error!r})"
        self.lines.append((sentence, state, why))
        self.lines += [(f"{sentence}: {part}", NOT_CHECKED, doubt) for part, doubt in parts.items()]
        if values and state == PROVED:
            names = CHECKED.get(values, values).split()
            known = leaves(about, only={name.partition(".")[0] for name in names})
            self.stated |= {at for at, path in known if is_below(path, names) and not is_below(path, parts)}
        if state != PROVED or parts:
            self.open.add(id(about))

    @property
    def elsewhere(self) -> str:
        """Return what else may state what no row states that is read here; nothing where nothing does."""
        return self.judged or (self.unread and f"sources that are not read here may say it: {self.unread}")

    def lean(self, items: list[dict]) -> None:
        """Refuse to call proved what follows from what is not."""
        if self.redacted or any(id(item) in self.open for item in items):
            raise Doubt("it agrees with what is not checked, or not wholly")

    def source_of(self, origin: dict, annexed: bool) -> tuple[Source, dict]:
        if self.redacted:
            raise Doubt("redacted, not checked")
        where, source = place_of(origin), self.sources.get(origin["sha256"])
        table = self.tables.get(ref_of({**origin, "row": ""}))
        need(table and (annexed or origin["row"] in table["rows"]), f"{where} is no row that the answer rests on")
        is_same = (table["file"], table["sha256"]) == (origin["file"], origin["sha256"])
        need(annexed or is_same, f"{where} is called {table['file']}, too")
        need(source is None or source.is_sound, f"the bytes of {where} have another hash than {origin['sha256']}")
        reading = table["reading"] or {}
        if source is None or source.why or not reading.get("fields"):
            why = "its source is not in the folder" if source is None else source.why
            raise Doubt(f"{where}: {why or 'the answer does not say which column is which field'}")
        need(origin["row"] in source.tables.get(origin["sheet"], ()), f"there is no row {where}")
        if source.keys is None and reading["header"]:
            for letters, heading in reading["headings"].items():
                rows = range(reading["header"], max(reading["header"] - 3, 0), -1)  # a heading may stand in several
                there = [source.cell(origin["sheet"], row, letters, None) for row in rows]
                is_it = not there[0] or any(text and name_key(text) in name_key(heading) for text in there)
                need(is_it, f"{where}: column {letters} is headed {there[0]!r}")
        return source, reading

    def readings(self, origin: dict, kinds: tuple[str, ...], annexed: bool = False):
        """Yield the cells of a row by field, and what was said of all rows, by each kind that it may be of."""
        source, reading = self.source_of(origin, annexed)
        for kind in (kind for kind in kinds if kind in reading["fields"]):
            values = {}
            for field, letters in reading["fields"][kind].items():
                heading, row = reading["headings"].get(letters), origin["row"]
                while (text := source.cell(origin["sheet"], row, letters, heading)).strip() in ("同上", "同前") and row:
                    row -= 1
                values |= {field: text} if text else {}
            said, stated = reading.get("said", {}).get(kind, {}), kinds_said(values.get("kind"))
            if "keeper" in reading["fields"][kind] or "keeper" in said:
                raise Doubt(f"{place_of(origin)}: books of one keeper are not read here")
            if stated in ([], [kind]) or len(stated) > 1:
                yield kind, values, said, reading

    def best(self, origin: dict, kinds: tuple[str, ...], check):
        errors: list[Exception] = []
        for kind, values, said, reading in self.readings(origin, kinds):
            try:
                number = plain(values.get("record_no"))
                need(number == plain(origin["record_no"]), f"{place_of(origin)}: its record has the number {number!r}")
                return kind, values, check(kind, values, said), said
            except Doubt as doubt:
                errors.insert(0, doubt)
            except Fault as fault:
                errors.append(Doubt(f"{fault} (a recipe cleans cells)") if "recipe" in reading else fault)
        none = Doubt if "card_list" in kinds else Fault  # a row that moves nothing by its day may list the card
        raise errors[0] if errors else none(f"{place_of(origin)} states none of {', '.join(kinds)}")

    def check_party(self, party: dict, values: dict, said: dict, fields: tuple, where: str, card: dict) -> None:
        kind, _, key = party["id"].partition(":")
        field = next((f for f in fields if f in values or f"{f}_id" in values), None)
        if field is None:
            told = next((f for f in fields if f in said or f"{f}_id" in said), None)
            if told is None and kind == "carrier":
                is_its = ISSUERS.get((card["key"] or "")[:6]) == key
                need(is_its, f"{where}: no cell names {party['name']}, nor does the number")
                self._need_name(party, where)
                return
            ids, names = {bare(said.get(f"{told}_id")).casefold()}, {name_key(said.get(told))}
            is_said = name_key(party["name"]) in names or key.casefold() in ids or carrier_of(said.get(told)) == key
            need(told is None or is_said or self.judged, f"{where}: {said.get(told)!r} was said, not {party['name']!r}")
            raise Doubt(f"{where}: no cell names {party['name']}" + (f": {SAID}" if told else ""))
        name, number = values.get(field, ""), bare(values.get(f"{field}_id")).casefold()
        if kind == "carrier":
            need(carrier_of(name) == key or key not in CARRIERS, f"{where}: {name!r} is not {party['name']!r}")
        elif kind == "id" and number != key.casefold():
            is_none = number == key[:6] + key[8:17] or re.fullmatch(r"\D*|.{0,4}|(.)\1*|.*\*.*", number)
            need(is_none, f"{where}: {number!r} is not {key!r}", self.judged)
            self._need_pair(key, name or key, where)
        elif kind != "id":
            need(name_key(name) == name_key(key.split("#")[0]), f"{where}: {name!r} is not {key!r}", self.judged)
        self._need_name(party, where)

    def _need_name(self, party: dict, where: str) -> None:
        (kind, _, key), name = party["id"].partition(":"), party["name"]
        if kind == "id":
            self._need_pair(key, name, where)
            return
        if kind == "carrier" and key not in CARRIERS:
            raise Doubt(f"{where}: virtual operators are not known here")
        same = carrier_of(name) == key if kind == "carrier" else name_key(name) == name_key(key.split("#")[0])
        need(same, f"{where}: {name!r} is not {key!r}", self.judged)
        is_usual = kind == "carrier" and name == f"中国{CARRIERS[key].partition('|')[0]}"
        is_written = is_usual or name_key(name) in self.beside
        doubt = SAID if name_key(name) in self.said else self.elsewhere
        need(is_written, f"{where}: {name!r} is written by no row that is read here", doubt)

    def _need_pair(self, number: str, name: str, where: str) -> None:
        same = name_key(name) in (name_key(number), *self.beside.get(name_key(number), ()))
        need(same, f"{where}: {name!r} is stated with {number} by no row that is read here", self.elsewhere)

    def check_card(self, values: dict, card: dict, origin: dict) -> str:
        for precision, low, high in lots_of(values):
            if any(is_within(key, low, high) for key in (card["key"], card["iccid"]) if key):
                return precision
        for name in ("msisdn", "imsi", "eid"):
            if values.get(name) and national(values[name]) in map(national, card[name]):
                return "listed"
        written = values.get("iccid") or values.get("iccid_first")
        need(not written, f"{place_of(origin)}: the row is about {written}, and not about this card")
        if (origin["sha256"], origin["sheet"], origin["row"]) in self.listed.get(card["key"], ()):
            return "listed"
        if not whole(values.get("quantity")):
            raise Doubt(f"{place_of(origin)}: no column that is known here names the card")
        return "quantity"

    def check_hop(self, hop: dict, card: dict) -> dict:
        days: dict[str, set[str]] = {}
        texts: dict[str, set[str]] = {name: {""} for name in ("channel", "waybill", "price")}
        found, every, sides, parts, is_open = [], set(), set(), {}, False
        need(hop["origins"], "no row states it")
        for origin in hop["origins"]:
            where = place_of(origin)

            def check(kind: str, values: dict, said: dict, where: str = where, origin: dict = origin) -> tuple:
                precision, doubts = self.check_card(values, card, origin), {}
                for role, fields in zip(("from", "to"), SIDES[kind], strict=True):
                    try:
                        self.check_party(hop[role], values, said, fields, where, card)
                    except Doubt as doubt:
                        doubts[role] = str(doubt)
                return precision, doubts

            kind, values, (precision, doubts), said = self.best(origin, tuple(SIDES), check)
            parts, sides = parts | doubts, sides | ({"from", "to"} - doubts.keys())
            when = day_of(values.get("date"))
            if when is None and values.get("date"):
                raise Doubt(f"{where}: the day {values['date']!r} is not understood here")
            found.append((kind, precision))
            fields = self.tables[ref_of({**origin, "row": ""})]["reading"]["fields"]
            is_open = is_open or (len(SIDES.keys() & fields) > 1 and len(kinds_said(values.get("kind"))) != 1)
            days.setdefault("known" if kind == "registration" else "moved", set()).update([when[0]] if when else [])
            every |= {(name, plain(text)) for name, text in said.items()}
            for name, stated in texts.items():
                stated.add(plain(values.get(name)))
        parts = {role: doubt for role, doubt in parts.items() if role not in sides}
        stated = days.get("moved") or days.get("known") or {None}
        self.days[id(hop)] = stated
        texts["date"] = {day or "" for day in stated}
        for name, written in texts.items():
            if hop[name] and written == {""} and (name, plain(hop[name])) in every:
                parts[name] = SAID
            else:
                rows = ", ".join(sorted(written - {""})) or "nothing"
                is_written = plain(hop[name]) in written and (hop[name] or written == {""})
                need(is_written, f"its rows state {rows}, not {hop[name]}")
        earlier = [day for day in stated if day and is_earlier(day, hop["date"])]
        need(not earlier, f"a row states the earlier day {earlier}")
        best = next(one for one in ("listed", "range", "quantity") if one in {precision for _, precision in found})
        need(hop["precision"] == best, f"its rows name the card as {best}, not as {hop['precision']}")
        kind = next(kind for kind in SIDES if kind in {kind for kind, _ in found})
        if kind != "registration":  # a carrier sells, and nobody else does
            kind = "purchase" if is_carrier(hop["from"]) else "transfer" if kind == "purchase" else kind
        kind = "return" if is_carrier(hop["to"]) else kind
        if hop["kind"] != kind and is_open:
            parts["kind"] = "its row may be of several kinds, and does not say which"
        else:
            need(hop["kind"] == kind, f"its rows state a {kind}, not a {hop['kind']}")
        return parts

    def _joins(self, chain: dict) -> None:
        hops, levels = chain["hops"], {}
        order = [*range(1, len(hops) + 1)]
        need([h["n"] for h in hops] == order and not hops[0]["gap_before"], "the hops are not numbered in order")
        for one, two in itertools.pairwise(hops):
            joined = (one["to"]["id"] != two["from"]["id"]) == two["gap_before"]
            need(joined, f"hop {two['n']} and a gap before it do not fit {one['to']['name']}")
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
        self.lean(hops)

    def _ends(self, chain: dict) -> None:
        sold = [hop["to"] for hop in chain["hops"] if is_carrier(hop["from"])][-1:]
        known = sold or [each["party"] for hop in chain["hops"] for each in hop["registered"]]
        for role, parties in (("holder", [chain["hops"][-1]["to"]]), ("registrant", known)):
            party, ids = chain[role], {each["id"] for each in parties}
            need(party["id"] in ids if party else not sold, f"{role} is {side(party)}, by the hops {ids or None}")
            self._need_name(party, role) if party and not self.redacted else None
        need(chain["outcome"] == own_outcome(chain), f"the chain is {own_outcome(chain)}, not {chain['outcome']}")
        self.lean(chain["hops"])

    def _agreed(self, result: dict, role: str) -> None:
        chains, stated = result["chains"], result[role]
        if role == "outcome":
            expected = "ambiguous" if len(chains) > 1 else own_outcome(chains[0]) if chains else "broken"
        else:
            each, stated = {side(chain[role]) for chain in chains}, side(stated)
            expected = each.pop() if len(each) == 1 else None
        need(stated == expected, f"the chains make it {expected}, not {stated}")
        self.lean(chains)

    def check_result(self, result: dict) -> None:
        card, about = result["card"], result["input"]
        self.judged = JUDGED if any(each.get("same") for each in result["judgements"]) else ""
        if result["found"]:
            self.say(f"{about}: the card", self._card, card, result, values="card")
            if card["msisdn"] or card["imsi"] or card["eid"]:
                self.say(f"{about}: its other numbers", self._numbers, result, values="numbers")
        else:
            self.say(f"{about}: not found", self._not_found, result, values="none")
        for number, chain in enumerate(result["chains"], 1):
            which = about if len(result["chains"]) == 1 else f"{about}, chain {number}"
            for hop in chain["hops"]:
                sides = f"{hop['from']['name']} > {hop['to']['name']}"
                self.say(f"{which}: hop {hop['n']} {sides}", self.check_hop, hop, card, values="hop")
                for each in hop["registered"]:
                    registered = f"{which}: hop {hop['n']} registered"
                    self.say(registered, self._statement, each, "registration", card, values="registration")
            self.say(f"{which}: the hops join", self._joins, chain, values="order")
            self.say(f"{which}: registrant and holder", self._ends, chain, values="ends")
        for role in ("registrant", "holder", "outcome") if result["found"] else ():
            self.say(f"{about}: {role}", self._agreed, result, role, values=role)
        for kind, part in (("activation", "activations"), ("seizure", "seizures"), ("card_list", "card_lists")):
            for place, item in enumerate(result[part], 1):
                of_kind = item.get("kind", kind)
                self.say(f"{about}: {of_kind} {place}", self._statement, item, of_kind, card, values=of_kind)
        if result["found"]:
            self.say(f"{about}: end user", self._end_user, result, values="end user")
        for place, finding in enumerate(result["findings"]):
            names = " ".join(f"params.{name}" for name in FINDINGS.get(finding["code"], ("", ""))[1].split())
            sentence, values = f"{about}: finding {finding['code']}", f"code severity {names}"
            self.say(sentence, self._finding, finding, result, place, values=values)
        for place, lead in enumerate(result["leads"]):
            self.say(f"{about}: lead {lead['for']}", self._lead, lead, result, place, values="lead")
        self.say(f"{about}: the rows of each sentence", self._because, result, values="rows")
        if result["found"]:
            self.say(f"{about}: no other row names the card", self._complete, result)

    def _not_found(self, result: dict) -> None:
        is_bare = not any(result[name] for name in ("chains", "registrant", "holder", "end_user", "activations"))
        need(is_bare and result["outcome"] == "not_found", "what is not found has a history")
        key = card_key(result["read_as"] or result["input"])
        if key is None:
            raise Doubt("redacted, not checked" if self.redacted else "the input is no whole number of a card")
        self._complete({**result, "card": {"key": key}})

    def _card(self, card: dict, result: dict) -> dict:
        asked = bare(result["read_as"] or result["input"])
        if self.redacted or card["iccid"] is None:
            raise Doubt("redacted, not checked" if self.redacted else "records know it by another number only")
        key, number, issuer = card["key"], card["iccid"], ISSUERS.get(card["key"][:6])
        need(card_key(number) == key, f"{number} and {key} are two cards")
        need(result["matched_as"] != "iccid" or card_key(asked) in (None, key), f"{result['input']} is not {key}")
        need(issuer in (None, card["carrier"]), f"the number is one of {issuer}")
        is_whole = re.fullmatch("[0-9]{19,20}", number) and issuer != "china-mobile"
        right = "n/a" if not is_whole or (issuer and len(number) == 19) else "bad"
        right = "ok" if right == "bad" and luhn(number[:-1]) == number[-1] else right
        need(card["checksum"] == right, f"its check digit is {right}, not {card['checksum']}")
        is_beginning = number.startswith(asked) and not result["read_as"]
        self.stated |= {(id(result), "found"), *([(id(result), "input")] if is_beginning else ())}
        return {} if issuer else {"carrier": "whose such numbers are is not known here"}

    def _numbers(self, result: dict) -> None:
        card = result["card"]
        rows = (self.sources[at].tables[sheet][row] for at, sheet, row in self.listed.get(card["key"], ()))
        written = {national(cell) for cells in rows for cell in cells}
        numbers = [each for name in ("msisdn", "imsi", "eid") for each in card[name]]
        need(len({*numbers}) == len(numbers), "a number stands there twice")
        if missing := [each for each in numbers if national(each) not in written]:
            raise Doubt(f"no row that lists the card writes {', '.join(missing)}")

    def _statement(self, item: dict, kind: str, card: dict) -> dict:
        role, fields, names = STATED[kind]
        texts: dict[str, set[str]] = {name: {""} for name in names}
        parts: dict[str, str] = {}
        need(item["origins"], "no row states it")
        for origin in item["origins"]:
            where = place_of(origin)

            def check(_: str, values: dict, said: dict, where: str = where, origin: dict = origin) -> None:
                self.check_card(values, card, origin)
                if kind != "card_list" or values.get("date"):
                    self._same_day(item["date"], values, where)
                elif item["date"]:
                    parts["date"] = f"{where}: no cell states it"
                try:
                    if item[role] is not None:
                        self.check_party(item[role], values, said, fields, where, card)
                    elif name_key(values.get(fields[0])) and kind != "card_list":
                        raise Doubt(f"{where}: the row says {values[fields[0]]!r}, the answer nobody")
                except Doubt as doubt:
                    parts[role] = str(doubt)

            _, values, _, said = self.best(origin, (kind, "stock") if kind == "card_list" else (kind,), check)
            for name, stated in texts.items():
                stated.add(national(values.get(name, said.get(name))))
                if name in said and name not in values:
                    parts[name] = SAID
        for name, stated in texts.items():
            text = national(item[name])
            if text not in stated and name == "imei" and text[:14] in {each[:14] for each in stated}:
                parts[name] = f"its last digit differs from {stated - {''}}"
            elif not text and stated != {""}:
                parts[name] = f"the rows say {', '.join(stated - {''})!r}, the answer nothing"
            else:
                need(text in stated, f"{name}: {item[name]!r} is not in {stated}")
        return parts

    def _same_day(self, stated: str | None, values: dict, where: str) -> None:
        cell = plain(values.get("date"))
        when = (day_of(f"{cell} {plain(values['time'])}") if values.get("time") else None) or day_of(cell)
        if when is None and cell:
            raise Doubt(f"{where}: the day {cell!r} is not understood here")
        is_day = (when[0] if when else None) == (stated[: len(when[0])] if when and stated else stated)
        is_time = len(stated or "") < 11 or stated == f"{when[0]}T{when[1]}+08:00"
        need(is_day and is_time, f"{where}: the row states {cell!r}, not {stated}")

    def _end_user(self, result: dict) -> None:
        user, basis, uses = result["end_user"], result["end_user_basis"], result["activations"]
        named = [use["user"] for use in uses if use["user"] is not None][-1:]
        need((user is None) == (basis is None), "user and basis do not belong together")
        need(uses == sorted(uses, key=lambda use: use["date"][:10]), "the uses are not in the order of their days")
        if basis == "named":
            need(named and side(named[0]) == side(user), f"the latest use names {[each['name'] for each in named]}")
            self.lean(uses)
            return
        is_open = any(finding["code"] in OPEN for finding in result["findings"])
        need(basis in (None, "holder_that_day"), f"{basis} is no ground")
        need(user or not is_open, "nobody is said to have used it", "rows that are not known here decide that")
        need(not named or (user is None and is_carrier(named[0])), f"a use names {[each['name'] for each in named]}")
        need(user is None or uses, "a user is presumed where no use is on record")
        for chain in result["chains"] if uses else ():
            held = holder_at(chain, uses[-1]["date"])
            if held is None or is_open or (user is None and len(result["chains"]) > 1):
                raise Doubt("days or rows that are not known here decide who held the card then")
            need(side(held) == side(user) or (user is None and is_carrier(held)), f"{held['name']} held the card then")
        self.lean([*uses, *(hop for chain in result["chains"] for hop in chain["hops"] if uses)])

    def _finding(self, finding: dict, result: dict, place: int) -> dict:
        code, at, rows = finding["code"], finding["params"], result["because"]["findings"]
        hops = [hop for chain in result["chains"] for hop in chain["hops"]]
        cells = {name_key(cell) for ref in rows[place] for cell in self._cells(ref)}
        told = {side(each) for each in walk({**result, "findings": []}) if {"id", "name"} <= each.keys()}
        for each in walk(at):
            if {"n", "from", "to"} <= each.keys():
                need(hops_of(each, hops), f"there is no hop {each['n']} {each['from']['name']} > {each['to']['name']}")
            elif {"id", "name"} <= each.keys() and side(each) not in told and name_key(each["name"]) not in cells:
                is_known = code == "delivered_to_other" and name_key(each["name"]) in self.beside
                doubt = "redacted, not checked" if self.redacted else self.elsewhere
                need(is_known, f"neither hops nor rows name {each['name']}", doubt)
        if code not in FINDINGS:
            raise Doubt(f"of findings of the kind {code} only the parties and hops are checked here")
        need(finding["severity"] == FINDINGS[code][0], f"it is no {finding['severity']}")
        items, parts = self._grounds(code, at, result, hops), {}
        need(items, "hops, uses and seizures of the answer do not say so")
        need(sorted(rows[place]) == sorted(refs(items)), "it rests on other rows")
        if code in ("user_differs_from_holder", "seized_from_another"):
            chain = result["chains"][0]
            held = holder_at(chain, at["date"]) if at["date"] else chain["holder"]
            need(held is None or side(held) == side(at["holder"]), f"{held and held['name']} held the card then")
            parts |= {} if held else {"params.holder": "days that are not known here decide who held the card then"}
            items += hops
        self.lean(items)
        self.stated.add((id(rows), place))
        return parts

    def _grounds(self, code: str, at: dict, result: dict, hops: list[dict]) -> list[dict]:
        """Return the hops, uses and seizures that make a finding; none where they do not."""
        uses, firsts = result["activations"], [chain["hops"][0] for chain in result["chains"]]
        firsts = firsts or [{"from": None, "origins": ()}]
        unsold = [hop for hop in firsts if not hop["from"] or not is_carrier(hop["from"])]
        sold = [hop for hop in hops if is_carrier(hop["from"])]
        pairs = [pair for chain in result["chains"] for pair in itertools.combinations(chain["hops"], 2)]

        def each_of(parts: list[dict], known: list[tuple[dict, tuple]]) -> list[dict]:
            stated = [(side(part["party"]), part["date"]) for part in parts]
            return [item for item, key in known if key in stated] if set(stated) <= {key for _, key in known} else []

        if code == "custody_gap":
            gap = (side(at["after"]), side(at["before"]), at["since"], at["until"])
            torn = [pair for pair in pairs if pair[1]["n"] == pair[0]["n"] + 1 and gap == gap_of(*pair)]
            return [*itertools.chain(*torn)]
        if code == "no_purchase" and at["carrier"] == result["card"]["carrier"]:
            return [hop for hop in unsold if side(hop["from"]) == side(at["first_holder"])]
        if code == "double_transfer":
            gone = [hop for hop in hops if side(hop["from"]) == side(at["at"])]
            return each_of(at["to"], [(hop, (side(hop["to"]), hop["date"])) for hop in gone])
        if code == "multiple_registrants":
            known = [(hop, (side(hop["to"]), hop["date"])) for hop in sold]
            known += [(one, (side(one["party"]), one["date"])) for hop in hops for one in hop["registered"]]
            return each_of(at["registrants"], known)
        if code == "date_inversion":
            day, before = at["date"], at["previous"]
            late = [pair for pair in pairs if hops_of(at["hop"], pair[1:]) and pair[0]["date"] == before]
            return [hop for pair in late if pair[1]["date"] == day and is_earlier(day, before) for hop in pair]
        if code == "date_disagreement":
            return [hop for hop in hops_of(at["hop"], hops) if sorted(self.days.get(id(hop), ())) == at["dates"]]
        if code == "activated_before_purchase":
            day, is_before = at["activated"], is_earlier(at["activated"], at["purchased"])
            bought = [hop for hop in sold if hop["date"] == at["purchased"] and is_before]
            is_first = bought and day == min(use["date"][:10] for use in uses)
            return bought + [use for use in uses if use["date"][:10] == day] if is_first else []
        if code == "user_differs_from_holder":
            return [use for use in uses if (side(use["user"]), use["date"][:10]) == (side(at["user"]), at["date"])]
        if code == "seized_from_another":
            taken = [one for one in result["seizures"] if side(one["seized_from"]) == side(at["seized_from"])]
            return [one for one in taken if (one["date"] or "")[:10] == (at["date"] or "")]
        digits = at.get("expected", "")
        is_right = digits and luhn(digits[:-1]) == digits[-1] and digits[:-1] in bare(at["written"])
        return [{"origins": ()}] if is_right else []

    def _cells(self, ref: str) -> list[str]:
        table, row = self.tables.get(f"{ref.rpartition(':')[0]}:"), int(ref.rpartition(":")[2])
        need(self.redacted or (table and row in table["rows"]), f"{ref} is not among the rows that the answer rests on")
        source = self.sources.get(table["sha256"]) if table else None
        return source.tables.get(table["sheet"], {}).get(row, []) if source else []

    def _asked(self, result: dict) -> list[tuple]:
        """Return who is asked for what, because of what, from when and until when, by the findings of a result."""
        hops = [hop for chain in result["chains"] for hop in chain["hops"]]
        sellers = [*dict.fromkeys(side(hop["from"]) for hop in hops if is_carrier(hop["from"]))]
        number = bare(result["read_as"] or result["input"])
        slug = ISSUERS.get(number[:6]) if re.fullmatch("[0-9A-F]{8,20}|[0-9]{19}[0-9A-Z]", number) else None
        slug = None if slug == "china-mobile" and not re.fullmatch("[0-9A-F]+", number) else slug
        slug = result["card"]["carrier"] if result["card"] else slug
        named = (f"carrier:{slug}", f"中国{CARRIERS[slug].partition('|')[0]}") if slug in CARRIERS else None
        issuer = next((each for each in sellers if each[0] == f"carrier:{slug}"), named)
        asked = [] if result["found"] else [(issuer, "purchase_record", "not_found", None, None)]
        for code, at in ((finding["code"], finding["params"]) for finding in result["findings"]):
            if code == "custody_gap":
                days = (at["since"], at["until"])
                asked += [(side(at[role]), "transfer_record", code, *days) for role in ("after", "before")]
            elif code in ("no_purchase", "multiple_registrants"):
                whom = [issuer] if code == "no_purchase" else sellers
                asked += [(each, "purchase_record", code, None, None) for each in whom]
            elif code in ("seized_from_another", "double_transfer", "possible_onward"):
                whom = side(at["holder" if code == "seized_from_another" else "at"])
                asked.append((whom, "transfer_record", code, None, None))
        if all(use["kind"] != "activation" for use in result["activations"]):
            asked.append(((sellers or [issuer])[-1], "activation_record", "no_activation", None, None))
        return asked

    def _lead(self, lead: dict, result: dict, place: int) -> dict:
        code, asked = lead["because"], self._asked(result)
        found = [at for at, finding in enumerate(result["findings"]) if finding["code"] == code]
        if code == "known_by_number_only":
            raise Doubt("who is asked about a number without a card is not checked here")
        stated = (side(lead["ask"]), lead["for"], code, lead["since"], lead["until"])
        need(stated in asked, f"the findings ask {[each for each in asked if each[2] == code]}, not {stated}")
        because = result["because"]
        rows = dict.fromkeys(ref for at in found for ref in because["findings"][at])
        need(because["leads"][place] == [*rows], "it rests on other rows than its findings")
        self.stated.add((id(because["leads"]), place))
        sold = [hop for chain in result["chains"] for hop in chain["hops"] if is_carrier(hop["from"])]
        is_by_carrier = lead["for"] != "transfer_record" and result["found"]
        self.lean([*(result["findings"][at] for at in found), *([result["card"], *sold] if is_by_carrier else [])])
        about = [lead["ask"] and lead["ask"]["id"], lead["for"], code, result["found"] and result["card"]["key"]]
        number = hashlib.sha256("\n".join(each or "" for each in about).encode()).hexdigest()[:16]
        if not about[3]:
            return {"id": "of what it is made is not known here"}
        return need(lead["id"] == number, f"its number is {number}") or {}

    def _because(self, result: dict) -> None:
        because, chains = result["because"], result["chains"]
        hops = [hop for chain in chains for hop in chain["hops"]]
        sold = [[hop for hop in chain["hops"] if is_carrier(hop["from"])] for chain in chains]
        to_it = [[hop for hop in each if side(hop["to"]) == side(result["registrant"])][-1:] for each in sold]
        listed = [
            each for hop in hops for each in hop["registered"] if side(each["party"]) == side(result["registrant"])
        ]
        used = [use for use in result["activations"] if side(use["user"]) == side(result["end_user"])][-1:]
        is_named = result["end_user_basis"] == "named"
        known = {
            "registrant": [*itertools.chain(*to_it)] or listed,
            "holder": [chain["hops"][-1] for chain in chains],
            "end_user": used if is_named else hops + result["activations"],
        }
        for role, items in known.items():
            rows, stated = refs(items) if result[role] else [], because[role]
            is_same = sorted(stated) == sorted(rows) if role != "end_user" or is_named else {*stated} <= {*rows}
            need(is_same, f"the rows of {role} are not those of its hop")
            need(result[role] is None or stated, f"the {role} rests on no row")
        for ref in itertools.chain(*because["findings"], *because["leads"]):
            self._cells(ref)
        self.stated |= {(id(because), "end_user")} if is_named or result["end_user"] is None else set()

    def _complete(self, result: dict) -> None:
        stated = {ref_of({**each, "table": None}) for each in walk(result) if {"sha256", "row"} <= each.keys()}
        stated |= {re.sub("!.*:", ":", ref) for each in result.get("because", {}).get("findings", []) for ref in each}
        self._no_other(result["card"]["key"], stated)

    def _no_other(self, key: str | None, stated: set[str]) -> None:
        doubt = ""
        for sha256, sheet, row in self.hits(key) if key else ():
            origin = {"sha256": sha256, "sheet": sheet, "row": row, "file": self.files.get(sha256, sha256[:12])}
            if ref_of(origin) in stated:
                continue
            tables = [one for one in self.tables.values() if (one["sha256"], one["sheet"]) == (sha256, sheet)]
            kinds = {kind for one in tables for kind in (one["reading"] or {}).get("fields", {})}
            texts = (plain(cell).casefold() for cell in self.sources[sha256].tables[sheet][row] if len(cell) < 30)
            is_other = kinds and kinds <= {"stock", "identity", "shipment", "payment"}
            is_none = self.sources[sha256].why or any(re.search(NO_EVENT, text) for text in texts)
            is_unread = sha256 not in self.files and any(self.answer.get("unread", {}).values())
            doubt = "the answer says that some rows were not read" if is_unread else ""
            need(is_other or is_none, f"{place_of(origin)} names the card, and no sentence rests on it", doubt)
            doubt = f"{place_of(origin)} names the card in a record that moves none"
        doubt = doubt or (self.unread and f"sources that are not read here may say more: {self.unread}")
        if doubt:
            raise Doubt(doubt)

    def check(self) -> None:
        for sha256 in sorted(self.files.keys() & self.sources.keys()):
            is_sound, file = self.sources[sha256].is_sound, self.files[sha256]
            self.say(f"source {sha256[:12]} {file}", need, is_sound, "its bytes have another hash")
        for table in self.tables.values():
            reading = table["reading"] or {}
            for kind, fields in reading.get("fields", {}).items():
                columns = [f"{name} is {at} {reading['headings'].get(at, '')}".strip() for name, at in fields.items()]
                columns += [f"{name} is {text!r}" for name, text in reading.get("said", {}).get(kind, {}).items()]
                where = ":".join(filter(None, (table["file"], table["sheet"])))
                self.lines.append(
                    (f"columns of {where}, {kind}", NOT_CHECKED, f"the answer alone says {', '.join(columns)}")
                )
        for result in self.answer.get("results", []):
            self.check_result(result)
        if "results" in self.answer:
            self.say("counts", self._counts, self.answer, values="counts")
        for audit in self.answer.get("enterprises", []):
            self.check_audit(audit)

    def _counts(self, answer: dict) -> None:
        results, counts = answer["results"], answer["counts"]
        keys = [one["found"] and str(one["card"]["key"] or one["card"]["iccid"] or one["card"]) for one in results]
        cards = {key: one for key, one in zip(keys, results, strict=True) if key}
        asked = [result["input"] for result in results]
        need(answer.get("options", {}).get("inputs", asked) == asked, "the options have other inputs")
        cases = [{each["case_no"] for each in one["seizures"]} - {None} for one in cards.values()]
        found = {
            "inputs": len(set(asked)),
            "cards": len(cards),
            "not_found": len({about for about, key in zip(asked, keys, strict=True) if not key}),
            "cases": len(set().union(*cases)),
            "cards_without_case": sum(not each for each in cases),
            "outcomes": Counter(one["outcome"] for one in cards.values()),
        }
        for what, count in found.items():
            need(count == counts[what], f"{what} are {count}, not {counts[what]}")

    def check_audit(self, audit: dict) -> None:
        about, acquired = audit["enterprise"]["name"], "purchased" if audit["role"] == "enterprise" else "received"
        base, resold, balance = audit[acquired], audit["buckets"]["resold"], audit["balance"]
        rest = balance["unaccounted"]
        in_months = resold - sum(each["cards"] for each in audit["questioned"] if each["kind"] == "custody_gap")
        for what, count, total in (
            ("buckets", sum(audit["buckets"].values()), base),
            ("months", sum(month[acquired] for month in audit["by_month"]), base),
            ("months of resale", sum(month["resold"] for month in audit["by_month"]), in_months),
            ("holders", sum(holder["cards"] for holder in audit["resold"]["final_holders"]), resold),
            ("depths", sum(audit["resold"]["by_depth"].values()), resold),
            ("balance", rest and balance[acquired] - sum(map(balance.get, MINUS)), rest),
        ):
            self.say(
                f"{about}: the {what} add up",
                need,
                count == total,
                f"the {what} come to {count}, not {total}",
            )
        self.lines.append((f"{about}: the cards behind the counts", NOT_CHECKED, "prove_annex.py checks their annex"))


def own_outcome(chain: dict) -> str:
    hops = chain["hops"]
    if any(hop["gap_before"] for hop in hops) or not is_carrier(hops[0]["from"]):
        return "broken"
    days = [hop["date"] for hop in hops if hop["date"] and hop["kind"] != "registration"]
    falls = any(two[: len(one)] < one[: len(two)] for one, two in itertools.pairwise(days))
    return "inferred" if falls or any(hop["precision"] == "quantity" for hop in hops) else "continuous"


def holder_at(chain: dict, when: str) -> dict | None:
    days = [hop["date"] or "" for hop in chain["hops"]]
    if len(when) < 10 or any(len(day) < 10 for day in days) or days != sorted(days):
        return None
    done = [hop for hop in chain["hops"] if hop["date"] <= when[:10]]
    if len(done) < len(days) and chain["hops"][len(done)]["gap_before"]:
        return None
    return done[-1]["to"] if done else chain["hops"][0]["from"]


def main() -> int:
    try:
        saved, folder = (Path(each) for each in sys.argv[1:] if each != "-v")
        answer = json.loads(saved.read_text(encoding="utf-8"))
        if not folder.is_dir() or not {"results", "enterprises"} & answer.keys():
            raise ValueError("no answer of trace or audit, or no folder of sources")
        checker = Checker(answer, folder)
        checker.check()
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        print(f"cannot be checked: {error}", __doc__.splitlines()[2].strip(), sep="\n", file=sys.stderr)
        return 2
    if checker.redacted:
        print("The answer is redacted: no row is compared with it, only its sentences with each other.")
    return tell(((*line, 1) for line in checker.lines), "-v" in sys.argv, unstated(answer, checker.stated))


if __name__ == "__main__":
    sys.exit(main())
