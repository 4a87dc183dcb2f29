"""Which texts of a protocol are templates, what they may name, and the check of all of them before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from iptengine.authoring.document import Document
from iptengine.authoring.guards import Compiler
from iptengine.authoring.shapes import keys_of
from iptengine.authoring.templates import NUMBER, TEXT, ConditionVerdict, Scope, TemplateFinding, check_template, maybe
from iptengine.authoring.view import Placed
from iptengine.diagnostics import Diagnostic, Path, Span
from iptengine.protocol.chart_spec import ChartStateSpec
from iptengine.protocol.conditions import Problem
from iptengine.protocol.fields import Model
from iptengine.protocol.model import AreaSpec, PhaseSpec, StageSpec
from iptengine.protocol.parts import ContactSpec
from iptengine.protocol.running_order import SessionSpec
from iptengine.protocol.task_spec import IfLine, StepChange, StepSpec, TaskSpec
from iptengine.protocol.topics import PhraseSpec, TopicSpec

MOST_TEXTS = 2000
"""Different texts with tags that are checked; a treatment has a few dozen."""

NAMES = Scope(
    {
        "patient": TEXT,
        "other": TEXT,
        "session": Scope({"number": NUMBER, "left": maybe(NUMBER), "of": maybe(NUMBER)}),
        "stage": maybe(TEXT),
        "area": maybe(TEXT),
    }
)
"""Every name that a text of a protocol may use."""

PATIENT_NAMES = Scope({"session": NAMES.fields["session"]})
"""What those of the patient's page may use: it goes home, so no person, area or stage (law 5)."""
MESSAGE_NAMES = Scope(
    {
        "patient": TEXT,
        "to": TEXT,
        "day": TEXT,
        "session": NAMES.fields["session"],
        "next": maybe(Scope({"day": TEXT, "time": maybe(TEXT)})),
    }
)
"""What the text of a message may use: it leaves the house, so no person, area, stage, score or alert (law 5)."""
PATIENT_KEYS = frozenset({"patient", "bring"})
"""The keys of a phase whose texts stand on the patient's page."""

TEMPLATES: Mapping[type[Model], frozenset[str]] = {
    PhaseSpec: frozenset({"aim", "note", *PATIENT_KEYS}),
    AreaSpec: frozenset({"aim", "note"}),
    StageSpec: frozenset({"aim", "note"}),
    ChartStateSpec: frozenset({"aim", "note"}),
    ContactSpec: frozenset({"text", "holds"}),
    TaskSpec: frozenset({"do", "note"}),
    StepSpec: frozenset({"text"}),
    StepChange: frozenset({"text"}),
    IfLine: frozenset({"when", "then"}),
    TopicSpec: frozenset({"title"}),
    PhraseSpec: frozenset({"says"}),
    SessionSpec: frozenset({"aim"}),
}
"""The keys, by the part they belong to, whose texts are templates; every other text is shown as it stands."""


@cache
def _text_keys(model: type[Model]) -> tuple[tuple[str, str, bool, bool], ...]:
    """Name, attribute, whether it is a map of texts, and whether its texts are templates."""
    found = []
    for key in keys_of(model).values():
        many = key.shape.kind == "map" and key.shape.entry is not None and key.shape.entry.kind == "text"
        if many or key.shape.kind == "text":
            found.append((key.name, key.attribute, many, key.name in TEMPLATES.get(model, ())))
    return tuple(found)


def texts_of(parts: Iterable[Placed]) -> Iterator[tuple[Path, str, bool]]:
    """Every text with its path, and whether it is a template."""
    for path, part in parts:
        for name, attribute, many, template in _text_keys(type(part)):
            value = getattr(part, attribute)
            if not value:
                continue
            if many:
                for key, text in value.items():
                    yield (*path, name, key), text, template
            else:
                yield (*path, name), value, template


def check_texts(parts: Iterable[Placed], document: Document, compiler: Compiler) -> Iterator[Diagnostic]:
    """Every mistake in the texts of a protocol that say more than plain words."""
    known: dict[tuple[str, str, object], tuple[TemplateFinding, ...]] = {}
    for path, text, template in texts_of(parts):
        if not has_tags(text):
            continue
        if not template:
            message = "this text is shown as it stands; nothing is filled in here"
            hint = "write the words themselves, without '{{' or '{%'"
            yield Diagnostic(document.span(path, on_key=False), "template-not-here", message, hint)
            continue
        area = area_of(path)
        if len(known) >= MOST_TEXTS:
            message = f"there are more than {MOST_TEXTS} different texts with tags"
            yield Diagnostic(document.span(path), "too-many-parts", message, "divide the protocol")
            return
        leaves = names_outside(path)
        about = (text, area, "" if leaves is None else path[0])
        if about not in known:
            names, asked = (NAMES, _verdicts(compiler, area)) if leaves is None else (leaves, None)
            known[about] = check_template(text, names, asked)
        for finding in known[about]:
            yield Diagnostic(_place(document, path, finding.line), finding.code, finding.message, finding.hint)


def area_of(path: Path) -> str:
    """The problem area that a place stands in, or ``""``; a stage that is asked about there is one of its own."""
    return str(path[1]) if path[0] == "problem_areas" else ""


def is_for_patient(path: Path) -> bool:
    """Whether the text at `path` stands on the patient's page, on which no condition can be asked either."""
    return len(path) > 2 and path[0] == "phases" and path[2] in PATIENT_KEYS


def is_message(path: Path) -> bool:
    """Whether the text at `path` is a message to somebody, in which no condition can be asked either."""
    return len(path) == 3 and path[0] == "contacts" and path[2] == "text"


def names_outside(path: Path) -> Scope | None:
    """What a text that leaves the house may use; ``None`` for the others."""
    if is_message(path):
        return MESSAGE_NAMES
    return PATIENT_NAMES if is_for_patient(path) else None


def has_tags(text: str) -> bool:
    """Whether a text says more than plain words."""
    return "{" in text and any(sign in text for sign in ("{{", "{%", "{#"))


def _verdicts(compiler: Compiler, area: str) -> Callable[[str], ConditionVerdict]:
    def verdict(sentence: str) -> ConditionVerdict:
        compiled = compiler.sentence(sentence, area)
        if not isinstance(compiled, Problem):
            return ConditionVerdict((), compiled.can_be_unknown)
        told = f"{compiled.message}; {compiled.hint}" if compiled.hint else compiled.message
        return ConditionVerdict((told,))

    return verdict


def _place(document: Document, path: Path, line: int) -> Span:
    """The line of the file; in a text of several lines that keeps them (``|``), the line inside it."""
    start = document.span(path, on_key=False)
    lines = document.lines_at(start)
    if document.style(path) != "block" or not lines[start.line - 1][start.column - 1 :].startswith("|"):
        return start
    at = start.line + line
    if at > len(lines):
        return start
    return Span(start.file, at, len(lines[at - 1]) - len(lines[at - 1].lstrip()) + 1)
