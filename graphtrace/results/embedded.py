"""The answer in a file for people: a workbook, a document or a page carries the JSON of what it shows.

So such a file can be verified as JSON can. In a page it is a script of data, in office formats a part of custom XML,
which Word and Excel keep and do not show.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphtrace.patterns import late

PAGE: Final = ".html"
_RELATIONS: Final = {".xlsx": "xl/_rels/workbook.xml.rels", ".docx": "word/_rels/document.xml.rels"}
CARRYING: Final = (PAGE, *_RELATIONS)
"""Suffixes of the formats that carry an answer."""

_PART: Final = "customXml/graphtrace.xml"
_RELATION: Final = (
    '<Relationship Id="rIdGraphtrace" Target="../customXml/graphtrace.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"/>'
)
_XML: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<answer xmlns="urn:graphtrace:answer">{}</answer>'
)
_SCRIPT: Final = '<script type="application/json" id="graphtrace-answer">{}</script>'
_IN_PAGE: Final = late(_SCRIPT.replace("{}", "([^<]*)"))
_IN_XML: Final = late(r">([^<]+)</answer>$")


def embed(content: str | bytes, ending: str, document: Mapping[str, Any]) -> str | bytes:
    """Return a file that carries a document of JSON; the same bytes for the same file and document."""
    # pure ASCII without markup: it stands in XML and HTML as it is
    text = json.dumps(document, separators=(",", ":"))
    for char in "&<>":
        text = text.replace(char, f"\\u{ord(char):04x}")
    if isinstance(content, str):
        before, body, after = content.rpartition("</body>")
        return f"{before}{_SCRIPT.format(text)}{body}{after}"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            part = source.read(info)
            if info.filename == _RELATIONS[ending]:
                part = part.replace(b"</Relationships>", f"{_RELATION}</Relationships>".encode())
            target.writestr(info, part)
        target.writestr(zipfile.ZipInfo(_PART), _XML.format(text))
    return out.getvalue()


def carried_by(content: bytes, most: int) -> tuple[str, Any]:
    """Return the ending of a file by its bytes, and the document that it carries; ``.json`` is one and carries none.

    Raises ValueError if it carries none or several, one of more than ``most`` bytes, or a part of it stands twice.
    """
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                check_once(archive.namelist())
                ending = next(each for each, name in _RELATIONS.items() if name in archive.namelist())
                if archive.getinfo(_PART).file_size > most:
                    raise ValueError
                found = _IN_XML.search(archive.read(_PART).decode())
        except (zipfile.BadZipFile, KeyError, StopIteration, NotImplementedError, RuntimeError) as error:
            raise ValueError from error
    elif content.startswith(b"%PDF"):
        raise ValueError
    elif content.lstrip()[:1] == b"<":
        ending, carried = PAGE, list(_IN_PAGE.finditer(content.decode()))
        check_once("graphtrace-answer" for _ in carried)
        found = carried[0] if carried else None
    else:
        return ".json", None
    if found is None:
        raise ValueError
    return ending, read_names_once(found[1])


class RepeatedName(ValueError):
    """A name that stands twice where one is meant: programs differ in which of the two they take."""


def check_once(names: Iterable[str]) -> None:
    """Raise an error for a name that stands twice.

    Raises RepeatedName if there is one.
    """
    for name, count in Counter(names).items():
        if count > 1:
            raise RepeatedName(name)


def read_names_once(text: str) -> Any:
    """Return the value of JSON.

    Raises RepeatedName if a name stands twice in one object; json.JSONDecodeError if it is no JSON.
    """
    return json.loads(text, object_pairs_hook=_named_once)


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        check_once(name for name, _ in pairs)
    return named


def shown_parts(content: bytes, ending: str) -> dict[str, bytes]:
    """Return what a file holds besides the document that it carries, by part; a page has a part for each line."""
    if ending == PAGE:
        lines = _IN_PAGE.sub("", content.decode()).encode().split(b"\n")
        return {f"/{place}": line for place, line in enumerate(lines, 1)}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != _PART}
