"""Every word of the page in one table, by language; another language is another entry with the same keys.

Texts may hold `{name}` fields, filled with `str.format`. No numbers stand here: those come from the files of the run.
"""

from __future__ import annotations

from collections.abc import Mapping

EN: dict[str, str] = {
    # frame
    "as_of": "What was known at the end of {date}",
    "as_of_short": "known until here",
    "contents": "On this page",
    "missing": "This run has no such table.",
    "untitled": "Forecast",
    "weekdays": "Mon Tue Wed Thu Fri Sat Sun",
    "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    # banner
    "banner": "Do not rely on these figures yet",
    "banner_text": "The calibration did not pass its own checks:",
    "banner_what": "What to do:",
    # planning figures
    "planning": "Planning figures",
    "planning_text": "In bold: the likely value, as likely too low as too high. Below it: low – high; in one case of ten the truth is expected below "
    "the low figure, in one of ten above the high one. Figures are rounded as far as their uncertainty deserves.",
    "place_what": "Place, figure",
    "tomorrow": "Tomorrow",
    "in_days": "In {n} days",
    "low_high": "{low}–{high}",
    # charts
    "charts": "Day by day",
    "charts_text": "Left of the dashed line: what the calibrated model says of the days already past (grey). Right of it: the forecast (blue). "
    "The line is the median; half of all cases are expected in the dark band, nine of ten in the pale one. "
    "Marks are claims of sources; point at one to read it.",
    "legend_used": "used in the calibration",
    "legend_checked": "checked, not used",
    "legend_unused": "not used",
    "legend_shapes": "dot: one value; bar: a range; arrow: at least / at most; a line across: a mean over several days; "
    "at the upper edge: beyond the scale",
    "chart_label": "{what}, {place}: {median} expected on {date}, nine of ten cases between {low} and {high}.",
    "mark_title": "{source}: {observed} ({status})",
    # policies
    "policies": "Policies compared",
    "policies_text": "Each policy against the headline forecast {when}, same draws and same luck. The difference is policy minus headline: "
    "the median, and the range that holds eight cases of ten. "
    "The effects rest on the sizes assumed in the case, not on a proof that the policy works so.",
    "headline": "Headline, likely",
    "with_policy": "With it, likely",
    "difference": "Difference, likely",
    "difference_range": "Eight of ten cases",
    "no_difference": "No difference in {n} other figures.",
    # exceedance
    "exceedance": "How probable are the thresholds",
    "exceedance_text": "Probability that the figure of the day lies above the threshold; the last column: on at least one day until then.",
    "threshold": "Threshold",
    "above": "{what} above {value}",
    "by": "Any day to {date}",
    # claims
    "fit": "How well are the claims explained",
    "fit_text": "A claim lies inside a band when the middle of its range does. Far fewer inside than expected: the bands are too narrow or something "
    "is missing. Far more: the bands are too wide.",
    "fit_head": "Claims",
    "fit_n": "Two-sided",
    "fit_50": "Inside 50 %",
    "fit_90": "Inside 90 %",
    "fit_one": "One-sided",
    "fit_ptrue": "Mean probability of being true",
    "fit_expected": "Expected share",
    "claims": "Claims and their sources",
    "claims_text": "{used} used, {checked} checked against the model only (they restate others), {unused} not used.",
    "status": "Status",
    "claim": "Claim",
    "observed": "Stated",
    "predicted": "Model, nine of ten",
    "inside": "Agreement",
    "source": "Source",
    "used": "used",
    "checked": "checked",
    "unused": "not used",
    "in50": "inside 50 %",
    "in90": "inside 90 %",
    "overlaps": "middle outside, range overlaps",
    "outside": "outside",
    "p_true": "{p} likely true",
    "at_least": "≥ {value}",
    "at_most": "≤ {value}",
    "to": "{low} to {high}",
    "link": "link",
    # account
    "conservation": "Is everyone accounted for",
    "conservation_text": "People by where they are on {date}.",
    "conservation_ok": "The parts sum to everyone on each of {n} days.",
    "conservation_gap": "The parts miss the total by up to {gap} people ({share} of everyone).",
    "part": "Where",
    "people": "People",
    "diagnostics": "Diagnostics",
    "diagnostics_good": "The calibration passed its checks.",
    "details": "All values",
    "card": "Model card",
    "card_can": "What it can answer",
    "card_cannot": "What it cannot answer",
    "card_care": "Care",
    "card_case": "Of this case",
    "provenance": "Provenance",
    "provenance_text": "The same version, inputs and seed give the same figures.",
    "yes": "yes",
    "no": "no",
    # targets
    "entries": "Entries",
    "exits": "Exits",
    "stock": "Citizens of the country of origin present",
    "queue_vehicles": "Vehicles queued",
    "queue_people": "People waiting",
    "wait_hours_car": "Wait by car",
    "wait_hours_foot": "Wait on foot",
    "unit_entries": "people a day",
    "unit_exits": "people a day",
    "unit_stock": "people: initial stock + net since the start",
    "unit_queue_vehicles": "vehicles",
    "unit_queue_people": "people",
    "unit_wait_hours_car": "hours",
    "unit_wait_hours_foot": "hours",
    # parts of the account
    "at_home": "at home, would leave if they could",
    "on_road": "on the way to a border",
    "on_the_road": "on the way to a border",
    "queued": "in a queue",
    "crossed": "crossed, still there",
    "turned_back": "turned back",
    "gave_up": "gave up",
    "moved_on": "moved on",
    "returned": "returned",
    "everyone": "everyone",
}

EN_LISTS: dict[str, tuple[str, ...]] = {
    "card_can": (
        "How many people are likely to enter and leave per day, how long queues and waits are, with ranges, for the places and days listed here.",
        "How these figures change when a named policy or event changes capacity, access or the wish to leave, all else and all luck being equal.",
        "Which statement of which source each figure rests on, and which statements the model does not explain.",
    ),
    "card_cannot": (
        "Who leaves, why one person leaves, or where one person is: only groups are counted.",
        "Events that nobody has announced: a shock, closure or order that is not in the case is not in the bands.",
        "Whether a policy will have the effect assumed in the case; its size is an assumption or a prior, written with a reason.",
        "Crossings outside the listed places and irregular crossings, except as far as the claims speak of them.",
        "The long run: bands are meant for the horizon shown here.",
    ),
    "card_care": (
        "Meant for shelter, reception, staffing and information. Not to be used to intercept or deter people: "
        "such policies are shown only for what they do to people.",
        "No individual is tracked, stored or shown.",
        "Sources round, lag and contradict each other. A figure without its range and its date should not be passed on.",
        "Names of places and sides of borders follow the case's files and express no opinion "
        "on the legal status of any territory or the course of any boundary.",
    ),
}

LANGUAGES: dict[str, tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]] = {"en": (EN, EN_LISTS)}


class Words:
    """The words of one language: `words("key", field=…)`; an unknown key reads as itself, so that data names need no entry."""

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no words for language {language!r}; there are {', '.join(sorted(LANGUAGES))}")
        self.language = language
        self._texts, self._lists = LANGUAGES[language]

    def __call__(self, key: str, **fields: object) -> str:
        text = self._texts.get(key, key.replace("_", " "))
        return text.format(**fields) if fields else text

    def has(self, key: str) -> bool:
        """True when the language has an entry for `key`."""
        return key in self._texts

    def items(self, key: str) -> tuple[str, ...]:
        """The texts of a list."""
        return self._lists[key]
