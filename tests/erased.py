"""A course full of patient text that is ended and erased, and the search for what is left of a text or a key."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import iptengine as ipt
from canaries import ANNA, clinic, mark, tell_all, week
from iptengine import commands as c
from iptengine.engine.clinic import Clinic
from iptengine.store.keys import CourseKeys
from iptengine.store.port import Store

END = week(20)
CALLED_FOR = "the patient asked for it in writing"


def ended(made: Store, keys: CourseKeys | None) -> Clinic:
    """A clinic whose course 'a' has ended with every alert assessed; every field holds what the patient said."""
    opened = clinic(made, keys=keys)
    tell_all(opened)
    end(opened, "a")
    return opened


def end_alerts(opened: Clinic, course: str) -> None:
    for alert in opened.course(course).open_risk_alerts:
        opened.do(course, c.AssessAlert(alert.id, found=mark("found"), plan=mark("plan")), by=ANNA, on=END)


def end(opened: Clinic, course: str) -> None:
    end_alerts(opened, course)
    done = opened.do(course, c.EndCourse("lost_to_contact", reason=mark("reason"), note=mark("last")), by=ANNA, on=END)
    assert (done.refused, done.course.ended, done.course.open_risk_alerts) == ((), "lost_to_contact", ())


def erase(opened: Clinic, course: str = "a") -> ipt.Done:
    return opened.erase(course, by=ANNA, on=END, because=CALLED_FOR)


def all_of(opened: Clinic, course: str = "a") -> str:
    """Everything a clinic has to say about a course."""
    page = opened.agenda(course, on=END)
    paper = opened.agenda(course, on=END, audience="patient")
    assert page.problem == paper.problem == ""
    told: list[object] = [
        opened.course(course).json(), page.text, page.page, page.markdown, page.json(), paper.text, paper.page,
        opened.due(on=END), opened.alerts(closed=True), opened.ways(course, on=END),
    ]  # fmt: skip
    return "\n".join(map(str, told))


def traces(of: bytes) -> Iterator[bytes]:
    """How bytes may stand in a file: raw, as UTF-16, hex, and base64 in its three alignments."""
    for raw in (of, of.decode("latin-1").encode("utf-16-le"), of.decode("latin-1").encode("utf-16-be")):
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
            yield whole[4 if shift else 0 : -2]  # without the letters that share bits with what stands beside
            yield whole[4 if shift else 0 : -2].translate(bytes.maketrans(b"+/", b"-_"))


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def found_in(folder: Path, *secrets: bytes) -> list[str]:
    return [
        name for name, text in files(folder).items() for secret in secrets for trace in traces(secret) if trace in text
    ]
