"""The quick way for plain words says the same as the long way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iptengine.render import escaping

WORDS = st.from_regex(escaping._PLAIN_WORDS, fullmatch=True)


@given(WORDS)
def test_plain_words_are_what_the_long_way_would_make_of_them(text: str) -> None:
    assert escaping.escape_markdown(text) == escaping._one_line(text) == text


MARKS = ["1. a", "a  b", "a:b", "www.x", "a!", "*a*", "", "7", "a\nb", " a", "a ", "ä b", "x.y"]


@pytest.mark.parametrize("text", MARKS)
def test_what_could_mean_something_in_markdown_goes_the_long_way(text: str) -> None:
    assert escaping._PLAIN_WORDS.fullmatch(text) is None
    assert escaping.escape_markdown(text) == escaping._one_line(text)
