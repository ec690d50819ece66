"""Loading what really lies on the desk: known formats, folders, archives, answers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from .conftest import Run

ISSUE = "发卡方,物联卡号,ICCID,开户日期\n中国联通,1064690000001,89860626990000000015,2026-03-02\n"
DELIVERY = (
    "发货方,发货日期,订单号,代理商名称,机具SN,iccid,收货人\n"
    "云岭支付,2026-03-20,D1,北岐数码店,N1,89860626990000000015,罗\n"
)
CHAT = "Time,SenderName,Sender,TalkerName,Talker,Content\n2026-05-01 10:02:11,罗,x,群,y,要3张\n"


def test_what_a_file_leaves_open_is_asked_and_its_numbers_are_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "issue.csv").write_text(ISSUE, encoding="utf-8")
    ran = run("load", tmp_path / "issue.csv", "--case", tmp_path / "c", "--json", "--lang", "zh")
    (sheet,) = ran.json["files"]
    assert ran.code == 2
    assert (sheet["recipe"], sheet["kinds"]) == ("agent_issue", {"card_list": 1})
    (asked,) = sheet["asked"]
    assert (asked["field"], asked["required"], asked["rows"]) == ("enterprise", True, 1)
    assert "购买" in asked["question"]


def test_an_answer_fills_what_is_asked_and_nothing_else(run: Run, tmp_path: Path) -> None:
    (tmp_path / "issue.csv").write_text(ISSUE, encoding="utf-8")
    case = tmp_path / "c"
    ran = run(
        "load",
        tmp_path / "issue.csv",
        "--set",
        "enterprise=云岭支付",
        "--set",
        "carrier=中国电信",
        "--case",
        case,
        "--json",
    )
    (sheet,) = ran.json["files"]
    assert (ran.code, sheet["kinds"], sheet["asked"]) == (0, {"purchase": 1}, [])
    trace = run("trace", "89860626990000000015", "--case", case, "--json").json["results"][0]
    assert (trace["registrant"]["name"], trace["chains"][0]["hops"][0]["from"]["id"]) == (
        "云岭支付",
        "carrier:china-unicom",
    )
    assert run("verify", "--deep", "--case", case).code == 0


def test_an_answer_can_be_for_some_files(run: Run, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(ISSUE.replace("0015", "0015" if name == "a.csv" else "0023"), encoding="utf-8")
    files = (tmp_path / "a.csv", tmp_path / "b.csv")
    ran = run(
        "load",
        *files,
        "--set",
        "a.csv:enterprise=甲公司",
        "--set",
        "b.*:enterprise=乙公司",
        "--case",
        tmp_path / "c",
        "--json",
    )
    assert ran.code == 0
    for card, name in (("89860626990000000015", "甲公司"), ("89860626990000000023", "乙公司")):
        trace = run("trace", card, "--case", tmp_path / "c", "--json").json["results"][0]
        assert trace["registrant"]["name"] == name


@pytest.mark.parametrize("text", ["enterprise", "=x", "no_field=x", "enterprise="])
def test_what_is_no_answer_is_2_before_anything_is_loaded(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "issue.csv").write_text(ISSUE, encoding="utf-8")
    ran = run("load", tmp_path / "issue.csv", "--set", text, "--case", tmp_path / "c", "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")


def test_a_folder_is_walked_and_what_holds_no_table_is_said(run: Run, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    (desk / "来函").mkdir(parents=True)
    (desk / "来函" / "发货.csv").write_bytes(DELIVERY.encode())
    (desk / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with zipfile.ZipFile(desk / "all.zip", "w") as archive:
        archive.writestr("issue.csv", ISSUE)
        archive.writestr("again/发货.csv", DELIVERY)
    ran = run("load", desk, "--set", "enterprise=云岭支付", "--case", tmp_path / "c", "--json")
    assert ran.code == 0
    assert [(one["file"], one["already_loaded"]) for one in ran.json["files"]] == [
        ("all.zip!/again/发货.csv", False),
        ("all.zip!/issue.csv", False),
        ("来函/发货.csv", True),
    ]
    assert ran.json["skipped"] == [{"file": "photo.jpg", "what": "picture"}]
    trace = run("trace", "89860626990000000015", "--case", tmp_path / "c", "--json").json["results"][0]
    assert [hop["to"]["name"] for hop in trace["chains"][0]["hops"]] == ["云岭支付", "北岐数码店"]
    assert run("verify", "--deep", "--case", tmp_path / "c").code == 0


def test_a_chat_is_known_as_context_and_makes_no_record(run: Run, tmp_path: Path) -> None:
    (tmp_path / "chat.csv").write_text(CHAT, encoding="utf-8")
    ran = run("load", tmp_path / "chat.csv", "--case", tmp_path / "c", "--json")
    (sheet,) = ran.json["files"]
    assert (ran.code, sheet["error"]["code"], sheet["loaded"]) == (2, "context_only", 0)
    assert "聊天记录" in run("load", tmp_path / "chat.csv", "--case", tmp_path / "c", "--lang", "zh").out


def test_headings_of_a_format_with_other_values_are_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "issue.csv").write_text(ISSUE.replace("89860626990000000015", "见附件"), encoding="utf-8")
    ran = run("load", tmp_path / "issue.csv", "--case", tmp_path / "c", "--json")
    (sheet,) = ran.json["files"]
    said = str(sheet["error"]) + str(sheet["warnings"])
    assert sheet["recipe"] is None
    assert "agent_issue" in said or "recipe_values_differ" in said


def test_two_recipes_that_fit_ask_and_an_answer_decides(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "recipes"
    own.mkdir()
    body = (
        "name: {en: N, zh: 名}\nabout: {en: A, zh: 述}\nfamily: seizure\nsource: [own]\ncertainty: low\n"
        "signature: {headings: [号, 甲列, HEAD]}\ncolumns: {号: iccid, 甲列: state}\nevents: [card_list]\n"
    )
    (own / "one.yml").write_text(body.replace("HEAD", "乙列"), encoding="utf-8")
    (own / "two.yml").write_text(body.replace("HEAD", "丙列"), encoding="utf-8")
    monkeypatch.setenv("GRAPHTRACE_RECIPES", str(own))
    (tmp_path / "x.csv").write_text("号,甲列,乙列,丙列\n89860626990000000015,在用,,\n", encoding="utf-8")
    ran = run("load", tmp_path / "x.csv", "--case", tmp_path / "c", "--json")
    (asked,) = ran.json["files"][0]["asked"]
    assert (ran.code, asked["field"], asked["choices"]) == (2, "recipe", ["one", "two"])
    ran = run("load", tmp_path / "x.csv", "--set", "recipe=two", "--case", tmp_path / "c", "--json")
    assert (ran.code, ran.json["files"][0]["recipe"]) == (0, "two")
    # the case is read again by the text that was used, also where the recipe is gone
    monkeypatch.delenv("GRAPHTRACE_RECIPES")
    assert run("verify", "--deep", "--case", tmp_path / "c").code == 0


def test_recipes_are_listed_and_shown(run: Run) -> None:
    assert {"taobao_orders", "wechat_bill"} <= {one["id"] for one in run("recipes", "--json").json["recipes"]}
    shown = run("recipes", "show", "agent_issue", "--json").json["recipe"]
    assert (shown["kinds"], [one["field"] for one in shown["asked"]]) == (["purchase"], ["enterprise"])
    assert "发卡方" in run("recipes", "show", "agent_issue", "--lang", "zh").out
    assert run("recipes", "show", "agent_isue", "--json").error["code"] == "unknown_recipe"
