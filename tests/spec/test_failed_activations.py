"""Activations of which their row says that they failed, wait, or were refused."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

HEADINGS = {
    "激活结果": ("失败", "驳回", "审核中", "未激活", "否", "失败:照片不清"),
    "激活状态": ("激活失败", "审核中", "已撤销"),
    "实名结果": ("失败", "人脸不一致", "拒绝", "已解绑"),
    "是否激活成功": ("否", "未成功"),
    "激活失败原因": ("照片不清", "超龄"),
    "Activation Status": ("Failed", "Rejected", "Pending", "In progress"),
    "KYC Status": ("Rejected", "KYC rejected", "Pending", "Failed - photo mismatch"),
    "Result": ("Not activated", "Declined", "Timed out"),
    "Activated?": ("No", "N"),
    "Rejection reason": ("photo unclear",),
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_failed_activation_is_none_and_names_no_user(desk: Desk, heading: str) -> None:
    words = ("", *HEADINGS[heading])
    rows = "".join(f"{card(n)},2024-05-01,张三,{word}\n" for n, word in enumerate(words))
    desk.load(f"{'ICCID,Activation Date,User' if heading.isascii() else 'ICCID,激活日期,使用人'},{heading}\n{rows}")
    answers = desk.ask("trace", *(card(n) for n in range(len(words)))).json["results"]
    assert [len(each["activations"]) for each in answers] == [1, *[0] * len(HEADINGS[heading])]
    assert [each["end_user"] for each in answers[1:]] == [None] * len(HEADINGS[heading])
    assert all("unread_movement" in {found["code"] for found in each["findings"]} for each in answers[1:])


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("激活结果", "成功"), ("激活状态", "停机"), ("激活状态", "已激活"), ("状态", "已过期"), ("实名状态", "未实名"),
        ("激活失败原因", "无"), ("Status", "suspended"), ("KYC Status", "Approved"), ("Activation Status", "Active"),
    ],
)  # fmt: skip
def test_a_word_that_does_not_deny_it_leaves_the_activation(desk: Desk, heading: str, word: str) -> None:
    desk.load(f"ICCID,激活日期,使用人,{heading}\n{card(1)},2024-05-01,张三,{word}\n")
    assert desk.trace(1).end_user == "张三"


def test_what_a_row_says_besides_of_a_sale_stays(desk: Desk) -> None:
    row = f"中国联通,E,2024-03-01,{card(1)},2024-05-01,失败"
    desk.load(f"运营商,购卡单位,开卡日期,ICCID,激活日期,激活结果\n{row}\n")
    assert (desk.trace(1).registrant, desk.trace(1).codes) == ("E", ["unread_movement"])
