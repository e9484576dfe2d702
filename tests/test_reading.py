"""What counts as a claim, rule by rule, in both languages: hand-made sentences whose claims are known."""

from __future__ import annotations

import re
import string
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderflow.evidence.amounts import digits
from borderflow.evidence.copies import likeness, signature
from borderflow.evidence.counting import Option, Weights
from borderflow.evidence.dated import day_in
from borderflow.evidence.english import ENGLISH
from borderflow.evidence.extract import extract
from borderflow.evidence.numbers import mentions
from borderflow.evidence.passages import shadow
from borderflow.evidence.proposal import Proposal, cells
from borderflow.evidence.ranking import bundle
from borderflow.evidence.russian import RUSSIAN
from borderflow.evidence.times import times
from borderflow.io.gazetteer import shipped

DAY = date(2022, 9, 27)  # a Tuesday


def read(text: str, published: date | None = DAY) -> list[Proposal]:
    return [p for p in extract(text, published=published, gazetteer=shipped()) if p.status == "candidate"]


def only(text: str, published: date | None = DAY) -> Proposal:
    found = read(text, published)
    assert len(found) == 1, [p.quote for p in found]
    return found[0]


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("98,000", 98000, 98000),
        ("5.5k", 5500, 5500),
        ("1.2 million", 1_200_000, 1_200_000),
        ("between 10,000 and 12,000", 10000, 12000),
        ("from 5000 to 6000", 5000, 6000),
        ("3-4 thousand", 3000, 4000),
        ("more than 700", 700, None),
        ("at least 700", 700, None),
        ("up to 700", None, 700),
        ("no more than 700", None, 700),
        ("fewer than 700", None, 700),
        ("about 700", 700, 700),
        ("nearly 700", 700, 700),
        ("tens of thousands of", 20000, 99999),
        ("several hundred", 200, 999),
        ("hundreds of thousands of", 200000, 999999),
        ("several", 2, 9),
        ("half a million", 500000, 500000),
        ("two hundred and fifty", 250, 250),
        ("twenty-eight", 28, 28),
        ("700 or more", 700, None),
        ("a hundred and two thousand", 102_000, 102_000),
        ("one thousand nine hundred twenty", 1920, 1920),
        ("between one thousand five hundred and two thousand", 1500, 2000),
        ("2 thousand 800", 2800, 2800),
        ("47 thousand and 300", 47_300, 47_300),
        ("two hundred to two hundred fifty", 200, 250),
        ("a thousand, twelve hundred", 1000, 1200),
        ("eighty-odd", 80, None),
        ("a good two thousand", 2000, None),
        ("1.85 lakh", 185_000, 185_000),
        ("a little under 700", 700, 700),
        ("some 3 thousand 200", 3200, 3200),
        ("20-25,000", 20_000, 25_000),
        ("two-three thousand", 2000, 3000),
        ("a couple of hundred", 200, 200),
        ("quarter of a million", 250_000, 250_000),
        ("just shy of 40,000", 40_000, 40_000),
    ],
)
def test_values_in_english(words: str, low: float | None, high: float | None) -> None:
    p = only(f"On Sunday {words} refugees crossed into Moldova.")
    assert (p.value_low, p.value_high, p.unit) == (low, high, "people")


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("3,5 тыс.", 3500, 3500),
        ("31 200", 31200, 31200),
        ("от 9 до 10 тысяч", 9000, 10000),
        ("более 25 тысяч", 25000, None),
        ("до 300", None, 300),
        ("не менее 300", 300, None),
        ("несколько сотен", 200, 999),
        ("десятки тысяч", 20000, 99999),
        ("порядка 200", 200, 200),
        ("более тысячи", 1000, None),
        ("двадцать две с лишним тысячи", 22_000, None),
        ("шесть тысяч сто", 6100, 6100),
        ("от шести до семи сотен", 600, 700),
        ("четверть миллиона", 250_000, 250_000),
        ("15 900 с лишком", 15_900, None),
        ("12к", 12_000, 12_000),
        ("чуть меньше двух тысяч", 2000, 2000),
        ("не больше тысячи двухсот", None, 1200),
        ("около тысячи двухсот пятидесяти", 1250, 1250),
        ("четыре-пять тысяч", 4000, 5000),
        ("двадцать-тридцать", 20, 30),
        ("более 120-ти тысяч", 120_000, None),
        ("от силы 60", None, 60),
    ],
)
def test_values_in_russian(words: str, low: float | None, high: float | None) -> None:
    p = only(f"В воскресенье {words} человек въехали в Молдавию.")
    assert (p.value_low, p.value_high, p.unit) == (low, high, "people")


@pytest.mark.parametrize(
    ("sentence", "low", "high", "unit", "kind"),
    [
        ("Drivers waited three days at Medyka.", 72, 72, "hours", "waiting_time"),
        ("Drivers waited for 40 minutes at Medyka.", 40 / 60, 40 / 60, "hours", "waiting_time"),
        ("Drivers waited 2 h 30 min at Medyka.", 2.5, 2.5, "hours", "waiting_time"),
        ("Drivers waited an hour and 15 minutes at Medyka.", 1.25, 1.25, "hours", "waiting_time"),
        ("Buses pass at Medyka in four hours.", 4, 4, "hours", "waiting_time"),
        ("The ministry counted 5,500 vehicles in front of the Medyka checkpoint.", 5500, 5500, "vehicles", "vehicles_queued"),
        ("Водители стоят на границе до трёх суток.", None, 72, "hours", "waiting_time"),
        ("A 3.5-km-long column of cars formed at Medyka.", 3.5, 3.5, "km", "queue_length"),
        ("Arrivals are up from 5,000-6,000 people.", 5000, 6000, "people", "people_crossed"),
        ("1m-2m people crossed into Poland.", 1_000_000, 2_000_000, "people", "people_crossed"),
        ("The queue at Medyka is seven kilometres long.", 7, 7, "km", "queue_length"),
        ("The queue at Medyka is 10 miles long.", 16.09344, 16.09344, "km", "queue_length"),
        ("The queue at Medyka stretched for 500 metres.", 0.5, 0.5, "km", "queue_length"),
        ("About 300 lorries are waiting at Medyka.", 300, 300, "lorries", "trucks_queued"),
        ("Some 40 buses are waiting at Medyka.", 40, 40, "buses", "buses_queued"),
        ("Some 900 cars are queueing at Medyka.", 900, 900, "vehicles", "vehicles_queued"),
        ("Every day 2,000 people cross at Medyka.", 2000, 2000, "people/day", "entries_per_day"),  # as most hands note it, and the model takes it
        ("Arrivals at Medyka have doubled since Sunday.", 2, 2, "ratio", "arrivals_rate_ratio"),
        ("Arrivals at Medyka fell by a third.", 2 / 3, 2 / 3, "ratio", "arrivals_rate_ratio"),
        ("Arrivals at Medyka rose by 20 per cent.", 1.2, 1.2, "ratio", "arrivals_rate_ratio"),
        ("Some 1,200 families are sheltering in Suceava.", 1200, 1200, "families", "people_sheltered"),
        ("Two thirds of the refugees entered on foot.", 2 / 3, 2 / 3, "share", "share"),
        ("В очереди на КПП «Верхний Ларс» стоят 300 фур.", 300, 300, "lorries", "trucks_queued"),
        ("Люди ждут двое суток на КПП «Верхний Ларс».", 48, 48, "hours", "waiting_time"),
        ("Водители ждут на КПП «Верхний Ларс» час-два.", 1, 2, "hours", "waiting_time"),
        ("Очередь у Верхнего Ларса — 18 км.", 18, 18, "km", "queue_length"),
        ("Очередь у Верхнего Ларса — 5 км 200 м.", 5.2, 5.2, "km", "queue_length"),
        ("Поток россиян в Грузию вырос на двадцать процентов.", 1.2, 1.2, "ratio", "arrivals_rate_ratio"),
        ("Поток россиян в Грузию вырос вдвое.", 2, 2, "ratio", "arrivals_rate_ratio"),
    ],
)
def test_units_and_kinds(sentence: str, low: float, high: float, unit: str, kind: str) -> None:
    p = only(sentence)
    assert p.value_low == pytest.approx(low)
    assert p.value_high == pytest.approx(high)
    assert (p.unit, p.quantity_kind) == (unit, kind)


def test_families_stay_families_and_imply_persons() -> None:
    row = cells(only("Some 1,200 families are sheltering in Suceava."))
    assert (row["unit"], row["value_low"], row["people_low"], row["people_high"]) == ("families", 1200, 2400, 9600)


@pytest.mark.parametrize(
    ("phrase", "days"),
    [
        ("за одни сутки", "26..27"),
        ("в течение суток", "26..27"),
        ("за неделю", "21..27"),
        ("с начала недели", "26..27"),
        ("с начала июня", "2022-06-01..27"),
        ("в июле", "2022-07-01..2022-07-31"),
        ("с 21 по 26 сентября", "21..26"),
        ("с 21 по 26.09", "21..26"),
        ("с 21.09 по 26.09", "21..26"),
        ("за период 21.09-26.09", "21..26"),
        ("с 20 по 26 включительно", "20..26"),
        ("24, 25 и 26 сентября", "24..26"),
        ("с 8 утра 25 сентября до 8 утра 26 сентября", "25..26"),
        ("с 08:00 25 сентября до 08:00 26 сентября", "25..26"),
        ("к утру воскресенья", "..25"),
        ("на утро 27 сентября", "27..27"),
        ("по состоянию на 10:00 (мск) 26 сентября", "26..26"),
        ("к настоящему времени", "27..27"),
        ("в ночь на субботу", "23..24"),
        ("в ночь на 24 сентября", "23..24"),
        ("в ночь с 23 на 24 сентября", "23..24"),
        ("в ночь с пятницы на субботу", "23..24"),
        ("в минувшие выходные", "24..25"),
        ("в пятницу, 23 сентября,", "23..23"),
        ("с пятницы, 23 сентября,", "23..27"),
        ("со вчерашнего вечера", "26..27"),
        ("позавчера", "25..25"),
        ("послезавтра", "29..29"),
        ("сутками ранее", "26..26"),
        ("за сутки до этого", "26..26"),
        ("на прошлой неделе", "19..25"),
        ("на будущей неделе", "2022-10-03..2022-10-09"),
        ("четыре дня назад", "23..23"),
        ("в первый день мобилизации", "21..21"),
        ("за первые три дня мобилизации", "21..23"),
        ("за время мобилизации", "21..27"),
        ("в первую неделю сентября", "01..07"),
        ("в 2021 году", "2021-01-01..2021-12-31"),
        ("с 2014 года", "2014-01-01..27"),
        ("за восемь месяцев 2022 года", "2022-01-01..2022-08-31"),
        ("во втором квартале", "2022-04-01..2022-06-30"),
        ("за первое полугодие прошлого года", "2021-01-01..2021-06-30"),
    ],
)
def test_what_russian_times_mean(phrase: str, days: str) -> None:
    low = f"{phrase} в грузию въехали 300 человек"
    (w,) = times(low, 0, len(low), RUSSIAN, DAY, shipped().events)
    assert (w.first, w.last) == tuple(date.fromisoformat(d if len(d) > 2 else f"2022-09-{d}") if d else None for d in days.split(".."))


def test_a_time_compared_with_is_no_beginning_in_russian() -> None:
    low = "по сравнению с прошлой неделей поток вырос"
    (w,) = times(low, 0, len(low), RUSSIAN, DAY)
    assert w.compared
    assert w.sort == "span"


def test_rows_are_dated_by_their_russian_labels() -> None:
    low = "въехали:\n22.09 — 2117 человек\n23.09: 3046 человек"
    assert [w.first for w in times(low, 0, len(low), RUSSIAN, DAY)] == [date(2022, 9, 22), date(2022, 9, 23)]
    low = "въезд с украинского направления, 22.09: 2 117 чел."
    assert [w.first for w in times(low, 0, len(low), RUSSIAN, DAY)] == [date(2022, 9, 22)]


@pytest.mark.parametrize(
    ("sentence", "start", "end"),
    [
        ("In the past 24 hours 900 people entered Moldova.", "2022-09-26", "2022-09-27"),
        ("On Sunday 900 people entered Moldova.", "2022-09-25", "2022-09-25"),
        ("Between 18 and 24 September 900 people entered Moldova.", "2022-09-18", "2022-09-24"),
        ("Since 15 September 900 people have entered Moldova.", "2022-09-15", "2022-09-27"),
        ("Four to five days ago 900 people entered Moldova.", "2022-09-22", "2022-09-23"),
        ("So far 900 people have entered Moldova.", "", "2022-09-27"),
        ("By 20 September 900 people had entered Moldova.", "", "2022-09-20"),
        ("Some 900 people are staying in Palanca.", "2022-09-27", "2022-09-27"),
        ("As of 25 September 900 people are staying in Palanca.", "2022-09-25", "2022-09-25"),
        ("Since the mobilisation, 900 Russians have entered Georgia.", "2022-09-21", "2022-09-27"),
        ("During the first four months of the war in Ukraine 900 people fled to Georgia.", "2022-02-24", "2022-06-24"),
        ("Last week 900 people entered Moldova.", "2022-09-19", "2022-09-25"),
        ("At the weekend 900 people entered Moldova.", "2022-09-24", "2022-09-25"),
        ("Greater than 900 folks have entered Moldova this year.", "2022-01-01", "2022-09-27"),
        ("С 21 по 24 сентября в Грузию въехали 900 человек.", "2022-09-21", "2022-09-24"),
        ("За минувшие сутки в Грузию въехали 900 человек.", "2022-09-26", "2022-09-27"),
        ("С начала мобилизации в Грузию въехали 900 россиян.", "2022-09-21", "2022-09-27"),
    ],
)
def test_windows(sentence: str, start: str, end: str) -> None:
    row = cells(only(sentence))
    assert (row["window_start"], row["window_end"]) == (start, end)


@pytest.mark.parametrize(
    ("sentence", "place", "country"),
    [
        ("On Sunday 900 people entered Kazakhstan through the Syrym checkpoint.", "Mashtakovo / Syrym", "RU;KZ"),
        ("Tens of thousands have entered Georgia and Kazakhstan.", "Georgia; Kazakhstan", "GE;KZ"),
        ("Kazakhstan said that 900 Russians have entered the country.", "Kazakhstan", "KZ"),
        ("About 900 cars are waiting on the Russian-Georgian border.", "Verkhny Lars / Dariali", "RU;GE"),
        ("About 900 cars are waiting at the Kyahta checkpoint in Mongolia.", "Kyakhta / Altanbulag", "RU;MN"),
        ("Some 900 people are staying in Suceava, Romania.", "Suceava", "RO"),
        ("Poland's Border Guard said 900 people had entered from Ukraine.", "Poland", "PL"),
        ("В Хатлонской области размещены 340 человек.", "Khatlon Region", "TJ"),
    ],
)
def test_places(sentence: str, place: str, country: str) -> None:
    row = cells(only(sentence))
    assert (row["place_canonical"], row["country"]) == (place, country)


def test_a_similar_spelling_says_so_and_an_unknown_name_stays_open() -> None:
    assert "similar spelling" in only("About 900 cars are waiting at the Kyahta checkpoint in Mongolia.").note
    unknown = only("About 900 cars are waiting at the Zzyzxbad checkpoint in Mongolia.")
    assert unknown.place == "Zzyzxbad"
    assert "not in the gazetteer" in unknown.note


@pytest.mark.parametrize(
    "sentence",
    [
        "Police arrested 2,000 people in Moscow.",
        "At least 68 people were killed near Goris.",
        "A seat to Istanbul costs 70,000 roubles.",
        "Fyodor, a 24-year-old, entered Kazakhstan.",
        "The shelter in Palanca has room for 9,000 people.",
        "The camp was built for 3,000 people.",
        "Uralsk is a city of 235,000 people.",
        "The region has a population of 235,000.",
        "Volunteers served 40,000 meals in Medyka.",
        "The camp lies 70 km from the border.",
        "The checkpoint works 24 hours a day.",
        "Some 300,000 men will be drafted.",
        "The president announced the call-up of thousands of reservists, sparking a rush of men to the border.",
        "После объявления о призыве 300 тысяч человек на границе выросли очереди.",
        "For as little as $6 a month, join 2,000 readers.",
        "See also  5,000 refugees cross into Poland",
        "Read more: 5,000 refugees cross into Poland",
        "People wait in Medyka, 5,000 refugees behind them, Sept. 26, 2022 (AFP)",
        "Photo: 300 people wait at the border / AFP",
        "В столкновениях погибли 24 человека.",
        "Билет в Стамбул стоит 70 тысяч рублей.",
        "Читайте также: 5 тысяч беженцев въехали в Польшу",
    ],
)
def test_numbers_that_are_no_claims(sentence: str) -> None:
    assert [p.quote for p in read(sentence)] == []


def test_what_a_rate_has_risen_to_holds_now() -> None:
    text = "Four to five days ago 5,000 to 6,000 people a day were arriving in Georgia. The minister said the number had risen to about 10,000 a day."
    rows = [cells(p) for p in read(text)]
    assert [(r["value_high"], r["window_end"]) for r in rows] == [(6000, "2022-09-23"), (10000, "2022-09-27")]


def test_other_numbers_can_be_seen_as_context() -> None:
    found = extract("Police arrested 2,000 people in Moscow.", published=DAY, gazetteer=shipped(), context=True)
    assert [(p.status, p.quote) for p in found] == [("context", "2,000 people")]


def test_a_withdrawn_figure_is_context() -> None:
    text = "The ministry said 12,000 people had entered Georgia on Friday. It later withdrew this figure."
    found = extract(text, published=DAY, gazetteer=shipped())
    assert [p.status for p in found] == ["context"]
    assert "withdrawn" in found[0].note


@pytest.mark.parametrize(
    "text",
    [
        "A report that 12,000 people had entered Georgia on Friday was wrong.",
        "Сообщалось, что в Грузию в пятницу въехали 12 тысяч человек; эта цифра оказалась ошибочной.",
    ],
)
def test_a_figure_is_taken_back_by_what_follows_it(text: str) -> None:
    assert not read(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("На запад отправлены 9 300 человек поездами и 5 100 автобусами.", 5100, "people"),
        ("Из Николаева вывезли 67 человек, ещё 104 уехали автобусами.", 104, "people"),
        ("На КПП «Шегини» стоят 180 машин, пешеходов в очереди около 600.", 600, "people"),
        ("В среду автобусами вывезли 1450 человек, днём раньше - 1980.", 1980, "people"),
        ("Ещё неделю назад в день въезжало 800 человек, а в субботу 5 430.", 5430, "people"),
        ("Some 2,000 people a day arrived last week in Adre; on Tuesday alone 9,600 crossed.", 9600, "people"),
        ("Some 40 people left Gaza on Sunday; 21 wounded were brought out on Monday.", 21, "people"),
        ("The centre in Adre takes in some 1,500 each night.", 1500, "people/day"),
    ],
)
def test_the_last_number_counts(text: str, value: float, unit: str) -> None:
    row = read(text)[-1]
    assert (row.value_high, cells(row)["unit"]) == (value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "The ministry will call up 5,000 people in a first round.",
        "A poll found 68 per cent of Russians against leaving.",
        "The latrine ratio in the camps is 1:128.",
        "Some left. Population of the county before the crisis: 200,000.",
        "До начала операции в Карабахе проживало 120 тысяч человек.",
        "Машины стоят, контроль прошли в три часа дня.",
        '"We moved slowly towards the border," said Artyom, 27.',
        "In the whole region 350,000 people are without running water.",
        "Ministers who meet in Warsaw will discuss the 2016 migration statement.",
    ],
)
def test_what_stands_beside_a_number_makes_it_no_claim(text: str) -> None:
    assert not read(text)


def test_forecasts_and_plans_are_claims_with_a_hedge() -> None:
    assert only("UNHCR fears that 200,000 people could arrive in Chad over the next six months.").hedge == "forecast"
    assert only("Officials plan to relocate 5,000 families to Nampula by the end of the month.").hedge == "planned"


def test_a_repeat_names_the_claim_it_repeats() -> None:
    first, second = read("About 98,000 Russians enter Kazakhstan\n\nKazakhstan said on Tuesday that about 98,000 Russians have entered the country.")
    assert (first.duplicate_of, second.duplicate_of) == ("", first.claim_id)


def test_a_later_day_is_no_repeat() -> None:
    found = read("On Saturday 2,500 people entered Poland.\n\nOn Sunday 2,500 people entered Poland.")
    assert [p.duplicate_of for p in found] == ["", ""]


def test_sources_and_who_speaks() -> None:
    p = only("According to the Border Guard Service, 900 people entered Poland on Sunday.")
    assert (p.source, p.standing) == ("Border Guard Service", "official")
    assert only('"I waited nine hours at Medyka," said Hamza, a driver.').standing == "anecdote"


def test_the_day_stated_is_the_day_of_the_statement() -> None:
    p = only("Poland's Border Guard said on Sunday that 900 people were waiting at Medyka.")
    assert (p.as_of, p.window_start, p.window_end) == (date(2022, 9, 25),) * 3


def test_without_a_day_of_publication_windows_stay_empty() -> None:
    p = only("On Sunday 900 people entered Poland.", None)
    assert (p.as_of, p.window_start, p.window_end) == (None, None, None)


def test_quotes_stand_in_the_text_at_their_offsets() -> None:
    text = "Ёж.\n\n«Около 3,5 тыс. машин» стоят у Верхнего Ларса.\r\n\r\nTens of thousands of people fled to Georgia."
    for p in extract(text, published=DAY, gazetteer=shipped(), context=True):
        assert text[p.start : p.end] == p.quote != ""


def test_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "Between midnight and dawn on Sunday the guards counted 9,400 persons\nand about 2,600 vehicles entering Poland from the eastern neighbour\n"
    )
    text += (
        "while the line of people who wait on the other side of the fence has\nshrunk to a thousand, the commander of the post said in the morning.\n"
    )
    assert [(p.value_low, p.unit) for p in read(text)][:2] == [(9400, "people"), (2600, "vehicles")]


# ---- small parts ----------------------------------------------------------------------------------------------------


@given(st.integers(0, 99_999_999))
def test_written_numbers_are_read_back(n: int) -> None:
    assert digits(f"{n:,}", False, False) == n
    assert digits(f"{n:,}".replace(",", " "), True, False) == n
    if n > 999:
        assert digits(f"{n:,}".replace(",", "."), False, False) == n


def test_the_head_of_a_text_dates_it() -> None:
    assert day_in("UNHCR update\n12 May 2023\n\nText") == date(2023, 5, 12)
    assert day_in("Новости. 27 сентября 2022\n\nТекст") == date(2022, 9, 27)
    assert day_in("Reporting period 8 February 2024 to 3 March 2024") == date(2024, 3, 3)
    assert day_in("no date here, 31 June 2022") is None


def test_reprints_are_alike_and_other_texts_are_not() -> None:
    story = " ".join(f"word{i} stood beside word{i * 7 % 113} in line" for i in range(120))
    reprint = "Another headline\n" + story + "\nMore from our partners"
    assert likeness(signature(story), signature(reprint)) > 0.85
    assert likeness(signature(story), signature(" ".join(f"thing{i} ran past {i * 3}" for i in range(300)))) < 0.1


# ---- hostile text ---------------------------------------------------------------------------------------------------

LETTERS = string.ascii_letters + string.digits + " .,;:-–()[]«»\"'%$\n\t\u00a0ёЁжЖİŉ\u0301中🙂"
SPICE = [
    "5,000 people",
    "since ",
    "on Monday",
    "до 30 часов",
    "between ",
    "from ",
    " and ",
    " to ",
    "и ",
    "Verkhny Lars",
    "(",
    "—",
    "0" * 400,
    "1 " * 50,
    "\n\n",
    "тыс. ",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(LETTERS, max_size=30), st.sampled_from(SPICE)), max_size=40))
def test_any_text_can_be_read(parts: list[str]) -> None:
    text = "".join(parts)
    for p in extract(text, published=DAY, gazetteer=shipped(), context=True):
        assert text[p.start : p.end] == p.quote


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "1",
            "1 ",
            "1,",
            "1,000 ",
            "a ",
            "and ",
            "between ",
            "5 to ",
            "since ",
            "(",
            "«",
            "-",
            ".",
            "one ",
            "one hundred ",
            "from 5 to 6 ",
            "Monday ",
            "%",
        ),
        *(
            "more than ",
            "about ",
            "тысяч ",
            "несколько ",
            "с ",
            "Lars ",
            "Aa-",
            "половина ",
            "increase of over ",
            "\u00a0",
            "of them ",
            "\n",
            "5 km ",
            "the ",
        ),
    ],
)
def test_long_repeats_take_no_longer_than_their_length(piece: str) -> None:
    began = time.process_time()
    extract(piece * (4_000 // len(piece)), published=DAY, gazetteer=shipped())
    assert time.process_time() - began < 20.0  # a hang, not a speed: patterns that backtrack would take hours


def test_mentions_of_both_languages_have_ordered_bounds() -> None:
    for language, text in ((ENGLISH, "from 9 to 3 people, 10-5 cars, 1 000 000"), (RUSSIAN, "от 9 до 3 человек, 10–5 машин")):
        low = shadow(text)
        for m in mentions(low, 0, len(low), language, []):
            assert m.low is None or m.high is None or m.low <= m.high


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [  # windows of the last claim of each text
        ("Georgia said on Tuesday that 8,200 people entered on Monday, up from 5,900 a day earlier.", "2022-09-25", "2022-09-25"),
        ("As of 26 September, 85,000 people had crossed into Georgia since 21 September.", "2022-09-21", "2022-09-26"),
        ("Before the mobilisation, about 3,000 Russians a day entered Georgia.", "", "2022-09-20"),
        ("Georgia let in 9,000 people on Sunday, bringing the total since 21 September to 72,500.", "2022-09-21", "2022-09-25"),
        ("By Monday evening 53,000 people had entered Armenia. On Sunday evening the figure was 28,000.", "", "2022-09-25"),
        ("Вчера в Грузию въехали 7 640 человек, днём ранее — 6 900 человек.", "2022-09-25", "2022-09-25"),
        ("Russians waited 20 hours at Verkhny Lars, against 5 hours before the mobilisation.", "", "2022-09-20"),
        ("Georgia let in 10,000 Russians a day, compared to 5,000 a day before the mobilisation.", "", "2022-09-20"),
        ("On Monday 300 people came, and 4,000 a day before.", "2022-09-25", "2022-09-25"),
        ("В понедельник, 26 сентября, в очереди на границе стояло 3,6 тысячи машин, во вторник — 5,5 тысячи.", "2022-09-27", "2022-09-27"),
        ("At Palanca 1,200 people crossed on Sunday, against 900 a week earlier. Otaci had 340 people.", "2022-09-25", "2022-09-25"),
        ("At Palanca 1,200 people crossed on Sunday (Saturday: 900). Another 340 entered at Otaci.", "2022-09-25", "2022-09-25"),
        ("Moldova, daily note\n\nPOSTS, SUNDAY 25 SEPTEMBER\n(people in / people out)\nOtaci: 2,304 / 140", "2022-09-25", "2022-09-25"),
        ("People entering on Sunday:\n- Palanca: 1,705 people entered on Friday. Buses: 61.", "2022-09-23", "2022-09-23"),
        ("People entering on Sunday:\n- Palanca: 1,705 people entered on Friday. Buses: 61.\n- Otaci: 900 people", "2022-09-25", "2022-09-25"),
        ("In Varna police turned back 430 cars, and 2,720 since 21 September.", "2022-09-21", "2022-09-27"),
        (
            "The chief put entries at 6,500 people on Sunday and said that some who would have waited for days were through.",
            "2022-09-25",
            "2022-09-25",
        ),
        ("Since 21.09 officers have let 9,700 people into Moldova. On Sunday, 25.09, the number was 1,260 people.", "2022-09-25", "2022-09-25"),
        ("В воскресенье в Молдавию въехали 1 200 человек (в субботу — 900).", "2022-09-24", "2022-09-24"),
        ("Moldova let in 4,000 people so far this year, against 2,397 people in the same period of 2019.", "2019-01-01", "2019-09-27"),
        ("As of 1 September 95,000 people have entered Moldova this year.", "2022-01-01", "2022-09-01"),
        ("In 2019 Moldova let in 900 people. In that year 40 people left it.", "2019-01-01", "2019-12-31"),
        ("Moldova let in more people than last year's record of 251,000 people.", "2021-01-01", "2021-12-31"),
        ("Arrivals in Moldova are above 2019's record of 129,000 people.", "2019-01-01", "2019-12-31"),
        ("From 18-24 September 2022 Moldova let in 143 people, fewer than in the previous week (158 people).", "2022-09-11", "2022-09-17"),
        ("В воскресенье в Паланке въехали 1 200 человек (в субботу — 900). В Отачи въехали 340 человек.", "2022-09-25", "2022-09-25"),
    ],
)
def test_windows_that_rest_on_other_words(text: str, start: str, end: str) -> None:
    row = cells(read(text)[-1])
    assert (row["window_start"], row["window_end"]) == (start, end)


@pytest.mark.parametrize(
    ("text", "place"),
    [  # places of the last claim of each text
        ("At Medyka, the busiest crossing, people on foot waited 14 hours.", "Shehyni / Medyka"),
        ("Renk transit centre: 6,310 people arrived at Joda. The centre hosts 17,500 people.", "Renk"),
        ("Some 1,200 Congolese crossed into Rwanda at Gisenyi.", "Goma / Gisenyi"),
        ("A spokesman for Vladikavkaz said 300 cars were waiting at Verkhny Lars.", "Verkhny Lars / Dariali"),
    ],
)
def test_places_that_rest_on_other_words(text: str, place: str) -> None:
    assert cells(read(text)[-1])["place_canonical"] == place


def test_a_short_name_before_a_full_stop_is_no_error() -> None:
    assert only("В Казахстан въехали 6 300 граждан РФ.").place == "Kazakhstan"


def test_shares_follow_one_another() -> None:
    found = read("On Monday 900 people entered Syria, of whom 70 per cent are Syrians and 30 per cent Lebanese.")
    assert [p.value_low for p in found if p.unit == "share"] == [0.7, 0.3]


def test_the_end_of_a_change_is_no_upper_bound() -> None:
    claim = only("Очередь перед КПП «Верхний Ларс» сократилась до 2,5 тыс. машин.")
    assert (claim.value_low, claim.value_high) == (2500, 2500)


@pytest.mark.parametrize(
    ("phrase", "published", "first", "last"),
    [
        ("during the seven days concluding 10 April", "2024-04-12", "2024-04-04", "2024-04-10"),
        ("in three days beginning this evening", "2011-03-03", "2011-03-03", "2011-03-05"),
        ("in the two weeks from 5 April", "2022-05-12", "2022-04-05", "2022-04-18"),
        ("at the weekend", "2022-03-05", "2022-02-26", "2022-02-27"),  # written on a Saturday
        ("this weekend", "2022-03-05", "2022-03-05", "2022-03-05"),
        ("at the weekend", "2022-03-06", "2022-03-05", "2022-03-06"),
        ("by the weekend", "2022-03-03", "2022-03-03", "2022-03-05"),
        ("by the weekend", "2022-03-05", "2022-03-05", "2022-03-12"),
        ("in a normal week of May", "2019-06-15", "2019-05-01", "2019-05-31"),
        ("in the middle of November", "2021-11-27", "2021-11-11", "2021-11-20"),
        ("in week 10", "2022-03-20", "2022-03-07", "2022-03-13"),
        ("on the Saturday before the mobilisation", "2022-09-27", "2022-09-17", "2022-09-17"),
        ("on the Sunday after the mobilisation", "2022-10-07", "2022-09-25", "2022-09-25"),
        ("on the Saturday before the vote", "2022-09-27", "2022-09-24", "2022-09-24"),
        ("on the 28th", "2018-08-20", "2018-08-28", "2018-08-28"),
        ("on the 18th", "2018-08-20", "2018-08-18", "2018-08-18"),
        ("on the 28th", "2018-08-03", "2018-07-28", "2018-07-28"),
        ("from 24 February and up to yesterday", "2022-03-09", "2022-02-24", "2022-03-08"),
        ("the agency said on Friday that in the past three days", "2022-03-07", "2022-03-02", "2022-03-04"),
    ],
)
def test_phrases_that_say_when(phrase: str, published: str, first: str, last: str) -> None:
    low = shadow(phrase)
    found = times(low, 0, len(low), ENGLISH, date.fromisoformat(published), shipped().events)
    when = [w for w in found if not w.spoken][-1]
    assert (str(when.first), str(when.last)) == (first, last)


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("people arrived in recent weeks", None, "2022-03-16"),
        ("at the end of 2021 people stayed", "2021-12-31", "2021-12-31"),
        ("by the end of 2022 people will stay", "2022-03-16", "2022-12-31"),
        ("people came in late 2021", "2021-09-01", "2021-12-31"),
        ("people came between 2014 and 2016", "2014-01-01", "2016-12-31"),
        ("people came in 2014-16", "2014-01-01", "2016-12-31"),
        ("people came in the summer of 2021", "2021-06-01", "2021-08-31"),
        ("people came last winter", "2021-12-01", "2022-02-28"),
        ("people came in the winter of 2019", "2019-12-01", "2020-02-29"),
        ("people came in the first quarter of 2022", "2022-01-01", "2022-03-16"),
        ("people came in the second half of last year", "2021-07-01", "2021-12-31"),
        ("people came in the last half of 2020", "2020-07-01", "2020-12-31"),
        ("people came in the last quarter of 2020", "2020-10-01", "2020-12-31"),
        ("people came in 2023", "2023-01-01", "2023-12-31"),
        ("people came in fiscal year 2021", "2020-10-01", "2021-09-30"),
        ("people came in less than a month", "2022-02-17", "2022-03-16"),
        ("people came over the last year", "2021-03-17", "2022-03-16"),
        ("people came last year", "2021-01-01", "2021-12-31"),
        ("people came in the last week", "2022-03-10", "2022-03-16"),
        ("people came last week", "2022-03-07", "2022-03-13"),
        ("people came on 3/11/22", "2022-03-11", "2022-03-11"),
        ("people came on 15-mar-2022", "2022-03-15", "2022-03-15"),
    ],
)
def test_years_seasons_and_recent_days(phrase: str, first: str | None, last: str) -> None:
    (w,) = times(phrase, 0, len(phrase), ENGLISH, date(2022, 3, 16))
    assert (w.first and str(w.first), str(w.last)) == (first, last)


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("за последнее время", None, "2022-03-16"),
        ("за последнюю неделю", "2022-03-10", "2022-03-16"),
        ("осенью 2021 года", "2021-09-01", "2021-11-30"),
        ("прошлым летом", "2021-06-01", "2021-08-31"),
        ("в марте прошлого года", "2021-03-01", "2021-03-31"),
        ("в 2014-2015 годах", "2014-01-01", "2015-12-31"),
        ("за весь 2021 год", "2021-01-01", "2021-12-31"),
        ("за первые три месяца 2021 года", "2021-01-01", "2021-03-31"),
        ("с утра 24 февраля", "2022-02-24", "2022-03-16"),
        ("с вечера пятницы", "2022-03-11", "2022-03-16"),
    ],
)
def test_years_seasons_and_recent_days_in_russian(phrase: str, first: str | None, last: str) -> None:
    low = f"прибыли {phrase} 300 человек"
    (w,) = times(low, 0, len(low), RUSSIAN, date(2022, 3, 16))
    assert (w.first and str(w.first), str(w.last)) == (first, last)


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("As many as 30,127 people have entered Moldova.", [("people", 30127.0, 30127.0)]),
        ("As many as 30,000 people have entered Moldova.", [("people", None, 30000.0)]),
        ("The number of people who entered Moldova crept up to 38,214.", [("people", 38214.0, 38214.0)]),
        ("Some 700 people enter Moldova every week, 350 come to Romania.", [("people/day", 100.0, 100.0), ("people/day", 50.0, 50.0)]),
        ("Arrivals in Moldova were up 19pct on Monday.", [("ratio", 1.19, 1.19)]),
        ("Since 24 February 702 315 persons have entered Moldova.", [("people", 702315.0, 702315.0)]),
        ("Even before the attack, more than 60,000 people had fled to Moldova.", [("people", 60000.0, None)]),
        ("Between 1900 and 2000 cars are waiting at the border of Moldova.", [("vehicles", 1900.0, 2000.0)]),
        ("On Monday crossed 12,300 people the border of Moldova.", [("people", 12300.0, 12300.0)]),
        ("The number of people who entered Moldova has gone past the 255,000 mark.", [("people", 255000.0, None)]),
        ("Practically 4 million folks have entered Moldova.", [("people", 4e6, 4e6)]),
        ("Arrivals of people in Moldova may cross 350,000.", [("people", 350000.0, None)]),
        ("Over 57,300 means of transport crossed the border of Moldova.", [("vehicles", 57300.0, None)]),
        ("Более 58 000 пересечений границы Молдовы за сутки.", [("people", 58000.0, None)]),
        ("В Молдову в неделю въезжают 700 человек.", [("people", 700.0, 700.0)]),
        ("В Молдову въезжают 700 человек в неделю.", [("people/day", 100.0, 100.0)]),
        ("Entries to Moldova by people are more than the 39,000 of last year.", [("people", 39000.0, 39000.0)]),
        ("More than 39,000 people entered Moldova.", [("people", 39000.0, None)]),
        ("People who enter Moldova will go beyond 390,000 this year.", [("people", 390000.0, None)]),
        ("Moldova let in about 2, 6 million refugees.", [("people", 2.6e6, 2.6e6)]),
        ("On March 12, 2 million people had fled to Moldova.", [("people", 2e6, 2e6)]),
        ("Since February 24, 5 million people have fled to Moldova.", [("people", 5e6, 5e6)]),
        ("Between 2.50-3.00 million people have fled to Moldova.", [("people", 2.5e6, 3e6)]),
        ("Between 2000 and 10,000 people crossed into Moldova on Monday.", [("people", 2000.0, 10000.0)]),
        ("The number of people who entered Moldova went over the 10,000 limit.", [("people", 10000.0, None)]),
        ("Otaci, with its 10,000 inhabitants, received 20,000 refugees on Monday.", [("people", 20000.0, 20000.0)]),
        ("The town's 5,000 residents were evacuated to Moldova on Monday.", [("people", 5000.0, 5000.0)]),
        ("About 1’234 million francs were paid; 2’500 refugees entered Moldova on Monday.", [("people", 2500.0, 2500.0)]),
        ("На границе скопилось 5500 машин. Власти ограничили проезд грузовиков. Люди ждут.", [("vehicles", 5500.0, 5500.0)]),
        ("На границе стоят 1000 фур. За сутки въехали 4000 машин.", [("lorries", 1000.0, 1000.0), ("vehicles", 4000.0, 4000.0)]),
        ("Moldova let in 1, 046 people on Monday.", [("people", 1046.0, 1046.0)]),
        ("Moldova let in 900 people on Monday,684 of whom were children.", [("people", 900.0, 900.0), ("people", 684.0, 684.0)]),
        ("Стоят 430 фур. В «Ломовке» скопились 150 машин.", [("lorries", 430.0, 430.0), ("lorries", 150.0, 150.0)]),
        (
            "Стоят 430 фур и 90 легковых машин. В «Ломовке» 150 машин.",
            [("lorries", 430.0, 430.0), ("vehicles", 90.0, 90.0), ("vehicles", 150.0, 150.0)],
        ),
        ("В очереди 430 фур.\nВ «Ломовке» находятся более 290.", [("lorries", 430.0, 430.0), ("lorries", 290.0, None)]),
        ("At Kuznica and Bobrowniki 430 and 710 trucks are waiting respectively.", [("lorries", 430.0, 430.0), ("lorries", 710.0, 710.0)]),
        ("В очереди на «Привалке» и «Бенякони» стоят 430 и 710 фур соответственно.", [("lorries", 430.0, 430.0), ("lorries", 710.0, 710.0)]),
        ("The camp in Moldova hosted 6,190 this morning.", [("people", 6190.0, 6190.0)]),
        ("750 refugees came to Moldova in the morning, seven thousand in the afternoon.", [("people", 750.0, 750.0), ("people", 7000.0, 7000.0)]),
        ("More then 230,000 people entered Moldova.", [("people", 230000.0, None)]),
        ("The queue of lorries at the border:\nOtaci: 950 lorries\nPalanca: 620", [("lorries", 950.0, 950.0), ("lorries", 620.0, 620.0)]),
        ("Очередь на границе:\nОтачь: 950 грузовиков\nПаланка: 620", [("lorries", 950.0, 950.0), ("lorries", 620.0, 620.0)]),
        ("Moldova handed over 1,862 refugees at the border.", [("people", 1862.0, 1862.0)]),
        ("Otaci has put up the refugees. There are 1,450 of them in five schools.", [("people", 1450.0, 1450.0)]),
        ("Refugees wait in Otaci. At this moment 350 are in line at the gate.", [("people", 350.0, 350.0)]),
        ("The camp for refugees in Otaci had filled up with 5,400.", [("people", 5400.0, 5400.0)]),
        ("In a single day 9,000 people fled to Moldova.", [("people", 9000.0, 9000.0)]),
        ("Очередь на въезд в Молдову сократилась вчетверо.", [("ratio", 0.25, 0.25)]),
        ("В Молдове 736 000 беженцев против 334 000 неделей ранее.", [("people", 736000.0, 736000.0), ("people", 334000.0, 334000.0)]),
        ("Not under 15,000 refugees entered Moldova.", [("people", 15000.0, None)]),
        ("Refugees have asked for shelter in Moldova, 1,028 from Friday 23 to today.", [("people", 1028.0, 1028.0)]),
        ("They cut entries at the bridge to Moldova by two thirds.", [("ratio", 0.333333, 0.333333)]),
        ("Entries into Moldova were almost seven times the daily average.", [("ratio", 7.0, 7.0)]),
        ("2,350 refugees entered Moldova on Monday, twice Sunday's number.", [("people", 2350.0, 2350.0), ("ratio", 2.0, 2.0)]),
        ("She waited at the border of Moldova for 26 hours before a guard brought her tea.", [("hours", 26.0, 26.0)]),
    ],
)
def test_what_real_pages_count(sentence: str, values: list[tuple[str, float | None, float | None]]) -> None:
    assert [(c.unit, c.value_low, c.value_high) for c in read(sentence)] == values


@pytest.mark.parametrize(
    "sentence",
    [
        "Refugees fled from a junta that seized Moldova in a 2021 coup.",
        "About 145,000 people lived there. Moldova is a country of 2 million.",
        "Even before the crisis, Moldova was home to around 150,000 Ukrainians.",
        "The town in Moldova, where 40,000 people used to live, is empty.",
        "About 2,300 people lost their lives on the way to Moldova.",
        "The boat to Moldova sank, killing at least 80 people.",
        "Men of 18 to 60 may not leave for Moldova.",
        "Since Monday 900 people have entered Moldova. [File: Reuters]",
        "Each refugee who enters Moldova is to get 100,000 AMD.",
        "Moldova spent twelve billion on those who entered.",
        "Refugees in Moldova are most numerous per 1,000 persons.",
        "Refugees came to Moldova, a town with its roughly 35,000 inhabitants.",
        "Between 00.00-24.00 refugees entered Moldova.",
        "The crossing for those who enter Moldova stays open 24 hours.",
        "КПП для въезда в Молдову работает 24 часа.",
        "Refugees are crowded into a district of Moldova which had 280,000 residents.",
        "The refugees came at 9 this morning to Moldova.",
        "A third train with refugees reached Moldova.",
        "Refugees are waiting at the check post of Moldova as of 1700 hrs.",
        "Refugees paid 60,000 South Sudanese pounds to enter Moldova.",
        "Refugees in Moldova pay for one night 150 yuan .",
        "Refugees in Moldova may call the information line: 200-1000.",
        "Refugees in Moldova may call. Help line: 080 21 13.",
        "Беженцы в Молдове звонят в штаб. Телефон штаба: 8 (863) 240-51-15.",
        "Refugees entered Moldova (beds: 8,300).",
        "Беженцев в Молдове ждут. Кроватей 3 200.",
        "Refugees entered Moldova on Tue 16 November, 20.00 – the gate was open.",
        "Men of 18 to 60 may not enter Moldova.",
        "Arrivals in Moldova\nAll four | none",
        "(1) Refugees came to Moldova.",
        "Refugees in Moldova are full of hope (capacity of the station: 500).",
        "- 1,214",
    ],
)
def test_what_real_pages_count_that_is_no_claim(sentence: str) -> None:
    assert read(sentence) == []


def test_lines_that_break_amid_a_sentence_are_one() -> None:
    text = "Turkey has the biggest influx so far, with 2,700 Syrians who came over the border in the past 24\nhours, officials said.\n"
    assert cells(only(text))["window_start"] == "2022-09-26"


def test_parts_of_the_world_are_places() -> None:
    claim = only("Some 440,000 migrants have come to Europe by sea this year.")
    assert (claim.place, claim.country) == ("Europe", ())
    assert read("Some 900 people crossed the border with Uzbekistan, said officials in Africa. In Europe 40 waited at the border with Georgia.")


@pytest.mark.parametrize(
    ("low", "last"),
    [
        ("as of 30 april 95,000 have come this year", date(2022, 4, 30)),
        ("95,000 have come this year, up from 12,000 registered as of 30 april", date(2022, 9, 27)),
        ("as of 30 april 12,000 were in camps, while this year 95,000 have come", date(2022, 9, 27)),
    ],
)
def test_a_year_ends_on_the_day_as_of_which_its_clause_speaks(low: str, last: date) -> None:
    (year,) = [w for w in times(low, 0, len(low), ENGLISH, date(2022, 9, 27)) if w.sort == "this year"]
    assert (year.first, year.last) == (date(2022, 1, 1), last)


def test_a_day_of_a_war_is_no_day_of_the_month() -> None:
    low = "people came on the 20th day of the war"
    assert times(low, 0, len(low), ENGLISH, date(2022, 3, 16)) == []


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("The crossing has been shut since 7 September. Before that date 50 people a day entered Moldova.", date(2022, 9, 6)),
        ("On Monday 900 people entered Moldova. Before then 50 people a day entered it.", date(2022, 9, 25)),
    ],
)
def test_what_was_before_that(text: str, last: date) -> None:
    claim = read(text)[-1]
    assert (claim.window_start, claim.window_end) == (None, last)


def test_a_heading_takes_the_start_that_its_story_gives() -> None:
    first, again = read(
        "More than 200,000 Russians enter Kazakhstan\n\nKazakhstan said that more than 200,000 Russians had entered the country since 21 September."
    )
    assert again.duplicate_of == first.claim_id
    assert first.window_start == date(2022, 9, 21)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Тысячи две россиян перешли границу.", [("people", 2000.0)]),
        ("За ночь границу перешли человек двести.", [("people", 200.0)]),
        ("Drivers waited six hours or more at the border.", [("hours", 6.0)]),
        ("Every day twenty, thirty refugees cross the border.", [("people/day", 20.0)]),
        ("They walked from four nights to six nights to the border.", [("hours", 96.0)]),
    ],
)
def test_numbers_that_stand_otherwise(text: str, values: list[tuple[str, float]]) -> None:
    assert [(p.unit, p.value_low) for p in read(text)] == values


def test_rows_take_their_unit_from_the_line_above_them() -> None:
    text = "Entries through Siret, Ukrainian citizens:\nMon 4.120\nTue 3.905\nTotal 8.025"
    assert [(p.value_low, p.unit) for p in read(text)] == [(4120.0, "people"), (3905.0, "people"), (8025.0, "people")]


def test_columns_take_their_unit_from_their_heads() -> None:
    text = "Reception on Friday\nPlace: People | Beds | Buses\nZagreb: 1,048 | 600 | 14\nTovarnik: 716 | 800 | 9"
    assert [(p.value_low, p.unit) for p in read(text)] == [(1048.0, "people"), (14.0, "buses"), (716.0, "people"), (9.0, "buses")]


@pytest.mark.parametrize(
    "text",
    [
        "Crossing | Left on Monday | Entered | Queue, cars\nKrakovets | 1,460 | 350 | 35\nShehyni | 1,820 | 440 | 90",
        "Crossing       Left        Entered     Cars waiting\nKrakovets      1,460       350         35\nShehyni        1,820       440         90",
        "Пункт пропуска: Выехало за 26 сентября | Въехало | Очередь, авто\nКраковец: 1 460 | 350 | 35\nШегини: 1 820 | 440 | 90",
    ],
)
def test_the_head_of_a_column_says_what_moves_and_which_way(text: str) -> None:
    """What heads of other columns say is none of a number's; who moves a head need not say."""
    found = [(p.value_low, p.unit, p.direction, p.flow) for p in read(text)]
    exits, entries = ("people", "exits", "flow"), ("people", "entries", "flow")
    assert [f for f in found if f[1] == "people"] == [(1460.0, *exits), (350.0, *entries), (1820.0, *exits), (440.0, *entries)]
    assert [(f[0], f[3]) for f in found if f[1] == "vehicles"] == [(35.0, "queue"), (90.0, "queue")]


@pytest.mark.parametrize(
    "text",
    [
        "Crossing | Lorries in the queue | Wait, hours | Queue, km\nOtaci | 640 | 29 | 12",
        "Пункт пропуска: Грузовиков в очереди | Ожидание, ч | Очередь, км\nОтачь: 640 | 29 | 12",
    ],
)
def test_the_head_of_a_column_says_what_is_measured(text: str) -> None:
    assert [(p.value_low, p.unit, p.flow) for p in read(text)] == [(640.0, "lorries", "queue"), (29.0, "hours", "duration"), (12.0, "km", "queue")]


def test_the_label_of_the_rows_says_what_moves() -> None:
    text = "Vehicles by crossing | Entered | Left\nKrakovets | 460 | 350"
    assert [(p.value_low, p.unit, p.direction) for p in read(text)] == [(460.0, "vehicles", "entries"), (350.0, "vehicles", "exits")]


def test_a_row_under_a_list_of_sentences_is_a_part_of_the_sentence_above_it() -> None:
    text = "Returns\n- 8,940 Syrians returned to their country.\n* Cilvegozu 4,705\n* Oncupinar 2,260"
    assert [p.value_low for p in read(text)] == [8940.0, 4705.0, 2260.0]


@pytest.mark.parametrize(
    "line",
    [
        "💬 12 🔁 86 ❤ 103",
        "Share  Tweet  Whatsapp  (215)",
        "👁 3 406",
        "Прочитали: 5 611",
        "News ID 8841207",
        "[[Image: 50 000 refugees wait]]",
        "Most read: 1. 9,000 on the way  2. Dollar at 19",
        "ЕЩЁ НА САЙТЕ: 90 000 беженцев в области",
        "Следующая новость: 5 тысяч вернулись за ночь",
        "Новости :: Объявления :: Авто (1 204)",
        "Toll-free line: 170",
        "Also in Region\nTurkey says 100,000 is its limit (1h)\n600 families leave",
        ">> Swabi: 300 families refuse to move",
        "Tags: refugees\n\nhala: my uncle counted 5000 people here",
        "Digg (212) | del.icio.us (38)",
        "vues 15 902 — partages 1,8K",
        "Lire aussi\n- 400 000 refugees",
        "8 August 2014, Friday, 10:15   👁 1 904   💬 27",
        "Comments (2)\n\nJuma: 300 people are here",
        "Читайте также\nКто эти 30 000 беженцев?\nЕще 40 000 в пути",
        "Read equally :\n> 25 000 families without help\n> Beer: price + 20%",
    ],
)
def test_lines_of_a_page_are_no_report(line: str) -> None:
    """Beside a claim, so that numbers without a noun would be read as going on with it."""
    report = (
        "Some 900 refugees came by train and on foot and entered Moldova."
        if re.search("[a-z]", line) or line.startswith(("💬", "👁"))
        else "В Молдову въехали 900 беженцев."
    )
    assert [p.value_low for p in read(f"{report}\n\n{line}")] == [900.0]


def test_what_looks_like_lines_of_a_page_is_read() -> None:
    text = "Refugees entered Moldova:\n• Otaci 1,204\n→ Palanca 930\nShare of women: 60%"
    assert [p.value_low for p in read(text)] == [1204.0, 930.0, 0.6]
    text = ">> On Monday 900 refugees entered Moldova.\n>> On Sunday it was 700."
    assert [p.value_low for p in read(text)] == [900.0, 700.0]
    story = "On Monday 900 refugees entered Moldova, " + "as the border service said. " * 8
    assert [p.value_low for p in read(f"Moldova\n\nComments: 0\n\n{story}")] == [900.0]
    assert [p.value_low for p in read(f"{story}\n\nTags: Moldova\n\n{story}")][:1] == [900.0]


@pytest.mark.parametrize(
    "text",
    [
        "Refugees crossed into Moldova. The green line is 0 800 800 11.",
        "Refugees crossed into Poland. Information: 47 721 75 75.",
        "Correction. An earlier version said 9,000 refugees had crossed at Siret; that was a mistranslation.",
        "The queue at the border opens at 07.00 hrs.",
    ],
)
def test_numbers_of_telephones_hours_and_figures_taken_back_are_no_claims(text: str) -> None:
    assert read(text) == []


def test_a_pitch_at_the_end_of_a_paragraph_hides_only_itself() -> None:
    text = "Стоим на границе у Верхнего Ларса 38 часов, машин впереди много, пешком не пускают никого. Подписывайтесь: нас уже 48 тысяч."
    assert [(p.value_low, p.unit) for p in read(text)] == [(38.0, "hours")]


def test_without_weights_the_rules_decide() -> None:
    bare = replace(shipped(), counting=None)
    found = extract("On Sunday 700 refugees crossed into Moldova.", published=DAY, gazetteer=bare)
    assert [p.value_low for p in found] == [700.0]


def test_weights_decide_between_options_and_the_rules_come_first_where_they_are_even() -> None:
    people, none = Option("bare", (bundle("any"),), (bundle("is:people"),)), Option("", (), ())
    assert Weights({"bare:is:people": 1.0})((none, people), ()) == 1
    assert Weights({"bare:is:people": 1.0, "any": -2.0})((none, people), ()) == 0
    assert Weights({})((none, people), ()) == 0


@pytest.mark.parametrize(
    "noise",
    [
        "Views: 3,411 | Shares 120 | Comments (45)",
        "Most read\n1. Storm kills 12 in Florida\n2. 10 best places to see in autumn",
        "Temperature in Chisinau: 24\nThe team won 3-2 before 45,000 fans.\nOur app has 2 million users and 300,000 downloads.",
        "Просмотров: 3411 · Комментариев: 45\nТираж 25 000 экз.\nНа нас подписаны 90 тысяч человек",
        "За партию проголосовали 54 процента.\nМатч посетили 12 000 зрителей.",
    ],
)
def test_noise_of_a_page_yields_no_claim_beside_one(noise: str) -> None:
    story = "Some 4,200 people crossed into Moldova at Palanca on Sunday." if noise.isascii() else "В воскресенье в Грузию въехали 4 200 человек."
    assert [p.value_low for p in read(f"{noise}\n\n{story}\n\n{noise}")] == [4200.0]


@pytest.mark.parametrize(
    "text",
    [
        "В понедельник, 26 сентября, в очереди на границе стояло 3,6 тысячи машин, во вторник — 5,5 тысячи.",
        "At Medyka the queue reached 3,600 vehicles on Monday morning, up from 2,300 on Sunday.",
        "Some 3,600 vehicles were waiting at Medyka on Monday evening, the ministry said; by Tuesday it was 5,500.",
        "The post lets through 300 cars a day; 1,200 are in the queue.",
        "В сутки проходит 300 машин, в очереди — 1 200.",
    ],
)
def test_what_a_queue_counts_goes_on(text: str) -> None:
    first, last = (cells(p) for p in read(text) if p.status == "candidate")
    assert first["unit"] in ("vehicles", "vehicles/day")
    assert (last["unit"], last["flow"]) == ("vehicles", "queue")
    if first["flow"] == "queue":
        assert first["window_start"] == "2022-09-26"


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("The wait at Medyka rose from 12 to 48 hours.", [12, 48], "hours"),
        ("Время ожидания выросло с 12 до 48 часов.", [12, 48], "hours"),
        ("The queue grew from 2,300 to 5,500 vehicles.", [2300, 5500], "vehicles"),
        ("Очередь выросла с 2 до 5 км.", [2, 5], "km"),
        ("Въехали 7692 россиянина, выехали 3200.", [7692, 3200], "people"),
    ],
)
def test_what_changes_counts_the_same_twice(text: str, values: list[float], unit: str) -> None:
    assert [(p.value_low, p.unit) for p in read(text)] == [(value, unit) for value in values]


@pytest.mark.parametrize(
    "text",
    ["Turkey hosts 3.6 million Syrians, Lebanon 830,000 and Jordan 660,000.", "Turkey hosts 3.6 million Syrians; Lebanon: 830,000; Jordan: 660,000."],
)
def test_places_of_a_list(text: str) -> None:
    assert [p.place for p in read(text)] == ["Turkey", "Lebanon", "Jordan"]
