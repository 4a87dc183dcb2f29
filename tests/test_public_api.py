"""What a developer may rely on: the public names, what importing them costs, and the program of the contract."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import iptengine
from iptengine.course.codec import BadInput, command_from_mapping
from iptengine.course.commands import COMMANDS
from iptengine.diagnostics import IptengineError

ROOT = Path(__file__).parents[1]

CONTRACT = (
    "Clinic",
    "load",
    "check",
    "Actor",
    "Command",
    "Event",
    "Reason",
    "Refused",
    "Conflict",
    "UnknownCourse",
    "StoreError",
    "ProtocolError",
    "IptengineError",
    "Diagnostic",
    "Span",
    "Protocol",
    "Course",
    "CourseWarning",
    "Alert",
    "Way",
    "Agenda",
    "Due",
    "Done",
    "Store",
    "MemoryStore",
    "decide",
    "evolve",
    "replay",
    "ways",
    "agenda",
    "due",
    "commands",
)

HEAVY = ("pydantic", "jinja2", "transitions", "sqlalchemy", "yaml", "click", "rich", "markupsafe", "json", "datetime")


def run(program: str) -> Any:
    """What a program prints, as JSON, in a Python of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


# -- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTRACT)
def test_every_name_of_the_contract_is_there(name: str) -> None:
    assert name in iptengine.__all__
    found = getattr(iptengine, name)
    assert found is getattr(iptengine, name)
    assert isinstance(found, ModuleType) or found.__name__ == name


def home_of(homes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Where each name lives."""
    return {name: home for home, names in homes.items() for name in names}


def test_every_public_name_is_listed_and_leads_somewhere() -> None:
    assert iptengine.__all__ == sorted(iptengine.__all__)
    assert set(iptengine.__all__) == {*home_of(iptengine._HOMES), "commands"}
    assert set(iptengine.__all__) <= set(dir(iptengine))
    for name in iptengine.__all__:
        assert getattr(iptengine, name) is not None


def test_the_type_checker_sees_the_same_names_from_the_same_places() -> None:
    tree = ast.parse((ROOT / "src/iptengine/__init__.py").read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.asname: f"{node.module}".removeprefix("iptengine.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert seen == {**home_of(iptengine._HOMES), "commands": "iptengine"}


def test_a_name_that_is_not_there_is_told_as_python_tells_it() -> None:
    with pytest.raises(AttributeError, match=r"^module 'iptengine' has no attribute 'Therapist'$"):
        iptengine.Therapist  # type: ignore[attr-defined]  # noqa: B018


def test_the_commands_module_holds_every_command() -> None:
    from iptengine import commands

    assert iptengine.commands is commands
    assert {name for name in commands.__all__ if not name.islower() and name not in ("COMMANDS", "BadInput")} == {
        "Command",
        "ImportCourse",  # said to the policy alone
        *(command.__name__ for command in COMMANDS.values()),
    }
    assert all(hasattr(commands, name) for name in commands.__all__)
    assert commands.command_from_mapping is command_from_mapping
    assert commands.BadInput is BadInput


def test_every_error_of_the_library_has_one_root() -> None:
    errors = [
        getattr(iptengine, name)
        for name in iptengine.__all__
        if isinstance(getattr(iptengine, name), type) and issubclass(getattr(iptengine, name), BaseException)
    ]
    assert len(errors) == 21
    assert all(issubclass(error, IptengineError) for error in errors)


def test_the_names_for_tests_are_listed_and_lead_somewhere() -> None:
    from iptengine import testing

    assert testing.__all__ == sorted(home_of(testing._HOMES))
    assert set(testing.__all__) <= set(dir(testing))
    for name in testing.__all__:
        assert getattr(testing, name).__name__ == name
    with pytest.raises(AttributeError, match=r"^module 'iptengine.testing' has no attribute 'Clinic'$"):
        testing.Clinic  # type: ignore[attr-defined]  # noqa: B018


# -- what importing costs ----------------------------------------------------------------------------------------


def test_importing_the_library_loads_nothing_heavy() -> None:
    program = (
        "import json, sys; import typing, importlib, __future__; before = set(sys.modules); import iptengine\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules and name not in before]\n"
        "print(__import__('json').dumps([heavy, sorted(m for m in sys.modules if m.startswith('iptengine'))]))"
    )
    assert run(program) == [[], ["iptengine", "iptengine.front_door"]]


def test_only_the_rooms_that_are_needed_are_loaded() -> None:
    program = (
        "import sys, iptengine; iptengine.MemoryStore; iptengine.Actor; iptengine.commands\n"
        f"print(__import__('json').dumps([name for name in {HEAVY[:8]!r} if name in sys.modules]))"
    )
    assert run(program) == []


def test_importing_the_library_costs_at_most_half_of_a_pydantic_model() -> None:
    """Counted in modules, which do not depend on how busy the machine is; the benchmarks count the time."""
    count = "import sys; before = set(sys.modules); {}; print(len(set(sys.modules) - before))"
    ours = run(count.format("import iptengine"))
    theirs = run(count.format("import pydantic; pydantic.BaseModel"))
    assert 0 < ours * 2 <= theirs


# -- the program of the contract ---------------------------------------------------------------------------------


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    monkeypatch.delitem(sys.modules, "clinic_program", raising=False)
    return importlib.import_module("clinic_program")


def test_the_program_of_a_clinic_runs_from_the_first_session_to_the_page(program: ModuleType) -> None:
    told = program.main()
    assert told.startswith(
        "To call about:\nPHQ-9 item 9 (thoughts of death or self-harm) was left unanswered on 2026-03-10. "
        "This needs a clinician's assessment today.\n\nNot carried out:\n"
    )
    assert "'initial' does not lead to 'ending'" in told


def test_the_program_serves_a_page_with_all_its_parts(program: ModuleType) -> None:
    anna = iptengine.Actor("u17", role="therapist")
    day = program.date(2026, 3, 3)
    course = program.begin(anna, day)
    program.first_sessions(course, anna, day)
    page = program.page(course, day, [course])
    assert set(page) == {"agenda", "paper", "api", "buttons", "due", "alerts"}
    assert page["agenda"].__html__() == page["agenda"]
    assert json.loads(page["api"])["schema"] == "iptengine.agenda/1"
    assert {way.__class__ for way in page["buttons"]} == {tuple}
    assert page["alerts"] == ()


def test_the_program_goes_on_all_the_same_when_the_clinician_says_so(program: ModuleType) -> None:
    anna = iptengine.Actor("u17", role="therapist")
    day = program.date(2026, 3, 3)
    course = program.begin(anna, day)
    form = program.Form(day, {"self_harm": 0}, "", 1)
    saved = program.save_session(course, form, anna)
    refused = saved["done"].refused[-1]
    assert refused.command.kind == "enter_phase"
    done = program.anyway(course, refused, "the patient moves away", anna)
    assert done.course.phase == "ending"


def test_the_program_keeps_the_reports_when_a_colleague_saved_first(program: ModuleType) -> None:
    anna = iptengine.Actor("u17", role="therapist")
    day = program.date(2026, 3, 3)
    course = program.begin(anna, day)
    first = [event.kind for event in program.first_sessions(course, anna, day).events]
    saved = program.save_session(course, program.Form(day, {"self_harm": 2}, "", 1), anna)
    assert "focus_agreed" in first
    assert saved == {"changed": first, "kept": 4}
    assert [called for called, _ in program.CALLS] == [course]
