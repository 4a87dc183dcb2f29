"""The template language: what an author may write, and what is told, where, when it is not allowed."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.authoring.templates import (
    DATE,
    NUMBER,
    TEXT,
    TRUTH,
    ConditionVerdict,
    Many,
    Scope,
    TemplateFinding,
    check_form,
    check_template,
    maybe,
)

NAMES = Scope(
    {
        "patient": Scope({"name": TEXT, "partner": maybe(TEXT)}),
        "course": Scope({"session": NUMBER, "left": maybe(NUMBER), "begun": DATE, "ending": TRUTH}),
        "contract": maybe(Scope({"sessions": NUMBER, "mode": maybe(TEXT)})),
        "tasks": Many(Scope({"title": TEXT, "due": maybe(DATE), "steps": Many(TEXT)})),
        "goals": maybe(Many(TEXT)),
    }
)


def judged(text: str) -> ConditionVerdict:
    if text == "session is odd":
        return ConditionVerdict((f"'{text}' is not a condition",), False)
    return ConditionVerdict((), can_be_unknown="phq9" in text)


def told(source: str) -> list[str]:
    """Every finding as one line: place, words, code, hint."""
    return [
        f"{one.line}: {one.message} [{one.code}]" + (f" ({one.hint})" if one.hint else "")
        for one in check_template(source, NAMES, judged)
    ]


def codes(source: str) -> list[str]:
    return [one.code for one in check_template(source, NAMES, judged)]


# What may be written


@pytest.mark.parametrize(
    "source",
    [
        "",
        "Welcome.",
        "a { b } % c # d, 50 % } }} and {",
        "{# a note to the author #}Session {{ course.session }}",
        "{{- patient.name | upper | trim -}}",
        '{{ patient.partner | default("someone close") | title }}',
        '{{ patient.partner | title | default("someone close") }}',
        '{{ course.left | number(1) | default("not agreed") }}',
        '{{ course.begun }} {{ course.begun | date }} {{ course.begun | date("long") }}',
        "{% for task in tasks %}{{ task.title }}{% for step in task.steps %}{{ step }}{% endfor %}{% endfor %}",
        "{% for task in tasks %}{{ task.title }}{% endfor %}{% for task in tasks %}{{ task.title }}{% endfor %}",
        "{% if tasks %}{{ tasks | length }}{% else %}nothing is due{% endif %}",
        "{% if tasks | length > 2 and not course.ending or course.session == 1 %}x{% endif %}",
        "{% if course.ending != true %}x{% endif %}",
        '{% if patient.name == "Ann" or (course.session >= 3 and course.session < 5) %}x{% endif %}',
        '{% if "sessions left <= 4" is met %}x{% endif %}',
        '{% if "phq9 >= 10" is met %}high{% elif "phq9 >= 10" is unknown %}ask{% else %}low{% endif %}',
        '{% if "phq9 >= 10" is unknown %}ask{% elif not "phq9 >= 10" is met %}low{% endif %}',
        '{% if "phq9 >= 10" is unknown or course.ending %}a{% elif "phq9 >= 10" is unmet %}b{% endif %}',
        "{% if course.left is none %}?{% elif course.left <= 4 %}soon{% endif %}",
        "{% if course.left <= 4 %}soon{% elif course.left is none %}?{% endif %}",
        "{% if course.left is not none and course.left <= 4 %}soon{% endif %}",
        "{% if course.left is defined %}{{ course.left }}{% endif %}",
        "{% if course.left is none %}{% else %}{{ course.left }}{% endif %}",
        "{% if not course.left is defined or course.left > 3 %}x{% endif %}",
        "{% if patient.partner %}{{ patient.partner }}{% elif patient.partner is none %}x{% endif %}",
        "{% if contract is not none %}{{ contract.sessions }}{% endif %}",
        "{% if contract.mode is not none %}{{ contract.sessions }} {{ contract.mode }}{% endif %}",
        '{{ contract.sessions | default("none agreed") }}',
        '{% if goals %}{{ goals | join(", ") }}{% elif goals is none %}not asked{% endif %}',
        "{% if goals is not none %}{% for goal in goals %}{{ goal }}{% endfor %}{% endif %}",
        '{{ "a word" }} {{ 7 }}',
        "{% if " + " and ".join(["course.session > 1"] * 10) + " %}x{% endif %}",
    ],
)
def test_what_the_language_allows_is_taken_without_a_word(source: str) -> None:
    assert told(source) == []


# What is told, in whole sentences


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        (
            "one\n{{ course.sesion }}",
            "2: 'course.sesion' is not known here [template-unknown-name] (did you mean 'course.session'?)",
        ),
        ("{{ patinet.name }}", "1: 'patinet' is not known here [template-unknown-name] (did you mean 'patient'?)"),
        (
            "{{ patient.name.first }}",
            "1: 'patient.name' is a text and has no parts [template-unknown-name] (write `patient.name`)",
        ),
        (
            "{{ course.begun | dat }}",
            "1: there is no filter 'dat' [template-unknown-filter] (did you mean 'date'?)",
        ),
        (
            "\n\n{% include 'x' %}",
            "3: `{% include %}` is not part of the template language [template-forbidden] "
            "(a template shows `{{ name }}`, asks `{% if … %}` and repeats with `{% for one in list %}`)",
        ),
        (
            "{{ course.session + 1 }}",
            "1: `+` is not part of the template language, in `{{ course.session + 1 }}` [template-forbidden] "
            "(a template does not calculate; show a fact that is already counted)",
        ),
        (
            "{{ patient.name() }}",
            "1: `(…)` after a name would call it; a template only shows what is there [template-forbidden] "
            "(leave the brackets out)",
        ),
        (
            "{{ 1 if course.ending else 2 }}",
            "1: `… if … else` inside a tag is not part of the template language, in "
            "`{{ 1 if course.ending else 2 }}` [template-forbidden] (use `{% if … %} … {% endif %}`)",
        ),
        (
            "{{ patient._secret }}",
            "1: '_secret' is not part of the template language [template-forbidden] "
            "(a name is plain words joined by dots)",
        ),
        (
            "{% for task in tasks %}{{ loop.index }}{% endfor %}",
            "1: 'loop' is not part of the template language [template-forbidden] "
            "(a name is plain words joined by dots)",
        ),
        (
            "a\n{{ patient.name",
            "2: `{{ patient.name` is never closed [template-syntax] (end it with `}}`)",
        ),
        ("a\n{# note", "2: `{#` is never closed [template-syntax] (end it with `#}`)"),
        (
            "{% if course.ending %}\n{{ patient.name }}",
            "1: `{% if course.ending %}` is never closed [template-syntax] (end it with `{% endif %}`)",
        ),
        (
            "{% endif %}",
            "1: `{% endif %}` has no `{% if … %}` of its own [template-syntax] (check which blocks are open here)",
        ),
        (
            "{% if course.ending %}{% else %}\n{% elif course.ending %}{% endif %}",
            "2: `{% elif course.ending %}` comes after `{% else %}` [template-syntax] "
            "(`{% else %}` comes last, and once)",
        ),
        (
            "{{ patient name }}",
            "1: `{{ patient name }}` cannot be read [template-syntax] "
            "(a template shows `{{ name }}`, asks `{% if … %}` and repeats with `{% for one in list %}`)",
        ),
        (
            "{{ patient.partner }}",
            "1: 'patient.partner' can be missing, and nothing says what to write then [template-unknown-branch] "
            '(add `| default("…")`, or put it inside `{% if patient.partner is not none %}`)',
        ),
        (
            "{% if course.left <= 4 %}soon{% else %}not yet{% endif %}",
            "1: 'course.left' can be missing, and no branch says what to write then [template-unknown-branch] "
            "(add `{% elif course.left is none %}`)",
        ),
        (
            "{% if not course.left <= 4 %}not yet{% elif course.left is none %}?{% endif %}",
            "1: 'course.left' can be missing, and no branch says what to write then [template-unknown-branch] "
            "(ask `course.left is none` first)",
        ),
        (
            '{% if "phq9 >= 10" is met %}high{% else %}low{% endif %}',
            '1: "phq9 >= 10" can be unknown, and no branch says what to write then [template-unknown-branch] '
            '(add `{% elif "phq9 >= 10" is unknown %}`)',
        ),
        (
            '{% if not "phq9 >= 10" is met %}low{% elif "phq9 >= 10" is unknown %}ask{% endif %}',
            '1: "phq9 >= 10" can be unknown, and no branch says what to write then [template-unknown-branch] '
            '(instead of "not", ask `"phq9 >= 10" is unmet` and `"phq9 >= 10" is unknown`)',
        ),
        (
            '{% if "session is odd" is met %}x{% endif %}',
            "1: 'session is odd' is not a condition [template-condition]",
        ),
        (
            "{% if course.session is met %}x{% endif %}",
            "1: `is met` is asked of a condition in quotes [template-condition] "
            '(write it in quotes: `"sessions left <= 4" is met`)',
        ),
        (
            '{% if "sessions left <= 4" %}x{% endif %}',
            '1: "sessions left <= 4" is a text, so the answer is always yes [template-type] '
            '(write `"sessions left <= 4" is met`)',
        ),
        (
            "{{ tasks }}",
            "1: 'tasks' is a list and cannot be shown [template-type] "
            "(repeat over it with `{% for %}`, or use `| join`)",
        ),
        (
            "{% if course.session %}x{% endif %}",
            "1: 'course.session' is a number, which is neither yes nor no [template-type] (compare it: `… > 0`)",
        ),
        (
            "{% if patient.name > 3 %}x{% endif %}",
            "1: 'patient.name' is a text and '3' is a number; they cannot be compared [template-type] "
            "(compare like with like)",
        ),
        (
            "{{ patient.name | date }}",
            "1: 'date' is for a date; 'patient.name' is a text [template-type]",
        ),
        (
            '{{ course.begun | date("%Y") }}',
            "1: 'date' cannot take what stands in its brackets [template-type] "
            '(write `day | date, day | date("short") or day | date("long")`)',
        ),
        (
            "{% for part in patient %}{{ part }}{% endfor %}",
            "1: 'patient' is a thing with parts, not a list [template-loop] (a loop repeats over a list)",
        ),
        (
            "{% for tasks in tasks %}{% endfor %}",
            "1: 'tasks' is already the name of something else here [template-loop] (give the loop another name)",
        ),
        (
            "call [us](tel:{{ patient.name }})",
            "1: a value cannot stand inside the address of a link [template-forbidden] "
            "(write the whole address, or show the value as words)",
        ),
        (
            "a\u202eb",
            "1: an invisible sign stands in this text (U+202E) [template-forbidden] "
            "(delete it, or type the line again)",
        ),
        (
            "x" * 20_001,
            "1: this template has 20001 characters; a template has at most 20000 [template-too-large] "
            "(split it into several prompts)",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do_next(source: str, finding: str) -> None:
    assert told(source) == [finding]


def test_all_mistakes_of_a_template_are_told_in_one_go() -> None:
    source = (
        "{{ patient.nam }}\n{% set x = 1 %}\n{{ course.session * 2 }}\n"
        "{% for task in tasks %}{{ task.titel }}{% endfor %}\n{{ patient.partner }}"
    )
    assert [(one.line, one.code) for one in check_template(source, NAMES, judged)] == [
        (1, "template-unknown-name"),
        (2, "template-forbidden"),
        (3, "template-forbidden"),
        (4, "template-unknown-name"),
        (5, "template-unknown-branch"),
    ]


def test_every_tag_that_cannot_be_read_is_told_not_only_the_first() -> None:
    assert [(one.line, one.message) for one in check_template("{{ a b }}\nx\n{{ patient. }}", NAMES)] == [
        (1, "`{{ a b }}` cannot be read"),
        (3, "`{{ patient. }}` cannot be read"),
    ]


def test_a_line_swallowed_by_a_trimmed_tag_still_counts() -> None:
    assert [one.line for one in check_template("a\n\n\n{%- set x %}\n\n{{ nobody }}", NAMES)] == [4, 6]


def test_a_text_without_conditions_takes_none() -> None:
    assert check_template('{% if "left <= 4" is met %}x{% endif %}', NAMES) == (
        TemplateFinding(1, "no condition can be asked in this text", "", "template-condition"),
    )


def test_a_condition_is_judged_once_however_often_it_is_asked() -> None:
    asked: list[str] = []

    def once(text: str) -> ConditionVerdict:
        asked.append(text)
        return ConditionVerdict(can_be_unknown=False)

    assert check_template('{% if "a" is met %}x{% elif "a" is unmet %}y{% endif %}', NAMES, once) == ()
    assert asked == ["a"]


# Law 2: an unknown is never a silent no

GUARDS = [
    "{% if 'phq9 < 5' is met and course.ending %}x{% endif %}",
    "{% if course.ending or 'phq9 < 5' is unmet %}x{% endif %}",
    "{% if course.ending %}{% elif 'phq9 < 5' is met %}x{% endif %}",
    "{% if 'phq9 < 5' is unknown and course.ending %}a{% elif 'phq9 < 5' is met %}b{% endif %}",
    "{% if 'phq9 < 9' is unknown %}a{% elif 'phq9 < 5' is met %}b{% endif %}",
    "{% if 'phq9 < 5' is not unknown or course.ending %}{% if 'phq9 < 5' is met %}b{% endif %}{% endif %}",
    "{% if not (course.ending and not 'phq9 < 5' is unmet) %}x{% endif %}",
    "{% if course.left is none and course.ending %}a{% elif course.left > 3 %}b{% endif %}",
    "{% if course.left is none or course.ending %}a{% else %}{% endif %}{{ course.left }}",
    "{% if course.left is not none or course.ending %}{{ course.left }}{% endif %}",
    "{% if contract.sessions > 3 %}x{% elif contract.mode is not none %}y{% endif %}",
    "{% if contract is not none %}{{ contract.mode }}{% endif %}",
    "{% for goal in goals %}{{ goal }}{% endfor %}",
    "{% for task in tasks %}{{ task.due }}{% endfor %}",
    "{% if not patient.partner %}alone{% elif patient.partner is none %}?{% endif %}",
]


@pytest.mark.parametrize("source", GUARDS)
def test_a_guard_that_leaves_a_way_past_the_unknown_is_not_enough(source: str) -> None:
    assert "template-unknown-branch" in codes(source)


def test_what_holds_for_an_outer_name_does_not_hold_for_a_loop_of_another_list() -> None:
    source = (
        "{% for task in tasks %}{% if task.due is not none %}{{ task.due }}{% endif %}{% endfor %}"
        "{% for task in tasks %}{{ task.due }}{% endfor %}"
    )
    assert codes(source) == ["template-unknown-branch"]


# Law 7: a template is data

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ (1).__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ tasks[0] }}",
    "{{ tasks.0 }}",
    "{{ patient.name|attr('upper') }}",
    "{{ patient.name|safe }}",
    "{{ tasks|map('upper') }}",
    "{{ self }}",
    "{{ caller() }}",
    "{{ lipsum }}",
    "{{ range(9) }}",
    "{{ patient.name|upper() () }}",
    "{{ patient.name|default(course.begun) }}",
    "{{ patient.name|default('x', true) }}",
    "{{ patient.name|join(d='x') }}",
    "{{ patient.name|default(*tasks) }}",
    "{{ 'a' 'b'.c }}",
    "{{ 'x\\x41' }}",
    "{{ 1.5 }}",
    "{{ 0x10 }}",
    "{{ 1_000 }}",
    "{{ none }}",
    "{{ true }}",
    "{{ patient.name, course.session }}",
    "{{ course.session and 1 }}",
    "{{ not course.ending }}",
    "{% if 1 < course.session < 3 %}{% endif %}",
    "{% if 'a' in tasks %}{% endif %}",
    "{% if patient.name is upper %}{% endif %}",
    "{% if course.session is divisibleby 2 %}{% endif %}",
    "{% if course.begun == none %}{% endif %}",
    "{% if 1 == 1 %}{% endif %}",
    "{% for a, b in tasks %}{% endfor %}",
    "{% for _a in tasks %}{% endfor %}",
    "{% for a in tasks if a.due %}{% endfor %}",
    "{% for a in tasks recursive %}{% endfor %}",
    "{% for a in tasks %}{% else %}{% endfor %}",
    "{% for a in tasks|list %}{% endfor %}",
    "{% for a in 'abc' %}{% endfor %}",
    "{% for a in (tasks) %}{% for b in tasks %}{% for c in tasks %}{% endfor %}{% endfor %}{% endfor %}",
    "{% raw %}{{ x }}{% endraw %}",
    "{% raw %}",
    "{% %}",
    "{% if %}{% endif %}",
    "{% if course.ending %}{% else %}{% elif course.ending %}{% endif %}",
    "{% if course.ending %}{% endfor %}",
    "{% if course.ending %}{% else x %}{% endif %}",
    "{{ \uff53\uff45\uff4c\uff46 }}",
    "a\x00b",
    "a\ud800b",
    *(
        f"{{% {word} %}}"
        for word in (
            "set x = 1",
            "macro m()",
            "include 'x'",
            "extends 'x'",
            "import 'x' as y",
            "from 'x' import y",
            "block b",
            "with a = 1",
            "autoescape false",
            "filter upper",
            "call x()",
            "do x",
            "debug",
            "trans",
            "print 1",
            "break",
        )
    ),
]


@pytest.mark.parametrize("source", ESCAPES)
def test_what_is_not_on_the_list_of_the_language_is_refused(source: str) -> None:
    assert codes(source) != []


@pytest.mark.parametrize("source", [one for one in ESCAPES if "join" not in one])
def test_no_message_speaks_jinja_or_python(source: str) -> None:
    words = " ".join(f"{one.message} {one.hint}" for one in check_template(source, NAMES, judged))
    assert not any(foreign in words for foreign in ("expected token", "got '", "NoneType", "jinja", "object at"))


BOMBS = {
    "brackets": "{{ " + "(" * 9_000 + ")" * 9_000 + " }}",
    "open brackets": "{{ " + "(" * 19_000,
    "nots": "{% if " + "not " * 4_900 + "a %}{% endif %}",
    "parts": "{{ a" + ".b" * 9_900 + " }}",
    "ands": "{% if a" + " and a" * 3_300 + " %}{% endif %}",
    "comparisons": "{% if 1" + " < 1" * 4_900 + " %}{% endif %}",
    "filters": "{{ a" + "|upper" * 3_300 + " }}",
    "texts": "{{ 'a'" + "'a'" * 6_600 + " }}",
    "ifs": "{% if a %}" * 1_990,
    "closed ifs": "{% if a %}" * 950 + "{% endif %}" * 950,
    "fors": "{% for a in tasks %}" * 600 + "{% endfor %}" * 600,
    "elifs": "{% if a %}" + "{% elif a %}" * 1_600 + "{% endif %}",
    "minus": "{{ " + "-" * 19_000 + "1 }}",
    "digits": "{{ " + "9" * 19_000 + " }}",
    "underscored digits": "{{ " + "1_" * 9_000 + "1 }}",
    "open comments": "{#" * 9_999,
    "open braces": "{" * 20_000,
    "open tags": "{%" * 9_999,
    "blanks": "{%" + " " * 19_990 + "raw",
    "quotes": "{{ " + "'" * 19_001,
    "empty tags": "{{}}" * 5_000,
    "unreadable tags": "{{ a b }}" * 2_200,
    "unknown names": "{{ x }}" * 2_800,
    "questions": "{% if q %}{% endif %}" * 900,
    "far too long": "{{ (" * 100_000,
    "subscripts": "{{ a" + "[0]" * 6_000 + " }}",
    "dictionaries": "{{ " + "{1:" * 6_000,
    "calls": "{{ a" + "()" * 9_000 + " }}",
    "inline ifs": "{{ 1" + " if 1 else 1" * 1_500 + " }}",
    "raw ends": "{% raw %}" + "{%   " * 3_900,
    "loop in filters": "{{ " + "a|default(" * 1_900 + "1" + ")" * 900 + " }}",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_quickly_on_a_small_stack(bomb: str) -> None:
    answers: list[tuple[TemplateFinding, ...]] = []
    begun = time.process_time()
    before = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=lambda: answers.append(check_template(BOMBS[bomb], NAMES, judged)))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert [bool(one) for one in answers] == [True]
    assert len(answers[0]) <= 100
    assert time.process_time() - begun < 2


SPOKEN = """{{ }} {% %} {# #} {%- -%} {{- if elif else endif for in endfor not and or is none defined met unmet unknown
    ( ) [ ] { } . , | : = == != < <= > >= + - * ** / // % ~ ' " \\ 1 0x1 1.5 1e9 true "phq9<5" 'x' patient _x upper
    patient.name course.session course.left tasks task task.title goals goal contract.mode loop self default("x")
    join(",") date number(1) length set raw endraw include ü ｓ text"""
PIECES = st.sampled_from([*SPOKEN.split(), "\n", " ", "\x00", "\u2028", "\ud800"])
SOUP = st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES, max_size=40).map("".join)


@settings(max_examples=400, deadline=1_000)
@given(SOUP | st.text(max_size=200))
def test_any_soup_of_signs_gives_findings_and_nothing_else(source: str) -> None:
    found = check_template(source, NAMES, judged)
    lines = source.count("\n") + source.count("\r") + 1
    assert all(one.message and one.code.startswith("template-") and 1 <= one.line <= lines for one in found)
    assert list(found) == sorted(found, key=lambda one: one.line)


@settings(max_examples=200, deadline=1_000)
@given(SOUP)
def test_what_passes_with_names_also_passes_without(source: str) -> None:
    if not check_template(source, NAMES, judged):
        assert check_form(source) == ()
