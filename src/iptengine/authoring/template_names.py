"""The conditions that a template asks, and the same template with other words in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

ASKED = frozenset({"met", "unmet", "unknown"})


def asked_in(source: str) -> tuple[str, ...]:
    """The conditions a template asks, in order, each as often as it is asked.

    Example:
        >>> asked_in('{% if "grief is a focus" is met %}Mourn{% endif %}')
        ('grief is a focus',)
    """
    tests = _environment().parse(source).find_all(nodes.Test)
    return tuple(str(test.node.value) for test in tests if test.name in ASKED and isinstance(test.node, nodes.Const))


def with_conditions(source: str, said: Callable[[str], str]) -> str | None:
    """The template with each condition that it asks said anew, and every other letter as it was.

    Returns:
        The template; ``None`` when a condition is written in a way that cannot be replaced in its place.

    Example:
        >>> text = '{% if "grief is a focus" is met %}grief{% endif %}'
        >>> with_conditions(text, lambda one: one.replace("grief", "loss"))
        '{% if "loss is a focus" is met %}grief{% endif %}'
    """
    pieces: list[str] = []
    at = 0
    for place in _quoted(source):
        pieces += (source[at : place.start], said(source[place]))
        at = place.stop
    result = "".join([*pieces, source[at:]])
    try:
        same = _kept(result) == _kept(source, said)
    except TemplateSyntaxError:
        return None
    return result if same else None


def _environment() -> Environment:
    return Environment(keep_trailing_newline=True, autoescape=True)


def _quoted(source: str) -> Iterator[slice]:
    """Where the conditions stand, between their quotes."""
    waiting: slice | None = None
    for kind, text, start in _placed(source):
        if kind == "string":
            waiting = slice(start + 1, start + len(text) - 1)
        elif kind == "name" and text in ASKED and waiting is not None:
            yield waiting
            waiting = None
        elif kind not in ("whitespace", "operator") and text not in ("is", "not"):
            waiting = None


def _placed(source: str) -> Iterator[tuple[str, str, int]]:
    """The words of a template and where each begins; blanks that a tag takes away before it are passed over."""
    at = 0
    for _, kind, text in _environment().lex(source):
        while not source.startswith(text, at):
            at += 1
        yield kind, text, at
        at += len(text)


def _kept(source: str, said: Callable[[str], str] | None = None) -> str:
    """What a template says, with its conditions said anew; two that say the same are equal."""
    tree = _environment().parse(source)
    for test in tree.find_all(nodes.Test):
        if said is not None and test.name in ASKED and isinstance(test.node, nodes.Const):
            test.node.value = said(str(test.node.value))
    return repr(tree)
