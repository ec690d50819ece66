"""A balance accuses nobody where a reading of the records that speaks for the party closes it."""

import graphtrace

E, A, U = "鑫联科技有限公司", "宏达贸易有限公司", "中国联通"
BOUGHT = f"日期,运营商,购卡单位,起始ICCID,结束ICCID,数量\n{{}},{U},{E},8986012112340001000,8986012112340001099,100\n"
MOVES = "日期,转出方,转入方,起始ICCID,结束ICCID,数量\n"
DECLARED = "盘点日期,单位,库存,已售数量\n"
SEIZED = "扣押日期,ICCID,持有人,案号\n"


def declared(*rows):
    return DECLARED + "".join(f"{row}\n" for row in rows)


def audited(tmp_path, *files, bought="2024-01-05"):
    case = graphtrace.open_case(tmp_path / "case.gtrace")
    for number, text in enumerate((BOUGHT.format(bought), *files)):
        file = tmp_path / f"{number}.csv"
        file.write_text(text, "utf-8")
        case.load(file)
    with case:
        return case.audit(E)[0]


def audited_apart(tmp_path, stories):
    """The audits of E in each story, a day of purchase and files: in one case, each with its own names and cards."""
    files = []
    for number, (bought, *texts) in enumerate(stories, 1):
        for text in (BOUGHT.format(bought), *texts):
            files.append(tmp_path / f"{len(files)}.csv")
            own = text.replace("1234000", f"1{number:02}4000").replace(E, f"鑫联{number}号科技有限公司")
            files[-1].write_text(own.replace(A, f"宏达{number}号贸易有限公司"), "utf-8")
    with graphtrace.open_case(tmp_path / "case.gtrace") as case:
        case.load(*files)
        told = {each.enterprise.name: each for each in case.audit(all=True)}
    return [told[f"鑫联{number}号科技有限公司"] for number in range(1, len(stories) + 1)]


def accusations(audit):
    return [each for each in audit.findings if each.code in ("balance_not_closed", "sold_more_than_declared")]


INNOCENT = {
    "seized from its stock": (
        "2024-01-05",
        SEIZED + f"2024-02-01,8986012112340001000,{E},A1\n2024-02-01,8986012112340001001,{E},A1\n",
        declared(f"2024-03-01,{E},98,0"),
    ),
    "received from another": (
        "2024-01-05",
        MOVES + f"2024-02-01,{A},{E},8986012112340003000,8986012112340003019,20\n",
        declared(f"2024-03-01,{E},120,0"),
    ),
    "sold and come back": (
        "2024-01-05",
        MOVES + f"2024-02-01,{E},{A},8986012112340001000,8986012112340001009,10\n",
        f"退货日期,退货方,接收方,数量\n2024-02-10,{A},{E},5\n",
        declared(f"2024-03-01,{E},95,10"),
    ),
    "bought on the day": ("2024-03-01", declared(f"2024-03-01,{E},0,0")),
    "bought in the month": ("2024-03", declared(f"2024-03-15,{E},0,0")),
    "sold in the month": (
        "2024-01-05",
        MOVES + f"2024-03,{E},{A},8986012112340001000,8986012112340001019,20\n",
        declared(f"2024-03-15,{E},100,0"),
    ),
    "two files of one day": ("2024-01-05", declared(f"2024-03-15,{E},60,40"), declared(f"2024-03-15,{E},50,50")),
    "the same in two files": (
        "2024-01-05",
        declared(f"2024-03-15,{E},60,40"),
        "盘点日期,单位,库存,已售数量,备注\n" + f"2024-03-15,{E},60,40,抄送\n",
    ),
    "sales of months": (
        "2024-01-05",
        "申报日期,申报单位,存量,销量\n" + f"2024-01-31,{E},80,20\n2024-02-29,{E},70,10\n2024-03-31,{E},55,15\n",
    ),
}


def test_a_balance_that_one_reading_closes_accuses_nobody(tmp_path):
    for title, audit in zip(INNOCENT, audited_apart(tmp_path, INNOCENT.values()), strict=True):
        assert accusations(audit) == [], title
        assert audit.balance.bounds is None or audit.balance.bounds.least <= 0 <= audit.balance.bounds.most, title


def test_what_no_reading_closes_is_still_a_finding(tmp_path):
    audit = audited(tmp_path, SEIZED + f"2024-02-01,89860121123400010000,{E},A1\n", declared(f"2024-03-01,{E},50,0"))
    assert [each.code for each in accusations(audit)] == ["balance_not_closed"]
    assert audit.balance.bounds == (49, 50)
    assert [(each.because, each.less, each.more) for each in audit.balance.margins] == [("seized", 1, 0)]


def test_why_a_balance_may_differ_is_said(tmp_path):
    audit = audited(tmp_path, declared(f"2024-03-15,{E},60,40"), declared(f"2024-03-15,{E},50,50"))
    assert audit.balance.unaccounted is None
    assert [each.because for each in audit.balance.doubts] == ["declared_differently"]


SOLD = "成交日期,转出方,转入方,起始ICCID,结束ICCID,数量,渠道\n"


def dealt(day, channel=""):
    return SOLD + f"{day},{E},{A},8986012112340001000,8986012112340001014,15,{channel}\n"


def codes(audit):
    return {each.code for each in audit.findings}


def test_what_several_books_tell_of_the_same_cards_is_one_sale(tmp_path):
    books = [dealt(day) for day in ("2024-03-01", "2024-03-02", "2024-03-03")]
    audit = audited(tmp_path, *books)
    assert "split_sales" not in codes(audit)
    assert [each.params["sales"] for each in audit.findings if each.code == "sanction_three"] in ([], [1])


MARKETPLACES = ("淘宝", "淘宝店", "微信群", "通过微信销售", "线上-闲鱼", "QQ群转卖", "via WeChat")
OTHERS = ("非淘宝", "禁止微信销售", "淘宝以外", "微信支付", "京东物流", "转转街门店")


def test_a_channel_is_a_marketplace_and_no_other_word_that_holds_its_name(tmp_path):
    channels = (*MARKETPLACES, *OTHERS)
    audits = audited_apart(tmp_path, [("2024-01-05", dealt("2024-03-01", channel)) for channel in channels])
    online = [channel for channel, audit in zip(channels, audits, strict=True) if "online_sale" in codes(audit)]
    assert online == list(MARKETPLACES)


def test_months_may_be_further_apart_than_a_month(tmp_path):
    assert "resold_at_once" not in codes(audited(tmp_path, dealt("2024-03"), bought="2024-02"))


def test_a_seizure_before_the_purchase_is_not_of_the_enterprise(tmp_path):
    rows = "".join(f"2014-02-01,{8986012112340001000 + n},李四,A1\n" for n in range(7))
    audit = audited(tmp_path, SEIZED + rows)
    assert audit.seized == 7
    assert not codes(audit) & {"seized_share", "soon_seized"}


def test_a_balance_that_rows_which_wait_may_close_accuses_nobody(tmp_path):
    rows = "".join(f"2024-02-01,{E},{8986012112340001000 + n}\n" for n in range(20))
    audit = audited(tmp_path, "退货日期,退货方,ICCID\n" + rows, declared(f"2024-03-15,{E},80,0"))
    assert accusations(audit) == []
    assert [(each.because, each.less) for each in audit.balance.margins] == [("unread", 20)]


def test_who_is_identified_by_a_name_alone_is_said_to_be(tmp_path):
    audit = audited(tmp_path, dealt("2024-03-01"))
    named = {
        each.params["seller"]["name"]: each.params["by_name"]
        for each in audit.findings
        if each.code == "sanction_three"
    }
    assert named == {E: E}
