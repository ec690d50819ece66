"""Prove the counts of a saved audit of graphtrace, and its annex, from the bytes of its sources, without graphtrace.

    python prove_annex.py AUDIT.json FOLDER [ANNEX.jsonl] [-v]

FOLDER holds the sources as for ``prove.py``, which lies beside this program and reads them. The figures of the audit
have to add up. The annex has a line for each card behind its counts (``audit NAME --annex``), and its SHA-256 stands in
the audit. Three things are proved of it: its bytes have the stated hash; the counts of the audit are the sums of the
lines; and of each line that the rows it names, and no others, put the card where the line says. A card is followed from
row to row by their days; where they do not join one after the other, or state what is not understood here, the line is
not checked.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from prove import (
    HOP,
    ISSUERS,
    JUDGED,
    NOT_CHECKED,
    NOT_PROVED,
    PROVED,
    Checker,
    Doubt,
    Fault,
    bare,
    card_key,
    carrier_of,
    cells_of_side,
    day_of,
    name_key,
    national,
    need,
    once,
    plain,
    tell,
)

MINUS = ("returned", "activated_while_held", "declared_sold", "declared_stock")
OPERATOR = re.compile("中国(移动|联通|联合网络通信|电信|广电|广播电视)|china (mobile|unicom|telecom|broadnet)")
"""How the name of an operator, or of a branch of it, begins."""

Side = tuple[str, str] | None
"""Identifier and name of a party as a row states them, each maybe empty; of an operator the id alone."""


class Sums:
    """The counts of an audit as the lines of its annex make them."""

    def __init__(self) -> None:
        self.keys: set[str | None] = set()
        self.lines, self.counts = 0, Counter()

    def add(self, line: dict):
        self.keys.add(card_key(line["card"]))
        self.lines += 1
        is_resold, used = line["bucket"] == "resold", line["first_used"]
        counted = [("bucket", line["bucket"]), ("month", line["acquired"] and line["acquired"][:7])]
        counted += ([("use", used[:7]), ("used", "")] if used else []) + ([("seized", "")] if line["seized"] else [])
        if is_resold:
            holder, left = line["holder"], line["left"] and line["left"][:7]
            counted += [("holder", holder), ("depth", str(line["depth"])), ("resale", left)]
            counted += [("holder used", holder)] * bool(used) + [("channel", line["channel"])] * bool(line["channel"])
        need(is_resold or line["holder"] is line["depth"] is line["left"] is None, "a card has gone and was not resold")
        self.counts.update(counted)
        return {}, ()

    def check(self, audit: dict):
        acquired = "purchased" if audit["role"] == "enterprise" else "received"
        need(len(self.keys) == self.lines, "a card stands in two lines")
        need(self.lines == audit[acquired], f"there are {self.lines} lines, not {audit[acquired]}")
        stated = Counter({("used", ""): audit["activated"], ("seized", ""): audit["seized"]})
        stated.update({("bucket", name): cards for name, cards in audit["buckets"].items()})
        for name, figure in (("month", acquired), ("resale", "resold"), ("use", "first_used")):
            stated.update({(name, month["month"]): month[figure] for month in audit["by_month"]})
        for name, figures in (("depth", audit["resold"]["by_depth"]), ("channel", audit["resold"]["channels"])):
            stated.update({(name, value): cards for value, cards in figures.items()})
        for share in audit["resold"]["final_holders"]:
            holder = share["party"] and share["party"]["id"]
            stated.update({("holder", holder): share["cards"], ("holder used", holder): share["activated"]})
        differing = sorted({*(self.counts - stated), *(stated - self.counts)}, key=str)
        told = [f"{each} {self.counts[each]}, not {stated[each]}" for each in differing[:5]]
        need(not differing, f"the lines come to {'; '.join(told)}")
        return {}, ()


class AnnexChecker(Checker):
    """Checks an annex, a line at a time: there may be millions."""

    def __init__(self, answer: dict, folder: Path) -> None:
        self.numbers: dict[str, set[tuple]] = {}
        self.outside: dict[str, set[str]] = {}
        self.names: dict[str, set[str]] = {}
        super().__init__(answer, folder)
        for table in self.tables.values():
            fields = (table["reading"] or {}).get("fields", {}).values()
            for pair in {(of[name], of[f"{name}_id"]) for of in fields for name in of if f"{name}_id" in of}:
                self._learn_names(table, *pair)

    def _learn_names(self, table: dict, name: str, number: str) -> None:
        """Learn which names two columns of a table state with which identifiers."""
        source = self.sources.get(table["sha256"])
        for row in source.tables.get(table["sheet"], ()) if source else ():
            told, key = (source.cell(table["sheet"], row, at) for at in (name, number))
            self.names.setdefault(bare(key).casefold(), set()).add(name_key(told))

    def _index(self, place: tuple, cells: list[str]) -> None:
        for number in map(national, cells):
            if number.isdecimal() and len(number) > 9:
                self.numbers.setdefault(number, set()).add(place)
        if place[0] not in self.files:
            keys = {name_key(cell) for cell in cells if cell and len(cell) < 200}
            for key in keys:
                self.outside.setdefault(key, set()).update(keys)
        super()._index(place, cells)

    def check(self) -> None:
        super().check()
        for audit in self.answer["enterprises"]:
            self.check_audit(audit)

    def check_audit(self, audit: dict) -> None:
        """Check whether the figures of an audit add up."""
        about, acquired = audit["enterprise"]["name"], "purchased" if audit["role"] == "enterprise" else "received"
        base, resold, balance, months = audit[acquired], audit["buckets"]["resold"], audit["balance"], audit["by_month"]
        sums = {
            "buckets": (sum(audit["buckets"].values()), base),
            "months": (sum(month[acquired] for month in months), base),
            "months of resale": (sum(month["resold"] for month in months), resold),
            "holders": (sum(holder["cards"] for holder in audit["resold"]["final_holders"]), resold),
            "depths": (sum(audit["resold"]["by_depth"].values()), resold),
        }
        rest = balance["unaccounted"]
        sums["balance"] = (rest and balance[acquired] - sum(map(balance.get, MINUS)), rest)
        for what, (count, total) in sums.items():
            self.compare(f"{about}: the {what} add up", count, total)

    def compare(self, sentence: str, found: object, stated: object) -> None:
        state, why = (PROVED, "") if found == stated else (NOT_PROVED, f"it is {found}, not {stated}")
        self.lines.append((sentence, state, why))

    def check_annex(self, annex: Path) -> Iterator[tuple[str, str, str, str]]:
        """Yield what is said of each line: the party and bucket, the card, what was found, why; the whole last."""
        hashed = hashlib.sha256()
        audits = {audit["enterprise"]["id"]: audit for audit in self.answer["enterprises"]}
        sums = {party_id: Sums() for party_id in audits}
        with annex.open("rb") as lines:
            for text in lines:
                hashed.update(text)
                line = json.loads(text, object_pairs_hook=once)
                audit = audits[line["enterprise"]]
                self.judged = JUDGED if audit["judgements"] else ""
                self.say("", sums[line["enterprise"]].add, line)
                self.say("", self._line, line, audit)
                for _, state, why in self.lines[:: 1 if self.lines[0][1] == NOT_PROVED else -1][:1]:
                    yield f"{audit['enterprise']['name']}: {line['bucket']}", line["card"], state, why
                self.lines.clear()
        self.compare("the annex", hashed.hexdigest(), self.answer["options"]["annex"]["sha256"])
        for party_id, audit in audits.items():
            about = audit["enterprise"]["name"]
            self.say(f"{about}: the counts are sums of the lines", sums[party_id].check, audit)
        yield from ((sentence, "", state, why) for sentence, state, why in self.lines)

    def _line(self, line: dict, audit: dict):
        card = {"key": card_key(line["card"]), "iccid": line["card"]} | dict.fromkeys(("msisdn", "imsi", "eid"), ())
        moves, uses, taken, numbers, places, cleaned = [], [], False, set(), set(), False
        for ref in line["rows"]:
            table = self.tables.get(f"{ref.rpartition(':')[0]}:")
            need(table, f"{ref} lies in no table of the answer")
            origin = {**table, "row": int(ref.rpartition(":")[2])}
            places.add((origin["sha256"], origin["sheet"], origin["row"]))
            read = [*self.readings(origin, (*HOP, "activation", "usage", "seizure"), annexed=True)]
            for kind, values, said, reading in read:
                cleaned = cleaned or "recipe" in reading
                numbers |= {national(values[name]) for name in ("msisdn", "imsi", "eid") if values.get(name)}
                when = (day_of(values.get("date")) or ("",))[0]
                taken = taken or kind == "seizure"
                if kind in ("activation", "usage"):
                    uses.append((when, self._mention(values, said, ("user",), card)))
                elif kind in HOP:
                    precision = self.check_card(values, card, origin)
                    sides = [self._mention(values, said, fields, card) for fields in HOP[kind].values()]
                    move = (when, *sides, plain(values.get("channel") or said.get("channel")), kind)
                    known = [one for one in moves if one[0] == when and all(map(same, one[1:3], sides))]
                    moves += [] if known else [move]
                    cleaned = cleaned or precision == "quantity" or (known and known[0][3] != move[3])
            if len({kind in HOP for kind, *_ in read}) != 1:
                raise Doubt("a row states nothing, or several things, that are told apart here")
        others = {place for number in numbers for place in self.numbers.get(number, ())} - places
        if others or any(len(day) < 10 for day, *_ in moves + uses):
            raise Doubt("another row names its number" if others else "a day is not stated, or not understood here")
        moves.sort(key=lambda move: move[0])
        pairs = [*itertools.pairwise(moves)]
        if cleaned or not all(one[0] < two[0] and same(one[2], two[1]) for one, two in pairs):
            raise Doubt("a recipe cleans cells" if cleaned else "its rows do not join in the order of their days")
        try:
            self.need_no_other(card["key"], set(line["rows"]))
        except Fault as fault:
            if any(self.answer.get("unread", {"rows": 1}).values()):
                raise Doubt(
                    "a row names the card that the line does not rest on; the answer says that some were not read"
                ) from fault
            raise
        made = self._fate(moves, uses, audit)
        for name, value in {**made, "first_used": min((day for day, _ in uses), default=None), "seized": taken}.items():
            is_same = self._is(value, line[name]) if name == "holder" else value == line[name]
            need(is_same, f"its rows make it {name} {value}, not {line[name]}", self.judged)
        return {}, ()

    def _fate(self, moves: list[tuple], uses: list[tuple], audit: dict) -> dict:
        """Return where the card of some moves counts, each a day, two sides, a channel and a kind."""
        about, is_bought = audit["enterprise"]["id"], audit["role"] == "enterprise"
        got = [n for n, (_, one, two, *_) in enumerate(moves) if of_carrier(one) == is_bought and self._is(two, about)]
        need(got, "no row brings the card to the party", self.judged)
        since, bucket, onward = moves[got[-1] :], "in_stock", []
        away = since[max(n for n, move in enumerate(since) if self._is(move[2], about)) + 1 :]
        if any(of_carrier(move[2]) for move in since) or (
            away and not is_bought and (away[0][4] == "return" or same(away[0][2], since[0][1]))
        ):
            bucket = "returned"
        elif away:
            bucket, onward = "resold", away
        elif uses:
            named = [use for use in sorted(uses, key=lambda use: use[0]) if use[1]]
            if len({user for day, user in named if day == named[-1][0]}) > 1:
                raise Doubt("several users are named on the last day")
            bucket = "activated_by_enterprise" if named and self._is(named[-1][1], about) else "activated_by_other"
            bucket = bucket if named else "activated_unnamed"
        first, last = (onward[0], onward[-1][2]) if onward else ((None, None, None, None), None)
        gone = {"left": first[0], "channel": first[3] or None, "depth": self._depth(onward) or None, "holder": last}
        return {"bucket": bucket, "acquired": since[0][0], **gone}

    @staticmethod
    def _depth(onward: list[tuple]) -> int:
        """Return how many sales the holder is away; a return undoes those that it goes back on."""
        reached: list[tuple] = []
        for move in onward:
            before = [n for n, one in enumerate(reached) if move[4] == "return" and same(one, move[2])]
            reached = reached[: before[-1] + 1] if before else [*reached, move[2]]
        return len(reached)

    def _mention(self, values: dict, said: dict, fields: tuple, card: dict) -> tuple[str, str] | None:
        """Return identifier and name of a side as a row states them; an operator is known by its words."""
        at, field = cells_of_side(values, said, fields)
        name, number = name_key(at.get(field)), bare(at.get(f"{field}_id")).casefold()
        slug = carrier_of(name) if field or "carrier" not in fields else ISSUERS.get((card["key"] or "")[:6])
        if OPERATOR.match(name) or ("carrier" in fields and field in ("", "carrier")):
            if slug is None:
                raise Doubt("a carrier is not known here")
            return f"carrier:{slug}", ""
        if slug or re.fullmatch(r"(.)*|.{1,4}|.*\*.*", number):
            raise Doubt("a name may be an operator's, or an identifier nobody's")
        return (number, name) if number or name else None

    def _is(self, side: tuple[str, str] | None, party_id: str | None) -> bool:
        kind, _, key = (party_id or "").partition(":")
        if side is None or kind == "carrier" or of_carrier(side):
            return (side and side[0]) == party_id
        if kind == "id":
            number = key.casefold()
            if not side[0] and side[1] not in self.names.get(number, ()) and number in self.outside.get(side[1], ()):
                raise Doubt("another file may say whose name a row states")
            return side[0] == number or (not side[0] and side[1] in self.names.get(number, ()))
        return not side[0] and side[1] == name_key(key.split("#")[0])


def of_carrier(side: Side) -> bool:
    return bool(side) and side[0].startswith("carrier:")


def same(one: Side, other: Side) -> bool:
    return one == other or bool(one and other and one[1] == other[1] and not (one[0] and other[0]))


def main() -> int:
    try:
        saved, folder, *annexes = (Path(each) for each in sys.argv[1:] if each != "-v")
        checker = AnnexChecker(json.loads(saved.read_text(encoding="utf-8"), object_pairs_hook=once), folder)
        checker.check()
        told = [(*line, 1) for line in checker.lines]
        checker.lines.clear()
        found, first, cards = Counter(), {}, Counter()
        for about, card, state, why in checker.check_annex(*annexes) if annexes else ():
            found[about, state, why] += 1
            first.setdefault((about, state, why), card)
            cards[state] += bool(card)
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        print(f"cannot be checked: {error!r}", __doc__.splitlines()[2].strip(), sep="\n", file=sys.stderr)
        return 2
    for (about, state, why), lines in found.items():
        card = first[about, state, why]
        told.append((f"{about} ({lines} lines, first {card})" if card else about, state, why, lines))
    if not annexes:
        told.append(("the cards behind the counts", NOT_CHECKED, "the annex says which they are (audit --annex)", 1))
    else:
        counts = ", ".join(f"{cards[state]} {state}" for state in (PROVED, NOT_CHECKED, NOT_PROVED))
        print(f"cards of the annex: {counts}; sources that were not read: {checker.unread or 'none'}")
    return tell(told, "-v" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
