"""What written names mean: references, gates, locations, hints."""

from __future__ import annotations

from pathlib import Path

import pytest

from borderflow.io.case import read_case
from borderflow.world.countries import COUNTRIES, country_code, country_name
from borderflow.world.model import Case
from borderflow.world.names import Location, Reference, expand, gates_of, nearest, parse_reference, resolve_location, similar
from small_case import changed, write_small_case

PASS, BRIDGE = "Fjellpass / Skogtull", "Elvebru / Jokisilta"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(write_small_case(tmp_path_factory.mktemp("case")))


@pytest.mark.parametrize(
    ("text", "name", "indices"),
    [
        ("pool", "pool", ()),
        (" appeal[GE] ", "appeal", ("GE",)),
        ("capacity[KZ; car]", "capacity", ("KZ", "car")),
        ("capacity[ A / B ;car; exits ]", "capacity", ("A / B", "car", "exits")),
        ("leaving_per_day[call-up]", "leaving_per_day", ("call-up",)),
    ],
)
def test_a_reference_has_a_name_and_indices(text: str, name: str, indices: tuple[str, ...]) -> None:
    assert parse_reference(text) == Reference(name, indices)


@pytest.mark.parametrize("text", ["", "capacity[", "capacity[a]b", "capacity[a;]", "[a]", "a b", "a[b][c]", "a[]", "3x"])
def test_what_is_not_a_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"name\[index\]|empty index"):
        parse_reference(text)


def test_a_reference_is_written_as_it_is_read() -> None:
    assert str(Reference("capacity", ("KZ", "car"))) == "capacity[KZ; car]"
    assert str(Reference("pool", ())) == "pool"


def test_gates_are_crossings_and_the_portals_that_are_linked_and_wanted(case: Case) -> None:
    assert [(g.name, g.kind, g.country) for g in gates_of(case)] == [(PASS, "crossing", "SE"), (BRIDGE, "crossing", "FI"), ("air IS", "air", "IS")]
    assert [g.name for g in gates_of(case.model_copy(update={"seats": {}}))] == [PASS, BRIDGE]
    assert [g.name for g in gates_of(case.model_copy(update={"links": ()}))] == [PASS, BRIDGE]


def test_a_split_on_air_makes_a_portal_too(tmp_path: Path) -> None:
    text = changed("case.yaml", "  - name: Sweden\n    country: SE", "  - name: Sweden\n    country: IS")
    text["case.yaml"] = text["case.yaml"].replace("{Fjellpass / Skogtull: 0.7,", "{air: 0.7,").replace("seats: {air IS: 150}\n", "")
    text["case.yaml"] = text["case.yaml"].replace("  - {location: Sweden", "  - {location: Iceland")
    case = read_case(write_small_case(tmp_path, text))
    assert "air IS" in {g.name for g in gates_of(case)}


@pytest.mark.parametrize(
    ("text", "indices"),
    [
        ("pool", [()]),
        ("people_per_party[visa]", [("visa",)]),
        ("people_per_party[*]", [("citizens",), ("visa",)]),
        ("appeal[SE]", [("SE",)]),
        ("mode_appeal[air]", [("air",)]),
        ("gate_appeal[*]", [(PASS,), (BRIDGE,), ("air IS",)]),
        ("gate_appeal[FI]", [(BRIDGE,)]),
        (f"capacity[{PASS}; car]", [(PASS, "car", "entries")]),
        (f"capacity[{PASS}; car; exits]", [(PASS, "car", "exits")]),
        ("capacity[*; car]", [(PASS, "car", "entries"), (BRIDGE, "car", "entries")]),
        ("capacity[SE; *]", [(PASS, "car", "entries"), (PASS, "foot", "entries")]),
        ("capacity[SE; *; *]", [(PASS, "car", "entries"), (PASS, "car", "exits"), (PASS, "foot", "entries")]),
        ("capacity[air IS; seat]", [("air IS", "seat", "entries")]),
        ("entries_per_day[*]", [("Sweden",)]),
        ("share[Sweden; elsewhere]", [("Sweden", "elsewhere")]),
        ("share[*; SE]", [("Sweden", PASS)]),
        ("leaving_per_day[*]", [("flood warning",)]),
        ("boost[*]", [("rumoured closing",)]),
        ("shift_days[*]", [("flood warning",), ("rumoured closing",), ("foot access at the pass",)]),
        ("appeal[FR]", []),
        ("capacity[*; lorry]", []),
        ("leaving_per_day[rumoured closing]", []),
    ],
)
def test_a_reference_stands_for_concrete_attributes(case: Case, text: str, indices: list[tuple[str, ...]]) -> None:
    reference = parse_reference(text)
    assert expand(reference, case) == [(reference.name, index) for index in indices]


def test_unknown_attributes_and_wrong_index_counts_are_errors(case: Case) -> None:
    with pytest.raises(ValueError, match="unknown attribute 'capasity'"):
        expand(parse_reference("capasity[*; car]"), case)
    with pytest.raises(ValueError, match=r"must be written capacity\[gate or country code; lane class\]"):
        expand(parse_reference("capacity[*]"), case)
    with pytest.raises(ValueError, match="must be written pool"):
        expand(parse_reference("pool[*]"), case)


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("Sweden", Location("country", "Sweden", ("SE",))),
        ("SE", Location("country", "Sweden", ("SE",))),
        ("sweden (all borders)", Location("country", "Sweden", ("SE",))),
        ("Norway", Location("country", "Norway", ("NO",))),
        (PASS, Location("gate", PASS, (PASS,))),
        ("the  pass", Location("gate", PASS, (PASS,))),
        ("Skogtull", Location("gate", PASS, (PASS,))),
        ("Fjellpass / Skogtull (The Pass)", Location("gate", PASS, (PASS,))),
        ("Northern posts", Location("region", "Northern posts", (PASS, BRIDGE))),
        ("the two posts", Location("region", "Northern posts", (PASS, BRIDGE))),
        ("Iceland (air)", Location("gate", "air IS", ("air IS",))),
        ("air IS", Location("gate", "air IS", ("air IS",))),
        ("Finland (land border)", Location("region", "Finland (land border)", (BRIDGE,))),
        ("Hofn", Location("place", "Hofn", ())),
        ("Hofn (Höfn)", Location("place", "Hofn", ())),
        ("Sweden; Finland", Location("region", "Sweden; Finland", ("SE", "FI"))),
        ("Sweden; Jokisilta", Location("region", "Sweden; Jokisilta", ("SE", BRIDGE))),
        ("Storby-Hofn", None),
        ("Sweden (sea border)", None),
        ("Sweden; Nowhere", None),
        ("Sweden; Hofn", None),
        ("", None),
        (";", None),
    ],
)
def test_a_place_of_a_claim_resolves(case: Case, text: str, location: Location | None) -> None:
    assert resolve_location(text, case) == location


def test_a_region_may_have_semicolons_in_its_name(tmp_path: Path) -> None:
    case = read_case(write_small_case(tmp_path, changed("case.yaml", "alt_names: [the two posts]", 'alt_names: ["Skogtull; Jokisilta (North)"]')))
    assert resolve_location("Skogtull; Jokisilta (North)", case) == Location("region", "Northern posts", (PASS, BRIDGE))


def test_an_ambiguous_alias_resolves_to_nothing(tmp_path: Path) -> None:
    files = changed("places.csv", "Sjostad,,", "Sjostad,Sea town,")
    files["places.csv"] = files["places.csv"].replace("Jarvela,,", "Jarvela,Sea town,")
    assert resolve_location("Sea town", read_case(write_small_case(tmp_path, files))) is None


def test_hints_name_the_nearest_spelling() -> None:
    assert nearest("Oslso", ["Bergen", "Oslo"]) == "did you mean 'Oslo'?"
    assert nearest("oslo", ["Bergen", "Oslo"]) == "did you mean 'Oslo'?"
    assert nearest("x", ["Bergen", "Oslo"]) == "known: 'Bergen', 'Oslo'"
    assert nearest("x", [f"Bergen{i}" for i in range(9)]).endswith("and 3 more")
    assert nearest("x", []) == "the case has none"
    assert similar("Bergn", ["Oslo"], 0.8) is None


def test_country_names() -> None:
    assert country_name("GE") == "Georgia"
    assert country_name("ZZ") == "ZZ"
    assert country_code("georgia") == "GE"
    assert country_code("GE") == "GE"
    assert country_code("ge") is None
    assert len(COUNTRIES) == 250
    names = [name.casefold() for spelled in COUNTRIES.values() for name in spelled]
    assert len(names) == len(set(names))
    assert all(len(code) == 2 and code.isupper() and all(n == n.strip() and n for n in spelled) for code, spelled in COUNTRIES.items())
