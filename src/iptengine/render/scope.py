"""The values templates may use: those of a protocol's own texts, and those of the sections of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from iptengine.authoring.templates import NUMBER, TEXT, TRUTH, Many, Scope, maybe
from iptengine.authoring.texts import NAMES, PATIENT_NAMES
from iptengine.course import timing
from iptengine.course.course import Course, Focus
from iptengine.course.facts import CourseFacts
from iptengine.protocol.conditions import Condition, Problem, compile_condition
from iptengine.protocol.protocol import Protocol, names_of
from iptengine.protocol.truth import Truth
from iptengine.render.environment import compile_template, render
from iptengine.render.values import TemplateFault, Value

SOMEBODY = "the other person"
NOBODY_CALLED = "the patient"

PROTOCOL_NAMES = NAMES
"""What the texts of a protocol may name on a therapist's page."""

SECTION_NAMES = Scope(
    {
        "patient": TEXT,
        "other": TEXT,
        "phase": TEXT,
        "aim": TEXT,
        "also": Many(TEXT),
        "session": Scope(
            {
                "number": NUMBER,
                "of": maybe(NUMBER),
                "left": maybe(NUMBER),
                "day": TEXT,
                "time": maybe(TEXT),
                "minutes": NUMBER,
                "booked": TRUTH,
                "planned": TRUTH,
            }
        ),
        "focuses": Many(
            Scope(
                {
                    "title": TEXT,
                    "person": maybe(TEXT),
                    "stage": maybe(TEXT),
                    "since": maybe(NUMBER),
                    "since_day": maybe(TEXT),
                }
            )
        ),
        "areas": TRUTH,
        "last": maybe(
            Scope(
                {
                    "number": maybe(NUMBER),
                    "day": TEXT,
                    "logged": TRUTH,
                    "done": Many(TEXT),
                    "techniques": Many(TEXT),
                    "usual": maybe(Scope({"logged": NUMBER, "of": NUMBER})),
                    "usual_done": Many(TEXT),
                    "usual_whole": TRUTH,
                    "otherwise": Many(Scope({"label": TEXT, "how": TEXT})),
                    "stages": Many(Scope({"area": TEXT, "stage": TEXT, "because": maybe(TEXT)})),
                    "present": Many(TEXT),
                    "alone": TRUTH,
                    "decided": Many(Scope({"what": TEXT, "because": maybe(TEXT), "day": maybe(TEXT)})),
                    "amended": Many(Scope({"what": TEXT, "because": maybe(TEXT), "day": maybe(TEXT)})),
                    "tried": Many(Scope({"text": TEXT, "how": TEXT, "note": maybe(TEXT)})),
                    "notes": Many(TEXT),
                    "to_try": Many(TEXT),
                }
            )
        ),
        "words": Many(TEXT),
        "ifs": Many(Scope({"when": TEXT, "then": TEXT})),
        "note": maybe(TEXT),
        "kept_out": Many(Scope({"text": TEXT, "rule": TEXT})),
        "next": maybe(Scope({"number": NUMBER, "day": TEXT, "booked": TRUTH})),
        "begins": Many(TEXT),
        "announce_by": maybe(NUMBER),
        "end": maybe(TEXT),
        "open_in_focus": Many(TEXT),
        "gates": Many(Scope({"title": TEXT, "open": TRUTH, "needs": Many(TEXT)})),
        "budget": Scope({"open": NUMBER, "minutes": NUMBER}),
        "missed": maybe(
            Scope(
                {
                    "day": TEXT,
                    "status": maybe(TEXT),
                    "used": TRUTH,
                    "policy": maybe(TEXT),
                    "keeps": Many(TEXT),
                    "uses": Many(TEXT),
                    "contacts": Many(Scope({"title": TEXT, "after": TEXT})),
                    "contacted": Many(TEXT),
                    "why": maybe(TEXT),
                }
            )
        ),
    }
)
"""What the sections of a therapist's page are made from; an override may use the same."""

PATIENT_SECTION_NAMES = Scope(
    {
        "session": Scope(
            {
                "number": NUMBER,
                "of": maybe(NUMBER),
                "left_in_words": maybe(TEXT),
                "left": maybe(NUMBER),
                "day": TEXT,
                "time": maybe(TEXT),
                "minutes": NUMBER,
            }
        ),
        "missed": maybe(TEXT),
        "questionnaires": NUMBER,
        "lines": Many(TEXT),
        "bring": Many(TEXT),
        "next": maybe(Scope({"day": TEXT, "time": maybe(TEXT), "booked": TRUTH})),
        "phone": maybe(TEXT),
        "help": maybe(TEXT),
        "occasion": TEXT,
        "order_written": TRUTH,
    }
)
"""What the sections of a patient's page are made from: nothing in it names a person, area, stage or score."""


def one_line(text: str) -> str:
    """A text as one line, so that no blank or line break of a patient makes structure."""
    return " ".join(text.split())


def first_name(person: str) -> str:
    """The other person as a sentence names them: ``S. (spouse)`` is ``S.``; ``the other person`` when not named."""
    short = one_line(person.partition("(")[0])
    return short or SOMEBODY


@dataclass(frozen=True)
class Voice:
    """Fills the texts of a protocol with one course on one date.

    Attributes:
        values: From `protocol_values`.
        area: The problem area whose focus a condition about a stage speaks of, or ``""``.
    """

    protocol: Protocol
    values: Mapping[str, Value]
    facts: CourseFacts | None
    area: str = ""

    def say(self, text: str, name: str = "a text of the protocol") -> str:
        """`text` filled in, as one line of plain words, not escaped for any page.

        Raises:
            TemplateFault: It cannot be filled in; says why, and never with the words of a patient.
        """
        if "{" not in text:
            return one_line(text)
        asked = None if self.facts is None else _asker(self.protocol, self.area, self.facts)
        return one_line(render(compile_template(text, name), self.values, mode="text", conditions=asked))


def therapist_voice(
    protocol: Protocol, course: Course, facts: CourseFacts, focus: Focus | None, *, last: bool = False
) -> Voice:
    """The voice of a therapist's page; `focus` is the one whose person and stage the texts speak of.

    With `last` the next session is the last, whatever was agreed.
    """
    area = protocol.spec.problem_areas.get(focus.area) if focus else None
    stage = area.stages.get(focus.stage) if area and focus else None
    values: dict[str, Value] = {
        "patient": one_line(course.called) or NOBODY_CALLED,
        "other": first_name(focus.person) if focus else SOMEBODY,
        "session": {**session_values(course), "left": 1} if last else session_values(course),
        "stage": stage.title if stage else None,
        "area": area.title if area else None,
    }
    at_hand = facts.for_focus(focus) if focus else facts
    return Voice(protocol, values, at_hand, focus.area if focus and area else "")


def patient_voice(protocol: Protocol, course: Course) -> Voice:
    """The voice of a patient's page: it knows the count, and nobody and nothing else; no condition can be asked."""
    return Voice(protocol, {"session": session_values(course)}, None)


def session_values(course: Course) -> dict[str, Value]:
    """The next session in numbers: its own, how many are left with it, and of how many."""
    return {
        "number": timing.sessions_used(course) + 1,
        "left": timing.sessions_left(course),
        "of": timing.contracted(course),
    }


def _asker(protocol: Protocol, area: str, facts: CourseFacts) -> Callable[[str], Truth]:
    def ask(text: str) -> Truth:
        condition = _condition(protocol, area, text)
        if isinstance(condition, Problem):
            raise TemplateFault(f"a condition in it cannot be asked: {condition.message}")
        return condition.answer(facts)

    return ask


@lru_cache(maxsize=2048)
def _condition(protocol: Protocol, area: str, text: str) -> Condition | Problem:
    return compile_condition(text, names_of(protocol.spec, protocol.measures, area))


__all__ = [
    "PATIENT_NAMES", "PATIENT_SECTION_NAMES", "PROTOCOL_NAMES", "SECTION_NAMES", "Voice", "first_name", "one_line",
    "patient_voice", "session_values", "therapist_voice",
]  # fmt: skip
