"""The pattern of each written quantity takes exactly the texts that its parser takes."""

from __future__ import annotations

import re
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.protocol import patterns
from iptengine.protocol.anchored import Dates, Moment
from iptengine.protocol.doses import Dose
from iptengine.protocol.durations import Duration
from iptengine.protocol.quantities import Frequency, Position, Range, Rhythm, Times, Window


class Quantity(Protocol):
    """Something that reads itself from a text."""

    @classmethod
    def parse(cls, text: object) -> Any: ...


EXACT: dict[str, tuple[type[Quantity], str, tuple[str, ...]]] = {
    "range": (Range, patterns.RANGE, ("12..16", "2 .. 3")),
    "window": (Window, patterns.WINDOW, ("first 3", "last 3..4", "4..last 4", "4..11", "first 1..3")),
    "frequency": (Frequency, patterns.FREQUENCY, ("2 a week", "every 2 weeks", "every day", "every 3 months")),
    "times": (
        Times,
        patterns.TIMES,
        ("once", "2..4 times", "3 times", "at least 2 times", "every 3 months", "every 4 sessions", "every session"),
    ),
    "rhythm": (Rhythm, patterns.RHYTHM, ("every 4 sessions", "every 4 weeks", "at start and end", "when asked")),
    "position": (Position, patterns.POSITION, ("2 sessions before the end", "session 3", "half way")),
    "moment": (
        Moment,
        patterns.MOMENT,
        ("2 weeks before birth", "12 months after the start", "after a missed session", "before session 1", "on birth"),
    ),
    "dates": (
        Dates,
        patterns.DATES,
        ("from birth until 6 months after birth", "until birth", "from 2 weeks before it"),
    ),
    "duration": (Duration, patterns.DURATION, ("4 weeks", "10 days")),
}
NUMBERS = st.sampled_from([0, 1, 2, 7, 8, 10, 16, 60, 61, 99, 101, 110, 121, 999, 1000, 1001, 1010, 9999, 10000])
WORDS = st.sampled_from(
    [*sorted({word for *_, forms in EXACT.values() for form in forms for word in form.split()}), "0", "007"]
)


@st.composite
def near(draw: st.DrawFn, forms: tuple[str, ...]) -> str:
    """One of the forms with other numbers, sometimes with another word or other spaces."""
    text = draw(st.sampled_from(forms))
    text = re.sub(r"[0-9]+", lambda _: str(draw(NUMBERS | st.integers(0, 130))), text)
    words = text.split(" ")
    if draw(st.booleans()):
        words[draw(st.integers(0, len(words) - 1))] = draw(WORDS)
    text = draw(st.sampled_from([" ", " ", "  ", "\t"])).join(words)
    return text.replace("..", draw(st.sampled_from(["..", "..", " .. ", ".. "])))


def takes(kind: type[Quantity], text: str) -> bool:
    try:
        kind.parse(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", EXACT)
@settings(max_examples=150)
@given(data=st.data())
def test_a_pattern_takes_what_the_parser_takes_and_nothing_else(name: str, data: st.DataObject) -> None:
    kind, pattern, forms = EXACT[name]
    text = data.draw(near(forms))
    assert bool(re.search(pattern, text)) == takes(kind, text)


def test_the_pattern_of_a_range_compares_its_numbers() -> None:
    pairs = [(low, high) for low in (0, 1, 9, 10, 19, 99, 100, 109) for high in range(130)]
    assert [
        pair for pair in pairs if bool(re.search(patterns.RANGE, "{}..{}".format(*pair))) != (pair[0] <= pair[1])
    ] == []


@settings(max_examples=150)
@given(near(("1/2..2", "1..3", "3/4", "1", "11/12..2")))
def test_the_pattern_of_a_dose_takes_every_dose_and_leaves_only_the_size_to_the_parser(text: str) -> None:
    taken = bool(re.search(patterns.DOSE, text))
    if takes(Dose, text):
        assert taken
    elif taken:
        with pytest.raises(ValueError, match=r"the least amount first|at most 200 sessions|at most 12 parts"):
            Dose.parse(text)


@pytest.mark.parametrize("pattern", [*(pattern for _, pattern, _ in EXACT.values()), patterns.DOSE])
def test_a_pattern_says_nothing_that_only_python_understands(pattern: str) -> None:
    assert re.findall(r"\(\?P|\\[dwAZ]|\\-|\(\?[aiLmsux]", pattern) == []
