"""What a place does in its clause, which names are found, which places are offered; what was learned is measured in tests/verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from borderflow.evidence.english import ENGLISH
from borderflow.evidence.extract import extract
from borderflow.evidence.language import Language
from borderflow.evidence.place_uses import plain, uses
from borderflow.evidence.ranking import Bundle, Features
from borderflow.evidence.russian import RUSSIAN
from borderflow.io.gazetteer import shipped

DAY = date(2022, 9, 27)


def use_of_last(text: str, language: Language = ENGLISH) -> str:
    """Use of the last place named in one sentence."""
    named = shipped().find(text)
    return uses(text.lower(), [0] * len(named), named, language)[-1].use


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("Some 300 people are staying in Goma", "at"),
        ("Some 300 people crossed into Uganda", "to"),
        ("Some 300 people entered Uganda", "to"),
        ("Some 300 people came through Bunagana", "via"),
        ("Some 300 people fled from Goma", "from"),
        ("Refugees from Sudan", "people"),
        ("since the attack on Palma", "event"),
        ("after the fall of Wad Medani", "event"),
        ("the ministry in Astana", "office"),
        ("Kazakhstan's interior ministry", "office"),
        ("the road to Tirana", "route"),
        ("the border with Uzbekistan", "gate"),
        ("at the Kuznica crossing", "gate"),
        ("opposite Kastanies", "near"),
        ("People reached Goma, Democratic Republic of the Congo", "qualifier"),
        ("Joda: 1,050 a day", "label"),
        ("14:22 Lithuania: 47 people", "label"),
        ("Hungary registered 9,400 people", "host"),
        ("India moved 110 students", "agent"),
        ("They stayed in Homs and Hama", "at"),
        ("Polish volunteers", "adjective"),
        ("the Polish border guard", "office"),
    ],
)
def test_what_a_place_does_in_an_english_clause(text: str, use: str) -> None:
    assert use_of_last(text) == use


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("Триста человек живут в Грузии", "at"),
        ("Триста человек въехали в Грузию", "to"),
        ("Триста человек выехали из Нагорного Карабаха", "from"),
        ("Беженцы из Судана", "people"),
        ("По данным МВД Казахстана", "office"),
        ("граница с Казахстаном", "gate"),
        ("Через Нарву прошли 500 человек", "via"),
        ("На территории Казахстана живут 500 человек", "at"),
        ("На территорию Казахстана въехали 500 человек", "to"),
        ("С территории Украины прибыли 500 человек", "from"),
        ("Со стороны Казахстана стоят 500 машин", "from"),
        ("В сторону Грузии проехали 500 машин", "to"),
        ("В районе Верхнего Ларса стоят 500 машин", "near"),
        ("Недалеко от Уральска ночуют 500 человек", "near"),
        ("В Крыму размещены 500 человек", "at"),
        ("Грузию покинули 500 человек", "from"),
        ("Въехали 500 граждан Казахстана", "people"),
    ],
)
def test_what_a_place_does_in_a_russian_clause(text: str, use: str) -> None:
    assert use_of_last(text, RUSSIAN) == use


def test_russian_cases_of_names_that_end_like_endings() -> None:
    found = [p.entry.name for p in shipped().find("Из Саратова, во Львове, под Псковом, в Карабахе, до Мизорама")]
    assert found == ["Saratov", "Lviv", "Pskov", "Nagorno-Karabakh", "Mizoram"]


def test_codes_of_countries_with_the_way_between_them() -> None:
    found = [(p.entry.name, p.start) for p in shipped().find("PL note: 900 people went from UA to PL, from 9 AM to 5 PM, from IT to you")]
    assert found == [("Ukraine", 30), ("Poland", 36)]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Верхний Ларс, из Верхнего Ларса, к Верхнему Ларсу, за Верхним Ларсом, на Верхнем Ларсе", ["Verkhny Lars / Dariali"] * 5),
        ("КПП «Бугристое», у Бугристого, под Бугристым", ["Bugristoye / Kairak"] * 3),
        ("Озинки, из Озинок, к Озинкам, в Озинках", ["Ozinki / Taskala"] * 4),
        ("из Китая, с Китаем, в Южной Корее, из Вьетнама", ["China", "China", "South Korea", "Vietnam"]),
        ("из Орла, в Орле, под Ельцом, в Оше, за Уфой", ["Oryol", "Oryol", "Yelets", "Osh", "Ufa"]),
        ("Приднестровью, в Анталью, за Краковцем", ["Transnistria", "Antalya", "Krakovets / Korczowa"]),
        ("с казахстанским, эстонская граница, на латвийской", ["Kazakhstan", "Estonia", "Latvia"]),
        ("в Северной Осетии и Псковской области", ["North Ossetia", "Pskov Region"]),
        ("в Курской, Брянской и Белгородской областях", ["Kursk Region", "Bryansk Region", "Belgorod Region"]),
        ("из Луганской и Донецкой областей", ["Luhansk Region", "Donetsk Region"]),
    ],
)
def test_russian_names_in_all_cases(words: str, names: list[str]) -> None:
    assert [p.entry.name for p in shipped().find(words)] == names


def test_ordinary_russian_words_that_begin_a_sentence_are_no_names() -> None:
    text = "Там ждут 300 машин. Потом уехали. Семей стало больше.\nТого же дня вышли. Море штормит"
    assert shipped().find(text) == []
    assert [p.entry.name for p in shipped().find("Автобус в Семей, паром в Поти, самолёт в Того")] == ["Semey", "Poti", "Togo"]


@pytest.mark.parametrize(("name", "shown"), [("Bjørnevatn", "Bjornevatn"), ("Rex Théâtre", "Rex Theatre"), ("Šid's", "Sid"), ("Бузан", "Buzan")])
def test_names_that_no_table_knows_are_written_as_the_table_writes(name: str, shown: str) -> None:
    assert plain(name) == shown


@pytest.mark.parametrize(
    ("name", "before", "shown"),
    [
        ("Азов", "", "Azov"),
        ("Хрящеватого", "у ", "Khryashchevatogo"),
        ("Аскерана", "ехал из ", "Askeran"),
        ("Анапа", "и ", "Anapa"),
        ("Ельце", "в ", "Yeltse"),
        ("Юрьевский", "", "Yuryevsky"),
        ("Щёлково", "", "Shchyolkovo"),
        ("Oruzgān's", "", "Oruzgan"),
    ],
)
def test_cyrillic_names_that_no_table_knows_in_latin_letters(name: str, before: str, shown: str) -> None:
    assert plain(name, before) == shown


def offered(text: str) -> list[list[object]]:
    """Candidate places of each claim of a text."""
    seen: list[list[object]] = []

    def choose(what: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features]) -> tuple[int, float]:
        if what == "place":
            seen.append(list(candidates))
        return 0, 1.0

    extract(text, published=DAY, gazetteer=shipped(), choose=choose)
    return seen


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("On Monday 1,200 people were sheltered in Homs and Hama.", "Homs; Hama"),
        ("From Stepanakert to Goris people travelled 30 hours.", "Stepanakert; Goris"),
        ("ANKARA, Sept 26 - More than 17,000 Syrians have gone home since Monday.", "Turkey"),
        ("On Monday 12,000 families left Khairpur Nathan Town.", "Khairpur Nathan Town"),
        ("In Idlib province 770,000 people are displaced.", "Idlib"),
        ("В понедельник из Глушковского района выехали 900 человек.", "Glushkovo"),
        ("Arrivals by county\nBallyvarra . . . . . . 1,409 people\nDublin . . . . . . 13,377 people", "Ballyvarra"),
        ("The border between Poland and Ukraine is busy.\n\nOn Monday 41,300 people crossed in both directions.", "Ukraine-Poland border"),
        ("The border of Poland and Ukraine is calm.\n\nOn Monday 41,300 people returned by train.", "Ukraine-Poland border"),
        ("In West-Kazakhstan 1,500 cars stood in line on Monday.", "West Kazakhstan Region"),
        ("В Оше в понедельник размещены 1 470 человек.", "Osh"),
        ("Больше всего людей приняли Верхнегорск (420 человек) и Белозаводск — 365 человек.", "Belozavodsk"),
    ],
)
def test_places_that_are_offered(text: str, name: str) -> None:
    assert any(name in names for names in offered(text))


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("On Monday 1,200 people came in from Sudan.", "end"),
        ("On Monday 1,200 people left for Sudan.", "end"),
        ("On Monday three planes carried 1,200 people to Sudan.", "end"),
        ("On Monday 1,200 people came in at Renk from Sudan.", "close"),
        ("On Monday 1,200 people came in.", "open"),
    ],
)
def test_the_other_end_of_a_move_leaves_open_where_it_counts(text: str, state: str) -> None:
    names: set[str] = set()

    def choose(what: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features]) -> tuple[int, float]:
        names.update(name for bundles in options for b in bundles for name in b.names)
        return 0, 1.0

    extract("People keep leaving Chad.\n\n" + text, published=DAY, gazetteer=shipped(), choose=choose)
    assert any(name.startswith("e:") and name.endswith(f"/{state}") for name in names)


def spoken_for(text: str) -> list[dict[object, set[str]]]:
    """Features of the candidate places of each claim of a text, by name; the claims get the first."""
    seen: list[dict[object, set[str]]] = []

    def choose(what: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features]) -> tuple[int, float]:
        if what == "place":
            seen.append({name: {f for b in bundles for f in b.names} for name, bundles in zip(candidates, options, strict=True)})
        return 0, 1.0

    extract(text, published=DAY, gazetteer=shipped(), choose=choose)
    return seen


def test_only_a_country_counts_nationwide() -> None:
    told = spoken_for("On Monday 900 people entered Romania at Siret. Nationwide, 24,100 people came in on Monday.")
    assert "Porubne / Siret" in told[0]
    assert "Romania" in told[1]
    assert "Porubne / Siret" not in told[1]


def test_a_town_before_the_word_nationwide_stays() -> None:
    told = spoken_for("On Monday 900 people were sheltered in Suceava, of 24,100 nationwide.")
    assert "Suceava" in told[0]


def test_a_dateline_says_where_a_report_was_written() -> None:
    told = spoken_for("ORAL, Sept 26 - About 4,300 people entered Kazakhstan through the Syrym checkpoint on Sunday.")
    assert "in:dateline" in told[0]["Oral"]
    assert "in:dateline" not in told[0]["Mashtakovo / Syrym"]


def test_places_that_begin_many_paragraphs_are_labels() -> None:
    told = spoken_for(
        "\n\n".join(f"{name} - The mayor counted 1,200 people in the schools on Monday." for name in ("ADANA", "MERSIN", "HATAY", "KILIS"))
    )
    assert all("in:dateline" not in names for claim in told for names in claim.values())


def test_a_label_beside_its_number_names_a_place() -> None:
    told = spoken_for("Arrivals by county\nBallyvarra . . . . . . 1,409 people\nDublin . . . . . . 13,377 people")
    assert "label:beside" in told[0]["Ballyvarra"]


def test_the_place_of_earlier_claims_is_known() -> None:
    told = spoken_for(
        "On Monday 900 people were sheltered in Goma.\n\nOn Monday 300 people crossed into Uganda.\n\nSome 120 people slept in schools."
    )
    assert {"most", "alike:stay"} <= told[2]["Goma"]


def test_headings_of_sections_and_persons_are_no_places() -> None:
    text = "Registration: 412 people were registered in Goma. A relief official, Wolfgang Wagner, counted 160 people in Goma on Monday."
    names = {name for names in offered(text) for name in names}
    assert "Goma" in names
    assert not names & {"Registration", "Wolfgang Wagner"}


def test_rows_by_nationality_are_not_placed_in_those_countries() -> None:
    rows = "Darien crossings by nationality, July\nVenezuela: 38,033 people\nEcuador: 9,773 people"
    assert not {p.place for p in extract(rows, published=DAY, gazetteer=shipped())} & {"Venezuela", "Ecuador"}
