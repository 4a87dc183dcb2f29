"""Courses and checks that the tests of pages share."""

from __future__ import annotations

import re
from datetime import date

import html5lib
import mistune
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.course import Course
from phrases import (
    INITIAL,
    Story,
    contract,
    done,
    enter,
    focus,
    given,
    hold,
    miss,
    phq9,
    protocol,
    staged,
    week,
)

IPT = protocol("ipt-adult")
USUAL = ("open_session", "score_review", "link", "recent_event", "feelings", "rehearse", "close_session")


def assessed(story: Story) -> Story:
    """Every open alert is assessed."""
    return story.when(c.AssessAlert(a.id, found="thoughts, no plan", plan="a plan agreed") for a in story.open_alerts)


def dispute(**called: str) -> Story:
    """Five sessions of a dispute gone quiet, then a week the patient did not come; the next is booked."""
    story = given(IPT, c.Start(called=called.get("patient", "A. R."), on=week(1)))
    story = assessed(story.when(hold(1), phq9(19, self_harm=1)))
    story = assessed(story.when(hold(2), phq9(18, self_harm=1)))
    person = called.get("other", "S. (spouse)")
    story = story.when(
        hold(3), phq9(17, self_harm=0), *INITIAL, focus("role_dispute", person), staged("impasse"), contract(14),
        enter("middle"), hold(4), phq9(17, self_harm=0), *done(*USUAL, "dispute_expectations"), hold(5),
        phq9(16, self_harm=0), *done(*USUAL), *done("dispute_communication", techniques=("communication_analysis",)),
        c.AssignHomework(called.get("to_try", "pick one thing to ask S., and when")),
        c.WriteNote(called.get("note", "goes quiet at money")),
    )  # fmt: skip
    return story.when(miss(6), c.Book(on=week(7), time=called.get("time", "15:00")))


BEFORE_SESSION_6 = date(2026, 4, 13)


# -- structure ---------------------------------------------------------------------------------------------------


def html_skeleton(markup: str) -> list[tuple[str, ...]]:
    """The elements of a page with the names of their attributes, without any text."""
    tree = html5lib.parse(markup, treebuilder="etree", namespaceHTMLElements=False)
    return [(str(part.tag), *sorted(part.attrib)) for part in tree.iter() if isinstance(part.tag, str)]


def html_text(markup: str) -> str:
    """Everything a reader sees of a page."""
    tree = html5lib.parse(markup, treebuilder="etree", namespaceHTMLElements=False)
    return re.sub(r"\s+", " ", "".join(tree.itertext()))


def markdown_skeleton(text: str) -> list[tuple[str, ...]]:
    """The elements a Markdown page has once it is HTML."""
    made = mistune.create_markdown(escape=True, plugins=["table", "strikethrough", "footnotes", "task_lists"])
    return html_skeleton(str(made(text)))


# -- random courses ----------------------------------------------------------------------------------------------

AREAS = ("grief", "role_dispute", "role_transition", "interpersonal_deficits")
STAGES = tuple(IPT.spec.problem_areas["role_dispute"].stages)
NAMES = st.sampled_from(("Quirin", "Zadie (sister)", "Xerxes", "the Vaughns"))
SAYINGS = st.sampled_from(("wants to shout at Quirin", "{{ other }}", "<b>bold</b>", "# head", "a\nb"))


def _weekly(number: int) -> st.SearchStrategy[Command]:
    on = week(number)
    return st.one_of(
        st.builds(lambda: c.HoldSession(on=on)),
        st.builds(lambda status: c.MissSession(status, on=on), st.sampled_from(("no_show", "cancelled_by_therapist"))),
        st.builds(lambda total, item: c.Read("phq9", on=on, total=total, answers=item), st.integers(3, 24),
                  st.sampled_from(({}, {"self_harm": 0}, {"self_harm": 2}))),
        st.builds(lambda area, who: c.AgreeFocus(area, id=area, person=who, on=on), st.sampled_from(AREAS), NAMES),
        st.builds(lambda to: c.Restage("role_dispute", to=to, because="so told", on=on), st.sampled_from(STAGES)),
        st.builds(lambda value: c.RecordFact("fear_at_home", value, on=on), st.sampled_from(("yes", "no", None))),
        st.builds(lambda text: c.WriteNote(text, on=on), SAYINGS),
        st.builds(lambda text: c.AssignHomework(text, on=on), SAYINGS),
        st.builds(lambda text: c.RemindMe(text, on=on), SAYINGS),
        st.builds(lambda n: c.AgreeContract(sessions=n, on=on), st.integers(12, 16)),
        st.builds(lambda: c.EnterPhase("middle", on=on)),
        st.builds(lambda: c.Deviate(c.EnterPhase("middle", on=on), because="time is short", on=on)),
        st.builds(lambda: c.Deviate(c.EnterPhase("ending", on=on), because="time is short", on=on)),
        st.builds(lambda: c.AnnounceEnding(on=on)),
        st.builds(lambda: c.AssessAlert("last", found="thoughts", plan="call", on=on)),
        st.builds(lambda: c.EndCourse("patient_decision", reason="other", on=on)),
    )  # fmt: skip


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Courses in which anything happened that a clinic could record; what is refused did not happen."""
    story = given(IPT, c.Start(called=draw(st.sampled_from(("A. R.", "Quirin", ""))), on=week(1)))
    for number in range(1, draw(st.integers(1, 6))):
        for command in draw(st.lists(_weekly(number), max_size=6)):
            after = story.when(command)
            story = story if after.refused is not None else after
    return story.course
