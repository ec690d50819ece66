"""Every rule of the product: yes, no, unknown, and the near miss one unit off."""

from __future__ import annotations

import duckdb
import pytest

from graphtrace.engine.user_sql import single_select
from graphtrace.results.rules import Rule

from .bench import CARRIER, OTHER, PERSON, RULES, SHEET, SHOP, Bench, E, days_after


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_no_rule_finds_anything_where_nothing_is_on_record(bench: Bench) -> None:
    bench.enterprise(purchased=100)
    bench.account(1, 100, fate="held", depth=0)
    bench.move(1, 100, kind="purchase", sender=CARRIER, receiver=E)
    assert [rule.id for rule in RULES if bench.found(rule.id)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_text_of_a_rule_of_the_product_is_one_select(rule: Rule) -> None:
    # an audit does not check them again
    assert rule.path is None
    text = rule.query.source("sql")
    with duckdb.connect() as con:
        assert single_select(con, text).rstrip() == text.rstrip().removesuffix(";").rstrip()


# -- onward_resale ---------------------------------------------------------------------------------------------


def test_cards_two_steps_away_were_resold_onward(bench: Bench) -> None:
    bench.account(1, 10, depth=2, holder=SHOP)
    bench.account(11, 13, depth=4, holder=OTHER)
    assert bench.params("onward_resale") == {"deepest": 4, "holders": 2, "max_depth": 1, "cards": 13}


def test_one_step_is_no_onward_resale_and_the_limit_itself_is_in_order(bench: Bench) -> None:
    bench.account(1, 10, depth=1)
    bench.account(11, 20, depth=3)
    assert bench.cards("onward_resale") == 10
    assert bench.cards("onward_resale", "max_depth=3") == 0
    assert bench.cards("onward_resale", "max_depth=2") == 10


@pytest.mark.parametrize("fate", ["held", "returned", "disputed"])
def test_only_resold_cards_are_resold_onward(bench: Bench, fate: str) -> None:
    bench.account(1, 10, depth=2, fate=fate)
    assert not bench.found("onward_resale")


# -- online_sale, online_resale --------------------------------------------------------------------------------


def test_a_channel_counts_by_the_first_word_in_it(bench: Bench) -> None:
    bench.account(1, 10, channel="微信群（QQ转）", holder=SHOP)
    bench.account(11, 12, channel="ＱＱ", holder=SHOP)
    bench.account(13, 13, channel="加qq号", holder=OTHER)
    bench.account(20, 29, channel="线下门店")
    found = [
        (breach.params["channel"], breach.cards, breach.params["holders"]) for breach in bench.found("online_sale")
    ]
    assert found == [("微信", 10, 1), ("QQ", 3, 2)]


def test_an_unknown_channel_says_nothing(bench: Bench) -> None:
    bench.account(1, 10, channel=None)
    assert not bench.found("online_sale")


def test_the_words_are_a_parameter(bench: Bench) -> None:
    bench.account(1, 10, channel="线下门店")
    assert bench.cards("online_sale", "channels=门店", "channels=地摊") == 10
    assert bench.cards("online_sale", "channels=门店们") == 0


def test_a_card_that_came_back_was_not_sold_online(bench: Bench) -> None:
    bench.account(1, 10, channel="微信", fate="held")
    assert not bench.found("online_sale")


def test_a_card_that_others_sold_on_by_several_channels_stands_under_each(bench: Bench) -> None:
    bench.account(1, 10, depth=3, holder=SHOP, onward_channels=["淘宝店", "线下", "QQ"])
    bench.account(11, 12, depth=2, holder=OTHER, onward_channels=["旺旺淘宝"])
    bench.account(20, 29, depth=2, onward_channels=["线下"])
    bench.account(30, 39, depth=2, onward_channels=[])
    bench.account(40, 49, channel="淘宝")
    found = [
        (breach.params["channel"], breach.cards, breach.params["holders"]) for breach in bench.found("online_resale")
    ]
    assert found == [("淘宝", 12, 2), ("QQ", 10, 1)]


@pytest.mark.parametrize("fate", ["held", "returned", "disputed"])
def test_only_resold_cards_were_sold_on_by_others(bench: Bench, fate: str) -> None:
    bench.account(1, 10, fate=fate, onward_channels=["淘宝"])
    assert not bench.found("online_resale")


# -- persons ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("last", "cards"), [(19, 0), (20, 20), (21, 21)])
def test_twenty_cards_of_one_person_are_many(bench: Bench, last: int, cards: int) -> None:
    bench.account(1, 5, holder=PERSON)
    bench.account(6, last, holder=PERSON, depth=3)
    assert bench.cards("many_cards_one_person") == cards
    for breach in bench.found("many_cards_one_person"):
        assert breach.params["person"] == {"id": PERSON, "name": PERSON}


def test_cards_that_a_person_holds_by_name_only_are_counted_apart(bench: Bench) -> None:
    bench.account(1, 15, holder=PERSON)
    bench.account(16, 20, holder=PERSON, holder_by_name=True)
    (breach,) = bench.found("many_cards_one_person")
    assert (breach.cards, breach.params["by_name"]) == (20, 5)


def test_cards_under_a_number_beside_names_of_several_persons_are_told(bench: Bench) -> None:
    bench.account(1, 20, holder=PERSON)
    bench.add("several_persons", party=PERSON, names=["张三", "李四"])
    (breach,) = bench.found("many_cards_one_person")
    assert breach.params["persons"] == ["张三", "李四"]


def test_cards_that_may_have_gone_on_do_not_make_many(bench: Bench) -> None:
    bench.account(1, 30, holder=PERSON)
    bench.move(None, quantity=4, sender=PERSON, receiver=E, kind="return")
    bench.move(None, quantity=4, sender=PERSON, receiver=E, kind="return", repeated=True)
    bench.move(None, quantity=90, sender=SHOP, receiver=E, kind="return")
    bench.add("unread", first=28, last=40)
    (breach,) = bench.found("many_cards_one_person", "least_cards=23")
    assert (breach.cards, breach.params["may_have_left"]) == (30, 7)
    assert not bench.found("many_cards_one_person", "least_cards=24")


def test_who_is_not_known_to_be_a_person_holds_no_many_cards(bench: Bench) -> None:
    bench.account(1, 100, holder=SHOP)
    bench.account(101, 200, holder=None)
    bench.account(201, 300, holder=PERSON, fate="disputed")
    assert not bench.found("many_cards_one_person")


def test_the_cards_of_two_enterprises_are_not_added_up(bench: Bench) -> None:
    bench.account(1, 19, holder=PERSON)
    bench.account(101, 119, holder=PERSON, enterprise=OTHER)
    assert not bench.found("many_cards_one_person")


@pytest.mark.parametrize(("cards", "found"), [(10, 0), (11, 11)])
def test_more_than_ten_numbers_of_one_user_are_too_many(bench: Bench, cards: int, found: int) -> None:
    bench.account(1, 100)
    for card in range(1, cards + 1):
        bench.activate(card, user=PERSON)
        bench.activate(card, user=PERSON, day="2024-05-01")
    assert bench.cards("many_numbers_one_user") == found


@pytest.mark.parametrize("user", [None, E, CARRIER, SHOP])
def test_only_natural_persons_have_too_many_numbers(bench: Bench, user: str | None) -> None:
    bench.account(1, 100)
    for card in range(1, 20):
        bench.activate(card, user=user)
    assert not bench.found("many_numbers_one_user")
    assert len(bench.found("many_numbers_one_user", "persons_only=false")) == (user == SHOP)


# -- activations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "until", "cards"), [(-1, -1, 1), (0, 0, 0), (-1, 0, 0), (-30, -1, 1)])
def test_a_card_is_activated_before_purchase_if_it_certainly_was(
    bench: Bench, day: int, until: int, cards: int
) -> None:
    bought = "2024-01-10"
    bench.account(1, 10, fate="held", purchased=bought)
    bench.activate(3, day=days_after(bought, day), until=days_after(bought, until))
    assert bench.cards("bought_activated") == cards


def test_how_early_a_card_was_activated(bench: Bench) -> None:
    bench.account(1, 10, fate="held", purchased="2024-01-10")
    bench.move(1, 10, kind="purchase", sender=CARRIER, receiver=E, day="2024-01-10")
    for day in ("2024-01-01", "2024-01-05", "2024-02-01"):
        bench.activate(3, day=day)
    bench.activate(4, day="2024-01-09")
    assert bench.params("bought_activated") == {"earliest": "2024-01-01", "days": 9, "cards": 2}


def test_an_activation_after_an_earlier_sale_by_a_carrier_is_none_before_purchase(bench: Bench) -> None:
    bench.account(1, 10, fate="held", purchased="2024-01-10")
    bench.activate(3, day="2023-06-01")
    bench.move(1, 5, kind="purchase", sender=CARRIER, receiver=OTHER, day="2023-06-02")
    assert bench.cards("bought_activated") == 1
    bench.move(1, 5, kind="purchase", sender=CARRIER, receiver=OTHER, day="2023-06-01")
    assert bench.cards("bought_activated") == 0


def test_an_activation_without_a_day_or_a_purchase_without_one_says_nothing(bench: Bench) -> None:
    bench.account(1, 10, fate="held", purchased=None)
    bench.activate(3, day="2000-01-01")
    bench.account(11, 20, fate="held")
    bench.activate(13, day=None)
    assert not bench.found("bought_activated")


@pytest.mark.parametrize(
    ("declared", "province", "found"),
    [
        ("江苏省", "云南", True),
        ("江苏", "江苏省", False),
        ("江苏省", "江苏", False),
        ("江苏、浙江", "浙江", False),
        ("广西", "广西壮族自治区", False),
        ("新疆维吾尔自治区", "新疆", False),
        ("全国", "云南", False),
        (None, "云南", False),
        ("江苏", None, False),
    ],
)
def test_a_province_is_outside_if_neither_names_the_other(
    bench: Bench, declared: str | None, province: str | None, found: bool
) -> None:
    bench.account(1, 10, declared_province=declared)
    bench.activate(3, province=province)
    assert bool(bench.found("outside_declared_province")) == found


def test_provinces_count_as_declared_only_where_none_is(bench: Bench) -> None:
    bench.account(1, 10, declared_province="江苏")
    bench.account(11, 20)
    for card in (1, 11, 12):
        bench.activate(card, province="云南")
    found = [breach.params for breach in bench.found("outside_declared_province", "provinces=浙江", "provinces=云南")]
    assert found == [{"declared": "江苏", "province": "云南", "cards": 1}]
    found = [breach.params for breach in bench.found("outside_declared_province", "provinces=浙江", "provinces=上海")]
    assert found == [
        {"declared": "浙江、上海", "province": "云南", "cards": 2},
        {"declared": "江苏", "province": "云南", "cards": 1},
    ]


def test_a_person_uses_a_card_that_was_declared_for_things(bench: Bench) -> None:
    bench.account(1, 10, declared_use="共享单车")
    bench.activate(1, user=PERSON)
    bench.activate(1, user=PERSON, day="2024-05-01")
    bench.activate(2, user=SHOP)
    bench.activate(3, user=None)
    bench.activate(4, user=E)
    assert bench.params("outside_declared_use") == {"declared_use": "共享单车", "users": 1, "cards": 1}


@pytest.mark.parametrize("use", [None, "个人随身WiFi", "Consumer trackers"])
def test_an_unknown_use_or_one_for_persons_is_not_outside(bench: Bench, use: str | None) -> None:
    bench.account(1, 10, declared_use=use)
    bench.activate(1, user=PERSON)
    assert not bench.found("outside_declared_use")


def test_two_cards_in_one_device_share_it(bench: Bench) -> None:
    bench.account(1, 100)
    for card, imei in ((1, 7), (2, 7), (2, 8), (3, 8), (4, 8), (5, 9)):
        bench.activate(card, imei=imei)
        bench.activate(card, imei=imei, day="2024-06-01")
    assert bench.params("many_cards_one_device") == {"devices": 2, "imei": "00000000000008", "most": 3, "cards": 4}
    assert bench.params("many_cards_one_device", "most_cards=2")["devices"] == 1
    assert not bench.found("many_cards_one_device", "most_cards=3")


def test_an_unknown_device_is_not_shared(bench: Bench) -> None:
    bench.account(1, 100)
    for card in (1, 2, 3):
        bench.activate(card, imei=None)
    assert not bench.found("many_cards_one_device")


def test_a_card_in_two_devices(bench: Bench) -> None:
    bench.account(1, 100)
    for card, imei in ((1, 7), (1, 7), (2, 7), (2, 8), (3, 7), (3, 8), (3, 9), (4, 7), (4, None)):
        bench.activate(card, imei=imei)
    assert bench.params("one_card_many_devices") == {"most": 3, "cards": 2}
    assert bench.cards("one_card_many_devices", "most_devices=2") == 1
    assert not bench.found("one_card_many_devices", "most_devices=3")


@pytest.mark.parametrize(
    ("cards", "activated", "found"), [(1000, 99, True), (1000, 100, False), (999, 0, False), (1000, 1, True)]
)
def test_less_than_a_tenth_of_a_thousand_cards_is_hardly_activated(
    bench: Bench, cards: int, activated: int, found: bool
) -> None:
    bench.account(1, cards, fate="held", purchased="2024-01-01")
    bench.account(5000, 5000, fate="held", purchased="2024-06-29")
    bench.activate(5000, day="2024-06-29")
    for card in range(1, activated + 1):
        bench.activate(card, day="2024-02-01")
        bench.activate(card, day="2024-03-01")
    assert bool(bench.found("hardly_activated")) == found
    if found:
        params = bench.params("hardly_activated")
        assert (params["activated"], params["after_days"]) == (activated, 180)


@pytest.mark.parametrize(("last", "found"), [("2024-06-28", False), ("2024-06-29", True)])
def test_cards_have_half_a_year_to_be_activated(bench: Bench, last: str, found: bool) -> None:
    bench.account(1, 2000, fate="held", purchased="2024-01-01")
    bench.activate(1, day=last)
    assert bool(bench.found("hardly_activated")) == found


def test_without_activations_on_record_nobody_knows_whether_cards_are_used(bench: Bench) -> None:
    bench.account(1, 2000, fate="held", purchased="2020-01-01")
    assert not bench.found("hardly_activated")


# -- returns and books -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "cards"), [("2024-02-29", 0), ("2024-03-01", 0), ("2024-03-02", 6)])
def test_a_sale_after_the_return_is_one_only_on_a_later_day(bench: Bench, day: str, cards: int) -> None:
    bench.enterprise()
    bench.account(1, 100)
    bench.move(1, 10, kind="return", receiver=CARRIER, day="2024-03-01")
    bench.move(5, 20, day=day)
    assert bench.cards("sold_after_return") == cards


def test_what_was_sold_twice_after_the_return_counts_once(bench: Bench) -> None:
    bench.enterprise()
    bench.account(1, 3)
    bench.account(4, 100)
    back = bench.move(1, 10, kind="return", receiver=CARRIER, day="2024-03-01")
    sales = [bench.move(2, 5, day="2024-03-05"), bench.move(5, 6, day="2024-04-01"), bench.move(9, 9, day="2024-03-09")]
    assert bench.params("sold_after_return") == {
        "returned": "2024-03-01",
        "sold": "2024-04-01",
        "cards": 6,
        "records": 4,
    }
    (opened,) = bench.opened("sold_after_return")
    assert sum(last - first + 1 for first, last in opened.lots) == 6
    assert opened.records == (back, *sales)


def test_a_sale_after_a_new_purchase_is_none_after_a_return(bench: Bench) -> None:
    bench.enterprise()
    bench.account(1, 100, purchased="2024-04-01")
    bench.move(1, 10, kind="return", receiver=CARRIER, day="2024-03-01")
    bench.move(1, 10, day="2024-05-01")
    assert not bench.found("sold_after_return")


def test_a_month_that_may_be_before_the_return_says_nothing(bench: Bench) -> None:
    bench.enterprise()
    bench.account(1, 100)
    bench.move(1, 10, kind="return", receiver=CARRIER, day="2024-03-01", until="2024-03-31")
    bench.move(1, 10, day="2024-03-31")
    assert not bench.found("sold_after_return")


def test_what_others_returned_or_sold_or_what_went_to_a_reseller_is_no_return(bench: Bench) -> None:
    bench.enterprise()
    bench.account(1, 100)
    bench.move(1, 10, kind="return", sender=SHOP, receiver=CARRIER, day="2024-03-01")
    bench.move(1, 10, day="2024-05-01")
    bench.move(11, 20, kind="return", receiver=CARRIER, day="2024-03-01")
    bench.move(11, 20, sender=SHOP, receiver=OTHER, day="2024-05-01")
    bench.move(21, 30, kind="return", receiver=OTHER, day="2024-03-01")
    bench.move(21, 30, day="2024-05-01")
    assert not bench.found("sold_after_return")


@pytest.mark.parametrize(
    ("least", "most", "missing", "surplus"),
    [
        (0, 0, None, None),
        (1, 1, 1, None),
        (1, 6, 1, None),
        (0, 6, None, None),
        (-1, -1, None, 1),
        (-1, 0, None, None),
        (-6, -1, None, 1),
        (None, None, None, None),
    ],
)
def test_a_balance_is_open_by_one_card(
    bench: Bench, least: int | None, most: int | None, missing: int | None, surplus: int | None
) -> None:
    bench.enterprise(
        declared_on="2024-06-30",
        declared_stock=5,
        declared_sold=5,
        unaccounted_at_least=least,
        unaccounted_at_most=most,
    )
    records = [
        bench.move(1, 10, kind="purchase", sender=CARRIER, receiver=E, day="2024-06-30"),
        bench.move(1, 2, kind="return", receiver=CARRIER),
        bench.declare("2024-06-30", stock=5, sold=5),
    ]
    bench.move(20, 30, kind="purchase", sender=CARRIER, receiver=E, day="2024-07-01")
    bench.declare("2023-12-31", stock=5, sold=5)
    found = bench.found("balance_not_closed")
    assert [(one.params["missing"], one.params["surplus"]) for one in found] == (
        [] if missing is surplus is None else [(missing, surplus)]
    )
    assert not bench.found("balance_not_closed", "tolerance=1")
    for opened in bench.opened("balance_not_closed"):
        assert list(opened.records) == records


@pytest.mark.parametrize(
    ("most", "used", "surplus"), [(0, 1, 1), (0, 0, None), (-2, 1, None), (5, 5, None), (4, 5, 1), (None, 0, None)]
)
def test_a_balance_that_sales_of_activated_cards_may_close_by_one_card_cannot_be_told(
    bench: Bench, most: int | None, used: int, surplus: int | None
) -> None:
    bench.enterprise(
        declared_on="2024-06-30",
        declared_stock=5,
        declared_sold=5,
        unaccounted_at_least=-5,
        unaccounted_at_most=most,
        activated_sold=used,
    )
    records = [
        bench.move(1, 10, kind="purchase", sender=CARRIER, receiver=E, day="2024-06-30"),
        bench.move(None, None, quantity=5),
        bench.declare("2024-06-30", stock=5, sold=5),
    ]
    bench.move(3, 4)
    found = bench.found("balance_undetermined")
    assert [one.params["surplus"] for one in found] == ([] if surplus is None else [surplus])
    assert not bench.found("balance_undetermined", "tolerance=1")
    for opened in bench.opened("balance_undetermined"):
        assert list(opened.records) == records


@pytest.mark.parametrize(("declared", "beyond"), [(9, 1), (10, None), (None, None)])
def test_ten_cards_sold_are_one_more_than_nine_declared(bench: Bench, declared: int | None, beyond: int | None) -> None:
    bench.enterprise(declared_on="2024-06-30", declared_sold=declared)
    bench.declare("2024-06-30", sold=declared)
    bench.account(1, 10, departed="2024-06-29")
    bench.account(11, 20, departed="2024-06-30")
    bench.account(21, 30, departed=None)
    bench.account(31, 40, departed="2024-06-01", fate="held")
    found = [(one.params["beyond"], one.cards, one.records) for one in bench.found("sold_more_than_declared")]
    assert found == ([] if beyond is None else [(beyond, 10, 1)])
    assert not bench.found("sold_more_than_declared", "tolerance=1")


# -- seizures --------------------------------------------------------------------------------------------------


def test_the_bounds_of_a_seized_share_are_wilsons(bench: Bench) -> None:
    bench.enterprise(purchased=1000)
    bench.account(1, 1000, fate="held")
    for card in (1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10):
        bench.seize(card)
    params = bench.params("seized_share")
    assert (params["cards"], params["handled"], params["percent"]) == (10, 1000, 1.0)
    # Wilson, E. B. (1927): 10 of 1000 at z = 1.96
    assert (params["low"], params["high"]) == (0.5441, 1.831)


@pytest.mark.parametrize(("seized", "found"), [(2, False), (3, True)])
def test_two_seized_cards_say_nothing_of_a_share(bench: Bench, seized: int, found: bool) -> None:
    bench.enterprise(purchased=100)
    bench.account(1, 100)
    for card in range(1, seized + 1):
        bench.seize(card)
    assert bool(bench.found("seized_share")) == found


def test_a_share_is_large_only_if_its_lower_bound_is(bench: Bench) -> None:
    bench.enterprise(purchased=1000)
    bench.account(1, 1000, fate="held")
    for card in range(1, 11):
        bench.seize(card)
    assert bench.found("seized_share", "share_percent=0.544")
    assert not bench.found("seized_share", "share_percent=0.5442")


def test_a_holder_with_many_seized_cards(bench: Bench) -> None:
    bench.account(1, 30, holder=PERSON)
    bench.account(31, 1000, holder=SHOP)
    for card in (1, 2, 3, 31, 32, 33):
        bench.seize(card)
    params = bench.params("seized_share_of_holder")
    assert (params["holder"]["id"], params["cards"], params["handled"], params["percent"]) == (PERSON, 3, 30, 10.0)
    assert (params["low"], params["high"]) == (3.46, 25.62)


@pytest.mark.parametrize(("last", "seized", "found"), [(9, 2, False), (10, 2, True), (10, 1, False)])
def test_few_cards_say_nothing_of_their_holder(bench: Bench, last: int, seized: int, found: bool) -> None:
    bench.account(1, last, holder=PERSON)
    for card in range(1, seized + 1):
        bench.seize(card)
        bench.seize(card, day=None)
    assert bool(bench.found("seized_share_of_holder")) == found


def test_cards_without_a_holder_have_no_holder_with_a_share(bench: Bench) -> None:
    bench.account(1, 20, holder=None)
    bench.account(21, 40, holder=PERSON, fate="disputed")
    for card in range(1, 40):
        bench.seize(card)
    assert not bench.found("seized_share_of_holder")


@pytest.mark.parametrize(("days", "found"), [(-1, False), (0, True), (180, True), (181, False)])
def test_half_a_year_from_purchase_to_seizure_is_soon(bench: Bench, days: int, found: bool) -> None:
    bench.account(1, 10, purchased="2024-01-01")
    bench.seize(3, day=days_after("2024-01-01", days))
    assert bool(bench.found("soon_seized")) == found


def test_the_shortest_way_to_the_police(bench: Bench) -> None:
    bench.account(1, 10, purchased="2024-01-01")
    for card, day in ((1, "2024-01-11"), (1, "2024-01-05"), (2, "2024-01-21"), (3, "2024-01-31")):
        bench.seize(card, day=day)
    bench.seize(4, day="2024-06-01", until="2024-06-30")
    bench.seize(5, day=None)
    assert bench.params("soon_seized") == {"days": 180, "shortest": 4, "median": 20, "cards": 3}


def test_nobody_knows_how_soon_a_card_was_seized_that_was_bought_on_no_day(bench: Bench) -> None:
    bench.account(1, 10, purchased=None)
    bench.seize(3, day="2024-01-05")
    assert not bench.found("soon_seized")


# -- ways of selling -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cards", "days", "found"), [(501, 30, True), (500, 30, False), (501, 31, False)])
def test_more_than_half_of_the_cards_left_within_thirty_days(bench: Bench, cards: int, days: int, found: bool) -> None:
    bench.enterprise(purchased=1000)
    bench.account(1, cards, departed=days_after("2024-01-01", days))
    bench.account(cards + 1, 1000, departed=None, fate="held")
    assert bool(bench.found("resold_at_once")) == found


def test_few_cards_or_cards_that_left_before_they_came_are_not_passed_on_at_once(bench: Bench) -> None:
    bench.enterprise(purchased=999)
    bench.account(1, 999, departed="2024-01-02")
    assert not bench.found("resold_at_once")
    assert bench.found("resold_at_once", "least_cards=999")
    bench.enterprise(OTHER, purchased=1000)
    bench.account(1, 1000, enterprise=OTHER, departed="2023-12-31")
    assert not bench.found("resold_at_once", enterprise=OTHER)


def test_cards_that_left_on_no_known_day_were_not_passed_on_at_once(bench: Bench) -> None:
    bench.enterprise(purchased=1000)
    bench.account(1, 500, departed="2024-01-02")
    bench.account(501, 1000, departed=None)
    assert not bench.found("resold_at_once")
    bench.account(1001, 1001, departed="2024-01-02")
    assert bench.found("resold_at_once")


def test_a_holder_known_by_name_only_has_no_identity(bench: Bench) -> None:
    bench.account(1, 10, holder=SHOP)
    bench.account(11, 12, holder=OTHER)
    bench.account(20, 29, holder=PERSON)
    bench.account(30, 39, holder=None)
    bench.account(40, 49, holder=SHOP, fate="held")
    assert bench.params("buyer_without_identity") == {"holders": 2, "cards": 12}
    assert bench.found("buyer_without_identity", "least_cards=12")
    assert not bench.found("buyer_without_identity", "least_cards=13")


def test_a_sale_by_number_of_cards_names_none(bench: Bench) -> None:
    bench.enterprise()
    record = bench.move(None, quantity=500)
    bench.move(None, quantity=500, repeated=True)
    bench.move(None, quantity=700, receiver=CARRIER, kind="return")
    bench.move(None, quantity=900, sender=CARRIER, receiver=E, kind="purchase")
    bench.move(None, quantity=800, sender=SHOP, receiver=OTHER)
    bench.move(1, 10)
    assert bench.params("sold_without_numbers") == {"quantity": 500, "buyers": 1, "records": 1}
    assert bench.opened("sold_without_numbers")[0].records == (record,)
    assert not bench.found("sold_without_numbers", "least_cards=501")


# -- records ---------------------------------------------------------------------------------------------------


def test_a_sheet_of_which_more_than_a_twentieth_is_damaged(bench: Bench) -> None:
    bench.enterprise()
    bench.add("sheets", sheet=1, file="a.xlsx", sha256="aa", name="出库", rows=40, rejected=3)
    bench.move(1, 10, record=SHEET + 1)
    for row, reason in ((2, "bad_date"), (3, "damaged_number"), (4, "damaged_number")):
        bench.add("rejects", record=SHEET + row, reason=reason)
    assert bench.params("damaged_records") == {
        "file": "a.xlsx",
        "sheet": "出库",
        "rows": 40,
        "percent": 7.5,
        "reason": "damaged_number",
        "records": 3,
    }
    assert bench.opened("damaged_records")[0].records == (SHEET + 2, SHEET + 3, SHEET + 4)
    assert not bench.found("damaged_records", "share_percent=7.5")
    assert not bench.found("damaged_records", "least_rows=4")


def test_rows_that_are_no_records_are_not_damaged(bench: Bench) -> None:
    bench.enterprise()
    bench.add("sheets", sheet=1, file="a.csv", sha256="aa", name=None, rows=10, rejected=5)
    bench.move(1, 10, record=SHEET + 1)
    for row in range(2, 7):
        bench.add("rejects", record=SHEET + row, reason="not_a_record")
    assert not bench.found("damaged_records")


def test_a_sheet_concerns_whose_cards_it_moves(bench: Bench) -> None:
    bench.enterprise()
    bench.enterprise(OTHER)
    bench.account(10, 20)
    bench.account(30, 40, enterprise=OTHER)
    bench.add("sheets", sheet=1, file="a.csv", sha256="aa", name=None, rows=10, rejected=5)
    bench.move(20, 29, record=SHEET + 1, sender=SHOP, receiver=PERSON)
    for row in range(2, 7):
        bench.add("rejects", record=SHEET + row, reason="damaged_number")
    assert len(bench.found("damaged_records")) == 1
    assert not bench.found("damaged_records", enterprise=OTHER)


@pytest.mark.parametrize(("disputed", "found"), [(1, False), (2, True)])
def test_more_than_a_thousandth_of_the_cards_is_disputed(bench: Bench, disputed: int, found: bool) -> None:
    bench.enterprise(purchased=1000)
    bench.account(1, disputed, fate="disputed")
    bench.account(disputed + 1, 1000)
    assert bool(bench.found("contradictory_records")) == found


# -- sanction_three, sale_twenty -------------------------------------------------------------------------------


def sellers(bench: Bench, *values: str) -> list[str]:
    return [finding.params["seller"]["id"] for finding in bench.found("sanction_three", *values)]


@pytest.mark.parametrize(("cards", "found"), [(2, []), (3, [E])])
def test_who_passed_on_three_cards_is_named(bench: Bench, cards: int, found: list[str]) -> None:
    bench.account(1, 100)
    bench.move(1, cards, kind="transfer", sender=E, receiver=SHOP, day="2024-03-05")
    assert sellers(bench) == found


@pytest.mark.parametrize(("receivers", "found"), [((SHOP, SHOP, SHOP), []), ((SHOP, OTHER, PERSON), [E])])
def test_one_card_of_three_records_is_passed_on_three_times_if_these_have_it_go_to_three(
    bench: Bench, receivers: tuple[str, ...], found: list[str]
) -> None:
    bench.account(1, 100)
    for number, receiver in enumerate(receivers):
        bench.move(1, 1, kind="transfer", sender=E, receiver=receiver, day=days_after("2024-03-05", number))
    assert sellers(bench) == found


def test_a_seller_is_counted_over_the_whole_case_or_the_days_that_are_asked_about(bench: Bench) -> None:
    bench.enterprise()
    bench.account(1, 100)
    bench.move(1, 1, kind="transfer", sender=SHOP, receiver=OTHER, day="2024-03-05")
    bench.move(501, 502, kind="transfer", sender=SHOP, receiver=OTHER, day="2024-04-05")
    bench.move(None, quantity=30, kind="transfer", sender=SHOP, receiver=OTHER, day="2024-04-06")
    (finding,) = bench.found("sanction_three")
    params = {name: finding.params[name] for name in ("cards_listed", "cards_quantity", "sales", "recipients")}
    assert params == {"cards_listed": 3, "cards_quantity": 30, "sales": 2, "recipients": 1}
    assert {name: finding.params[name] for name in ("law", "article", "in_force")} == {
        "law": "《电信网络诈骗及其关联违法犯罪联合惩戒办法》",
        "article": 3,
        "in_force": "2024-12-01",
    }
    assert (finding.severity, finding.cards) == ("info", 1)
    assert sellers(bench, "until=2024-04-04") == []
    assert sellers(bench, "since=2024-03-06") == [], "it passed on none of the audited cards in these days"


@pytest.mark.parametrize(("cards", "found"), [(19, []), (20, [E, SHOP])])
def test_who_passed_on_or_received_twenty_cards_is_named(bench: Bench, cards: int, found: list[str]) -> None:
    bench.account(1, 100)
    bench.move(1, cards, kind="transfer", sender=E, receiver=SHOP, day="2024-03-05")
    named = [finding.params["party"]["id"] for finding in bench.found("sale_twenty")]
    assert sorted(named) == sorted(found)


def test_a_card_that_is_received_and_passed_on_counts_once_towards_twenty(bench: Bench) -> None:
    bench.enterprise()
    bench.account(1, 100)
    bench.move(1, 10, kind="transfer", sender=OTHER, receiver=SHOP, day="2024-03-05")
    bench.move(1, 10, kind="transfer", sender=SHOP, receiver=PERSON, day="2024-03-06")
    bench.move(None, quantity=15, kind="transfer", sender=SHOP, receiver=PERSON, day="2024-03-06")
    assert not bench.found("sale_twenty")
    bench.move(201, 210, kind="transfer", sender=SHOP, receiver=PERSON, day="2024-03-07")
    (shop, person) = bench.found("sale_twenty")
    assert [each.params["party"]["id"] for each in (person, shop)] == [SHOP, PERSON]
    assert (shop.params["cards_listed"], shop.params["cards_quantity"], shop.cards) == (20, 15, 10)


def test_an_audited_seller_is_named_for_cards_that_nobody_is_on_record_as_having_sold_it(bench: Bench) -> None:
    bench.enterprise()
    bench.account(1, 10)
    bench.move(101, 200, kind="transfer", sender=E, receiver=SHOP, day="2024-03-05")
    assert sellers(bench) == [E]
    (finding,) = bench.found("sale_twenty")
    assert (finding.params["party"]["id"], finding.cards, finding.records) == (E, 0, 1)


@pytest.mark.parametrize("rule", ["sanction_three", "sale_twenty"])
def test_what_a_carrier_sells_and_takes_back_is_no_trade(bench: Bench, rule: str) -> None:
    bench.enterprise()
    bench.account(1, 100)
    bench.move(1, 100, kind="purchase", sender=CARRIER, receiver=E, day="2024-03-05")
    bench.move(1, 100, kind="return", sender=E, receiver=CARRIER, day="2024-03-06")
    assert not bench.found(rule)


# -- passed_through, burst, circular_trade, split_sales, sold_before_seizure --------------------------------------


@pytest.mark.parametrize(("later", "found"), [(0, 100), (3, 100), (4, 0), (-1, 0)])
def test_what_is_passed_on_within_days_passed_through(bench: Bench, later: int, found: int) -> None:
    bench.account(1, 200)
    bench.move(1, 150, sender=E, receiver=SHOP, day="2024-03-05")
    bench.move(51, 150, sender=SHOP, receiver=OTHER, day=days_after("2024-03-05", later))
    assert bench.cards("passed_through") == found
    assert [finding.params["dealer"]["id"] for finding in bench.found("passed_through")] == [SHOP] * bool(found)


def test_cards_one_by_one_pass_through_a_range_and_each_counts_once(bench: Bench) -> None:
    bench.account(1, 200)
    bench.move(1, 100, sender=E, receiver=SHOP, day="2024-03-05")
    for card in range(1, 101):
        bench.move(card, card, sender=SHOP, receiver=OTHER, day="2024-03-06")
        bench.move(card, card, sender=OTHER, receiver=PERSON, day="2024-03-06")
    assert [(found.params["dealer"]["id"], found.cards) for found in bench.found("passed_through")] == [
        (OTHER, 100),
        (SHOP, 100),
    ]


def test_fewer_cards_do_not_pass_through(bench: Bench) -> None:
    bench.account(1, 200)
    bench.move(1, 99, sender=E, receiver=SHOP, day="2024-03-05")
    bench.move(1, 99, sender=SHOP, receiver=OTHER, day="2024-03-05")
    assert not bench.found("passed_through")
    assert bench.cards("passed_through", "least_cards=99") == 99


def test_a_month_says_too_little_for_days(bench: Bench) -> None:
    bench.account(1, 200)
    bench.move(1, 100, sender=E, receiver=SHOP, day="2024-03-01", until="2024-03-31")
    bench.move(1, 100, sender=SHOP, receiver=OTHER, day="2024-03-31")
    assert not bench.found("passed_through")


@pytest.mark.parametrize(("others", "span", "found"), [(100, 60, True), (101, 60, False), (100, 59, False)])
def test_most_cards_within_days_of_a_long_time_are_a_burst(bench: Bench, others: int, span: int, found: bool) -> None:
    bench.account(1, 1_000)
    bench.move(1, 50, sender=SHOP, receiver=OTHER, day="2024-03-01")
    bench.move(51, others, sender=SHOP, receiver=OTHER, day="2024-03-31")
    for number in range(2):
        first = 501 + 50 * number
        day = days_after("2024-03-01", span - number)
        bench.move(first, first + 49, sender=SHOP, receiver=OTHER, day=day)
    told = [(one.params["dealer"]["id"], one.params["since"], one.cards) for one in bench.found("burst")]
    assert told == ([(SHOP, days_after("2024-03-01", span - 1), 100)] if found else [])


def test_cards_that_come_back_by_way_of_another_go_in_a_circle(bench: Bench) -> None:
    bench.account(1, 100)
    bench.move(1, 50, sender=SHOP, receiver=OTHER, day="2024-03-01")
    bench.move(1, 50, sender=OTHER, receiver=PERSON, day="2024-03-02")
    bench.move(11, 20, sender=PERSON, receiver=SHOP, day="2024-03-03")
    assert bench.params("circular_trade") == {
        "dealer": {"id": SHOP, "name": SHOP},
        "days": 365,
        "least_cards": 10,
        "cards": 10,
        "records": 2,
        "left": "2024-03-01",
        "back": "2024-03-03",
    }


@pytest.mark.parametrize(
    ("sender", "last", "day"), [(OTHER, 20, "2024-03-03"), (PERSON, 19, "2024-03-03"), (PERSON, 20, "2024-03-01")]
)
def test_a_return_few_cards_and_the_same_day_are_no_circle(bench: Bench, sender: str, last: int, day: str) -> None:
    bench.account(1, 100)
    bench.move(1, 50, sender=SHOP, receiver=OTHER, day="2024-03-01")
    bench.move(11, last, sender=sender, receiver=SHOP, day=day)
    assert not bench.found("circular_trade")


@pytest.mark.parametrize(
    ("lots", "step", "found"),
    [((7, 7, 6), 3, True), ((7, 7, 5), 3, False), ((20, 7, 7), 3, False), ((7, 7, 7), 4, False)],
)
def test_lots_below_the_threshold_that_reach_it_together_are_split(
    bench: Bench, lots: tuple[int, ...], step: int, found: bool
) -> None:
    bench.account(1, 100)
    first = 1
    for number, cards in enumerate(lots):
        day = days_after("2024-03-01", step * number)
        bench.move(first, first + cards - 1, sender=SHOP, receiver=OTHER, day=day)
        first += cards
    told = [(one.params["dealer"]["id"], one.params["sales"], one.cards) for one in bench.found("split_sales")]
    assert told == ([(SHOP, 3, sum(lots))] if found else [])


def test_sales_to_several_are_not_split(bench: Bench) -> None:
    bench.account(1, 100)
    for number, receiver in enumerate((OTHER, PERSON, E)):
        bench.move(10 * number + 1, 10 * number + 10, sender=SHOP, receiver=receiver, day="2024-03-01")
    assert not bench.found("split_sales")


@pytest.mark.parametrize(("later", "cards", "found"), [(7, 3, True), (8, 3, False), (-1, 3, False), (7, 2, False)])
def test_cards_that_are_seized_days_after_a_sale_were_sold_before_it(
    bench: Bench, later: int, cards: int, found: bool
) -> None:
    bench.account(1, 100)
    bench.move(1, 50, sender=SHOP, receiver=OTHER, day="2024-03-10")
    for card in range(1, cards + 1):
        bench.seize(card, day=days_after("2024-03-10", later))
    told = [(one.params["dealer"]["id"], one.cards, one.records) for one in bench.found("sold_before_seizure")]
    assert told == ([(SHOP, cards, cards + 1)] if found else [])


@pytest.mark.parametrize("rule", ["passed_through", "burst", "circular_trade", "split_sales", "sold_before_seizure"])
def test_cards_of_others_make_no_pattern(bench: Bench, rule: str) -> None:
    bench.account(1, 10)
    for number in range(3):
        bench.move(101, 300, sender=SHOP, receiver=OTHER, day=days_after("2024-03-01", 90 * number))
        bench.move(101, 300, sender=OTHER, receiver=PERSON, day=days_after("2024-03-01", 90 * number))
        bench.move(101, 300, sender=PERSON, receiver=SHOP, day=days_after("2024-03-02", 90 * number))
    for card in range(101, 110):
        bench.seize(card, day="2024-03-02")
    assert not bench.found(rule)


# -- shared_contact ------------------------------------------------------------------------------------------------


def two_shops(bench: Bench) -> None:
    """Two parties to whom the enterprise sold ten cards each."""
    bench.account(1, 100)
    bench.move(1, 10, sender=E, receiver=SHOP)
    bench.move(6, 15, sender=SHOP, receiver=OTHER)


def test_parties_that_dealt_and_have_a_contact_in_common_are_named_with_its_rows(bench: Bench) -> None:
    two_shops(bench)
    rows = [bench.reach(SHOP), bench.reach(OTHER), bench.reach(OTHER, kind="payment")]
    rows += [bench.reach(SHOP, contact="address:a", value="a"), bench.reach(OTHER, contact="address:a", value="a")]
    params = bench.params("shared_contact")
    assert [party["id"] for party in params["parties"]] == [OTHER, SHOP]
    assert (params["contacts"], params["judged_apart"], params["cards"]) == (["13700000009", "a"], [], 15)
    (evidence,) = bench.opened("shared_contact")
    assert (evidence.lots, evidence.records) == (((1, 15),), tuple(rows))


def test_parties_judged_to_be_different_are_named_and_so_is_the_judgement(bench: Bench) -> None:
    two_shops(bench)
    for party, other in ((SHOP, OTHER), (OTHER, SHOP), (SHOP, PERSON)):
        bench.add("judged_different", party=party, other=other)
    for party in (SHOP, OTHER):
        bench.reach(party)
    (finding,) = bench.found("shared_contact")
    assert finding.params["judged_apart"] == [{"id": OTHER, "name": OTHER}, {"id": SHOP, "name": SHOP}]


@pytest.mark.parametrize(
    ("contact", "parties"),
    [
        ("at:13700000009", (SHOP,)),
        ("at:13700000009", (SHOP, SHOP)),
        ("at:13700000009", (SHOP, PERSON)),
        ("at:13700000009", (SHOP, OTHER, CARRIER)),
        ("at:4008123456", (SHOP, OTHER)),
        ("address:某小区菜鸟驿站", (SHOP, OTHER)),
        ("at:13700000009", (SHOP, OTHER, *(f"name:{number}" for number in range(19)))),
    ],
)
def test_a_contact_of_one_of_others_of_a_carrier_or_of_very_many_says_nothing(
    bench: Bench, contact: str, parties: tuple[str, ...]
) -> None:
    two_shops(bench)
    for party in parties:
        bench.reach(party, contact=contact, value=contact)
    assert not bench.found("shared_contact")


def test_a_contact_of_as_many_as_the_limit_allows_still_speaks(bench: Bench) -> None:
    two_shops(bench)
    for party in (SHOP, OTHER, *(f"name:{number}" for number in range(18))):
        bench.reach(party)
    assert bench.cards("shared_contact") == 15
    assert bench.cards("shared_contact", "most_parties=19") == 0
    assert bench.cards("shared_contact", "least_cards=16") == 0
    assert bench.cards("shared_contact", "least_parties=3") == 0


def test_every_rule_is_tested_here() -> None:
    from pathlib import Path

    told = Path(__file__).read_text(encoding="utf-8")
    assert [rule.id for rule in RULES if f'"{rule.id}"' not in told] == []
