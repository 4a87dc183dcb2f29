"""Variants: a protocol written as changes to another, and every mistake one can make in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.authoring.loader import Opened, check, check_text, load, open_protocol
from iptengine.authoring.variants import bases
from iptengine.authoring.variants.lineage import changeable, lineage
from iptengine.authoring.variants.opening import MOST_BASES
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.protocol import Protocol

ROOT = Path(__file__).parents[2]
PROTOCOLS = ROOT / "protocols"
HEAD = """\
iptengine: 1
protocol: ipt-try
version: 0.1.0
status: draft
title: A variant to try
extends: ipt-adult@1.0.0
sources:
  team: {decision: "The team, 12 May 2026"}
changes:
"""


def group(*lines: str, name: str = "trial") -> str:
    """One group of changes, its verbs indented as they stand in a file."""
    return f"  {name}:\n    because: The team decided so\n    source: team\n" + "".join(f"    {one}\n" for one in lines)


def variant(*lines: str) -> Protocol:
    """A variant of the adult protocol with one group of changes."""
    protocol, found = check_text((HEAD + group(*lines)).encode(), "my.protocol.yaml")
    if protocol is None:
        raise ProtocolError(found)
    return protocol


def content(protocol: Protocol) -> Any:
    """What a protocol says, but for what it says of itself."""
    said = json.loads(protocol.content)
    for key in ("protocol", "version", "title", "status", "extends", "changes", "about", "population"):
        said["protocol"].pop(key, None)
    said["protocol"]["sources"].pop("team", None)
    return said


@pytest.fixture(scope="module")
def adult() -> Opened:
    """The adult protocol with its places."""
    return open_protocol("ipt-adult")


# -- what a variant is ------------------------------------------------------------------------------------------------


def test_a_variant_is_its_base_with_its_changes(adult: Opened) -> None:
    changed = variant(
        "set:", "  phases.initial.window: first 2", "  phases.middle.window: 3..last 4",
        "add:", "  facts.room: {title: Where we meet, one_of: [chair, private], ask: every session}",
        "remove: [decisions.weeks]",
    )  # fmt: skip
    assert adult.protocol is not None
    expected = content(adult.protocol)
    expected["protocol"]["phases"]["initial"]["window"] = "first 2"
    expected["protocol"]["phases"]["middle"]["window"] = "3..last 4"
    expected["protocol"]["facts"]["room"] = {
        "title": "Where we meet", "one_of": ["chair", "private"], "ask": "every session",
    }  # fmt: skip
    del expected["protocol"]["decisions"]["weeks"]
    assert content(changed) == expected
    assert (changed.id, changed.version, changed.title) == ("ipt-try", "0.1.0", "A variant to try")
    assert (changed.spec.population, changed.spec.extends) == (adult.protocol.spec.population, "ipt-adult@1.0.0")


def test_the_longer_form_has_the_digest_of_what_it_says_and_how_it_came_about() -> None:
    text = (PROTOCOLS / "ipt-adult-long.protocol.yaml").read_text(encoding="utf-8")
    protocol, _ = check_text(text.encode(), "a.protocol.yaml")
    other, _ = check_text(text.replace("takes the longer notice", "takes a longer notice").encode(), "a.protocol.yaml")
    assert protocol is not None
    assert other is not None
    assert protocol.digest != other.digest


def test_the_short_form_of_a_task_is_its_do(adult: Opened) -> None:
    changed = variant(
        "set:", "  phases.initial.must.inventory.do: Draw the circle of people",
        "add:", "  phases.initial.must.inventory.by: session 2",
    )  # fmt: skip
    task = changed.spec.phases["initial"].must["inventory"]
    assert (task.do, str(task.by)) == ("Draw the circle of people", "session 2")


def test_something_new_stands_last_and_an_order_can_say_otherwise(adult: Opened) -> None:
    assert adult.protocol is not None
    names = list(adult.protocol.spec.phases["ending"].must)
    added = variant("add:", "  phases.ending.must.farewell: Say goodbye")
    assert list(added.spec.phases["ending"].must) == [*names, "farewell"]
    wanted = ["farewell", *names]
    ordered = variant(
        "add:", "  phases.ending.must.farewell: Say goodbye",
        "order:", f"  phases.ending.must: [{', '.join(wanted)}]",
    )  # fmt: skip
    assert list(ordered.spec.phases["ending"].must) == wanted


def test_a_task_moves_under_its_own_name() -> None:
    moved = variant("move:", "  phases.initial.must.history: phases.middle.must")
    assert "history" not in moved.spec.phases["initial"].must
    assert list(moved.spec.phases["middle"].must)[-1] == "history"


def test_a_key_of_the_format_that_the_base_leaves_out_is_begun_on_the_way() -> None:
    changed = variant("add:", "  pauses.admitted: {title: In hospital}")
    assert changed.spec.pauses["admitted"].title == "In hospital"


def test_a_review_of_the_base_does_not_pass_on(tmp_path: Path) -> None:
    text = (PROTOCOLS / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    reviewed = text.replace("status: draft", "status: reviewed\nreviewed_by: Nobody real", 1)
    (tmp_path / "ipt-adult@1.0.1.protocol.yaml").write_text(
        reviewed.replace("version: 1.0.0", "version: 1.0.1", 1), encoding="utf-8"
    )
    mine = HEAD.replace("1.0.0\nsources", "1.0.1\nsources") + group("set:", "  contract.sessions: 12..14")
    protocol, found = check_text(mine.encode(), "my.protocol.yaml", [tmp_path])
    assert found == ()
    assert protocol is not None
    assert (protocol.status, protocol.spec.reviewed_by) == ("draft", None)


# -- a rename carries every reference --------------------------------------------------------------------------------


def test_a_renamed_measure_takes_its_conditions_along() -> None:
    changed = variant("rename:", "  measures.phq9: mood")
    assert list(changed.measures) == ["mood"]
    assert changed.spec.alerts["sudden_rise"].raise_if.says == "mood rose by 6 or more since the last reading"


def test_a_renamed_part_can_be_changed_under_its_old_path() -> None:
    changed = variant(
        "rename:", "  phases.middle: working",
        "set:", "  phases.middle.title: Working phase",
    )  # fmt: skip
    assert list(changed.spec.phases) == ["initial", "working", "ending"]
    assert changed.spec.phases["working"].title == "Working phase"
    assert list(changed.spec.phases["initial"].next) == ["working"]


# -- variants of variants ------------------------------------------------------------------------------------------


def written(folder: Path, name: str, base: str, *lines: str) -> Path:
    """The file of a variant in a folder."""
    head = HEAD.replace("ipt-try", name).replace("ipt-adult@1.0.0", base)
    path = folder / f"{name}.protocol.yaml"
    path.write_text(head + group(*lines), encoding="utf-8")
    return path


def test_a_variant_of_a_variant_has_the_changes_of_both(tmp_path: Path) -> None:
    written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "set:", "  contract.sessions: 12..14", "  focus.at_most: 1")
    path = written(tmp_path, "ipt-two", "ipt-one@0.1.0", "set:", "  contract.sessions: 12..13")
    path.write_text(path.read_text(encoding="utf-8").replace("  team:", "  other:").replace(": team", ": other"))
    opened = open_protocol(path)
    assert opened.diagnostics == ()
    assert opened.protocol is not None
    assert (str(opened.protocol.spec.contract.sessions), opened.protocol.spec.focus.at_most) == ("12..13", 1)  # type: ignore[union-attr]
    account = lineage(opened, ("contract", "sessions"))
    assert [(step.protocol, step.before) for step in account.steps] == [
        ("ipt-two@0.1.0", "12..14"), ("ipt-one@0.1.0", "12..16"),
    ]  # fmt: skip
    assert account.origin is not None
    assert (account.now, account.origin[0]) == ("12..13", "ipt-adult@1.0.0")


def test_a_circle_is_told_with_the_way_round_it(tmp_path: Path) -> None:
    written(tmp_path, "ipt-one", "ipt-two@0.1.0", "remove: [focus]")
    path = written(tmp_path, "ipt-two", "ipt-one@0.1.0", "remove: [focus]")
    assert [(one.code, one.message) for one in check(path)] == [
        ("circular-base", "this goes round in a circle: ipt-two@0.1.0 extends ipt-one@0.1.0 extends ipt-two@0.1.0"),
        ("base-not-usable", "the base ipt-one@0.1.0 has 1 mistake of its own"),
    ]


def test_more_variants_upon_one_another_than_anybody_follows_are_refused(tmp_path: Path) -> None:
    before = "ipt-adult@1.0.0"
    for number in range(MOST_BASES + 2):
        path = written(tmp_path, f"ipt-v{number}", before, "set:", f"  decisions.weeks.because: Reason {number}")
        text = path.read_text(encoding="utf-8").replace("  team:", f"  t{number}:").replace(": team", f": t{number}")
        path.write_text(text, encoding="utf-8")
        before = f"ipt-v{number}@0.1.0"
    assert check(tmp_path / "ipt-v5.protocol.yaml") == ()
    assert "too-many-bases" in {one.code for one in check(path)}


def test_two_different_files_of_one_version_are_ambiguous(tmp_path: Path) -> None:
    text = (PROTOCOLS / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    (tmp_path / "ipt-adult.protocol.yaml").write_text(text.replace("12..16", "12..15", 1), encoding="utf-8")
    path = written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "remove: [decisions.weeks]")
    assert [(one.code, one.hint) for one in check(path)] == [
        ("ambiguous-base", "keep one of them, or give a changed protocol another version")
    ]


def test_the_same_file_in_two_folders_is_one_base(tmp_path: Path) -> None:
    text = (PROTOCOLS / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    (tmp_path / "ipt-adult.protocol.yaml").write_text("# a copy\n" + text, encoding="utf-8")
    path = written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "remove: [decisions.weeks]")
    assert check(path) == ()


def test_a_base_is_not_looked_for_through_a_link_that_leads_out_of_its_folder(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    base = written(outside, "ipt-base", "ipt-adult@1.0.0", "remove: [decisions.weeks]")
    (inside / "ipt-base.protocol.yaml").symlink_to(base)
    path = written(inside, "ipt-one", "ipt-base@0.1.0", "remove: [decisions.trauma]")
    assert [one.code for one in check(path)] == ["unknown-base"]
    assert [one.code for one in check(path, folders=[outside])] == ["there-already"]


def test_the_mistakes_of_a_base_come_first_and_with_its_lines(tmp_path: Path) -> None:
    base = written(tmp_path, "ipt-base", "ipt-adult@1.0.0", "set:", "  contract.sessions: many")
    path = written(tmp_path, "ipt-one", "ipt-base@0.1.0", "remove: [decisions.trauma]")
    found = check(path)
    assert [(Path(one.span.file).name, one.span.line, one.code) for one in found] == [
        (base.name, 14, "bad-value"), (path.name, 6, "base-not-usable"),
    ]  # fmt: skip


# -- one account of every path -------------------------------------------------------------------------------------


def test_what_nobody_changed_is_told_with_its_line_and_its_sources(adult: Opened) -> None:
    account = lineage(adult, ("phases", "initial", "window"))
    assert (account.now, account.steps, account.origin) == (
        "first 1..3", (), ("ipt-adult@1.0.0", account.at),
    )  # fmt: skip
    assert account.source == ("conduct", "ipt_uk", "inmind", "counselling_uk")


def test_what_was_taken_away_is_told_with_the_change_that_did(adult: Opened, tmp_path: Path) -> None:
    found = open_protocol(written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "remove: [decisions.weeks]"))
    account = lineage(found, ("decisions", "weeks", "reads"))
    assert (account.now, [(step.verb, step.group) for step in account.steps]) == ("", [("remove", "trial")])
    with pytest.raises(LookupError, match="'decisions' holds no 'week'; did you mean 'weeks'"):
        lineage(adult, ("decisions", "week"))


def test_what_a_group_made_rests_on_the_group_and_not_on_what_the_base_says_around_it(tmp_path: Path) -> None:
    lines = ["set:", "  contract.sessions: 12..14", "add:", "  phases.initial.must.who_hears: Say who may hear"]
    found = open_protocol(written(tmp_path, "ipt-one", "ipt-adult@1.0.0", *lines))
    rests = {".".join(str(part) for part in row.path): row.source for row in changeable(found)}
    assert rests["contract.sessions"] == ("team",)
    assert rests["phases.initial.must.who_hears"] == ("team",)
    assert rests["contract.minutes"] == ("society", "comprehensive", "counselling_uk", "clinic_page")


def test_a_path_is_found_under_the_name_that_the_base_has_for_it(tmp_path: Path) -> None:
    path = written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "rename:", "  phases.ending: leave_taking")
    found = open_protocol(path)
    account = lineage(found, ("phases", "ending", "window"))
    assert (account.path, account.now) == (("phases", "leave_taking", "window"), "last 3")
    assert next(row.path[1] for row in changeable(found, ("phases", "ending"))) == "leave_taking"


def test_every_path_that_is_listed_can_be_set(adult: Opened) -> None:
    rows = list(changeable(adult))
    assert len(rows) > 900
    paths = {".".join(str(part) for part in row.path) for row in rows}
    assert {"contract.sessions", "phases.initial.must.inventory.do", "phases.ending.window"} <= paths


# -- a change does what the same edit by hand does -----------------------------------------------------------------

_TEXTS = [
    ".".join(str(part) for part in row.path)
    for row in changeable(open_protocol("ipt-adult"))
    if row.path[-1] in ("do", "title", "aim", "because", "reads", "choose_when", "recognise", "says", "note")
    and row.path[0] != "alerts"
    and row.path[:2] not in (("facts", "fear_at_home"), ("facts", "someone_at_risk"))
]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(_TEXTS), min_size=1, max_size=12, unique=True))
def test_setting_texts_is_what_writing_them_into_the_base_would_be(paths: list[str]) -> None:
    lines = ["set:", *(f'  {path}: "A new text"' for path in paths)]
    expected = content(load("ipt-adult"))
    for path in paths:
        at = expected["protocol"]
        *way, last = path.split(".")
        for part in way:
            at = at[part]
        at[last] = "A new text"
    assert content(variant(*lines)) == expected


# -- a measure is one instrument ---------------------------------------------------------------------------------------


def test_a_risk_item_cannot_be_lost_by_a_file_of_the_measures_name(tmp_path: Path) -> None:
    text = (PROTOCOLS / "measures" / "phq9.measure.yaml").read_text(encoding="utf-8")
    (tmp_path / "phq9.measure.yaml").write_text(text, encoding="utf-8")
    path = written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "remove: [decisions.weeks]")
    assert check(path) == ()
    assert text.count("risk: {from: 1,") == 1
    changed = text.replace("risk: {from: 1,", "risk: {from: 3,")
    file = tmp_path / "phq9.measure.yaml"
    file.write_text(changed, encoding="utf-8")
    assert [(one.code, one.message) for one in check(path)] == [
        ("other-measure", f"'phq9@1' is another file here ({file}) than the one that comes with iptengine")
    ]


def test_a_measure_of_a_base_of_ones_own_is_the_same_file_for_the_variant(tmp_path: Path) -> None:
    text = (PROTOCOLS / "measures" / "phq9.measure.yaml").read_text(encoding="utf-8")
    text = text.replace("measure: phq9", "measure: mood")
    home, shelf = tmp_path / "home", tmp_path / "shelf"
    for folder in (home, shelf):
        folder.mkdir()
        (folder / "mood.measure.yaml").write_text(text, encoding="utf-8")
    base = (PROTOCOLS / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    base = base.replace("protocol: ipt-adult\n", "protocol: ipt-own\n").replace("use: phq9@1", "use: mood@1")
    (shelf / "ipt-own.protocol.yaml").write_text(base, encoding="utf-8")
    path = written(home, "ipt-one", "ipt-own@1.0.0", "remove: [decisions.weeks]")
    assert check(path, folders=[shelf]) == ()
    (home / "mood.measure.yaml").write_text(text.replace("risk: {from: 1,", "risk: {from: 3,"), encoding="utf-8")
    assert [(one.code, one.message) for one in check(path, folders=[shelf])] == [
        ("other-measure", "'mood@1' is another file here than for the base")
    ]


# -- packages that offer protocols -------------------------------------------------------------------------------------


def test_a_package_offers_its_protocols_and_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, record = tmp_path / "clinic_manuals" / "files", tmp_path / "clinic_manuals-1.0.dist-info"
    package.mkdir(parents=True)
    record.mkdir()
    (tmp_path / "clinic_manuals" / "__init__.py").write_text("raise RuntimeError('this must not be run')")
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: clinic-manuals\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text("[iptengine.protocols]\nmanuals = clinic_manuals.files\n")
    written(package, "ipt-offered", "ipt-adult@1.0.0", "remove: [decisions.weeks]")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = written(elsewhere, "ipt-one", "ipt-offered@0.1.0", "remove: [decisions.trauma]")
    path.write_text(path.read_text(encoding="utf-8").replace("  team:", "  mine:").replace(": team", ": mine"))
    monkeypatch.syspath_prepend(str(tmp_path))
    bases.installed_folders.cache_clear()
    try:
        assert bases.installed_folders() == (str(package),)
        assert check(path) == ()
    finally:
        bases.installed_folders.cache_clear()


def test_a_condition_on_its_own_line_is_not_taken_for_one_inside_the_brackets_of_the_base() -> None:
    protocol = variant(
        "add:",
        "  participants.friend.invited_if:",
        "    in_the_middle: phase is middle",
    )
    assert list(protocol.spec.participants["friend"].invited_if) == ["in_the_middle"]


def test_a_condition_that_a_variant_writes_inside_brackets_is_told_there() -> None:
    text = HEAD + group("add:", "  participants.friend.invited_if: {in_the_middle: phase is middle}")
    _, found = check_text(text.encode(), "my.protocol.yaml")
    assert [(one.code, one.span.line) for one in found] == [("flow-text", 14)]
