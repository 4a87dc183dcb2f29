"""Writes the courses that a released version leaves behind, once, when it is released::

    PYTHONPATH=tests python -m written.write

Every kind of event has to be in one of them. What is there is never written again once the version is released: it is
what that version wrote, and every later one has to read it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

from iptengine.authoring.vignette import protocol_of, read_vignette
from iptengine.course.codec import encode
from iptengine.course.course import Course
from iptengine.course.events import CourseStarted, Event
from iptengine.course.evolve import fold
from iptengine.engine.handing_over import export_course
from iptengine.protocol.protocol import Protocol
from iptengine.store.chain import chained
from iptengine.store.memory import MemoryStore
from iptengine.testing.player import play
from written.stories import STORIES

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
COURSES = {
    "course-a": "examples/impasse-reopened",
    "course-b": "examples/dissolution-ends-early",
    "in-a-group": "examples/open-table-a-chair-stays-empty",
    "with-a-plan": "examples/building-blocks-safety",
    "by-the-calendar": "examples/before-and-after-loss",
    "with-a-pause": "examples/steady-months-home-again",
    "put-right": "protocols/vignettes/put-right",
    "taken-over": "protocols/vignettes/taken-over",
    "with-alerts": "protocols/vignettes/ipt-eating-disorder-bn-binges-come-up",
    "a-plan-declined": "examples/building-blocks-worry",
    "a-diagnosis-waived": "protocols/vignettes/another-way",
    "straight-in": "protocols/vignettes/ipt-brief-straight-in",
    "a-task-put-off": "examples/calm-evenings-third-missed",
    "with-parents": "protocols/vignettes/ipt-adolescent-twelve-with-parents",
}
"""The vignette that each course is told by."""


def told(name: str) -> tuple[Protocol, tuple[Event, ...]]:
    """The events of a vignette's course; of one with members, those of the first."""
    vignette = read_vignette(ROOT / f"{COURSES[name]}.vignette.yaml")
    protocol = protocol_of(vignette, folders=(ROOT / "protocols",))
    played = play(vignette, protocol)
    if not played.courses:
        return protocol, played.events
    member = next(iter(played.courses))
    events = (next(event for event in played.events if isinstance(event, CourseStarted)), *played.of(member).events)
    assert fold(Course(played.course.id), events) == played.courses[member]
    return protocol, events


def exported(course: str, protocol: Protocol, events: tuple[Event, ...]) -> str:
    """A course as `export_course` writes it."""
    store = MemoryStore()
    store.keep_protocol(protocol.digest, protocol.content)
    texts = chained(tuple(encode(event) for event in events), course=course, after=0, before="", key=None)
    store.append(course, texts, expected=0)
    return export_course(store, course)


def told_of(course: Course, on: date) -> dict[str, object]:
    """What has to stay: the course letter for letter, its protocol, its open alerts, and the last day it speaks of."""
    return {
        "course": hashlib.sha256(course.json().encode()).hexdigest(),
        "digest": course.digest,
        "version": course.version,
        "open_risk_alerts": [alert.id for alert in course.open_risk_alerts],
        "on": on.isoformat(),
    }


def files() -> Iterator[tuple[str, str, dict[str, object]]]:
    """Every course with its name and what is expected of it."""
    from iptengine.engine.clinic import Clinic
    from iptengine.engine.handing_over import import_course

    texts = {name: exported(name, *told(name)) for name in COURSES}
    texts |= {name: story() for name, story in STORIES.items()}
    for name, text in texts.items():
        store = MemoryStore()
        import_course(store, text)
        clinic = Clinic(store, [])
        yield name, text, told_of(clinic.course(name), clinic.events(name)[-1].on)


def main() -> None:
    folder = HERE / version("iptengine")
    if list(folder.glob("*.jsonl")):
        raise SystemExit(f"{folder.name} has written its courses already; they are never written again")
    folder.mkdir(exist_ok=True)
    expected = {}
    for name, text, what in files():
        (folder / f"{name}.jsonl").write_text(text, encoding="ascii")
        expected[name] = what
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
