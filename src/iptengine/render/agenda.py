"""The agenda as pages: HTML, Markdown, plain text and JSON, for the therapist or for the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias, get_args

from iptengine.course.agenda import SessionAgenda, session_agenda
from iptengine.course.course import Course
from iptengine.course.hiding import THERAPIST, seen_by
from iptengine.course.inputs import check_day
from iptengine.course.unread_alerts import none_open
from iptengine.diagnostics import BadInput, IptengineError
from iptengine.protocol.protocol import Protocol
from iptengine.render.alerts import alert_lines
from iptengine.render.contact_page import contact_sheet
from iptengine.render.filling import Filling
from iptengine.render.json_page import agenda_json
from iptengine.render.page import Lines, Page, Section
from iptengine.render.patient import SERVICE, TITLE, patient_page
from iptengine.render.sections import checked
from iptengine.render.shown import Shown
from iptengine.render.therapist import named, therapist_page

Audience: TypeAlias = Literal["therapist", "patient"]
Detail: TypeAlias = Literal["brief", "usual", "trainee"]
Occasion: TypeAlias = Literal["session", "missed", "last", "contact"]
LANGUAGES = ("en",)


@dataclass(frozen=True, slots=True, repr=False)
class Agenda(Shown):
    """What the next session should hold, ready to be shown to one reader.

    Attributes:
        value: The agenda as a value; ``None`` when the course cannot be read with this protocol.
        course_version: How many events the course had.
        problem: Why the page could not be made, in a sentence; empty when it could. A page with a problem
            holds the open alerts (for the therapist) and that sentence, and nothing else.
        audience, detail, occasion, language: As asked for.
    """

    value: SessionAgenda | None
    course_version: int
    problem: str
    audience: str
    detail: str
    occasion: str
    language: str
    _page: Page
    _protocol: Protocol
    _on: date
    _overrides: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Agenda for the {self.audience}, course version {self.course_version}>"

    def data(self) -> dict[str, Any]:
        """The same as plain values, for a program that goes on with them."""
        return agenda_json(
            self._page,
            self.value,
            self._protocol,
            on=self._on,
            overrides=self._overrides,
            asked={"detail": self.detail, "occasion": self.occasion, "language": self.language},
            course_version=self.course_version,
            problem=self.problem,
        )


def agenda(
    protocol: Protocol,
    course: Course,
    *,
    on: date,
    audience: Audience = "therapist",
    language: str = "en",
    detail: Detail = "usual",
    occasion: Occasion = "session",
    templates: Mapping[str, str] | None = None,
    service: Mapping[str, str] | None = None,
    contact: str = "",
    role: str = THERAPIST,
) -> Agenda:
    """The agenda of the next session of `course`, as it stands on the day `on`.

    Args:
        protocol: The protocol the course keeps.
        course: The course, folded from its events.
        on: The day the page is made for; no clock is read.
        audience: therapist, or patient: the patient's page names no person, area, stage, score or alert.
        language: The language of the page; only ``en`` is complete.
        detail: brief, usual, or trainee (why each line is due, how it is done, its sources). For the therapist.
        occasion: session; missed (the week the patient does not come); last (a last meeting nobody planned);
            contact (a meeting or message outside the count, named by `contact`; for the therapist).
        templates: Sections written anew, by name; see `check_template_override`.
        contact: The contact whose page it is, by its name in the protocol.
        service: What the patient's page says of the service: ``phone`` and ``help``. What is left out is a
            blank to fill in by hand, and the therapist's page says so of ``help``.
        role: Who reads it. What is kept from this role, or from the audience, is not on it.

    Returns:
        The agenda. It never fails for what a file, an override or a record holds: what cannot be rendered is
        said in `problem` and on the page, under the open alerts (law 5).

    Raises:
        BadInput: `audience`, `detail`, `occasion`, `contact` or a key of `service` is not one of those there are, or
            `on` is no day. It is a `ValueError`, too.
    """
    check_day(on)
    _one_of("audience", audience, get_args(Audience))
    _one_of("detail", detail, get_args(Detail))
    _one_of("occasion", occasion, get_args(Occasion))
    _contact_known(protocol, audience, occasion, contact)
    _language(language)
    for key in service or {}:
        _one_of("service", key, SERVICE, "key of service")
    overrides = dict(templates or {})
    course = seen_by(protocol, course, role, audience)
    value, page, problem = None, None, _misfit(protocol, course) or _untranslated(language)
    if not problem:
        try:
            checked(overrides)
            value = session_agenda(protocol, course, on=on, occasion=occasion, contact=contact)
            if audience == "patient":
                page = patient_page(protocol, course, value, service or {}, overrides)
            else:
                filling = Filling(protocol, course, value, on, overrides, service or {})
                page = contact_sheet(filling, value.contact) if value.contact else therapist_page(filling, detail)
        except IptengineError as fault:
            problem = str(fault)
        except (ValueError, LookupError):
            # A record made under another version of the protocol. Its words may be the patient's and are not told;
            # the alerts must still arrive (law 5).
            problem = f"the record holds something that {protocol.ref} does not know"
    if page is None:
        page = _page_without(protocol, course, audience, problem)
    return Agenda(
        value, course.version, problem, audience, detail, occasion, language, page, protocol, on, overrides
    )  # fmt: skip


def _contact_known(protocol: Protocol, audience: str, occasion: str, contact: str) -> None:
    if occasion != "contact":
        if contact:
            raise BadInput("contact", "a contact goes with the occasion contact")
        return
    if audience != "therapist":
        raise BadInput("audience", "the page of a contact is for the therapist")
    _one_of("contact", contact, tuple(protocol.spec.contacts))


def _one_of(field: str, given: str, known: tuple[str, ...], what: str = "") -> None:
    if given not in known:
        raise BadInput(field, f"{what or field} is one of {', '.join(known)}")


def _misfit(protocol: Protocol, course: Course) -> str:
    """Why this protocol cannot speak of this course; empty when it can."""
    if course.started is None:
        return "the course has not begun"
    if course.phase not in protocol.spec.phases:
        return f"{protocol.ref} has no phase '{course.phase}', in which the course is; it keeps {course.protocol}"
    gone = [f.area for f in course.open_focuses if f.area not in protocol.spec.problem_areas]
    if gone:
        return f"{protocol.ref} has no problem area '{gone[0]}', on which the course works; it keeps {course.protocol}"
    return ""


def _language(language: object) -> None:
    if not isinstance(language, str):
        raise BadInput("language", "language is a text, such as en")


def _untranslated(language: str) -> str:
    if language in LANGUAGES:
        return ""
    return f"this page is not translated into '{language[:20]}'; a page half translated is not shown"


def _page_without(protocol: Protocol, course: Course, audience: str, problem: str) -> Page:
    """What is left when the page cannot be made: for the therapist the open alerts and why, never nothing."""
    if audience == "patient":
        words = ("This page could not be made.", "Please ask your therapist about it.")
        return Page("patient", "en", TITLE, TITLE.upper(), "", sections=(Section("problem", "", (Lines(words),)),))
    told = f"The rest of this page could not be made: {problem.rstrip('.')}."
    alerts = alert_lines(protocol, course)
    count = () if alerts else (f"Risk alerts: {none_open(course)}. Ask again today.",)
    lines = (*count, told, "The record itself is not touched by this.")
    return Page(
        audience="therapist",
        language="en",
        title="Session",
        left=named(course),
        right="PAGE NOT COMPLETE",
        sections=(Section("problem", "WHAT IS MISSING", (Lines(lines),)),),
        alerts=alerts,
    )


__all__ = ["Agenda", "Audience", "Detail", "Occasion", "agenda"]
