"""Ways of forging what is handed out, so that only the log or the sources tell: answers, their log, sealed cases."""

from __future__ import annotations

import json
import random
import re
import zipfile
from pathlib import Path

import duckdb

from graphtrace.storage.ledger import content_of

from .base import CARDS
from .forgeries import Copy, Forgery, chained, lines, put, way

CLAIM = "王五已供认"


def unlogged(path: Path, *more: str) -> list[str]:
    return [rf"{re.escape(path.name)}[^\n]*answer_not_logged", rf"answer_not_logged[^\n]*{re.escape(path.name)}", *more]


@way("answer", weight=3)
def answer_of_another_moment(copy: Copy, chance: random.Random) -> Forgery:
    """What an answer says of itself, and no asking again shows: head, version, case, options."""
    path = copy.folder / "trace.json"
    answer = json.loads(path.read_bytes())
    done = chance.choice(["ledger_head", "graphtrace", "case", "inputs", "judged"])
    if done == "ledger_head":
        heads = [content_of(line)["hash"] for line in lines(copy.case / "ledger.jsonl")]
        answer[done] = chance.choice(heads[-4:-1])
    elif done == "inputs":
        answer["options"][done] = []
    elif done == "judged":
        answer["options"][done] = False
    else:
        answer[done] = CLAIM
    copy.write(path, json.dumps(answer, ensure_ascii=False, indent=2).encode())
    return Forgery(f"{path.name}: {done}", unlogged(path, *(["inputs"] if done == "inputs" else [])))


@way("lines", weight=2)
def answer_lines_lost(copy: Copy, chance: random.Random) -> Forgery:
    """Whole cards taken from an answer in JSON Lines, or in another order."""
    path = copy.folder / "trace.jsonl"
    one, two, *rest = lines(path)
    done = chance.choice(["lost", "exchanged", "cut off"])
    put(copy, path, {"lost": [two, *rest], "exchanged": [two, one, *rest], "cut off": [one]}[done])
    return Forgery(f"lines of {path.name} {done}", unlogged(path))


@way("people", weight=2)
def answer_title(copy: Copy, chance: random.Random) -> Forgery:
    """The name of the case replaced by a claim, in what a file for people shows and in what it carries."""
    path = copy.folder / f"trace.{chance.choice(['html', 'xlsx'])}"
    if path.suffix == ".html":
        copy.write(path, path.read_bytes().replace(b"x.gtrace", CLAIM.encode()))
    else:
        with zipfile.ZipFile(path) as archive:
            held = {info: archive.read(info) for info in archive.infolist()}
        path.unlink()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for info, content in held.items():
                archive.writestr(info, content.replace(b"x.gtrace", CLAIM.encode()))
    return Forgery(f"{path.name}: its case is {CLAIM}", unlogged(path))


@way(weight=2)
def lookups_of_answers(copy: Copy, chance: random.Random) -> Forgery:
    """The last look-ups, which no line of another chain names: cut off, or their answers exchanged."""
    path = copy.case / "lookups.jsonl"
    contents = [content_of(line) for line in lines(path)]
    stated = {
        content_of(line).get("lookups") for chain in ("ledger", "notes") for line in lines(copy.case / f"{chain}.jsonl")
    }
    last = max(number for number, content in enumerate(contents) if content["hash"] in stated)
    done = chance.choice(["cut off", "their answers exchanged"])
    if done == "cut off":
        put(copy, path, lines(path)[: last + 1])
    else:
        for content in contents[last + 1 :]:
            if "answer" in content:
                content["answer"] = "".join(chance.choice("0123456789abcdef") for _ in range(64))
        put(copy, path, chained(contents, last + 1, lines(path)))
    return Forgery(f"look-ups after line {last + 1} {done}", unlogged(copy.folder / "trace.json"))


@way("sealed", weight=3)
def sealed_with_another_database(copy: Copy, chance: random.Random) -> Forgery:
    """A value of the database, which the short check does not compare, before the case is sealed."""
    done, sql = chance.choice(
        [
            ("a day", "UPDATE wide_card_records SET day = day + 1 WHERE day IS NOT NULL"),
            ("whom cards were seized from", "UPDATE wide_card_records SET holder = '马晓东' WHERE holder IS NOT NULL"),
            ("rows that were not read", "DELETE FROM unread_cards"),
        ]
    )
    with duckdb.connect(str(copy.own(copy.database))) as database:
        database.execute(sql)
    return Forgery(f"a case sealed after a change of its database: {done}", [r"\.csv", r"\.jsonl", r"\.xlsx"])


@way("bundle", weight=2)
def bundle_beside(copy: Copy, chance: random.Random) -> Forgery:
    """Something beside the lists of a bundle."""
    name = chance.choice(["README.txt", "fetch.txt", "manifest-sha512.txt", "data/link", "data/empty", "data/more.csv"])
    path = copy.bag / name
    if name == "data/link":
        path.symlink_to("ledger.jsonl")
    elif name == "data/empty":
        path.mkdir()
    else:
        path.write_text(f"{CARDS[0]}: {CLAIM}", encoding="utf-8")
    return Forgery(f"{name} beside the lists of a bundle", [re.escape(path.name)])
