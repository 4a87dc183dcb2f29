"""What was logged on the day of a session, before the session itself, counts as that session's."""

from __future__ import annotations

from iptengine.course import commands as c
from iptengine.course.adherence import adherence
from iptengine.course.summary import summary
from iptengine.protocol.protocol import Protocol
from phrases import given, hold, phq9, week


def test_a_task_and_a_score_logged_before_the_session_of_that_day_belong_to_it(ipt: Protocol) -> None:
    technique = next(iter(ipt.spec.techniques))
    story = given(
        ipt, hold(1), c.DoTask("inventory", techniques=[technique], on=week(2)), phq9(15, on=week(2)), hold(2),
    )  # fmt: skip
    assert [task.session for task in story.course.tasks] == [""]
    found = adherence(ipt, story.course)
    assert found.unlogged == (1,)
    assert [(one.technique, one.share.count) for one in found.techniques] == [(technique, 1)]
    assert [measure.worst_in for measure in summary(ipt, story.course).measures] == [2]


def test_what_is_told_of_a_person_later_leaves_the_rest_as_it_was(ipt: Protocol) -> None:
    story = given(
        ipt,
        c.RecordPerson("Robin", role="partner", expects="more help", confiding=True),
        c.RecordPerson("Robin", conflict=True, expects="to be asked"),
    )
    (robin,) = story.course.people
    assert (robin.role, robin.expects, robin.confiding, robin.conflict) == ("partner", "to be asked", True, True)
