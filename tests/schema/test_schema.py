"""The schema of every kind of file: what it takes, what it refuses, and what it says of each key."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import ValidationError

from iptengine.authoring.document import read, read_path
from iptengine.authoring.loader import check_text
from iptengine.authoring.schema import SORTS, Sort, schema_for, schema_of
from iptengine.authoring.schema.local_rules import LOCAL
from iptengine.authoring.schema.values import CALLED
from iptengine.authoring.shapes import keys_of
from iptengine.cli.main import SCHEMAS
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from phrases import protocol

ROOT = Path(__file__).parents[2]
BASES = ("ipt-adult@1.0.0",)
BAD = ROOT / "tests" / "bad_protocols"
PHQ9 = ROOT / "protocols" / "measures" / "phq9.measure.yaml"
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"

ONLY_CHECK_SEES = [
    "approval-before-safety",
    "approval-of-no-interruption",
    "approval-target",
    "base-changed",
    "changed-twice-in-two-groups",
    "changed-twice",
    "changes-nothing",
    "circular-approval",
    "circular-base",
    "circular-condition",
    "component-after-last",
    "component-circle",
    "component-name-taken",
    "condition-scope",
    "condition-unknown-name",
    "dates-backwards",
    "dead-end",
    "deadline-does-not-fit",
    "dose-beyond-most",
    "message-names-a-person",
    "minutes-do-not-fit",
    "minutes-too-few",
    "missing-unstaged",
    "name-taken",
    "name-used-twice",
    "never-ends",
    "never-finished-early",
    "never-welcome",
    "no-answer-as-value",
    "order-against-after",
    "order-breaks-constraint",
    "order-circle",
    "outcome-from",
    "patient-line-names-a-person",
    "plan-does-not-fit",
    "plan-phase",
    "repeated-task",
    "restart-without-relapse",
    "review-by-nobody",
    "risk-alert-without-fact",
    "same-series",
    "sessions-do-not-fit-contract",
    "sessions-do-not-fit-end",
    "source-without-a-work",
    "task-in-no-session",
    "template-condition",
    "template-not-here",
    "template-unknown-name",
    "topic-never-due",
    "two-running-orders",
    "unknown-base-version",
    "unknown-base",
    "unknown-component",
    "unknown-date",
    "unknown-measure",
    "unknown-participant",
    "unknown-phase",
    "unknown-policy",
    "unknown-source",
    "unknown-stage",
    "unknown-state",
    "unknown-step",
    "unknown-target",
    "unknown-task-after-a-pause",
    "unknown-task",
    "unknown-technique",
    "unknown-topic",
    "unreachable-phase",
    "unreachable-stage",
    "unreachable-state",
    "variant-bad-meaning",
    "variant-does-not-fit",
    "variant-without-its-measure",
    "variant-without-what-is-named",
    "weaker-alert-by-its-fact",
    "weaker-alert-by-its-measure",
    "weaker-alert-by-its-words",
    "weaker-alert-by-other-means",
    "weaker-alert",
    "window-does-not-fit",
    "window-hole",
    "window-open-ended",
    "window-order",
    "word-as-role",
]
"""Bad protocols whose mistake lies between two places, in a sentence, or in another file: no schema can see it.

And one that is left to `check`: what changes nothing is what the editor offers to begin a change with.
"""


@cache
def validator(sort: Sort) -> Draft7Validator:
    schema = schema_of(sort)
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def refused(sort: Sort, root: object) -> list[str]:
    """Where and why a file is refused."""
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(sort).iter_errors(root)]


def files(sort: Sort) -> list[Path]:
    """Every file of a sort that is in order, shipped or of the tests."""
    folders = ("protocols", "examples", "tests/keys", "tests/protocols", "tests/testing", "tests/walks")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob(f"*.{sort}.yaml"))


@pytest.mark.parametrize(
    ("sort", "path"),
    [(sort, path) for sort in ("protocol", "measure", "vignette") for path in files(sort)],  # type: ignore[arg-type]
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_every_shipped_file_fits_its_schema(sort: Sort, path: Path) -> None:
    assert refused(sort, read_path(path).root) == []


def test_the_command_offers_every_sort_there_is() -> None:
    assert tuple(SCHEMAS.choices) == SORTS


# What is refused.


def test_every_bad_protocol_is_refused_whose_mistake_a_schema_can_see() -> None:
    taken = [
        path.name.removesuffix(".protocol.yaml")
        for path in sorted(BAD.glob("*.protocol.yaml"))
        if not refused("protocol", read_path(path).root) and not refused_for_its_base(read_path(path).root)
    ]
    assert taken == ONLY_CHECK_SEES


def refused_for_its_base(root: Any) -> bool:
    """Whether the schema of its base refuses a variant; not where there is no such base."""
    extends = str(root.get("extends")) if isinstance(root, dict) else ""
    return extends in BASES and not of_the_base(extends).is_valid(root)


@cache
def of_the_base(ref: str) -> Draft7Validator:
    return Draft7Validator(schema_for(protocol(ref.partition("@")[0])))


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("iptengine: 1", "iptengine: true"),
        ("iptengine: 1", 'iptengine: "1"'),
        ("protocol: ipt-small", "protocol: con"),
        ("protocol: ipt-small", "protocol: IPT small"),
        ("version: 1.0.0", "version: 1.0"),
        ("version: 1.0.0", "version: 01.0.0"),
        ("status: draft", "status: final"),
        ("status: draft", "status: reviewed"),
        ("  sessions: 6..8", "  sessions: 8..6"),
        ("  sessions: 6..8", "  sessions: six"),
        ("  sessions: 6..8", "  sessions: 6.5"),
        ("  sessions: 6..8", "  sessions: -6"),
        ("  frequency: 1 a week", "  frequency: weekly"),
        ("  guide: A guide to interpersonal psychotherapy", "  guide: {cite: A guide, decision: By us}"),
        ("  guide: A guide to interpersonal psychotherapy", "  guide: {}"),
        ("  guide: A guide to interpersonal psychotherapy", "  guide: 2018"),
        ("  guide: A guide to interpersonal psychotherapy", "  Guide: A guide"),
        ("  partner: {title: Spouse or partner}", "  partner: {titel: Spouse or partner}"),
        ("  role_play: {title: Role play, source: guide}", "  role_play: {title: Role play, source: A guide}"),
        ("focus: {at_most: 1}", "focus: {at_most: 10}"),
        ("focus: {at_most: 1}", "focus: {at_most: true}"),
        ("focus: {at_most: 1}", 'focus: {at_most: "1"}'),
    ],
)
def test_a_line_that_does_not_fit_is_refused(line: str, changed: str) -> None:
    text = SMALL.read_text(encoding="utf-8")
    assert f"\n{line}\n" in f"\n{text}"
    root = read(text.replace(line, changed, 1).encode(), "small.protocol.yaml").root
    assert len(refused("protocol", root)) >= 1


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "2026-03-31", "12:30", "1.0.0"])
def test_words_that_older_yaml_took_for_something_else_are_texts(word: str) -> None:
    text = SMALL.read_text(encoding="utf-8").replace("title: Role play", f"title: {word}")
    assert refused("protocol", read(text.encode(), "small.protocol.yaml").root) == []


def test_a_file_that_extends_another_is_held_to_be_a_variant_and_every_other_to_be_whole() -> None:
    head = {"iptengine": 1, "protocol": "ipt-x", "version": "0.1.0", "status": "draft", "title": "X"}
    changes = {"a": {"because": "B", "set": {"phases.initial.window": "first 2"}}}
    assert refused("protocol", {**head, "extends": "ipt-adult@1.0.0", "changes": changes}) == []
    assert refused("protocol", {**head, "changes": changes}) == ["$: 'extends' is a required property"]
    assert refused("protocol", {**head, "extends": "ipt-adult@1.0.0", "changes": changes, "phases": {}}) == [
        "$: Additional properties are not allowed ('phases' was unexpected)"
    ]
    assert refused("protocol", head) == [
        f"$: '{key}' is a required property" for key in ("population", "contract", "start", "phases", "outcomes")
    ]


# The same verdict as the models.

APART = 13
"""Of the other values, every place gets those that lie so far apart, so that all places get all together."""
OTHERS: tuple[Any, ...] = (True, 3, -1, 2.5, "x y", "", "first_talk", [], ["a"], [3], {}, {"a": "b"}, {"A b": 1})


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (name,)
        yield from ((name, *rest) for rest in places(one))


def mutants(root: Any) -> Iterator[tuple[str, Any]]:
    """A file with one value exchanged, or one key misspelt or left out."""
    for number, path in enumerate(places(root)):
        others = OTHERS[number % APART :: APART]
        for told, other in (*((f"{path} is {other!r}", other) for other in others), (f"{path} is gone", places)):
            mutant = copy.deepcopy(root)
            around = mutant
            for part in path[:-1]:
                around = around[part]
            if other is places:
                del around[path[-1]]
            else:
                around[path[-1]] = other
            yield told, mutant


def fits(model: type[Spec] | type[Measure], root: Any) -> bool:
    try:
        model.model_validate(root)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("sort", "model", "path"), [("protocol", Spec, SMALL), ("measure", Measure, PHQ9)])
def test_what_the_models_refuse_the_schema_refuses_too(
    sort: Sort, model: type[Spec] | type[Measure], path: Path
) -> None:
    every = list(mutants(read_path(path).root))
    assert len(every) > 200
    let_through = [told for told, mutant in every if validator(sort).is_valid(mutant) and not fits(model, mutant)]
    assert let_through == []


def test_what_check_lets_pass_the_schema_lets_pass() -> None:
    wrong = [
        told
        for told, mutant in mutants(read_path(SMALL).root)
        if not validator("protocol").is_valid(mutant) and fits(Spec, mutant) and _passes(mutant)
    ]
    assert wrong == []


def _passes(root: Any) -> bool:
    text = yaml.safe_dump(root, allow_unicode=True, sort_keys=False, default_flow_style=False, width=4000)
    return check_text(text.encode(), "mutant.protocol.yaml")[1] == ()


# What is said of each key.


def parts_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((name, one) for name, one in schema["definitions"].items() if "properties" in one)
    if "properties" in schema:
        yield "the file", schema


@pytest.mark.parametrize("sort", SORTS)
def test_every_key_is_explained_and_has_an_example(sort: Sort) -> None:
    unexplained = [
        f"{part}.{name}"
        for part, schema in parts_of(schema_of(sort))
        for name, key in schema["properties"].items()
        if not key.get("description") or not (key.get("examples") or "```yaml" in key.get("markdownDescription", ""))
    ]
    assert unexplained == []


@pytest.mark.parametrize("sort", SORTS)
def test_every_example_fits_what_it_is_an_example_of(sort: Sort) -> None:
    schema = schema_of(sort)
    wrong = []
    for part, one in parts_of(schema):
        for name, key in one["properties"].items():
            held = Draft7Validator({"definitions": schema["definitions"], "properties": {name: key}})
            block = key.get("markdownDescription", "").partition("```yaml\n")[2].removesuffix("```")
            written = [yaml.load(block, yaml.BaseLoader)] if block and "examples" in key else []
            examples = [{name: example} for example in key.get("examples", ())] + written
            wrong += [f"{part}.{name}: {example}" for example in examples if not held.is_valid(example)]
    assert wrong == []


@pytest.mark.parametrize("sort", SORTS)
def test_no_place_offers_several_schemas_to_choose_from(sort: Sort) -> None:
    text = json.dumps(schema_of(sort))
    assert [word for word in ('"anyOf"', '"oneOf"', f'"{CALLED}"', "http://", "https://") if word in text] == [
        "http://"
    ]
    assert text.count("http://") == 1


def test_every_key_that_a_rule_speaks_of_is_a_key() -> None:
    unknown = [
        (model.__name__, key)
        for model, local in LOCAL.items()
        for key in (*local.keys, *local.never)
        if key not in keys_of(model)
    ]
    assert unknown == []


def test_the_same_schema_is_written_every_time() -> None:
    assert json.dumps(schema_of()) == json.dumps(schema_of())
