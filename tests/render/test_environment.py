"""Rendering: what the author wrote goes out as written, what the patient said goes out as data."""

from __future__ import annotations

import html
import threading
import time
import traceback
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import html5lib
import mistune
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from iptengine.authoring.templates import (
    DATE,
    NUMBER,
    TEXT,
    TRUTH,
    ConditionVerdict,
    Many,
    Scope,
    check_template,
    maybe,
)
from iptengine.diagnostics import IptengineError
from iptengine.protocol.truth import Truth
from iptengine.render.environment import Mode, TemplateFault, compile_template, render
from iptengine.render.escaping import escape_html, escape_markdown, escape_text
from iptengine.render.filters import shown_number, written_date, written_number
from iptengine.render.values import Steps, guarded

DAY = date(2026, 4, 14)


def text(source: str, mode: Mode = "text", conditions: Callable[[str], Truth] | None = None, **values: Any) -> str:
    return render(compile_template(source, "opening"), values, mode=mode, conditions=conditions)


def fault(source: str, **values: Any) -> str:
    with pytest.raises(TemplateFault) as caught:
        text(source, **values)
    return str(caught.value)


# What is written


def test_names_parts_lists_and_filters_fill_the_text() -> None:
    source = (
        "Dear {{ patient.name | title }}, session {{ n }} of {{ of }} on {{ day | date('long') }}.\n"
        "{% for task in tasks %}{{ task.title | upper }} ({{ task.steps | join(', ') }}); {% endfor %}"
        "{{ tasks | length }} in all, {{ score | number(1) }} points"
    )
    values = {
        "patient": {"name": "ann o'Neill"},
        "n": 3,
        "of": 12.0,
        "day": DAY,
        "tasks": [{"title": "open", "steps": ("ask", 2, DAY)}, {"title": "link", "steps": ()}],
        "score": Decimal("7.25"),
    }
    assert text(source, **values) == (
        "Dear Ann O'Neill, session 3 of 12 on Tuesday 14 April 2026.\n"
        "OPEN (ask, 2, Tue 14 April 2026); LINK (); 2 in all, 7.3 points"
    )


def test_a_tag_alone_on_its_line_leaves_no_empty_line() -> None:
    source = (
        "# Today\n{% if tasks %}\n  {% for task in tasks %}\n- {{ task }}\n  {% endfor %}\n{% endif %}\n\n"
        "End{% if tasks %} of list{% endif %}\nand{% for task in tasks %} {{ task }}{% endfor %}\nso on\n"
        "{% if tasks %}{% if not tasks %}\nx\n{% endif %}{% endif %}\nlast\n"
    )
    assert text(source, tasks=["a", "b"]) == "# Today\n- a\n- b\n\nEnd of list\nand a b\nso on\nlast\n"


@pytest.mark.parametrize(("answer", "expected"), [(Truth.YES, "high"), (Truth.NO, "low"), (Truth.UNKNOWN, "ask")])
def test_a_condition_takes_the_branch_of_its_answer(answer: Truth, expected: str) -> None:
    source = '{% if "phq9 >= 10" is met %}high{% elif "phq9 >= 10" is unmet %}low{% else %}ask{% endif %}'
    asked: list[str] = []

    def conditions(condition: str) -> Truth:
        asked.append(condition)
        return answer

    assert text(source, conditions=conditions) == expected
    assert asked == ["phq9 >= 10"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% if left <= 4 %}soon{% elif left is none %}?{% else %}later{% endif %}", "?"),
        ("{% if left > 4 or left == 4 or left != 4 %}some{% elif left is none %}?{% endif %}", "?"),
        ("{% if 4 > left %}soon{% elif left is none %}?{% endif %}", "?"),
        ("{% if left is defined %}there{% else %}?{% endif %}", "?"),
        ("{% if left %}there{% else %}?{% endif %}", "?"),
        ("{{ left | number(2) | default('not taken') }}", "not taken"),
        ("{{ left.sessions | upper | default(7) }}", "7"),
    ],
)
def test_a_missing_value_is_neither_more_nor_less_nor_equal(source: str, expected: str) -> None:
    assert text(source, left=None) == expected


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (2.675, 2, "2.68"),
        (Fraction(1, 3), 3, "0.333"),
        (Decimal("9.995"), 2, "10.00"),
        (-0.001, 1, "0.0"),
        (7, 2, "7.00"),
        (1e-40, 1, None),
        (float("nan"), 1, None),
        (float("inf"), 0, None),
        (10**400, 0, None),
        (Decimal("1e999999"), 0, None),
    ],
)
def test_numbers_round_halves_away_from_zero(number: Any, digits: int, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(TemplateFault, match="a number cannot be written"):
            written_number(number, digits)
    else:
        assert written_number(number, digits) == expected


def test_a_number_in_a_sentence_says_no_more_than_it_must() -> None:
    numbers = [12, 12.0, 12.5, Decimal("3.10"), Fraction(13, 3), 0, -1, 100, True]
    assert [shown_number(n) for n in numbers[:-1]] == ["12", "12", "12.5", "3.1", "4.33", "0", "-1", "100"]


def test_dates_are_written_the_same_in_every_locale() -> None:
    assert [written_date(date(2027, 1, 3), form) for form in ("", "short", "long")] == [
        "Sun 3 January 2027",
        "3 Jan 2027",
        "Sunday 3 January 2027",
    ]
    assert text("{{ at }}", at=datetime(2026, 4, 14, 23, 59)) == "Tue 14 April 2026"


# What is a fault, and that it says nothing of the patient


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("{{ name }}", {}, "opening: 'name' was not given to the template"),
        ("{{ a.b }}", {"a": {}}, "opening: 'b' was not given to the template"),
        ("{{ a.upper }}", {"a": "Zoe"}, "opening: 'upper' was asked of something that has no parts"),
        ("{{ a.real }}", {"a": 1}, "opening: 'real' was asked of something that has no parts"),
        ("{{ a.items }}", {"a": {"x": 1}}, "opening: 'items' was not given to the template"),
        ("{{ a }}", {"a": None}, "opening: a value is missing, and the template has no words for that"),
        ("{{ a }}", {"a": {"Zoe": 1}}, "opening: a value is neither a text nor a number nor a date"),
        ("{{ a }}", {"a": ["Zoe"]}, "opening: a value is neither a text nor a number nor a date"),
        ("{{ a }}", {"a": True}, "opening: a value is neither a text nor a number nor a date"),
        (
            "{{ a }}",
            {"a": object()},
            "opening: a value given to the template is not a plain text, number, date, list or dictionary",
        ),
        ("{{ a | date }}", {"a": "Zoe"}, "opening: the filter 'date' was given a value it is not for"),
        ("{{ a | upper }}", {"a": 3}, "opening: the filter 'upper' was given a value it is not for"),
        (
            "{% if a < 3 %}x{% endif %}",
            {"a": "Zoe"},
            "opening: a value is not of the kind the template was written for",
        ),
        (
            "{% for x in a %}x{% endfor %}",
            {"a": 3},
            "opening: a value is not of the kind the template was written for",
        ),
        ('{% if "x" is met %}x{% endif %}', {}, "opening: no condition can be asked in this text"),
    ],
)
def test_what_does_not_fit_is_a_fault_in_our_own_words(source: str, values: dict[str, Any], expected: str) -> None:
    assert fault(source, **values) == expected


def test_a_fault_never_carries_the_words_of_the_patient() -> None:
    said = "I want to " + "die".upper()
    for source in ("{% if note > 3 %}x{% endif %}", "{{ note | date }}", "{{ note.part }}"):
        with pytest.raises(IptengineError) as caught:
            text(source, note=said)
        assert "DIE" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\n{{ a.__class__ }}", "opening: line 2: '__class__' is not part of the template language"),
        ("{{ a|safe }}{{ b|e }}", "opening: line 1: there is no filter 'safe', and 1 more"),
        ("{% include 'x' %}", "opening: line 1: `{% include %}` is not part of the template language"),
    ],
)
def test_nothing_is_compiled_that_the_check_has_not_let_through(source: str, expected: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        compile_template(source, "opening")
    assert str(caught.value) == expected


def test_a_text_is_compiled_once_under_any_name() -> None:
    one, other = compile_template("{{ once }}", "one"), compile_template("{{ once }}", "other")
    assert one._made is other._made
    assert (one.name, other.name, one.source) == ("one", "other", "{{ once }}")


# Budgets


def test_loops_are_charged_until_the_budget_is_spent() -> None:
    template = compile_template("{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}", "opening")
    assert render(template, {"x": [1] * 9}, mode="text", steps=90) == ""
    with pytest.raises(TemplateFault, match="opening: the template takes too many steps"):
        render(template, {"x": [1] * 9}, mode="text", steps=89)


def test_a_rendering_that_grows_too_long_is_stopped() -> None:
    template = compile_template("{% for a in x %}word {% endfor %}", "opening")
    assert len(render(template, {"x": [1] * 9}, mode="text", output=45)) == 45
    with pytest.raises(TemplateFault, match="opening: the text grows beyond 44 characters"):
        render(template, {"x": [1] * 9}, mode="text", output=44)


def test_the_dearest_template_allowed_stops_within_seconds() -> None:
    asks = "{% if a %}{{ b }}{% endif %}" * 600
    template = compile_template(f"{{% for x in xs %}}{{% for y in xs %}}{asks}{{% endfor %}}{{% endfor %}}")
    begun = time.process_time()
    with pytest.raises(TemplateFault, match="too many steps"):
        render(template, {"xs": [1] * 10_000, "a": "x", "b": ""}, mode="markdown", output=10**9)
    assert time.process_time() - begun < 3


def test_renderings_side_by_side_do_not_share_their_budget_or_answers() -> None:
    template = compile_template('{% for a in x %}{% if "q" is met %}{{ a }}{% endif %}{% endfor %}')
    results: dict[int, str] = {}

    def one(n: int) -> None:
        answer = Truth.YES if n % 2 else Truth.NO
        results[n] = render(template, {"x": [n] * 50}, mode="text", conditions=lambda _: answer, steps=151)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: str(n) * 50 if n % 2 else "" for n in range(8)}


# Law 10: patient text is data


def skeleton(page: str) -> tuple[list[tuple[str, ...]], str]:
    """Elements with their attributes, and all words, of an HTML page."""
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    elements = [(e.tag if isinstance(e.tag, str) else "#comment", *sorted(e.attrib)) for e in tree.iter()]
    return elements, "".join(tree.itertext())


def rendered_markdown(source: str) -> str:
    made = mistune.create_markdown(escape=True, plugins=["table", "strikethrough", "footnotes", "task_lists"])
    page = made(source)
    assert isinstance(page, str)
    return page


def folded(words: str) -> str:
    return " ".join(words.split())


HTML_PAGE = "<!doctype html><title>{{ x }}</title><h1 title=\"{{ x }}\" class='{{ x }}'>{{ x }}</h1><p>{{ x }}</p>"
MARKDOWN_PAGES = [
    "# Report\n\n{{ x }}\n",
    "# {{ x }}\n",
    "- {{ x }}\n- b\n",
    "1. {{ x }}\n2. b\n",
    "- [ ] {{ x }}\n",
    "Note: **{{ x }}** and _{{ x }}_ end\n",
    "**{{ x }}**\n",
    "| a | b |\n|---|---|\n| {{ x }} | {{ x }} |\n",
    "{{ x }} | {{ x }}\n{{ x }} | {{ x }}\n",
    "> {{ x }}\n\nnext\n",
    "{{ x }}\n{{ x }}\n{{ x }}\n",
    "{{ x }}{{ x }}{{ x }}\n",
    "before\n{{ x }}\nafter\n",
    "{{ x }}. next\n",
    "{{ x }}) next\n",
    "{{ x }}[more](http://a.example)\n",
    "[{{ x }}](http://a.example)\n",
    "[^1]{{ x }}\n\n[^1]: {{ x }}\n",
    "<{{ x }}>\n",
    "1{{ x }}\n",
    "-{{ x }}\n",
    "#{{ x }}\n",
    "{{ x }}\n===\n",
]
LINES = r"""<script>alert(1)</script>|"><img src=x onerror=alert(1)>|' onmouseover='alert(1)|javascript:alert(1)|<!-- x
<![CDATA[<b>]]>|&#60;b&#62;|&amp;lt;|</title><b>|<a href="https://x.invalid">me</a>|![x](https://x.invalid/p.png)
[x](y)|[ref]: https://x.invalid|[^1]|[^1]: note|<https://x.invalid>|https://x.invalid|www.x.invalid|a@x.invalid
mailto:a@x.invalid|# head|## |> quote|>|- item|+ item|* item|1. item|1) item|12|012|٣. item|١٢|---|***|___|===
-|=|+|--|:--|*em*|**strong**|_em_|__strong__|~~gone~~|~|``|`code`|```|~~~|:---|: term|\|\\|\*|!|x!|$x$|{x}|{{ x }}
Dr. J. < 5|3 > 2 & 1 < 2|D’Angelo|C:\notes|snake_case_word|[ ] task|[x] done|#|a #|%|@|^|1.|1)|{% raw %}"""
HOSTILE = [
    *LINES.replace("\n", "|").split("|"),
    "a|b",
    "|a|b|",
    "|--|",
    "|",
    "",
    " ",
    "\t",
    "    code",
    "\tcode",
    "```\ncode\n```",
    "\n\n# x",
    "\n- a",
    "a\n\n- b",
    "a  \nb",
    "a\\\nb",
    "x\n---",
    "x\r\n===\r\ny",
    "\xa0x\xa0",
    "\u2028# x",
    "\x0b# x",
    "\x1b]0;title\x07",
    "\x00=1",
    "\ufeff# x",
    "\u200b- x",
    "\u202etxt",
    "\u2066x\u2069",
]
NASTY_TEXT = (
    st.sampled_from(HOSTILE)
    | st.lists(st.sampled_from([*"\\`*_[]<>()|~&#^$@{}!-+=:.1 \n\tax\"'", *HOSTILE]), max_size=8).map("".join)
    | st.text(max_size=30)
)


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_words_leave_the_html_page_as_it_is_and_can_be_read_in_it(said: str) -> None:
    shape, words = skeleton(text(HTML_PAGE, "html", x=said))
    assert shape == skeleton(text(HTML_PAGE, "html", x="benign"))[0]
    assert folded(said.replace("\x00", "\ufffd")) in folded(words)


@pytest.mark.parametrize("page", MARKDOWN_PAGES)
def test_hostile_words_leave_the_markdown_page_as_it_is(page: str) -> None:
    benign = skeleton(rendered_markdown(text(page, "markdown", x="benign")))[0]
    changed = [said for said in HOSTILE if skeleton(rendered_markdown(text(page, "markdown", x=said)))[0] != benign]
    assert changed == []


@pytest.mark.parametrize("said", [one for one in HOSTILE if escape_text(one) == one and "\n" not in one])
def test_hostile_words_can_still_be_read_in_markdown(said: str) -> None:
    words = skeleton(rendered_markdown(text("# Report\n\n{{ x }}\n", "markdown", x=said)))[1]
    assert folded(said) in folded(words)


@settings(max_examples=150, deadline=None)
@given(NASTY_TEXT, st.sampled_from(MARKDOWN_PAGES))
def test_any_words_leave_the_pages_as_they_are(said: str, page: str) -> None:
    assert skeleton(text(HTML_PAGE, "html", x=said))[0] == skeleton(text(HTML_PAGE, "html", x="benign"))[0]
    made = rendered_markdown(text(page, "markdown", x=said))
    assert skeleton(made)[0] == skeleton(rendered_markdown(text(page, "markdown", x="benign")))[0]


@settings(max_examples=200)
@given(st.text())
def test_plain_text_holds_no_sign_that_drives_a_terminal(said: str) -> None:
    shown = text("{{ x }}", x=said)
    assert not any((sign < " " and sign not in "\n\t") or "\x7f" <= sign <= "\x9f" for sign in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x1b[31mb", "a\ufffd[31mb"),
        ("a\ud800b", "a\ufffdb"),
        ("José 😀 שלום", "José 😀 שלום"),
    ],
)
def test_plain_text_keeps_lines_and_shows_what_it_took_out(said: str, expected: str) -> None:
    assert escape_text(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Dr. J. < 5", r"Dr. J. \< 5"),
        ("- a\n- b", r"\- a - b"),
        ("1. a", r"1\. a"),
        ("a_b *c* [d](e)", r"a\_b \*c\* \[d\]\(e\)"),
        ("see https://x.y, www.x.y", r"see https\://x.y, www\.x.y"),
        ("12", "\u206012"),
        (" \n", "\u2060"),
        ("at 10:30, half-way", "at 10:30, half-way"),
    ],
)
def test_markdown_is_escaped_where_it_would_be_a_mark_and_nowhere_else(said: str, expected: str) -> None:
    assert escape_markdown(said) == expected


@pytest.mark.parametrize(
    ("said", "added"),
    [
        ("\u202eabc", "\u202c"),
        ("\u2066a\u202eb", "\u202c\u2069"),
        ("\u2066a\u202eb\u2069", ""),
        ("\u202ea\u202cb", ""),
        ("\u2069\u202cb", ""),
    ],
)
def test_a_turned_writing_direction_ends_with_the_text_that_turned_it(said: str, added: str) -> None:
    assert escape_html(said) == said + added


def test_a_hundred_thousand_turns_of_direction_are_closed_at_once() -> None:
    begun = time.process_time()
    assert len(escape_html("\u202b" * 100_000 + "\u2069" * 100_000)) == 300_000
    assert time.process_time() - begun < 1


def test_words_marked_as_safe_are_data_all_the_same() -> None:
    class Loud(str):
        def __html__(self) -> str:
            return "<b>loud</b>"

        def __str__(self) -> str:
            return "<b>loud</b>"

    for said in (Markup("<b>x</b>"), Loud("<b>x</b>")):
        assert text("{{ x }}{{ x | trim }}{{ y | join }}", "html", x=said, y=[said]) == "&lt;b&gt;x&lt;/b&gt;" * 3


@pytest.mark.parametrize("said", [Markup("<b>"), Markup("")])
def test_a_marked_up_word_comes_to_the_template_as_a_plain_one(said: Markup) -> None:
    assert (type(guarded(said, Steps(1))), guarded(said, Steps(1))) == (str, str(said))


def test_patient_text_is_never_a_template() -> None:
    said = "{{ 7 }}{% if x %}y{% endif %}{# z #}"
    assert text("{{ x }}", x=said) == said
    assert text("{{ x | default('{{ 7 }}') }}", x=None) == "{{ 7 }}"


def test_the_authors_own_words_go_out_as_written() -> None:
    source = "<b>*Dear* & {{ x }}</b>"
    assert [text(source, mode, x="*") for mode in ("html", "markdown", "text")] == [
        "<b>*Dear* & *</b>",
        "<b>*Dear* & \\*</b>",
        "<b>*Dear* & *</b>",
    ]


def test_a_value_cannot_take_the_place_of_the_renderings_own_state() -> None:
    assert text("{{ x }}", "html", x="<", _run=None) == "&lt;"


# Whatever passes the check renders

NAMES = Scope(
    {
        "name": TEXT,
        "note": maybe(TEXT),
        "score": NUMBER,
        "left": maybe(NUMBER),
        "day": DATE,
        "ending": TRUTH,
        "tasks": Many(Scope({"title": TEXT, "due": maybe(DATE), "steps": Many(TEXT)})),
        "plan": maybe(Scope({"aim": TEXT, "parts": Many(TEXT)})),
    }
)
SPOKEN = """name note note|title|default("-") note|default(3) score left left|number(1)|default("-") day
    day|date("short") tasks|length plan.parts|join(",")|default("-") plan.aim plan.aim|default("-") name|upper|trim
    "q" 3"""
SHOWN = st.sampled_from(SPOKEN.split())
NUMBERS = st.sampled_from(["score", "left", "3", "tasks|length", "plan.parts|length", "left|default(0)"])
WORDINGS = st.sampled_from(["name", "note", '"x"', "plan.aim", "note|upper", 'plan.aim|default("x")'])
QUESTIONS = st.recursive(
    st.one_of(
        st.sampled_from(["ending", "tasks", "name", "note", "plan.parts"]),
        st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["==", "!=", "<", ">="]), NUMBERS),
        st.builds("{} {} {}".format, WORDINGS, st.sampled_from(["==", "!="]), WORDINGS),
        st.builds(
            "{} is {}".format,
            st.sampled_from(["note", "left", "plan", "plan.aim"]),
            st.sampled_from(["none", "not none", "defined", "not defined"]),
        ),
        st.builds('"{}" is {}'.format, st.sampled_from("qp"), st.sampled_from(["met", "unmet", "unknown"])),
    ),
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=3,
)
ABSENT = 'note is none or left is none or plan is none or "q" is unknown or "p" is unknown'
PARTS = "{{% if plan is not none %}}{{% for part in plan.parts %}}{}{{{{ part }}}}{{% endfor %}}{{% endif %}}"
TEMPLATES = st.recursive(
    st.builds("{{{{ {} }}}}".format, SHOWN) | st.just("words\n"),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{% if {} %}}{}{{% endif %}}".format, QUESTIONS, inner),
        st.builds("{{% if {} %}}{}{{% elif {} %}}{}{{% endif %}}".format, QUESTIONS, inner, st.just(ABSENT), inner),
        st.builds(
            "{{% if {} %}}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format, st.just(ABSENT), QUESTIONS, inner, inner
        ),
        st.builds("{{% for task in tasks %}}{}{{{{ task.title }}}}{{% endfor %}}".format, inner),
        st.builds(PARTS.format, inner),
    ),
    max_leaves=4,
)
WORDS = st.text(max_size=5).filter(lambda words: "None" not in words)
STEPS = st.lists(WORDS, max_size=2)
GIVEN = st.fixed_dictionaries(
    {
        "name": WORDS,
        "note": st.none() | WORDS,
        "score": st.integers(0, 27) | st.fractions(0, 27),
        "left": st.none() | st.integers(0, 16),
        "day": st.dates(),
        "ending": st.booleans(),
        "tasks": st.lists(
            st.fixed_dictionaries({"title": WORDS, "due": st.none() | st.dates(), "steps": STEPS}), max_size=2
        ),
        "plan": st.none() | st.fixed_dictionaries({"aim": WORDS, "parts": STEPS}),
    }
)


@settings(max_examples=200, deadline=None)
@given(TEMPLATES, GIVEN, st.sampled_from(["html", "markdown", "text"]), st.sampled_from(Truth))
def test_whatever_passes_the_check_renders_whatever_is_missing(
    source: str, values: dict[str, Any], mode: Mode, answer: Truth
) -> None:
    assume(not check_template(source, NAMES, lambda _: ConditionVerdict()))
    shown = render(compile_template(source), values, mode=mode, conditions=lambda _: answer)
    assert "None" not in html.unescape(shown)
    assert shown == render(compile_template(source), values, mode=mode, conditions=lambda _: answer)
