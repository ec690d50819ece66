"""The public names are a list, and each says what it is."""

from __future__ import annotations

import contextlib
import doctest
import inspect
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt

SALES = [
    f"{sender},{receiver},2024-03-{day},{card}"
    for card in ("8986061900000000001", "8986061900000000002")
    for sender, receiver, day in (("中国联通", "甲公司", "01"), ("甲公司", "乙", "05"))
]
"""``sales.csv`` beside the examples, and in their ``case``: two cards that 甲公司 bought and passed on to 乙."""

NAMES = [name for name in gt.__all__ if name != "__version__"]
METHODS = [
    (name, member)
    for name in NAMES
    if inspect.isclass(getattr(gt, name))
    for member, value in vars(getattr(gt, name)).items()
    if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property))
]


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert gt.__all__ == sorted(gt.__all__)
    assert all(hasattr(gt, name) for name in gt.__all__)
    assert set(gt.__all__) <= set(dir(gt))


def test_a_name_that_is_not_public_is_said_not_to_be_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'opencase'"):
        gt.opencase  # noqa: B018


def test_public_names_and_methods_say_what_they_are() -> None:
    assert [name for name in NAMES if not inspect.getdoc(getattr(gt, name))] == []
    assert [each for each in METHODS if not inspect.getdoc(vars(getattr(gt, each[0]))[each[1]])] == []


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("loaded")
    (place / "sales.csv").write_text("\n".join(["转出方,转入方,日期,卡号", *SALES, ""]), "utf-8")
    with contextlib.chdir(place), gt.open_case("case.gtrace") as case:
        case.load("sales.csv")
    return place


@pytest.mark.parametrize("name", ["graphtrace", *NAMES])
def test_the_examples_of_a_public_name_are_true(
    name: str, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # examples may change the case
    monkeypatch.chdir(shutil.copytree(loaded, tmp_path / "here"))
    thing: Any = gt if name == "graphtrace" else getattr(gt, name)
    runner = doctest.DocTestRunner()
    with gt.open_case("case.gtrace") as case:
        for test in doctest.DocTestFinder(recurse=name != "graphtrace").find(
            thing, name, globs={"gt": gt, "case": case}
        ):
            runner.run(test)
    done = runner.summarize(verbose=False)
    assert done.attempted > 0
    assert done.failed == 0


def test_the_page_of_the_python_interface_has_every_public_name() -> None:
    for page in ("api.md", "api.zh.md"):
        text = (Path(gt.__file__).parents[1] / "docs" / page).read_text("utf-8")
        assert sorted(re.findall(r":: graphtrace\.(\w+)", text)) == sorted(NAMES), page
