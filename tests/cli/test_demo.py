from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run


def test_the_demo_loads_the_example_and_traces_the_seized_card(run: Run, tmp_path: Path) -> None:
    ran = run("demo")
    assert ran.code == 0
    story = json.loads((tmp_path / "graphtrace-demo" / "demo.json").read_text(encoding="utf-8"))
    assert story["seized"] in ran.out
    assert story["enterprise"] in ran.out
    assert f"graphtrace --case {Path('graphtrace-demo', 'demo.gtrace')} status" in ran.out
    assert (tmp_path / "graphtrace-demo" / "demo.gtrace").is_dir()
    again = run("demo", "--json")
    assert again.code == 0
    assert all(entry["already_loaded"] for entry in again.json["files"])
    assert again.json["results"][0]["registrant"]["name"] == story["enterprise"]


def test_the_demo_leaves_other_folders_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name in ("mine", "file"):
        ran = run("demo", name, "--json")
        assert (ran.code, ran.error["code"]) == (2, "wrong_usage")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_the_demo_can_be_put_into_an_empty_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    place = Path("a b", "demo.gtrace")
    ran = run("demo", "a b", "--lang", "zh")
    assert ran.code == 0
    assert f'--case "{place}"' in ran.out
