"""An alert with several conditions under `any` is raised for each of them, whatever the others are (law 5)."""

from __future__ import annotations

from collections import Counter
from functools import cache

from hypothesis import given as hypothesis
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course.commands import Command
from iptengine.protocol.protocol import Protocol
from phrases import Story, fact, given, hold, miss, phq9, variant, week

RISE = "phq9 rose by 6 or more since the last reading"


def either(alert: str, *sentences: str) -> Protocol:
    """The adult protocol in which one alert is raised by any of these."""
    own = {f"c{number}": sentence for number, sentence in enumerate(sentences)}
    return variant("ipt-adult", {f"alerts.{alert}.raise_if": {"any": own}})


def test_what_holds_all_the_time_hides_no_rise_of_the_score() -> None:
    story = given(
        either("sudden_rise", RISE, "sessions used >= 1"),
        hold(1), phq9(10, self_harm=0), hold(2), phq9(17, self_harm=0), hold(3), phq9(10, self_harm=0),
        hold(4), phq9(17, self_harm=0),
    )  # fmt: skip
    rises = [alert.raised for alert in story.course.alerts if alert.code == "sudden_rise"]
    assert rises == [week(1), week(2), week(4)]


def test_what_nobody_asked_hides_no_question_that_was_left_unanswered() -> None:
    both = {"all": {"here": "fear_at_home is yes", "there": "someone_at_risk is yes"}}
    alone = variant("ipt-adult", {"alerts.fear_or_violence.raise_if": both})
    wider = variant(
        "ipt-adult", {"alerts.fear_or_violence.raise_if": {"any": {"own": both, "other": "aftercare is booster"}}}
    )
    said = (
        hold(1), fact("someone_at_risk", None), fact("fear_at_home", "no"), hold(2), fact("fear_at_home", "yes"),
    )  # fmt: skip
    told = [[alert.text for alert in given(one, *said).open_alerts] for one in (alone, wider)]
    assert told[0] == told[1]
    assert len(told[0]) == 3


def test_the_words_are_those_of_the_condition_that_raised_it() -> None:
    story = given(
        either("fear_or_violence", "fear_at_home is yes", "medication is taken"),
        hold(1), fact("medication", "taken"), fact("fear_at_home", None),
    )  # fmt: skip
    assert [alert.text for alert in story.open_alerts] == [
        "Fear or violence at home was reported",
        "Fear or violence at home, asked alone: asked on 3 March, not answered. "
        "This needs a clinician's assessment today.",
    ]


def test_what_cannot_be_told_is_said_although_another_condition_holds() -> None:
    story = given(
        either("sudden_rise", RISE, "sessions used >= 1"), hold(1), phq9(10, self_harm=0), hold(2), hold(3)
    )  # fmt: skip
    agenda = story.agenda(on=week(4))
    told = [line.text for line in (*agenda.first, *agenda.also_due) if line.code == "cannot_tell"]
    assert "Cannot tell: the PHQ-9 rose by 6 or more since the last reading (no PHQ-9 in session 3)." in told


# -- whatever is said -----------------------------------------------------------------------------------------------

OTHERS = (
    "sessions used >= 1", "sessions used >= 15", "aftercare is booster", "someone_at_risk is yes", "fear_at_home is no",
    "phq9 >= 10", "phq9.sleep >= 2", "misses in a row >= 1", "medication is taken",
)  # fmt: skip
WEEKS = st.lists(
    st.one_of(
        st.tuples(st.just("phq9"), st.sampled_from([4, 12, 20]), st.sampled_from([0, 2, None])),
        st.tuples(st.sampled_from(["fear_at_home", "someone_at_risk"]), st.sampled_from(["no", "yes", None])),
        st.just(("medication", "taken")),
        st.just(("miss",)),
        st.just(("hold",)),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


@cache
def adult(other: str) -> Protocol:
    """The adult protocol; with another condition, every alert of it is raised by that as well."""
    plain = variant("ipt-adult", {})
    if not other:
        return plain
    own = {
        name: alert.raise_if.model_dump(by_alias=True, exclude_none=True) for name, alert in plain.spec.alerts.items()
    }
    return variant(
        "ipt-adult", {f"alerts.{name}.raise_if": {"any": {"own": own[name], "other": other}} for name in own}
    )


def told(steps: list[tuple[object, ...]]) -> list[Command]:
    """The same as commands, one happening a week."""
    found: list[Command] = []
    for number, (what, *rest) in enumerate(steps, 1):
        if what == "miss":
            found.append(miss(number))
        elif what == "phq9":
            items = {} if rest[1] is None else {"self_harm": rest[1]}
            found += [hold(number), phq9(int(str(rest[0])), **items)]
        elif what == "hold":
            found.append(hold(number))
        else:
            found += [hold(number), fact(str(what), rest[0])]
    return found


def raised(story: Story) -> Counter[tuple[str, str, str, str]]:
    """What was raised, by what it was, what raised it, and its words."""
    return Counter(
        (event.code, event.level, event.cause, event.text) for event in story.events if event.kind == "alert_raised"
    )


@settings(max_examples=60)
@hypothesis(st.sampled_from(OTHERS), WEEKS)
def test_more_conditions_take_no_alert_away_from_any_course(other: str, steps: list[tuple[object, ...]]) -> None:
    alone, wider = (raised(given(adult(one), *told(steps))) for one in ("", other))
    assert alone - wider == Counter()
