"""The template language: what a text in a protocol may say, checked against declared names before anything runs.

A template is Jinja cut down to an allow-list: names, ``{% if %}``, ``{% for %}`` over declared lists, comparisons,
``and or not`` and a few filters. A name that can be missing and a condition that can be unknown need their own
branch (law 2): a template that would be silent about them does not load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from jinja2 import Environment, TemplateSyntaxError, nodes

from iptengine.authoring import template_tags
from iptengine.authoring.template_tags import FORBIDDEN, MAX_TOLD, SYNTAX, Tag, TemplateFinding
from iptengine.diagnostics import did_you_mean, nearest

__all__ = [
    "DATE",
    "NUMBER",
    "TEXT",
    "TRUTH",
    "ConditionVerdict",
    "Kind",
    "Many",
    "Plain",
    "Scope",
    "TemplateFinding",
    "check_form",
    "check_template",
    "maybe",
]

UNKNOWN_NAME = "template-unknown-name"
UNKNOWN_FILTER = "template-unknown-filter"
UNKNOWN_BRANCH = "template-unknown-branch"
CONDITION = "template-condition"
LOOP = "template-loop"
TYPE = "template-type"

MAX_LOOPS = 2
"""Loops inside each other."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A single value: a text, a number, a date, or a yes-or-no (``"truth"``)."""

    kind: Literal["text", "number", "truth", "date"]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A thing with named parts; also the tree of all names a template may use.

    Attributes:
        fields: Kind of each part by its name.
        optional: The thing can be missing; a template then says what to write.

    Example:
        >>> names = Scope({"course": Scope({"session": NUMBER, "aim": maybe(TEXT)})})
        >>> check_template("Session {{ course.session }}", names)
        ()
        >>> check_template("Session {{ course.sesion }}", names)[0].hint
        "did you mean 'course.session'?"
    """

    fields: Mapping[str, Kind]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A list; `one` says what each entry is."""

    one: Kind
    optional: bool = False


Kind: TypeAlias = Plain | Scope | Many

TEXT = Plain("text")
NUMBER = Plain("number")
TRUTH = Plain("truth")
DATE = Plain("date")


def maybe(kind: Kind) -> Kind:
    """The same kind, but it can be missing."""
    return replace(kind, optional=True)


@dataclass(frozen=True, slots=True)
class ConditionVerdict:
    """What the condition language says about one condition quoted in a template.

    Attributes:
        problems: What is wrong with it, in the author's words; empty when it can be asked.
        can_be_unknown: It can be unknown, so that asking whether it is met needs an ``is unknown`` branch.
    """

    problems: tuple[str, ...] = ()
    can_be_unknown: bool = True


ConditionCheck: TypeAlias = Callable[[str], ConditionVerdict]


def check_template(source: str, names: Scope, condition: ConditionCheck | None = None) -> tuple[TemplateFinding, ...]:
    """Every mistake in a template, in the order of its lines; empty when it may be used.

    Args:
        source: The text of the template.
        names: Every name it may use.
        condition: Judges a condition quoted in the template (``{% if "sessions left <= 4" is met %}``);
            ``None`` when no conditions can be asked here.
    """
    return _check(source, names, condition)


def check_form(source: str) -> tuple[TemplateFinding, ...]:
    """Every mistake in a template that shows without knowing which names and conditions there are."""
    return _check(source, None, lambda _: ConditionVerdict(can_be_unknown=False))


def _check(source: str, names: Scope | None, condition: ConditionCheck | None) -> tuple[TemplateFinding, ...]:
    environment = Environment(keep_trailing_newline=True, autoescape=True)
    scan = template_tags.scan(source, environment)
    found = list(scan.findings)
    if scan.readable is not None:
        try:
            tree = environment.parse(scan.readable)
        except TemplateSyntaxError as error:
            found += _unreadable_tags(scan.tags, environment, error.lineno)
        else:
            reader = _Reader(condition)
            reader.body(tree.body, _Place(None if names is None else dict(names.fields)))
            found += reader.found
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.line)[:MAX_TOLD])


def _unreadable_tags(tags: tuple[Tag, ...], environment: Environment, line: int) -> list[TemplateFinding]:
    """One finding for each tag that does not parse by itself; Jinja stops at the first and tells it its own way."""
    found: list[TemplateFinding] = []
    for tag in tags:
        if not tag.refused and not _reads(tag, environment):
            found.append(TemplateFinding(tag.line, f"`{tag.shown}` cannot be read", template_tags.ALLOWED, SYNTAX))
            if len(found) == 20:
                break
    fallback = TemplateFinding(line, "the template cannot be read here", template_tags.ALLOWED, SYNTAX)
    return found or [fallback]


def _reads(tag: Tag, environment: Environment) -> bool:
    inside = " ".join(word.text for word in tag.words[1 if tag.block else 0 :])
    alone = {
        "": f"{{{{ {inside} }}}}",
        "if": f"{{% if {inside} %}}{{% endif %}}",
        "elif": f"{{% if {inside} %}}{{% endif %}}",
        "for": f"{{% for {inside} %}}{{% endfor %}}",
    }
    if tag.block not in alone:
        return True
    try:
        environment.parse(alone[tag.block])
    except TemplateSyntaxError:
        return False
    return True


# What the reader knows ------------------------------------------------------------------------------------------

_Subject: TypeAlias = tuple[Literal["name", "condition"], str]
"""Something that can be absent: a name's dotted path, or the text of a condition."""
_NOTHING: frozenset[_Subject] = frozenset()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the template we are.

    Attributes:
        names: Names that can be used here; ``None`` when they are not checked.
        settled: What is known to be there, because an enclosing or earlier branch has asked.
        exits: What the branches of the chain we are in answer for when it is absent.
        straight: Not under a `not`; an absent value then makes the question a plain "no".
        loops: Loops around us.
    """

    names: Mapping[str, Kind] | None
    settled: frozenset[_Subject] = _NOTHING
    exits: frozenset[_Subject] = _NOTHING
    straight: bool = True
    loops: int = 0

    def knowing(self, more: frozenset[_Subject]) -> _Place:
        return replace(self, settled=self.settled | more)


@dataclass(frozen=True, slots=True)
class _Value:
    """What an expression gives: its kind (``None`` after a mistake), and what may be absent in it."""

    kind: Kind | None
    words: str
    absent: frozenset[_Subject] = _NOTHING


@dataclass(frozen=True, slots=True)
class _FilterRule:
    """What a filter takes and gives; ``takes`` empty means anything, ``gives`` empty means what came in."""

    takes: tuple[str, ...]
    gives: str
    argument: str = ""
    needed: bool = False
    choices: tuple[str | int, ...] = ()


_FILTERS: dict[str, _FilterRule] = {
    "upper": _FilterRule(("text",), "text"),
    "lower": _FilterRule(("text",), "text"),
    "title": _FilterRule(("text",), "text"),
    "trim": _FilterRule(("text",), "text"),
    "length": _FilterRule(("text", "list"), "number"),
    "join": _FilterRule(("list",), "text", argument="text"),
    "default": _FilterRule((), "", argument="text or number", needed=True),
    "date": _FilterRule(("date",), "text", argument="text", choices=("short", "long")),
    "number": _FilterRule(("number",), "text", argument="number", choices=(0, 1, 2, 3, 4)),
}
_TESTS = ("defined", "none", "met", "unmet", "unknown")
_RESERVED = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
_KIND_WORDS = {
    "text": "a text",
    "number": "a number",
    "truth": "a yes-or-no",
    "date": "a date",
    "list": "a list",
    "scope": "a thing with parts",
}
_ORDERED = frozenset({"lt", "lteq", "gt", "gteq"})


def _kind_name(kind: Kind) -> str:
    return kind.kind if isinstance(kind, Plain) else "list" if isinstance(kind, Many) else "scope"


# What a test settles --------------------------------------------------------------------------------------------


def _settles(test: nodes.Node, answer: bool) -> frozenset[_Subject]:
    """What is known to be there once `test` has come out as `answer`."""
    match test:
        case nodes.Not():
            return _settles(test.node, not answer)
        case nodes.And() | nodes.Or():
            left, right = _settles(test.left, answer), _settles(test.right, answer)
            return left | right if isinstance(test, nodes.And) is answer else left & right
        case nodes.Test():
            subject = _subject(test.node)
            tells = {"none": False, "defined": True, "unknown": False}.get(test.name)
            known = answer if tells is None else answer is tells
            return frozenset({subject}) if subject and known else _NOTHING
        case nodes.Name() | nodes.Getattr():
            subject = _subject(test)
            return frozenset({subject}) if subject and answer else _NOTHING
    return _NOTHING


def _exits(test: nodes.Node) -> frozenset[_Subject]:
    """What sends us into the branch of `test` whenever it is absent, whatever else the test asks."""
    match test:
        case nodes.Or():
            return _exits(test.left) | _exits(test.right)
        case nodes.Not(node=nodes.Test(name="defined") as inner):
            subject = _subject(inner.node)
            return frozenset({subject}) if subject else _NOTHING
        case nodes.Test(name="none" | "unknown"):
            subject = _subject(test.node)
            return frozenset({subject}) if subject else _NOTHING
    return _NOTHING


def _subject(expression: nodes.Node) -> _Subject | None:
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        return ("condition", expression.value)
    path = _path(expression)
    return ("name", path) if path else None


def _path(expression: nodes.Node) -> str:
    """The dotted path of a name, or ``""`` when it is something else."""
    match expression:
        case nodes.Name():
            return str(expression.name)
        case nodes.Getattr():
            before = _path(expression.node)
            return f"{before}.{expression.attr}" if before else ""
    return ""


def _covered(subject: _Subject, by: frozenset[_Subject]) -> bool:
    """A path is there when a longer one is; and when it is absent, the longer one is absent as well."""
    kind, text = subject
    return any(k == kind and (t == text or (kind == "name" and t.startswith(f"{text}."))) for k, t in by)


# The reader -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    """Walks the tree of one template and notes every mistake; what is not allowed by name is refused."""

    condition: ConditionCheck | None
    found: list[TemplateFinding] = field(default_factory=list)
    verdicts: dict[str, ConditionVerdict] = field(default_factory=dict)

    def tell(self, node: nodes.Node, code: str, message: str, hint: str = "") -> None:
        if len(self.found) < MAX_TOLD:
            self.found.append(TemplateFinding(node.lineno, message, hint, code))

    # Statements

    def body(self, statements: list[nodes.Node], place: _Place) -> None:
        for node in statements:
            match node:
                case nodes.Output():
                    self._outputs(node.nodes, place)
                case nodes.If():
                    self._chain(node, place)
                case nodes.For():
                    self._loop(node, place)
                case _:
                    self._foreign(node)

    def _outputs(self, shown: list[nodes.Expr], place: _Place) -> None:
        before = ""
        for node in shown:
            if isinstance(node, nodes.TemplateData):
                before = node.data
                continue
            if _LINK.search(before):
                self.tell(node, FORBIDDEN, "a value cannot stand inside the address of a link", _PLAIN_LINK)
            self._output(node, place)

    def _output(self, node: nodes.Node, place: _Place) -> None:
        value = self._value(node, place)
        kind = value.kind and _kind_name(value.kind)
        if kind in _NOT_SHOWN:
            self.tell(node, TYPE, f"'{value.words}' is {_KIND_WORDS[kind]} and cannot be shown", _NOT_SHOWN[kind])
        for _, path in self._open(value, place):
            self.tell(
                node,
                UNKNOWN_BRANCH,
                f"'{path}' can be missing, and nothing says what to write then",
                f'add `| default("…")`, or put it inside `{{% if {path} is not none %}}`',
            )

    def _chain(self, chain: nodes.If, place: _Place) -> None:
        branches = [chain, *chain.elif_]
        exits = _NOTHING.union(*(_exits(branch.test) for branch in branches))
        here = place
        for branch in branches:
            self._question(branch.test, replace(here, exits=exits))
            self.body(branch.body, here.knowing(_settles(branch.test, True)))
            here = here.knowing(_settles(branch.test, False))
        self.body(chain.else_, here)

    def _loop(self, loop: nodes.For, place: _Place) -> None:
        if loop.test is not None or loop.recursive or loop.else_:
            self.tell(loop, FORBIDDEN, "this `{% for %}` says more than a plain loop", _PLAIN_LOOP)
        if place.loops >= MAX_LOOPS:
            message = f"a loop inside {MAX_LOOPS} other loops"
            self.tell(loop, LOOP, message, f"at most {MAX_LOOPS} loops may stand inside each other")
        one = self._entry(loop, place)
        names = place.names
        if isinstance(loop.target, nodes.Name):
            name = loop.target.name
            if name.startswith("_") or name in _RESERVED:
                self.tell(loop, FORBIDDEN, f"'{name}' is not a name a loop can give", _PLAIN_LOOP)
            elif names is not None and name in names:
                message = f"'{name}' is already the name of something else here"
                self.tell(loop, LOOP, message, "give the loop another name")
            names = None if names is None else {**names, name: one or _ANYTHING}
        else:
            self.tell(loop, FORBIDDEN, "a loop gives one name to each entry, not several", _PLAIN_LOOP)
        inside = _NOTHING.union(s for s in place.settled if not _about(s, loop.target))
        self.body(loop.body, replace(place, names=names, settled=inside, loops=place.loops + 1))

    def _entry(self, loop: nodes.For, place: _Place) -> Kind | None:
        if not _path(loop.iter):
            self.tell(loop, LOOP, "a loop repeats over a list that has a name", _PLAIN_LOOP)
            return None
        value = self._value(loop.iter, place)
        for _, path in self._open(value, place):
            hint = f"put the loop inside `{{% if {path} is not none %}}`"
            self.tell(loop, UNKNOWN_BRANCH, f"'{path}' can be missing, and nothing says what to write then", hint)
        if value.kind is None:
            return None
        if not isinstance(value.kind, Many):
            message = f"'{value.words}' is {_KIND_WORDS[_kind_name(value.kind)]}, not a list"
            self.tell(loop, LOOP, message, "a loop repeats over a list")
            return None
        return value.kind.one

    # Questions

    def _question(self, node: nodes.Node, place: _Place) -> None:
        match node:
            case nodes.And() | nodes.Or():
                self._question(node.left, place)
                after = _settles(node.left, isinstance(node, nodes.And))
                self._question(node.right, place.knowing(after))
            case nodes.Not():
                self._question(node.node, replace(place, straight=not place.straight))
            case nodes.Test():
                self._test(node, place)
            case nodes.Compare():
                self._comparison(node, place)
            case nodes.Const():
                self._fixed_question(node)
            case _:
                self._bare_question(node, place)

    def _fixed_question(self, node: nodes.Const) -> None:
        if isinstance(node.value, str):
            hint = f'write `"{_short(node.value)}" is met`'
            self.tell(node, TYPE, f'"{_short(node.value)}" is a text, so the answer is always yes', hint)
        else:
            self.tell(node, TYPE, "a fixed value always gives the same answer", "ask about a name")

    def _bare_question(self, node: nodes.Node, place: _Place) -> None:
        value = self._value(node, place)
        self._needs(node, value, place)
        kind = value.kind and _kind_name(value.kind)
        if kind in ("number", "date", "scope"):
            self.tell(
                node,
                TYPE,
                f"'{value.words}' is {_KIND_WORDS[kind]}, which is neither yes nor no",
                f"compare it, or ask `{value.words} is not none`" if kind != "number" else "compare it: `… > 0`",
            )

    def _test(self, node: nodes.Test, place: _Place) -> None:
        if node.name not in _TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            name = str(node.name)
            self.tell(node, FORBIDDEN, f"`is {_short(name)}` cannot be asked here", did_you_mean(name, _TESTS))
        elif node.name in ("none", "defined"):
            if not _path(node.node):
                self.tell(node, TYPE, f"`is {node.name}` is asked of a name", "")
            self._value(node.node, place)
        elif not (isinstance(node.node, nodes.Const) and isinstance(node.node.value, str)):
            hint = f'write it in quotes: `"sessions left <= 4" is {node.name}`'
            self.tell(node, CONDITION, f"`is {node.name}` is asked of a condition in quotes", hint)
        else:
            self._asked(node, node.node.value, place)

    def _asked(self, node: nodes.Test, text: str, place: _Place) -> None:
        verdict = self._verdict(text)
        for problem in verdict.problems:
            self.tell(node, CONDITION, problem)
        if node.name == "unknown" or not verdict.can_be_unknown or verdict.problems:
            return
        subject: _Subject = ("condition", text)
        if _covered(subject, place.settled) or (place.straight and _covered(subject, place.exits)):
            return
        message = f'"{_short(text)}" can be unknown, and no branch says what to write then'
        if place.straight:
            hint = f'add `{{% elif "{_short(text)}" is unknown %}}`'
        else:
            other = "unmet" if node.name == "met" else "met"
            hint = f'instead of "not", ask `"{_short(text)}" is {other}` and `"{_short(text)}" is unknown`'
        self.tell(node, UNKNOWN_BRANCH, message, hint)

    def _verdict(self, text: str) -> ConditionVerdict:
        if text not in self.verdicts:
            if self.condition is None:
                self.verdicts[text] = ConditionVerdict(("no condition can be asked in this text",))
            else:
                self.verdicts[text] = self.condition(text)
        return self.verdicts[text]

    def _comparison(self, node: nodes.Compare, place: _Place) -> None:
        if len(node.ops) != 1:
            self.tell(node, FORBIDDEN, "two comparisons in a row", "join them with `and`")
            return
        left, right = self._value(node.expr, place), self._value(node.ops[0].expr, place)
        self._needs(node, left, place)
        self._needs(node, right, place)
        if isinstance(node.expr, nodes.Const) and isinstance(node.ops[0].expr, nodes.Const):
            self.tell(node, TYPE, "two fixed values always compare the same", "compare a name")
            return
        if left.kind is not None and right.kind is not None:
            self._same_kind(node, left, right)

    def _same_kind(self, node: nodes.Compare, left: _Value, right: _Value) -> None:
        kinds = [_kind_name(value.kind) for value in (left, right) if value.kind is not None]
        for value, kind in zip((left, right), kinds, strict=True):
            if kind in ("list", "scope"):
                message = f"'{value.words}' is {_KIND_WORDS[kind]} and cannot be compared"
                self.tell(node, TYPE, message, "compare its length, or one of its parts")
                return
        if kinds[0] != kinds[1]:
            said = [f"'{v.words}' is {_KIND_WORDS[k]}" for v, k in zip((left, right), kinds, strict=True)]
            self.tell(node, TYPE, f"{said[0]} and {said[1]}; they cannot be compared", "compare like with like")
        elif node.ops[0].op in _ORDERED and kinds[0] not in ("number", "date"):
            message = f"'{left.words}' is {_KIND_WORDS[kinds[0]]}, which is neither more nor less than another"
            self.tell(node, TYPE, message, "compare with `==` or `!=`")

    # Values

    def _value(self, node: nodes.Node, place: _Place) -> _Value:
        match node:
            case nodes.Const():
                return self._constant(node)
            case nodes.Name():
                return self._name(node, place)
            case nodes.Getattr():
                return self._part(node, place)
            case nodes.Filter():
                return self._filtered(node, place)
            case nodes.And() | nodes.Or() | nodes.Not() | nodes.Compare() | nodes.Test():
                self._question(node, place)
                return _Value(TRUTH, "this question")
        self._foreign(node)
        return _Value(None, "")

    def _constant(self, node: nodes.Const) -> _Value:
        if node.value is None:
            self.tell(node, TYPE, "`none` is not a value", "ask `name is none`")
            return _Value(None, "none")
        if isinstance(node.value, bool):
            return _Value(TRUTH, str(node.value).lower())
        if isinstance(node.value, int):
            return _Value(NUMBER, str(node.value))
        return _Value(TEXT, _short(str(node.value)))

    def _name(self, node: nodes.Name, place: _Place) -> _Value:
        name = node.name
        if name in _RESERVED or name.startswith("_"):
            self.tell(node, FORBIDDEN, f"'{_short(name)}' is not part of the template language", _PLAIN_NAMES)
            return _Value(None, name)
        if place.names is None:
            return _Value(None, name)
        if name not in place.names:
            hint = did_you_mean(name, place.names)
            self.tell(node, UNKNOWN_NAME, f"'{_short(name)}' is not known here", hint)
            return _Value(None, name)
        kind = place.names[name]
        return _Value(None if kind is _ANYTHING else kind, name, _absent(kind, name))

    def _part(self, node: nodes.Getattr, place: _Place) -> _Value:
        if node.attr.startswith("_"):
            message = f"'{_short(node.attr)}' is not part of the template language"
            self.tell(node, FORBIDDEN, message, _PLAIN_NAMES)
            return _Value(None, "")
        if not _path(node):
            self.tell(node, FORBIDDEN, f"`.{_short(node.attr)}` follows something that is not a name", _PLAIN_NAMES)
            return _Value(None, "")
        whole = self._value(node.node, place)
        path = f"{whole.words}.{node.attr}"
        if whole.kind is None:
            return _Value(None, path)
        if not isinstance(whole.kind, Scope):
            message = f"'{whole.words}' is {_KIND_WORDS[_kind_name(whole.kind)]} and has no parts"
            self.tell(node, UNKNOWN_NAME, message, f"write `{whole.words}`")
            return _Value(None, path)
        if node.attr not in whole.kind.fields:
            hint = _meant(whole.words, node.attr, whole.kind)
            self.tell(node, UNKNOWN_NAME, f"'{_short(path)}' is not known here", hint)
            return _Value(None, path)
        kind = whole.kind.fields[node.attr]
        return _Value(kind, path, whole.absent | _absent(kind, path))

    def _filtered(self, node: nodes.Filter, place: _Place) -> _Value:
        if node.node is None:
            self._foreign(node)
            return _Value(None, "")
        value = self._value(node.node, place)
        rule = _FILTERS.get(node.name)
        if rule is None:
            hint = did_you_mean(node.name, _FILTERS)
            self.tell(node, UNKNOWN_FILTER, f"there is no filter '{_short(node.name)}'", hint)
            return _Value(None, value.words)
        argument = self._argument(node, rule)
        if node.name == "default":
            return _after_default(value, argument)
        if value.kind is not None:
            self._suits(node, rule, value)
        gives = {"text": TEXT, "number": NUMBER}[rule.gives]
        return _Value(gives, f"{value.words} | {node.name}", value.absent)

    def _suits(self, node: nodes.Filter, rule: _FilterRule, value: _Value) -> None:
        assert value.kind is not None
        kind = _kind_name(value.kind)
        if kind not in rule.takes:
            takes = " or ".join(_KIND_WORDS[one] for one in rule.takes)
            message = f"'{node.name}' is for {takes}; '{value.words}' is {_KIND_WORDS[kind]}"
            self.tell(node, TYPE, message)
        elif node.name == "join" and isinstance(value.kind, Many) and not isinstance(value.kind.one, Plain):
            message = f"'{value.words}' is a list of things with parts, which cannot be joined"
            self.tell(node, TYPE, message, f"repeat over it: `{{% for one in {value.words} %}}`")

    def _argument(self, node: nodes.Filter, rule: _FilterRule) -> str | int | None:
        """The constant in the filter's brackets; tells when it is missing, too much, or not one that fits."""
        if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > (1 if rule.argument else 0):
            many = "one value" if rule.argument else "nothing"
            self.tell(node, TYPE, f"'{node.name}' takes {many} in its brackets", _filter_example(node.name))
            return None
        if not node.args:
            if rule.needed:
                self.tell(node, TYPE, f"'{node.name}' needs a value in brackets", _filter_example(node.name))
            return None
        argument = node.args[0]
        value = argument.value if isinstance(argument, nodes.Const) else None
        kind = "number" if type(value) is int else "text" if isinstance(value, str) else ""
        if not kind or kind not in rule.argument or (rule.choices and value not in rule.choices):
            message = f"'{node.name}' cannot take what stands in its brackets"
            self.tell(node, TYPE, message, _filter_example(node.name))
            return None
        return value

    # What can be absent

    def _open(self, value: _Value, place: _Place) -> Iterator[_Subject]:
        return iter(sorted(s for s in value.absent if not _covered(s, place.settled)))

    def _needs(self, node: nodes.Node, value: _Value, place: _Place) -> None:
        for subject in self._open(value, place):
            if place.straight and _covered(subject, place.exits):
                continue
            path = subject[1]
            message = f"'{path}' can be missing, and no branch says what to write then"
            hint = f"add `{{% elif {path} is none %}}`" if place.straight else f"ask `{path} is none` first"
            self.tell(node, UNKNOWN_BRANCH, message, hint)

    def _foreign(self, node: nodes.Node) -> None:
        message, hint = _FOREIGN.get(type(node), ("this is not part of the template language", template_tags.ALLOWED))
        self.tell(node, FORBIDDEN, message, hint)


_ANYTHING = Scope({})
"""Stands for an entry of something that was not a list: already told, so nothing more is told about it."""
_PLAIN_LOOP = "write `{% for one in list %} … {% endfor %}`"
_PLAIN_LINK = "write the whole address, or show the value as words"
_LINK = re.compile(r"\]\([^()\n]*\Z")
_PLAIN_NAMES = "a name is plain words joined by dots"
_NOT_SHOWN = {
    "truth": "ask it: `{% if … %} … {% endif %}`",
    "list": "repeat over it with `{% for %}`, or use `| join`",
    "scope": "name the part to show",
}
_FOREIGN: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Call: ("`(…)` after a name would call it; a template only shows what is there", "leave the brackets out"),
    nodes.Getitem: ("a place in a list cannot be picked", "repeat over the list with `{% for %}`"),
    nodes.Tuple: ("a comma is not part of the template language here", "show one thing at a time"),
}


def _about(subject: _Subject, target: nodes.Node) -> bool:
    """A fact about an outer name does not hold for a loop's name that is written the same."""
    name = target.name if isinstance(target, nodes.Name) else ""
    return subject[0] == "name" and subject[1].split(".")[0] == name


def _absent(kind: Kind, path: str) -> frozenset[_Subject]:
    return frozenset({("name", path)}) if kind.optional else _NOTHING


def _after_default(value: _Value, argument: str | int | None) -> _Value:
    if value.kind is None or argument is None:
        return _Value(None, value.words)
    if not isinstance(value.kind, Plain):
        return _Value(value.kind, value.words)
    same = value.kind.kind == ("number" if isinstance(argument, int) else "text")
    return _Value(replace(value.kind, optional=False) if same else TEXT, value.words)


def _meant(before: str, part: str, scope: Scope) -> str:
    close = nearest(part, scope.fields, 1)
    return f"did you mean '{before}.{close[0]}'?" if close else did_you_mean(part, scope.fields)


def _filter_example(name: str) -> str:
    return f"write `{_FILTER_EXAMPLES.get(name, f'name | {name}')}`"


_FILTER_EXAMPLES = {
    "join": 'names | join(", ")',
    "default": 'name | default("not recorded")',
    "date": 'day | date, day | date("short") or day | date("long")',
    "number": "score | number or score | number(1)",
}


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
