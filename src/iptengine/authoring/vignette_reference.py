"""The tables of the vignette format, made from its models, for ``docs/reference/vignettes.md``."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.shapes import Shape, keys_of
from iptengine.authoring.vignette import VignetteSpec
from iptengine.authoring.vignette_expected import Expect, ExpectSummary
from iptengine.authoring.vignette_told import Happening
from iptengine.protocol.fields import Model

_TITLES: dict[type[Model], str] = {
    VignetteSpec: "The file",
    Happening: "A happening",
    Expect: "What is expected of a happening",
    ExpectSummary: "The figures at the end",
}


WRITTEN: dict[str, str] = {
    "on": "2026-03-31",
    "week": "5",
    "recorded": "2026-04-02",
    "by": "{role: supervisor}",
    "of": "[anna, ben]",
    "join": "{group: thursday, facilitators: [maria, jon]}",
    "end_pause": "true",
    "status": "attended",
    "group": "{group: thursday, absent: {ben: no_show}}",
    "minutes": "45",
    "mode": "online",
    "present": "[patient, partner]",
    "why": "The train was cancelled",
    "moved_to": "2026-04-07",
    "record": "{status: attended, scores: {phq9: {total: 12, self_harm: 0}}, note: A quiet hour}",
    "contact": "{call: by telephone}",
    "words": "{problems: {first: I lie awake}}",
    "facts": "{medication: unchanged, sleep_hours: 5}",
    "expected": "{birth: 2026-06-08}",
    "checklist": "{before_middle: {answers: {agreed: yes, in_time: no}, decision: We go on}}",
    "correct": "{happening: session_2, because: Misread, now: {phq9: {total: 14, self_harm: 0}}}",
    "withdraw": "{happening: session_2, what: tasks.link, because: It was not done}",
    "void": "{happening: session_2, what: phq9, because: Another patient, meant_for: c17}",
    "acknowledge": "[score_rose]",
    "assess": "{all: {found: No plan and no intent, plan: Ask again next week}}",
    "monitor": "[score_rose]",
    "close": "{score_rose: Back to where it was}",
    "approve": "[plan_chosen]",
    "decline": "{plan_chosen: Begin with sleep}",
    "confirm": "[safety_used]",
    "done": "[check_in, link]",
    "tasks": "{role_play: partly, link: {how: done, note: With the sister}}",
    "defer": "[role_play]",
    "diagnosis": "moderate depressive episode",
    "waive_diagnosis": "The referral names one",
    "people": "{Robin: spouse, Kim: {role: friend, confiding: true}}",
    "life_events": "{move: Moved to another town}",
    "formulation": "{text: The loss and the low mood hang together, agreed: true}",
    "contract": "{sessions: 14, frequency: 1 a week, minutes: 50}",
    "amend": "{sessions: 16, because: Two weeks in hospital}",
    "focus": "{dispute: {area: role_dispute, person: Robin, because: It began with it}}",
    "change_focus": "{dispute: {to: grief, because: The mother died}}",
    "close_focus": "{dispute: It is settled}",
    "stage": "{dispute: {to: impasse, because: They no longer talk}}",
    "chart": "{togetherness: {to: open, because: They tell of themselves}}",
    "plan": "{order: worry_first, because: Worry leads}",
    "change_plan": "{components: [worry, sleep], because: The nights are worse}",
    "interrupt": "{safety: Thoughts of death came back}",
    "deliver": "{worry: 1/2, sleep: 1/2}",
    "finish": "{worry: It is enough}",
    "resume": "The danger has passed",
    "goals": "Speak with Robin twice a week",
    "review_homework": "done",
    "homework": "Call the sister",
    "note": "Came late and stayed on",
    "remind": "Ask about the sister",
    "pause": "{name: hospital, because: An operation}",
    "announce": "true",
    "enter": "middle",
    "prepare": "letter",
    "end": "{outcome: early, reason: moved away}",
    "leave": "{because: Moved away, stay: 5}",
    "deviate": "{because: The family leaves on Friday, request: {enter: middle}}",
    "book": '{on: 2026-04-07, time: "15:00", present: [patient, partner]}',
    "expect": "{session: 5, phase: middle}",
    "expect_of": "{anna: {alerts: [risk_item]}}",
    "expect_group": "{members: [anna, ben], sessions: 3}",
}
"""Each key of a happening as somebody would write it; the names in it are those of some protocol."""


def vignette_tables() -> str:
    """Every key of a vignette file, part by part, as Markdown.

    Example:
        >>> vignette_tables().splitlines()[0]
        '## The file'
    """
    return "\n".join(line for model in _in_order() for line in _section(model)).rstrip() + "\n"


def _in_order() -> Iterator[type[Model]]:
    """Each large part, followed by the small ones that stand in it."""
    told = set(_TITLES)
    for top in _TITLES:
        yield top
        waiting = [top]
        while waiting:
            for key in keys_of(waiting.pop(0)).values():
                inner = _innermost(key.shape).model
                if inner is not None and inner not in told:
                    told.add(inner)
                    waiting.append(inner)
                    yield inner


def _innermost(shape: Shape) -> Shape:
    return _innermost(shape.entry) if shape.entry is not None else shape


def _title(model: type[Model]) -> str:
    return _TITLES.get(model) or (model.__doc__ or "").strip().split("\n")[0].rstrip(".")


def _section(model: type[Model]) -> Iterator[str]:
    yield f"{'##' if model in _TITLES else '###'} {_title(model)}"
    yield ""
    if model in _TITLES:
        yield from (*(line.strip() for line in (model.__doc__ or "").strip().split("\n")), "")
    written = model is Happening
    yield f"| key | what it says |{' for example |' if written else ''} needed |"
    yield f"|---|---|{'---|' if written else ''}---|"
    for key in keys_of(model).values():
        short = _innermost(key.shape).short
        alone = f"; a text alone is its `{short}`" if short else ""
        example = f" `{key.name}: {WRITTEN[key.name]}` |" if written else ""
        yield f"| `{key.name}` | {key.about}{alone} |{example} {'yes' if key.required else ''} |"
    yield ""
