"""Agendas, prompts and summaries of a vignette."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.cli import screen
from iptengine.cli.figures import summary_lines, summary_record
from iptengine.cli.pages import bound, page_of, written
from iptengine.cli.screen import Unclear
from iptengine.cli.stories import Story, tell, tell_one
from iptengine.course.course import Course
from iptengine.course.events import AlertRaised
from iptengine.course.groups import group_of
from iptengine.course.wording import counted, long_day
from iptengine.diagnostics import did_you_mean
from iptengine.render.group_page import group_page
from iptengine.render.prompts import prompt, prompt_texts
from iptengine.testing.player import Step


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in a vignette a page is made: before a session, or before or after a happening; one of the three."""

    session: int | None = None
    before: str = ""
    after: str = ""

    def __post_init__(self) -> None:
        if sum((self.session is not None, bool(self.before), bool(self.after))) != 1:
            raise Unclear("say when: --session N, --before HAPPENING or --after HAPPENING, one of them")

    def of(self, story: Story) -> tuple[Course, date]:
        """The course at that moment, and the day."""
        if self.session is not None:
            return story.before(self.session)
        return story.at(self.before or self.after, after=bool(self.after))

    def happening(self, story: Story) -> Moment:
        """The same by the name of a happening: that of the session."""
        found = next((step for number, step in story.sessions() if number == self.session), None)
        return Moment(before=found.name.partition(", ")[0]) if found else self


def show_agenda(
    vignette: str, moment: Moment, audience: str, form: str, detail: str, member: str = "",
    occasion: str = "session", contact: str = "",
) -> int:  # fmt: skip
    """Prints one page as it stood at a moment of the vignette."""
    story = tell_one(vignette, member)
    course, on = moment.of(story)
    screen.say(written(page_of(story, course, on, audience, detail, occasion, contact), form))
    return 0


def show_group(vignette: str, moment: Moment, form: str) -> int:
    """Prints the page of a group for those who lead it."""
    story = tell(vignette)
    at = moment.happening(story)
    there = [at.of(one) for one in story.of_members()]
    courses = [course for course, _ in there]
    names = dict.fromkeys(stay.group for course in courses for stay in course.groups)
    group = next((g for name in reversed(names) if (g := group_of(name, courses)) is not None), None)
    here = tuple(course for course, on in there if group is not None and course.id in group.on(on))
    if group is None or not here:
        raise Unclear("this vignette tells of no group there; leave out --group")
    screen.say(written(group_page(story.protocol, group, here, on=there[0][1]), form))
    return 0


def show_run(vignette: str, session: int | None, audience: str, form: str, detail: str, member: str = "") -> int:
    """Prints every agenda on the way, in plain text with what came of each session."""
    story = tell(vignette, member)
    if session is not None:
        story.before(session)
    steps = [step for number, step in story.sessions() if session in (None, number)]
    pages = [page_of(story, step.before, step.on, audience, detail) for step in steps]
    if form != "text":
        screen.say(written(pages[0], form) if session is not None else bound(pages, form))
        return 0
    shown = dict(zip((step.name for step in steps), pages, strict=True))
    for step in story.played.steps:
        if session is None or step.name in shown:
            page = shown.get(step.name)
            _tell_step(story, step, page.text if page else "", audience)
    return 0


def _tell_step(story: Story, step: Step, page: str, audience: str) -> None:
    number = f", session {step.session}" if step.session else ""
    screen.say(screen.strong(f"== {step.name}{number}, {long_day(step.on)} ".ljust(screen.width(), "=")))
    if page:
        screen.say(page)
    if audience == "therapist":
        screen.say_all([screen.strong(f"RECORDED ({counted(len(step.events), 'event')})"), *_came_of_it(step), ""])


def _came_of_it(step: Step) -> Iterator[str]:
    """What a happening raised, was warned of and was refused; no patient text."""
    for event in step.events:
        if isinstance(event, AlertRaised):
            yield screen.bad(screen.wrapped(f"alert raised: {event.code}: {_first_words(event)}", 2, 4))
    for event in step.events:
        for warning in event.warnings:
            yield screen.wrapped(f"warning: {warning.text} [{warning.code}]", 2, 4)
    for key, no in step.refused.items():
        yield f"  refused: {key}"
        for reason in no.reasons:
            yield screen.wrapped(f"{reason.code}: {reason} ({reason.span})", 4, 6)
    if step.before.phase != step.after.phase:
        yield f"  the course entered the phase '{step.after.phase}'"
    if step.after.ended and not step.before.ended:
        yield f"  the course ended: {step.after.ended}"


def _first_words(alert: AlertRaised) -> str:
    """The first sentence of an alert, which is the protocol's or our own and never the patient's."""
    return alert.text.strip().partition(". ")[0].rstrip(".")


def show_prompt(vignette: str, path: str, session: int | None, member: str = "") -> int:
    """Prints one text of the protocol, filled for the course as it stood before a session or at the end."""
    story = tell_one(vignette, member)
    if session is not None:
        course, on = story.before(session)
    else:
        course, on = story.played.course, story.played.steps[-1].on if story.played.steps else story.vignette.spec.start
    known = tuple(prompt_texts(story.protocol))
    found = [path] if path in known else [one for one in known if one.endswith(f".{path}")]
    if len(found) != 1:
        screen.complain(_which(path, found, known))
        return 2
    screen.say(prompt(story.protocol, course, found[0], on=on))
    return 0


def _which(path: str, found: list[str], known: tuple[str, ...]) -> str:
    if found:
        return f"'{path}' could be any of\n" + "\n".join(f"  {one}" for one in found)
    return f"the protocol has no text '{path}'; {did_you_mean(path, known)}"


def show_summary(vignette: str, form: str, member: str = "") -> int:
    """Prints the summary of a course."""
    story = tell_one(vignette, member)
    if form == "json":
        screen.say(screen.json_text(summary_record(story)))
    else:
        screen.say_all(summary_lines(story))
    return 0
