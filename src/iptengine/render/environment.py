"""Templates made into text: checked, compiled once, rendered on a budget of steps, every value escaped.

The words of a template are the author's and go out as written; the values put into it are data and are escaped for
the page they go to. Nothing is compiled that `iptengine.authoring.templates` has not let through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

import jinja2
from jinja2 import Undefined, pass_context
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from iptengine.authoring.templates import check_form
from iptengine.protocol.truth import Truth
from iptengine.render.escaping import escape_html, escape_markdown, escape_text
from iptengine.render.filters import FILTERS, is_number, shown, shown_number
from iptengine.render.values import ABSENT, Entry, Steps, TemplateFault, Value, guarded

__all__ = ["Mode", "Template", "TemplateFault", "Value", "compile_template", "render"]

Mode: TypeAlias = Literal["html", "markdown", "text"]

MAX_STEPS: Final = 100_000
"""Entries repeated over, names looked up and values shown, in one rendering."""
MAX_OUTPUT: Final = 1_000_000
"""Characters of one rendering."""

Conditions: TypeAlias = Callable[[str], Truth]
_ESCAPES: Final[Mapping[str, Callable[[str], str]]] = {
    "html": escape_html,
    "markdown": escape_markdown,
    "text": escape_text,
}
_RUN: Final = "_run"
"""Where a rendering keeps its own state; no template can say a name that begins with a line."""


@dataclass(frozen=True, slots=True)
class Template:
    """A checked template, ready to render.

    Attributes:
        name: What messages call it.
        source: Its text.
    """

    name: str
    source: str
    _made: jinja2.Template = field(repr=False, compare=False)


def compile_template(source: str, name: str = "template") -> Template:
    """The template for a text, compiled once for each text.

    Raises:
        TemplateFault: The text says something that no template may say. Which names it may use is checked
            where the text is loaded, by `iptengine.authoring.templates.check_template`.
    """
    try:
        return Template(name, source, _compiled(source))
    except TemplateFault as fault:
        raise TemplateFault(f"{name}: {fault}") from None


def render(
    template: Template,
    values: Mapping[str, Value],
    *,
    mode: Mode,
    conditions: Conditions | None = None,
    steps: int = MAX_STEPS,
    output: int = MAX_OUTPUT,
) -> str:
    """The text of `template` filled with `values`.

    Args:
        template: From `compile_template`.
        values: Every name the template may use; a missing value is ``None``, never left out.
        mode: The page it goes to; values are escaped for it.
        conditions: Answers a condition quoted in the template; asked once for each.
        steps: Most steps the rendering may take.
        output: Most characters it may give.

    Raises:
        TemplateFault: A value is absent where the template has no words for that, was not given or does not
            fit, or a budget is spent. Never says a value.

    Example:
        >>> page = compile_template("Dear {{ name | title }}, see you on {{ day | date }}.")
        >>> from datetime import date
        >>> render(page, {"name": "ann <3", "day": date(2026, 4, 14)}, mode="html")
        'Dear Ann &lt;3, see you on Tue 14 April 2026.'
    """
    budget = Steps(steps)
    run = _Run(budget, _ESCAPES[mode], conditions)
    try:
        given = {name: guarded(value, budget) for name, value in values.items() if not name.startswith("_")}
        context = template._made.new_context({**given, _RUN: run})
        return "".join(_within(template._made.root_render_func(context), output))
    except TemplateFault as fault:
        raise TemplateFault(f"{template.name}: {fault}") from None
    except (TypeError, ArithmeticError):
        # A value of another kind than the template was checked for; the original may quote the value.
        raise TemplateFault(f"{template.name}: a value is not of the kind the template was written for") from None


def _within(pieces: Iterable[str], most: int) -> Iterator[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > most:
            raise TemplateFault(f"the text grows beyond {most} characters")
        yield piece


@dataclass(slots=True)
class _Run:
    """One rendering: its budget, its way of escaping, and the answers it has had."""

    steps: Steps
    escape: Callable[[str], str]
    conditions: Conditions | None
    answers: dict[str, Truth] = field(default_factory=dict)

    def show(self, value: Any) -> Markup:
        self.steps.take()
        if is_number(value):
            # A number the engine counted is not patient text: "{{ n }}. Session" may be a list.
            return Markup(shown_number(value))
        return Markup(self.escape(shown(value)))

    def answer(self, text: str) -> Truth:
        self.steps.take()
        if text not in self.answers:
            if self.conditions is None:
                raise TemplateFault("no condition can be asked in this text")
            self.answers[text] = self.conditions(text)
        return self.answers[text]


def _run_of(context: Context) -> _Run:
    run: _Run = context.parent[_RUN]
    return run


@pass_context
def _finalize(context: Context, value: Any) -> Markup:
    """Every `{{ … }}`, also a constant: taking the context keeps Jinja from working it out while compiling."""
    return _run_of(context).show(value)


@pass_context
def _is_met(context: Context, text: str) -> bool:
    return _run_of(context).answer(text) is Truth.YES


@pass_context
def _is_unmet(context: Context, text: str) -> bool:
    return _run_of(context).answer(text) is Truth.NO


@pass_context
def _is_unknown(context: Context, text: str) -> bool:
    return _run_of(context).answer(text) is Truth.UNKNOWN


def _is_none(value: Any) -> bool:
    return value is ABSENT


def _is_defined(value: Any) -> bool:
    return value is not ABSENT


class _NotGiven(Undefined):
    """A name nobody gave a value for: a fault at once, never an empty word."""

    def __init__(self, hint: str | None = None, obj: Any = None, name: str | None = None, **_: Any) -> None:
        raise TemplateFault(f"'{(name or '')[:80]}' was not given to the template")


class _WholeLineTags(Extension):
    """A `{% … %}` that has a line to itself takes the line along, so that blocks leave no empty lines."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens without the line end after, and the indent before, tags that are alone on their line."""
        tokens = list(stream)
        kept: list[Token] = []
        place = 0
        fresh = True
        while place < len(tokens):
            if tokens[place].type != "block_begin":
                kept.append(tokens[place])
                place += 1
                continue
            end = _end_of_tags(tokens, place)
            fresh = _opens_line(kept, fresh) and _ends_line(tokens, end)
            if fresh:
                _take_line(kept, tokens, end)
            kept += tokens[place:end]
            if end < len(tokens) and tokens[end].type == "data":
                kept.append(tokens[end])
                end += 1
            place = end
        return kept


def _end_of_tags(tokens: list[Token], place: int) -> int:
    """The place after a run of tags that touch each other."""
    while place < len(tokens) and tokens[place].type == "block_begin":
        while place < len(tokens) and tokens[place].type != "block_end":
            place += 1
        place += 1
    return place


def _opens_line(kept: list[Token], fresh: bool) -> bool:
    """Whether only blanks stand between the last line end and here; `fresh`: the last words began a line."""
    if not kept:
        return True
    if kept[-1].type != "data":
        return False
    _, line_end, tail = kept[-1].value.rpartition("\n")
    return not tail.strip() and bool(line_end or fresh)


def _ends_line(tokens: list[Token], place: int) -> bool:
    if place >= len(tokens):
        return True
    if tokens[place].type != "data":
        return False
    head, line_end, _ = tokens[place].value.partition("\n")
    return not head.strip() and bool(line_end or place == len(tokens) - 1)


def _take_line(kept: list[Token], tokens: list[Token], place: int) -> None:
    if kept:
        words, line_end, _ = kept[-1].value.rpartition("\n")
        kept[-1] = kept[-1]._replace(value=words + line_end)
    if place < len(tokens):
        tokens[place] = tokens[place]._replace(value=tokens[place].value.partition("\n")[2])


class _Closed(ImmutableSandboxedEnvironment):
    """The sandbox with its last doors shut: a name leads to an entry of a dictionary, or nowhere."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The entry `attribute` of `obj`."""
        if type(obj) is Entry:
            return obj.look(attribute)
        if obj is ABSENT:
            return ABSENT
        raise TemplateFault(f"'{attribute[:80]}' was asked of something that has no parts")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Never: no template may pick by place or key."""
        raise TemplateFault("a template cannot pick by place or key")

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Never: no template may call anything."""
        raise TemplateFault("a template cannot call anything")


def _environment() -> _Closed:
    closed = _Closed(
        autoescape=True,
        optimized=False,
        finalize=_finalize,
        undefined=_NotGiven,
        keep_trailing_newline=True,
        cache_size=0,
        extensions=[_WholeLineTags],
    )
    closed.globals = {}
    closed.filters = dict(FILTERS)
    closed.tests = {
        "defined": _is_defined,
        "none": _is_none,
        "met": _is_met,
        "unmet": _is_unmet,
        "unknown": _is_unknown,
    }
    return closed


@lru_cache(maxsize=1)
def _shared() -> _Closed:
    return _environment()


@lru_cache(maxsize=512)
def _compiled(source: str) -> jinja2.Template:
    """The compiled template; the same for every mode, since the way of escaping comes with the rendering."""
    found = check_form(source)
    if found:
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        raise TemplateFault(f"line {found[0].line}: {found[0].message}{more}")
    environment = _shared()
    return environment.template_class.from_code(environment, environment.compile(source), {})
