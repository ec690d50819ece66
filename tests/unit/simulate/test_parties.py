from __future__ import annotations

import numpy as np

from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.operators import match_operator_name, operator_from_cell
from graphtrace.identifiers.party_ids import is_valid_resident_id, is_valid_uscc, parse_resident_id
from graphtrace.model import CARRIERS
from graphtrace.simulate.made_parties import CARRIER_NAMES, KINDS, TIERS, Directory, company_names, person_names


def test_no_two_parties_of_a_kind_share_a_name_however_many_there_are() -> None:
    many = np.arange(300_000)
    assert person_names(many).n_unique() == len(many)
    for kind in KINDS:
        assert company_names(kind, many[:30_000]).n_unique() == 30_000


def test_a_name_stands_for_one_party_unless_it_is_planted_to_be_ambiguous() -> None:
    directory = Directory(10_000)
    directory.add_private(500)
    assert directory.names.n_unique() == len(directory.names)
    assert directory.ids.n_unique() == len(directory.ids)
    one, other, bare = directory.add_namesakes(20)
    names, ids = directory.names, directory.ids
    assert names.gather(one).to_list() == names.gather(other).to_list() == names.gather(bare).to_list()
    assert len({*ids.gather(one), *ids.gather(other), *ids.gather(bare)}) == 60
    assert not set(names.gather(one)) & set(names.head(int(one[0])))


def test_a_name_is_its_own_key_so_that_its_id_can_be_told() -> None:
    directory = Directory(10_000)
    assert len(directory.names) > 1_000
    for name, number, party in zip(directory.names, directory.numbers, directory.ids, strict=True):
        assert normalize_party_name(name) == name
        if party.startswith("name:"):
            assert (number, party) == (None, f"name:{name}")
        elif number is not None:
            assert party == f"id:{number}"


def test_carriers_are_known_by_their_names_and_nobody_else_is_taken_for_one() -> None:
    assert tuple(map(operator_from_cell, CARRIER_NAMES)) == CARRIERS
    directory = Directory(10_000)
    assert not any(map(match_operator_name, directory.names.slice(len(CARRIERS))))


def test_numbers_of_companies_and_people_have_right_check_characters() -> None:
    directory = Directory(1_000)
    assert all(is_valid_uscc(number) for number in directory.numbers.drop_nulls())
    one, other, _ = directory.add_namesakes(200)
    residents = [*directory.numbers.gather(one), *directory.numbers.gather(other)]
    assert len(set(residents)) == 400
    # the division 99 belongs to no place, so that nobody's number is made by accident
    assert all(is_valid_resident_id(number) and not parse_resident_id(number) for number in residents)


def test_enterprises_differ_in_size_and_ways_lead_down_the_tree() -> None:
    directory = Directory(1_000)
    random = np.random.default_rng(1)
    sizes = np.bincount(directory.pick_enterprises(random, 10_000) - directory.enterprises)
    assert sizes.max() > 10 * np.median(sizes)
    paths = directory.pick_path(random, 1_000)
    assert paths.shape == (1_000, TIERS)
    assert len({(child, parent) for parent, child in paths[:, 1:3]}) == len(set(paths[:, 2]))
    enterprises = directory.pick_enterprises(random, 1_000)
    assert not (directory.pick_others(random, enterprises) == enterprises).any()
