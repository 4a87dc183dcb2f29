"""The therapist's agenda in Markdown from one template, compiled beforehand: our closed environment and the stock one.

The words of the page (course A before its sixth session) are given to all as plain values; all escape each of them
for Markdown with the same function, and must give the same text. The stock sandbox has no budget of steps and looks
parts up its own way; f-strings are what is left when there is no template at all.

Below stands what a whole page costs from the course: the agenda as a value, the protocol's sentences filled, layout
and Markdown. Most of it is no template, so it is no part of the ratio.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from benchmarks.course_a import told
from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed

PAGE = """\
## {{ who }}

{{ when }}

{{ place }}

{% for line in under %}
{{ line }}

{% endfor %}
{% for section in sections %}
### {{ section.heading }}

{% for entry in section.entries %}
- {% if entry.label is not none %}**{{ entry.label }}** {% endif %}{{ entry.text }}
{% endfor %}

{% endfor %}
{{ footer }}
"""
LAPS = 10
Values = dict[str, Any]


@cache
def values() -> Values:
    """The words of the page."""
    from iptengine import agenda

    course, command = told().before("hold_session", 5)
    assert command.on is not None
    page = agenda(told().protocol, course, on=command.on)._page
    sections = [
        {"heading": section.heading, "entries": [entry for block in section.blocks for entry in _entries(block)]}
        for section in page.sections
    ]
    return {
        "who": page.left,
        "when": page.when,
        "place": page.right,
        "under": list(page.under),
        "sections": sections,
        "footer": page.footer,
    }


def _entries(block: Any) -> list[dict[str, str | None]]:
    """A block of the page as plain entries."""
    from iptengine.render.page import Pairs, Plan

    if isinstance(block, Plan):
        return [{"label": row.label, "text": "; ".join(row.texts)} for row in block.rows]
    if isinstance(block, Pairs):
        return [{"label": when, "text": then} for when, then in block.rows]
    return [{"label": None, "text": text} for text in getattr(block, "entries", ())]


def _ours() -> Round:
    from iptengine.render.environment import compile_template, render

    template = compile_template(PAGE)
    return _round(lambda given: render(template, given, mode="markdown"))


def _stock() -> Round:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from iptengine.render.escaping import escape_markdown

    environment = ImmutableSandboxedEnvironment(
        finalize=escape_markdown, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    template = environment.from_string(PAGE)
    return _round(lambda given: template.render(given))


def _f_strings() -> Round:
    from iptengine.render.escaping import escape_markdown as md

    def entry(one: Values) -> str:
        return f"- **{md(one['label'])}** {md(one['text'])}\n" if one["label"] else f"- {md(one['text'])}\n"

    def section(one: Values) -> str:
        return f"### {md(one['heading'])}\n\n{''.join(map(entry, one['entries']))}\n"

    def page(given: Values) -> str:
        head = f"## {md(given['who'])}\n\n{md(given['when'])}\n\n{md(given['place'])}\n\n"
        under = "".join(f"{md(line)}\n\n" for line in given["under"])
        return f"{head}{under}{''.join(map(section, given['sections']))}{md(given['footer'])}\n"

    return _round(page)


def _round(make: Callable[[Values], str]) -> Round:
    given = values()
    page = make(given)
    if page != _first.setdefault("page", page) or "### PLAN" not in page:
        raise Unfair("it gives another page")

    def work() -> None:
        for _ in range(LAPS):
            make(given)

    return timed(work, LAPS)


_first: dict[str, str] = {}


def _whole_page() -> Round:
    from iptengine import agenda

    protocol = told().protocol
    course, command = told().before("hold_session", 5)
    on = command.on
    assert on is not None
    return timed(lambda: agenda(protocol, course, on=on).markdown, 1)


BENCHES = (
    Bench(
        what="agenda: the therapist's page in Markdown, template cached",
        goal=Goal(0.6),
        ours=Contender("iptengine render", _ours),
        base=Contender("stock sandboxed environment", _stock),
        peers=(
            Contender("f-strings", _f_strings),
            Contender("iptengine, the whole page from the course", _whole_page),
        ),
    ),
)
