"""One text of a protocol at a time, filled in with a course: what a therapist's screen shows beside a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from iptengine.authoring.texts import TEMPLATES, is_for_patient, is_message
from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.diagnostics import IptengineError, did_you_mean
from iptengine.protocol.fields import Model
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.topics import PhraseSpec
from iptengine.render.messages import message_text, message_values
from iptengine.render.scope import patient_voice, therapist_voice


class UnknownPrompt(IptengineError):
    """The protocol has no such text; names those that look like it."""


def prompt(protocol: Protocol, course: Course, id: str, *, on: date) -> str:
    """One prompt as plain words on one line, not escaped: escape it for the page it goes to.

    Args:
        id: Its path in the protocol, such as ``problem_areas.role_dispute.stages.impasse.ask.unsaid``. A text
            under a problem area speaks of the open focus of that area.
        on: The day conditions in it are asked about.

    Raises:
        UnknownPrompt: The protocol has no text of that path that could be filled in.
        TemplateFault: It cannot be filled in; never says a value.
    """
    texts = prompt_texts(protocol)
    if id not in texts:
        last = id.rsplit(".", 1)[-1]
        close = [known for known in texts if known.endswith(f".{last}")] or list(texts)
        raise UnknownPrompt(f"the protocol has no text '{id[:200]}'; {did_you_mean(id, close)}")
    parts = id.split(".")
    if is_message(tuple(parts)):
        to = tuple(protocol.spec.participants[n].title if n in protocol.spec.participants else "the patient"
                   for n in protocol.spec.contacts[parts[1]].to)  # fmt: skip
        return " ".join(message_text(texts[id], message_values(protocol, course, to, on)).split())
    if is_for_patient(tuple(parts)):
        return patient_voice(protocol, course).say(texts[id], id)
    area = parts[1] if parts[0] == "problem_areas" else ""
    focuses = [f for f in course.open_focuses if not area or f.area == area]
    voice = therapist_voice(protocol, course, CourseFacts(protocol, course, on), focuses[0] if focuses else None)
    return voice.say(texts[id], id)


@lru_cache(maxsize=32)
def prompt_texts(protocol: Protocol) -> Mapping[str, str]:
    """Every text of a protocol that may be filled in, by its path."""
    return dict(_texts(protocol.spec, ""))


def _texts(part: Model, path: str) -> Iterator[tuple[str, str]]:
    templates = TEMPLATES.get(type(part), frozenset())
    for name, described in type(part).model_fields.items():
        key = described.alias or name
        value = getattr(part, name)
        here = f"{path}.{key}" if path else key
        if isinstance(value, Model):
            yield from _texts(value, here)
        elif isinstance(value, str) and key in templates:
            yield here, value
        elif isinstance(value, Mapping):
            yield from _of_map(value, here, key in templates)


def _of_map(entries: Mapping[str, object], path: str, templates: bool) -> Iterator[tuple[str, str]]:
    for name, value in entries.items():
        if isinstance(value, PhraseSpec):
            yield f"{path}.{name}", value.says
        elif isinstance(value, Model):
            yield from _texts(value, f"{path}.{name}")
        elif isinstance(value, str) and templates:
            yield f"{path}.{name}", value


__all__ = ["UnknownPrompt", "prompt", "prompt_texts"]
