"""The usual layout of a file: what is changed, what never is, and that nothing is left to change."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iptengine.authoring import layout, layout_pieces, statements
from iptengine.authoring.document import read
from iptengine.authoring.layout import comments, usual_layout
from iptengine.authoring.starting import variant
from iptengine.authoring.vignette import VignetteSpec
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.fields import Model
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec

ROOT = Path(__file__).parents[2]
MODELS: dict[str, type[Model]] = {"protocol": Spec, "measure": Measure, "vignette": VignetteSpec}
SHIPPED = sorted([*ROOT.glob("protocols/measures/*.yaml"), *ROOT.glob("examples/*.yaml")])
SMALLER = [
    path.read_bytes()
    for path in (
        ROOT / "examples" / "calm-evenings.protocol.yaml",
        ROOT / "examples" / "building-blocks-worry.vignette.yaml",
        ROOT / "protocols" / "measures" / "phq9.measure.yaml",
    )
]


def laid(text: str) -> str:
    return usual_layout(text.encode(), "a.protocol.yaml", Spec).decode()


def rows(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


# -- what is changed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("title:   Grief  \n", "title: Grief\n"),
        ("title: Grief", "title: Grief\n"),
        ("\n\ntitle: Grief\n\n\n", "title: Grief\n"),
        ("title: Grief\r\nstart: a\r\n", "title: Grief\nstart: a\n"),
        ("\ufefftitle: Grief\n", "title: Grief\n"),
        ("title: Grief # why\n", "title: Grief  # why\n"),
        ("title: Grief      # in line\n", "title: Grief      # in line\n"),
        ("a: { b: 1,c:  [ d , e ] }\n", "a: {b: 1, c: [d, e]}\n"),
        ('a : "x  y"\n', 'a: "x  y"\n'),
        (rows("a:", "      b:", "       c: 1", "d: 2"), rows("a:", "  b:", "    c: 1", "d: 2")),
        (rows("a: 1", "", "", "", "b: 2"), rows("a: 1", "", "b: 2")),
        (rows("a:", "- b: 1", "  c: 2", "-   d: 3"), rows("a:", "  - b: 1", "    c: 2", "  - d: 3")),
        (rows("a:", "    one", "    two", "b: 1"), rows("a:", "  one", "  two", "b: 1")),
        (rows("a: >-", "      one", "      two", "", "      three"), rows("a: >-", "  one", "  two", "", "  three")),
        (rows("a:", "     b: |  # as said", "        one", "          in", ""),
         rows("a:", "  b: |  # as said", "    one", "      in")),
        (rows("a:", "    b: [one,", "        two]"), rows("a:", "  b: [one,", "      two]")),
        (rows("a:", "     b: 'one", "", "       two'"), rows("a:", "  b: 'one", "", "    two'")),
    ],
)  # fmt: skip
def test_blanks_empty_lines_and_levels_become_the_usual_ones(written: str, usual: str) -> None:
    assert laid(written) == usual


def test_a_list_of_names_that_fits_is_written_on_one_line() -> None:
    written = rows("outcomes:", "  early:", "    from:", "      - initial", "      - middle", "    title: Early")
    assert laid(written) == rows("outcomes:", "  early:", "    from: [initial, middle]", "    title: Early")


@pytest.mark.parametrize(
    "kept",
    [
        rows("outcomes:", "  early:", "    from:", "      - initial  # why", "      - middle"),
        rows("outcomes:", "  early:", "    from:", "      # why", "      - initial"),
        rows("outcomes:", "  early:", "    from:", *(f"      - phase_of_a_long_name_{n}" for n in range(9))),
        rows("problem_areas:", "  grief:", "    aliases:", "      - mourning", "      - loss"),
        rows("unheard_of:", "  - a", "  - b"),
    ],
)
def test_a_list_that_does_not_fit_or_has_a_comment_or_holds_texts_stays_as_it_is(kept: str) -> None:
    assert laid(kept) == kept


def test_only_a_folded_text_with_too_long_a_line_is_folded_again() -> None:
    short = rows("about: >-", "  one", "  two")
    assert laid(short) == short
    words = " ".join(["word"] * 40)
    folded = laid(rows("about: >-", f"  {words}", "", "  more"))
    assert max(map(len, folded.splitlines())) <= layout.WIDTH
    assert folded.splitlines()[-2:] == ["", "  more"]
    long_line = rows(f"about: {words}")
    assert laid(long_line) == long_line


def test_a_comment_stays_with_what_it_speaks_of() -> None:
    written = rows(
        "# the head", "a:", "     # of b", "     b: 1  # behind b", "     # the end of a", "# of c", "c:",
        "- 1", "# of the second", "- 2", "  # the end of c", "d: >-", "    text", "# the end of all",
    )  # fmt: skip
    assert laid(written) == rows(
        "# the head", "a:", "  # of b", "  b: 1  # behind b", "  # the end of a", "# of c", "c:",
        "  - 1", "  # of the second", "  - 2", "  # the end of c", "d: >-", "  text", "# the end of all",
    )  # fmt: skip


# -- what never is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_measures_and_examples_are_in_their_usual_layout(path: Path) -> None:
    model = MODELS[path.name.split(".")[-2]]
    assert usual_layout(path.read_bytes(), path.name, model) == path.read_bytes()


def test_a_file_with_mistakes_is_not_touched() -> None:
    with pytest.raises(ProtocolError) as wrong:
        laid("title: Grief\ntitle:   Loss\n")
    assert [one.code for one in wrong.value.diagnostics] == ["yaml-repeated-key"]


def test_what_would_say_something_else_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_blanks", lambda *_: "")
    assert laid("title: Grief\n") == "title: Grief\n"


def test_what_would_lose_a_comment_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout.Layout, "_own_line", lambda *_: None)
    assert laid("# kept\ntitle:   Grief\n") == "# kept\ntitle:   Grief\n"


def test_comments_are_told_from_signs_within_a_text() -> None:
    text = rows('a: "no # comment"  # one', "# two", "b: |  # three", "  # none", "# two", "c: [d,  # four", "  e]")
    assert comments(text) == {"# one": 1, "# two": 2, "# three": 1, "# four": 1}


def says_the_same(written: bytes, usual: bytes) -> None:
    before, after = read(written, "a.yaml"), read(usual, "a.yaml")
    assert after.diagnostics == ()
    assert repr(after.root) == repr(before.root)
    text = written.decode().replace("\r\n", "\n")
    assert comments(usual.decode()) == comments(text)
    signs = [re.sub(r"\s", "", one) for one in (usual.decode(), text)]
    assert signs[0] == signs[1], "only blanks and line ends change"


@st.composite
def disturbed(draw: st.DrawFn) -> bytes:
    """A real file with its layout spoilt: deeper levels, empty lines, comments and blanks in odd places."""
    lines = draw(st.sampled_from(SMALLER)).decode().split("\n")
    step = draw(st.integers(1, 4))
    lines = [" " * (step * ((len(line) - len(line.lstrip())) // 2)) + line.lstrip() for line in lines]
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(lines) - 1))
        odd = draw(st.sampled_from(["", "", " " * 5, "# said", "   # said", "         #said so", "\n\n"]))
        if draw(st.booleans()):
            lines.insert(at, odd)
        elif lines[at] and draw(st.booleans()):
            lines[at] += draw(st.sampled_from(["   ", " # behind", "     # behind"]))
        else:
            lines[at] = re.sub(r"([:,{\[])(?= |\w)", r"\1" + " " * draw(st.integers(0, 3)), lines[at])
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines).encode()


@settings(max_examples=25)
@given(disturbed())
def test_whatever_a_file_looked_like_it_says_the_same_and_laying_it_out_twice_changes_nothing(written: bytes) -> None:
    assume(not read(written, "a.yaml").diagnostics)
    usual = usual_layout(written, "a.yaml", Spec)
    says_the_same(written, usual)
    assert usual_layout(usual, "a.yaml", Spec) == usual


ODD_LINES = (
    "a:", "b: 1", "- c", "-", "d: |", "e: >-", "f: |+", "g: |2", "h: [i,", "j]", "# k", "", "l: 'm", "n'", "o: p",
    "{q: r}", "- s: t", "u", "- - v", "w: >", "é: 'ü'", "x: \"y # z\"  # é",
)  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(ODD_LINES)), max_size=9))
def test_any_lines_that_can_be_read_at_all_keep_their_values_and_comments(told: list[tuple[int, str]]) -> None:
    written = "".join(f"{' ' * column}{words}\n" for column, words in told).encode()
    assume(not read(written, "a.yaml").diagnostics)
    usual = usual_layout(written, "a.yaml", Spec)
    says_the_same(written, usual)
    assert usual_layout(usual, "a.yaml", Spec) == usual


def test_the_examples_in_the_docstrings_show_what_happens() -> None:
    assert [doctest.testmod(module).failed for module in (layout, layout_pieces, statements, variant)] == [0, 0, 0, 0]
