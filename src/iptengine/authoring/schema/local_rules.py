"""The rules of a file that a schema can hold, too: those that look at one part alone.

`iptengine check` knows them all, and many more: whether names are known, ways lead on, numbers fit together. What
stands here is only told earlier, while one types. Nothing that `check` lets pass may be refused here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iptengine.authoring.rules.unknown_request import REQUESTS
from iptengine.authoring.schema.values import Schema
from iptengine.protocol.approval_spec import ApprovalSpec
from iptengine.protocol.fields import Model
from iptengine.protocol.measure import Crossing, Cutoff, Missing, OtherScoring, Scoring, Subscale
from iptengine.protocol.model import PhaseSpec, Spec, StageSpec
from iptengine.protocol.parts import (
    CalendarSpec,
    Condition,
    ContactSpec,
    ContractSpec,
    FactSpec,
    GroupSpec,
    MissedPolicy,
    PauseSpec,
)
from iptengine.protocol.plan_spec import ComponentSpec, OrderSpec, PlanSpec
from iptengine.protocol.running_order import SessionSpec
from iptengine.protocol.variant_spec import VariantSpec


@dataclass(frozen=True, slots=True)
class Local:
    """What a rule asks of one part.

    Attributes:
        keys: What holds for single keys, beside what the model says of them.
        never: How the text of a key may not begin, as a pattern.
        whole: What holds for the part.
    """

    keys: Mapping[str, Schema] = field(default_factory=dict)
    never: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[Schema, ...] = ()


def limited(model: type[Model], key: str, schema: Schema) -> Schema:
    """What stands under a key, held to the rules."""
    local = LOCAL.get(model)
    if local is None:
        return schema
    more = dict(local.keys.get(key, {}))
    if key in local.never:
        more["pattern"] = rf"^(?!\s*(?:{local.never[key]})){schema['pattern'].removeprefix('^')}"
    return {**schema, **more}


def whole(model: type[Model]) -> Schema:
    """What else holds for a part."""
    local = LOCAL.get(model)
    return {"allOf": list(local.whole)} if local is not None and local.whole else {}


def _at_least(least: int, message: str) -> Schema:
    return {"minimum": least, "errorMessage": message}


def one_of_these(keys: Sequence[str], message: str) -> Schema:
    """That one of some keys is needed, in words of ours."""
    found: Schema = {"required": [keys[-1]], "errorMessage": message}
    for key in reversed(keys[:-1]):
        found = {"if": {"required": [key]}, "else": found}
    return found


def _needs(keys: list[str], message: str) -> Schema:
    return {"required": keys, "errorMessage": message}


def _never(key: str, message: str) -> Schema:
    return {"properties": {key: False}, "errorMessage": message}


def _if(key: str, value: str | bool, then: Schema | None = None, otherwise: Schema | None = None) -> Schema:
    """What holds when a key has a value, and when it has another or none."""
    found: Schema = {"if": {"properties": {key: {"const": value}}, "required": [key]}}
    return found | ({"then": then} if then else {}) | ({"else": otherwise} if otherwise else {})


_BELOW_1 = r"0\s*\.\."
_BELOW_2 = r"[01]\s*\.\."
_NO_DAY = r"(?:after|before)\s+(?:session|a)\s|[0-9]+\s+[a-z]+\s+after\s+the\s+end"
_REVIEWED = _if(
    "status", "reviewed", then=_needs(["reviewed_by"], "add reviewed_by with a name, or write status: draft")
)
_LAST = "leave out 'last' or 'interrupts'"
_NO_TOTAL = "a measure without a total has no 'of', 'range' or 'missing' here"
_SCORED = _if(
    "total",
    "none",
    then={"properties": dict.fromkeys(("of", "range", "missing"), False), "errorMessage": _NO_TOTAL},
    otherwise=_needs(["range", "missing"], "a total needs its 'range' and its 'missing' rule"),
)
LOCAL: Mapping[type[Model], Local] = {
    ApprovalSpec: Local(
        keys={
            "of": {
                "pattern": f"^(?:{'|'.join(REQUESTS)})$",
                "patternErrorMessage": "name a request: enter_phase, end_course, amend_contract, …",
                "items": {"enum": list(REQUESTS)},
                "minItems": 1,
            },
            "by": {"minItems": 1},
        }
    ),
    CalendarSpec: Local(
        never={"stop": _NO_DAY},
        keys={
            "stop": {
                "errorMessage": "write a day such as 12 months after the start",
                "examples": ["12 months after the start", "6 months after birth"],
            }
        },
    ),
    ComponentSpec: Local(
        whole=(_if("last", True, then={"properties": {"interrupts": {"const": False, "errorMessage": _LAST}}}),)
    ),
    Condition: Local(keys={how: {"minProperties": 1} for how in ("all", "any", "not")}),
    ContactSpec: Local(whole=({"dependencies": {"text": ["to"], "times": ["due"]}},)),
    ContractSpec: Local(
        never={"sessions": _BELOW_1, "minutes": _BELOW_1},
        keys={
            "sessions": _at_least(1, "write a range that begins at 1 or more, such as 12..16"),
            "minutes": _at_least(1, "write minutes such as 45..50"),
        },
        whole=(
            {
                "if": {"properties": {"missed": {"minProperties": 1}}, "required": ["missed"]},
                "then": {"required": ["missed_unless_agreed"], "errorMessage": "add missed_unless_agreed"},
            },
        ),
    ),
    Crossing: Local(
        whole=(
            {
                "minProperties": 2,
                "maxProperties": 2,
                "dependencies": {
                    "from_at_least": ["to_below"],
                    "to_below": ["from_at_least"],
                    "from_below": ["to_at_least"],
                    "to_at_least": ["from_below"],
                },
            },
        )
    ),
    Cutoff: Local(keys={"parts": {"minProperties": 1}}),
    FactSpec: Local(
        keys={"one_of": {"minItems": 1}},
        whole=(
            _if(
                "expected",
                True,
                then=_if("type", "date", otherwise=_never("expected", "only a date can be expected first")),
            ),
        ),
    ),
    GroupSpec: Local(
        never={"size": _BELOW_2, "facilitators": _BELOW_1},
        keys={
            "size": _at_least(2, "a group has two members or more: write a range such as 6..9"),
            "facilitators": _at_least(1, "a group is led by one or more: write a range such as 1..2"),
        },
    ),
    Missing: Local(
        whole=(
            _if(
                "rule",
                "require all",
                then=_never("at_most", "'require all' has no at_most: a gap stops the score"),
                otherwise=_needs(["at_most"], "say how many may be missing: add at_most"),
            ),
        )
    ),
    MissedPolicy: Local(keys={"uses_session": {"contains": {"const": "attended"}}}),
    OrderSpec: Local(keys={"components": {"minItems": 1}}),
    PauseSpec: Local(whole=({"dependencies": {"longer_than": ["then"]}},)),
    PhaseSpec: Local(
        whole=(
            one_of_these(
                ("must", "may", "each_session", "hour", "focus_work", "next"),
                "write its tasks under must, may or each_session, or where it leads under next",
            ),
        )
    ),
    PlanSpec: Local(keys={"components": {"minProperties": 1}}),
    Scoring: Local(whole=(_SCORED,)),
    OtherScoring: Local(whole=(_SCORED,)),
    SessionSpec: Local(
        never={"at": _BELOW_1},
        keys={
            "at": _at_least(1, "sessions are counted from 1: write a number, or a range such as 2..4"),
            "order": {"minItems": 1, "uniqueItems": True},
        },
    ),
    Spec: Local(whole=(_REVIEWED, {"dependencies": {"focus": ["problem_areas"]}})),
    StageSpec: Local(whole=(_if("final", True, then={"properties": {"next": {"maxProperties": 0}}}),)),
    Subscale: Local(
        whole=(
            _if(
                "score",
                "count",
                then=_needs(["counts_from"], "say from which score on it is counted: add counts_from"),
                otherwise=_never("counts_from", "only 'score: count' has counts_from"),
            ),
        )
    ),
    VariantSpec: Local(whole=(_REVIEWED,)),
}
