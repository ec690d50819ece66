"""Parts that all pages share: the frame, the content security policy, and both languages."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from graphtrace._version import __version__
from graphtrace.frozen import frozen
from graphtrace.render import Lang, text_tables
from graphtrace.render.format import format_finding, party_label
from graphtrace.render.i18n import Phrase, Text, code_text, in_both, in_language, label_text
from graphtrace.render.provenance import case_head_text, foot_texts, print_margins
from graphtrace.render.sanitize import escape_control_chars, escaped_json
from graphtrace.render.text_tables import BilingualText

if TYPE_CHECKING:
    from jinja2 import Environment

    from graphtrace.model import Finding, Origin, Party
    from graphtrace.render.document import Opened

_ROOM = "graphtrace.render.html"
_IN_BOTH = Markup('<span lang="en">{}</span><span lang="zh">{}</span>')


@frozen(kw_only=False)
class Frame:
    """Frame that a program that serves pages puts around each of them; a page that is a file has none.

    - ``templates``: package whose ``templates/`` holds ``served_head.html``, ``served_bar.html`` and its own pages.
    - ``values``: values of these templates, under the name ``served``.
    - ``asset``: returns the address of a file of ``assets/`` or ``vendor/``: a served page has no style or script of
      its own.
    - ``party_address``: returns the address of the page of a party; ``None`` where it has none.
    - ``origin_address``: returns the address of the page that shows a row of a file; ``None`` where there is none.
    - ``finding_address``: returns the address of the page on which the question that a finding raises can be judged,
      ``None`` if there is none.
    - ``figure_address``: returns the address of the page with the cards and rows behind a figure, ``None`` if there is
      none.
    """

    templates: str
    values: Mapping[str, Any]
    asset: Callable[[str], str]
    party_address: Callable[[Party], str | None]
    origin_address: Callable[[Origin], str | None]
    finding_address: Callable[[Finding], str | None]
    figure_address: Callable[[Opened], str | None]


_FRAME: ContextVar[Frame | None] = ContextVar("frame", default=None)


@contextmanager
def framed(frame: Frame) -> Iterator[None]:
    """Render pages within the context in this frame."""
    before = _FRAME.set(frame)
    try:
        yield
    finally:
        _FRAME.reset(before)


def render_page(template: str, data: Mapping[str, Any], lang: Lang, *, scripts: Sequence[str] = ()) -> str:
    """Render a page as one text that needs no other file and no network.

    - ``template``: a file of ``templates/`` that extends ``base.html``.
    - ``data``: values of the template; the frame requires ``title`` (a :class:`BilingualText`).
    - ``lang``: the language that the page opens in; the other one is in it too.
    - ``scripts``: files of ``assets/`` or ``vendor/`` that the page runs, in this order, after its own ``page.js``.

    Returns the same bytes for the same data: nothing in a page depends on the time or on chance.
    """
    served = _FRAME.get()
    foot = foot_texts(has_head=True, is_served=served is not None)
    shown: dict[str, Any] = {"lang": lang, "foot": foot, "case_head": case_head_text()}
    title = in_language(data["title"], lang).removesuffix(" · graphtrace")
    margins = print_margins(escape_control_chars(title), lang)
    names = ("page.js", *scripts)
    if served is not None:
        frame = {"served": served.values, "asset": served.asset, "scripts": names, "margins": margins}
        return _environment(None, served.templates).get_template(template).render({**data, **frame, **shown})
    style = Markup(read_asset("page.css") + ("" if margins is None else margin_style(margins)))  # noqa: S704 - our own
    programs = [Markup(read_asset(name)) for name in names]  # noqa: S704 - our own files
    frame = {"served": None, "style": style, "programs": programs, "policy": _policy([style], programs)}
    return _environment().get_template(template).render({**data, **frame, **shown})


def margin_style(margins: Sequence[str]) -> str:
    """Return the style that prints three texts in the margins of every page: at its head left and right, and below."""
    places = zip(("top-left", "top-right", "bottom-left"), margins, strict=True)
    boxes = " ".join(f"@{place} {{ content: {_css_string(text)}; {_MARGIN_FONT} }}" for place, text in places)
    return f"@page {{ {boxes} }}\n"


_MARGIN_FONT = "font: 8pt sans-serif; color: #5a6672;"


def _css_string(text: str) -> str:
    """Return a string of CSS that no text can end."""
    return '"' + "".join(char if char.isalnum() and char.isascii() else f"\\{ord(char):x} " for char in text) + '"'


def render_fragment(template: str, data: Mapping[str, Any], lang: Lang) -> str:
    """Render a fragment of HTML in one language for a notebook: no script, no address, a style of its own.

    - ``template``: a file of ``templates/fragments/`` that extends ``frame.html``.
    - ``data``: values of the template.
    - ``lang``: the language of all of it.
    """
    style = Markup(read_asset("fragment.css"))  # noqa: S704 - our own file
    return _environment(lang).get_template(f"fragments/{template}").render({**data, "lang": lang, "style": style})


def page_title(names: Sequence[str]) -> BilingualText:
    """Return the title of a page about some cards or parties, which names the first three."""
    title = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''} · graphtrace"
    return BilingualText(title, title)


def render_value(value: object, lang: Lang | None = None) -> object:
    """Render a value: text made visible, a :class:`BilingualText` in one language or, for a page, in both.

    Text that is markup already (made by a template or a figure) stays as it is. What comes from here is still escaped
    by the template.
    """
    match value:
        case BilingualText() | Phrase() if lang is not None or value.en == value.zh:
            return escape_control_chars(getattr(value, lang or "en"))
        case BilingualText() | Phrase():
            return _IN_BOTH.format(escape_control_chars(value.en), escape_control_chars(value.zh))
        case Markup():
            return value
        case str():
            return escape_control_chars(value)
        case None:
            return ""
        case _:
            return value


def json_block(ident: str, data: Any) -> Markup:
    """Return data for a script of the page, in a non-executable element that no text can close."""
    text = escaped_json(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    inert = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    element = '<script type="application/json" id="{}">{}</script>'
    return Markup(element).format(escape(ident), Markup(inert))  # noqa: S704 - just made inert


@cache
def read_asset(name: str) -> str:
    """Return the text of a file that pages embed."""
    room = files(_ROOM)
    place = next(path for folder in ("assets", "vendor") if (path := room / folder / name).is_file())
    return place.read_text(encoding="utf-8")


@cache
def _environment(lang: Lang | None = None, served: str | None = None) -> Environment:
    """Return the template environment of one language or of both; ``served`` is the package of a frame."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=ChoiceLoader([PackageLoader(room, "templates") for room in (_ROOM, served) if room]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=partial(render_value, lang=lang),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        label=label_text,
        named=code_text,
        format_finding=_finding_text,
        party_named=_party_named,
        wording=text_tables,
        version=__version__,
        json_block=json_block,
        party_address=_party_address,
        origin_address=_origin_address,
        finding_address=_finding_address,
        figure_address=_figure_address,
    )
    environment.filters["thousands"] = "{:,}".format
    environment.filters["capital"] = _with_capital
    # Jinja's own would give markup, which is not made visible
    environment.filters["join"] = _joined
    return environment


def _party_address(party: Party) -> str | None:
    served = _FRAME.get()
    return None if served is None else served.party_address(party)


def _origin_address(origin: Origin) -> str | None:
    served = _FRAME.get()
    return None if served is None else served.origin_address(origin)


def _finding_address(finding: Finding) -> str | None:
    served = _FRAME.get()
    return None if served is None else served.finding_address(finding)


def _figure_address(figure: Opened) -> str | None:
    served = _FRAME.get()
    return None if served is None else served.figure_address(figure)


def _joined(values: Iterable[object], by: str = "") -> str:
    return by.join(map(str, values))


def _with_capital(value: Text) -> Text:
    if isinstance(value, str):
        return f"{value[:1].upper()}{value[1:]}"
    return in_both(lambda lang: f"{getattr(value, lang)[:1].upper()}{getattr(value, lang)[1:]}")


def _party_named(party: Party) -> Phrase:
    return in_both(lambda lang: party_label(party, lang))


def _finding_text(finding: Finding) -> Phrase:
    return in_both(lambda lang: format_finding(finding, lang))


def _policy(styles: Sequence[str], programs: Sequence[str]) -> str:
    """Return the Content-Security-Policy: only these styles and scripts may act; nothing may be fetched or sent."""
    rules = {
        "default-src": ["'none'"],
        "style-src": [_hash_source(text) for text in styles],
        "script-src": [_hash_source(text) for text in programs],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def _hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
