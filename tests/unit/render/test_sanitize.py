from __future__ import annotations

import json

import pytest

from graphtrace.render.sanitize import escape_control_chars, escaped_json, escaped_utf8

UNSEEN = [
    "\x00",
    "\x1b",
    "\x7f",
    "\x9b",
    "\n",
    "\r",
    "\u202e",
    "\u200b",
    "\u2066",
    "\ufeff",
    "\ud800",
    "\u2028",
    "\U000e0041",
]


@pytest.mark.parametrize("character", UNSEEN)
def test_a_character_that_cannot_be_seen_is_written_out(character: str) -> None:
    shown = escape_control_chars(f"a{character}b")
    assert character not in shown
    assert shown.startswith("a")
    assert shown.endswith("b")
    assert len(shown) > 2


@pytest.mark.parametrize("text", ["星海智联科技有限公司", "[/foo] <script>", "a  b", "é", "𠮷野"])
def test_text_that_can_be_seen_stays_as_it_is(text: str) -> None:
    assert escape_control_chars(text) == text


def test_two_hostile_names_never_look_the_same() -> None:
    assert len({escape_control_chars(f"a{character}b") for character in UNSEEN}) == len(UNSEEN)


def test_escaped_json_holds_the_same_data_and_nothing_that_acts_on_a_terminal() -> None:
    document = {"name": "".join(UNSEEN) + '"\\é星'}
    text = escaped_json(json.dumps(document, ensure_ascii=False))
    assert json.loads(text) == document
    assert not any(character in text for character in UNSEEN)
    assert "星" in text


def test_each_character_is_escaped_in_utf8_as_it_is_in_text() -> None:
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    escaped = [character for character in everything if escaped_json(character) != character]
    assert len(escaped) > 100
    for character in escaped:
        assert escaped_utf8(character.encode()) == escaped_json(character).encode(), hex(ord(character))
    # all others are left as they are by both
    others = "".join(set(everything).difference(escaped)).encode()
    assert escaped_utf8(others) == others
