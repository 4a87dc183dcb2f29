"""How long something lasts, as an author writes it."""

from __future__ import annotations

from datetime import date

import pytest

from iptengine.protocol.durations import Duration


@pytest.mark.parametrize("text", ["4 weeks", "1 week", "10 days", "2 months", "1 year"])
def test_a_length_of_time_is_written_back_as_it_was_read(text: str) -> None:
    assert str(Duration.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "end"), [("4 weeks", date(2026, 2, 28)), ("1 month", date(2026, 2, 28)), ("3 days", date(2026, 2, 3))]
)
def test_it_ends_on_a_day_of_the_calendar(text: str, end: date) -> None:
    assert Duration.parse(text).ends(date(2026, 1, 31)) == end


@pytest.mark.parametrize("text", ["", "4", "weeks", "0 weeks", "-1 week", "four weeks", "4 sessions", "99999 days", 4])
def test_what_is_no_length_of_time_is_told_with_how_to_write_one(text: object) -> None:
    with pytest.raises(ValueError, match=r"^write how long as '10 days', '4 weeks' or '2 months'$"):
        Duration.parse(text)
