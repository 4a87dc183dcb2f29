"""The plan of the hour holds what its author wrote, whole."""

from __future__ import annotations

from phrases import done, enter, focus, given, hold, variant

NINE = [f"part_{n}" for n in range(1, 10)]


def test_every_step_of_an_hour_that_its_author_wrote_stands_in_the_plan() -> None:
    steps = {name: {"label": name, "minutes": 5, "text": f"Speak of {name}"} for name in NINE}
    long = variant("small", {"phases.working.hour": steps})
    page = given(long, hold(1), focus("grief"), done("inventory", "formulate"), enter("working")).agenda()
    assert [step.label for step in page.steps] == NINE
    assert sum(step.minutes for step in page.steps) == 50


def test_a_last_meeting_nobody_planned_holds_every_task_of_the_short_ending() -> None:
    tasks = {name: {"do": f"End with {name}", "label": name} for name in NINE}
    brief = variant("small", {"phases.working.must": tasks, "termination.compressed": NINE, "termination.announce": ...,
                              "phases.working.hour.work.covers": ...})  # fmt: skip
    page = given(brief, hold(1), hold(2)).agenda(occasion="last")
    assert [step.label for step in page.steps] == NINE


def test_of_tasks_without_an_hour_six_stand_in_the_plan_and_the_others_are_also_due() -> None:
    tasks = {name: {"do": f"Ask of {name}", "label": name} for name in NINE}
    many = variant("small", {"phases.opening.must": tasks})
    page = given(many).agenda()
    assert [step.label for step in page.steps] == NINE[:6]
    assert [line.values["task"] for line in page.also_due] == NINE[6:]
