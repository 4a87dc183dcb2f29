"""One course is handed from one store to another whole, or not at all; a file that was changed says where."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from iptengine import commands as c
from iptengine.authoring.loader import load
from iptengine.cli.main import run_command
from iptengine.course.codec import BadInput
from iptengine.course.course import Course
from iptengine.course.stamp import Actor
from iptengine.engine.answers import UnknownCourse
from iptengine.engine.clinic import Clinic
from iptengine.engine.handing_over import BrokenExport, export_course, import_course
from iptengine.engine.policy import Allowed, Denied, NotAllowed, Permission, Policy
from iptengine.protocol.protocol import Protocol
from iptengine.store.chain import chained, opened
from iptengine.store.memory import MemoryStore
from iptengine.store.port import Store, StoreError
from iptengine.store.sql.opening import open_store
from iptengine.store.verification import verify
from phrases import ROOT, WithoutProtocols
from stores import fresh_store, is_empty

ANNA = Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
KEY, OTHER = b"the key of one clinic", b"the key of another one"
CANARY = "Wilhelmina was beaten"


@cache
def small() -> Protocol:
    return load(ROOT / "tests" / "protocols" / "small.protocol.yaml")


@cache
def calm() -> Protocol:
    return load(ROOT / "examples" / "calm-evenings.protocol.yaml")


def clinic(store: object, *protocols: Protocol, key: bytes | None = None) -> Clinic:
    ids = count(1)
    at = datetime(2026, 3, 3, 15, tzinfo=UTC)
    return Clinic(store, protocols, clock=lambda: at, ids=lambda: f"id-{next(ids)}", seal_key=key)  # type: ignore[arg-type]


def under_way(key: bytes | None = None, store: Store | None = None) -> Store:
    """A store with two courses; the one called a has a risk alert, a refusal carried out all the same, and a note."""
    store = fresh_store() if store is None else store
    opened = clinic(store, small(), key=key)
    opened.start("ipt-small", by=ANNA, on=DAY, course="b")
    opened.start("ipt-small", by=ANNA, on=DAY, course="a", called="A. R.")
    opened.do("a", c.HoldSession(on=DAY), c.Read("phq9", total=12), c.WriteNote(CANARY), by=ANNA)
    return store


@cache
def exported(key: bytes | None = None) -> str:
    return export_course(under_way(key), "a")


# -- handed over -------------------------------------------------------------------------------------------------


def test_a_course_is_the_same_in_the_other_store_byte_by_byte() -> None:
    here, there = under_way(), fresh_store()
    assert import_course(there, export_course(here, "a")) == "a"
    assert tuple(there.read("a")) == tuple(here.read("a"))
    assert there.protocol(small().digest) == small().content
    before, after = clinic(here, small()), clinic(there)
    assert after.course("a").json() == before.course("a").json()
    assert after.agenda("a", on=DAY).page == before.agenda("a", on=DAY).page
    assert after.agenda("a", on=DAY).json() == before.agenda("a", on=DAY).json()
    assert after.alerts() == before.alerts(courses=["a"]) != ()
    assert [course for _, course, _ in there.feed()] == ["a"] * len(here.read("a"))
    assert export_course(there, "a") == export_course(here, "a")
    assert verify(there).problems == ()


# -- asked before ------------------------------------------------------------------------------------------------


def asked(rules: list[tuple[str, str, int, str]]) -> Policy:
    """A policy that lets in what a lead takes in, and notes what it was asked about."""

    def policy(actor: Actor, command: c.Command, course: Course, /) -> Permission:
        assert isinstance(command, c.ImportCourse)
        rules.append((command.kind, command.protocol, command.events, course.called))
        return Allowed("lead") if actor.role == "lead" else Denied("leads-import", "A lead takes courses in.")

    return policy


def test_a_clinic_asks_its_policy_before_it_takes_a_course_in_and_changes_nothing_of_it() -> None:
    here, there = under_way(), fresh_store()
    seen: list[tuple[str, str, int, str]] = []
    opened_there = Clinic(there, [], policy=asked(seen))
    with pytest.raises(NotAllowed) as no:
        opened_there.import_course(export_course(here, "a"), by=ANNA)
    assert str(no.value) == "import_course is not allowed (rule leads-import); nothing was recorded"
    assert [(one.course, one.because) for one in no.value.denied] == [("a", "A lead takes courses in.")]
    assert is_empty(there, small().digest)
    done = opened_there.import_course(export_course(here, "a"), by=Actor("u2", role="lead"))
    assert seen == [("import_course", "ipt-small@1.0.0", 5, "A. R.")] * 2
    assert tuple(there.read("a")) == tuple(here.read("a"))
    assert (done.course, done.events) == (clinic(here).course("a"), clinic(here).events("a"))
    assert done.alerts == clinic(here).alerts(courses=["a"]) == opened_there.alerts() != ()


def test_a_course_is_taken_in_by_a_clinic_with_the_key_of_its_own() -> None:
    here, there = under_way(OTHER), fresh_store()
    Clinic(there, [], seal_key=KEY).import_course(export_course(here, "a"), by=ANNA, sealed_with=OTHER)
    assert verify(there, key=KEY).problems == ()


def test_a_file_that_was_changed_is_told_before_anybody_is_asked() -> None:
    seen: list[tuple[str, str, int, str]] = []
    with pytest.raises(BrokenExport):
        Clinic(fresh_store(), [], policy=asked(seen)).import_course(exported()[:-5], by=ANNA)
    assert seen == []


def test_a_course_is_not_taken_in_as_if_it_were_said_to_one() -> None:
    with pytest.raises(BadInput, match="a course is taken in by Clinic"):
        clinic(under_way(), small()).do("a", c.ImportCourse("ipt-small@1.0.0", 5), by=ANNA)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_alerts_of_a_course_that_was_taken_in_stand_in_the_lists_of_a_database(kind: str) -> None:
    there = fresh_store(kind)
    done = clinic(there).import_course(exported(), by=ANNA)
    assert done.alerts == clinic(there).alerts() != ()
    assert [line.kind for line in clinic(there).due(on=DAY)][:1] == ["alert"]
    assert clinic(there).out_of_step() == ()


def test_what_a_role_may_read_is_written_from_the_shell(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["course", "export", "clinic.db", "a", "--role", "assessor", "--out", "a.jsonl"]) == 0
    told = "a.jsonl: course a as assessor may read it; it holds patient text, and cannot be imported\n"
    assert capsys.readouterr().out == told
    assert json.loads(Path("a.jsonl").read_text().splitlines()[0])["told_to"] == "assessor"
    assert run_command(["course", "import", "there.db", "a.jsonl"]) == 1
    assert "no whole course: export it without a role" in capsys.readouterr().err


def test_a_role_in_the_environment_holds_for_what_is_exported(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IPTENGINE_ROLE", "assessor")
    assert run_command(["course", "export", "clinic.db", "a"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["schema"] == "iptengine.record/1"
    assert run_command(["course", "export", "clinic.db", "a", "--whole"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["schema"] == "iptengine.export/1"


def test_it_goes_on_there() -> None:
    there = fresh_store()
    import_course(there, exported())
    done = Clinic(there, []).do("a", c.HoldSession(on=date(2026, 3, 10)), by=ANNA)
    assert [event.kind for event in done.events] == ["session_held"]
    assert verify(there).problems == ()


def test_a_course_sealed_with_a_key_is_taken_with_that_key_and_kept_byte_by_byte() -> None:
    here, there = under_way(KEY), fresh_store()
    import_course(there, export_course(here, "a"), seal_key=KEY, sealed_with=KEY)
    assert tuple(there.read("a")) == tuple(here.read("a"))
    assert verify(there, key=KEY).problems == ()


@pytest.mark.parametrize(("ours", "theirs"), [(OTHER, KEY), (None, KEY), (KEY, None)])
def test_a_course_from_a_clinic_with_another_key_is_sealed_anew(ours: bytes | None, theirs: bytes | None) -> None:
    here, there = under_way(theirs), fresh_store()
    import_course(there, export_course(here, "a"), seal_key=ours, sealed_with=theirs)
    assert [opened(text)[0] for text in there.read("a")] == [opened(text)[0] for text in here.read("a")]
    assert verify(there, key=ours).problems == ()
    assert clinic(there).course("a").json() == clinic(here).course("a").json()


def test_every_protocol_that_a_course_has_kept_goes_with_it() -> None:
    here, there = under_way(), fresh_store()
    here.keep_protocol(calm().digest, calm().content)
    bodies = [opened(text)[0] for text in here.read("a")]
    moved = bodies[-1].replace('"v":1', f'"v":1,"digest":"{calm().digest}"')
    here.append("a", chained((*bodies, moved), course="a", after=0, before="", key=None)[-1:], expected=len(bodies))
    text = export_course(here, "a")
    head = json.loads(text.splitlines()[0])
    assert (head["digest"], head["protocols"]) == (calm().digest, [small().digest, calm().digest])
    import_course(there, text)
    assert (there.protocol(small().digest), there.protocol(calm().digest)) == (small().content, calm().content)


def test_the_head_says_what_the_file_is() -> None:
    head = json.loads(exported().splitlines()[0])
    assert {key: head[key] for key in ("schema", "course", "version", "digest", "protocols")} == {
        "schema": "iptengine.export/1", "course": "a", "version": 5, "digest": small().digest,
        "protocols": [small().digest],
    }  # fmt: skip
    assert head["library"] != ""
    assert exported().isascii()


# -- refused -----------------------------------------------------------------------------------------------------


def test_a_course_that_is_not_there_is_not_exported() -> None:
    with pytest.raises(UnknownCourse):
        export_course(under_way(), "c")
    with pytest.raises(StoreError, match="no protocol of that digest is kept"):
        export_course(under_way(store=WithoutProtocols()), "a")


def test_an_id_that_is_taken_is_refused_and_nothing_is_touched() -> None:
    there = under_way()
    before = list(there.feed())
    with pytest.raises(StoreError, match=r"^a course of that id is in this store already; nothing was imported$"):
        import_course(there, exported())
    assert list(there.feed()) == before


def test_of_two_who_import_at_once_one_is_told() -> None:
    class Late(MemoryStore):
        def keep_protocol(self, digest: str, text: str) -> None:
            super().keep_protocol(digest, text)
            if not self.read("a"):
                self.append("a", under_way().read("a"), expected=0)

    with pytest.raises(StoreError, match="a course of that id is in this store already"):
        import_course(Late(), exported())


def refusal(text: str, **keys: bytes) -> str:
    """What is said of a changed file, of which nothing is kept."""
    store = fresh_store()
    with pytest.raises(BrokenExport) as caught:
        import_course(store, text, **keys)
    assert is_empty(store, small().digest)
    assert CANARY not in str(caught.value)
    assert str(caught.value).startswith(f"line {caught.value.line}: ")
    return str(caught.value).removesuffix("; nothing was imported")


LINES = exported().splitlines(keepends=True)
"""The head, the protocol, five events, the sum."""
SEAL = "this event was changed, does not follow the line before it, or was sealed with another key than the one given"
ENDS = "the file ends before it is complete"
NONE = "this is not an exported course: make one with 'iptengine course export'"


@pytest.mark.parametrize("many", range(len(LINES)))
def test_a_file_that_was_cut_off_between_lines_says_where(many: int) -> None:
    assert refusal("".join(LINES[:many])) == (f"line {many + 1}: {ENDS}" if many else f"line 1: {NONE}")


@pytest.mark.parametrize("line", range(1, len(LINES) + 1))
def test_a_file_that_was_cut_off_within_a_line_says_where(line: int) -> None:
    cut = "".join(LINES[:line])[:-10]
    assert refusal(cut).startswith(f"line {line}: ")


def test_a_file_without_its_last_line_end_is_cut_off() -> None:
    assert refusal(exported()[:-1]) == f"line 8: {ENDS}"


@pytest.mark.parametrize("line", range(3, 8))
def test_an_event_that_was_changed_left_out_repeated_or_moved_says_where(line: int) -> None:
    changed, out, twice, moved = list(LINES), list(LINES), list(LINES), list(LINES)
    changed[line - 1] = changed[line - 1].replace('"v":1', '"v":1,"x":2')
    assert refusal("".join(changed)) == f"line {line}: {SEAL}"
    del out[line - 1]
    assert refusal("".join(out)) == f"line {line}: {SEAL}"
    twice.insert(line - 1, twice[line - 1])
    assert refusal("".join(twice)).startswith((f"line {line}: {SEAL}", f"line {line + 1}: "))
    moved[line - 1], moved[line - 2] = moved[line - 2], moved[line - 1]
    assert refusal("".join(moved)).startswith((f"line {line}: ", f"line {line - 1}: "))


def with_head(**changes: object) -> Callable[[], str]:
    return lambda: json.dumps(json.loads(LINES[0]) | changes) + "\n" + "".join(LINES[1:])


def with_line(number: int, old: str, new: str) -> Callable[[], str]:
    return lambda: "".join([*LINES[: number - 1], LINES[number - 1].replace(old, new, 1), *LINES[number:]])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (lambda: "", f"line 1: {NONE}"),
        (lambda: "PK\x03\x04", f"line 1: {NONE}"),
        (lambda: "[" * 100_000, f"line 1: {NONE}"),
        (with_head(schema="iptengine.export/2"), "line 1: it was written by a newer version of this library"),
        (with_head(course="../b"), "line 1: it does not say which course it is, how many events it has and which "
                                   "protocols it keeps"),
        (with_head(course="b"), f"line 3: {SEAL}"),
        (with_head(version=4), "line 7: something in this file was changed since it was written"),
        (with_head(version=6), f"line 8: {SEAL}"),
        (with_head(digest="0" * 64), "line 1: it does not name the protocols that the events of the course name"),
        (with_head(protocols=[]), f"line 2: {SEAL}"),
        (with_head(library="9.9.9"), "line 8: something in this file was changed since it was written"),
        (with_line(2, "title", "tytle"), "line 2: the protocol cannot be used: this is not the text that was kept "
                                         "under that digest [kept-altered]"),
        (with_line(2, '"protocol":"', '"protocol":"0'), "line 2: this is not the protocol that line 1 names here"),
        (with_line(4, "opening", "\u00f6pening"), f"line 4: {SEAL}"),
        (with_line(8, '"sum"', '"some"'), "line 8: something in this file was changed since it was written"),
        (lambda: exported() + LINES[-1], "line 9: there is more here than was written"),
    ],
)  # fmt: skip
def test_what_was_changed_is_told_with_its_line(text: Callable[[], str], told: str) -> None:
    assert refusal(text()) == told


def test_an_event_of_a_newer_version_is_not_taken_in() -> None:
    bodies = tuple(opened(line.strip())[0].replace('"v":1', '"v":2') for line in LINES[2:7])
    lines = [*(line.strip() for line in LINES[:2]), *chained(bodies, course="a", after=0, before="", key=None)]
    assert refusal("\n".join(lines) + "\n") == "line 3: this event was written by a newer version of this library"


@pytest.mark.parametrize("key", [None, OTHER])
def test_a_course_sealed_with_another_key_is_not_taken(key: bytes | None) -> None:
    keys = {} if key is None else {"seal_key": key, "sealed_with": key}
    assert refusal(exported(KEY), **keys) == f"line 3: {SEAL}"


# -- from the shell ----------------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///clinic.db") as store:
        import_course(store, exported())
    return tmp_path


def test_a_course_goes_from_one_database_to_another(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["course", "export", "clinic.db", "a", "--out", "a.jsonl"]) == 0
    assert capsys.readouterr().out == "a.jsonl: course a; it holds everything that was written about the patient\n"
    assert (here / "a.jsonl").read_text() == exported()
    assert stat.S_IMODE(os.stat("a.jsonl").st_mode) == 0o600
    assert run_command(["course", "import", "sqlite:///other.db", "a.jsonl"]) == 0
    assert capsys.readouterr().out == (
        "a  RISK ALERT #4, 2026-03-03, not assessed: PHQ-9 item 9 (thoughts of death or\n"
        "   self-harm) was not recorded with the total of 2026-03-03. This needs a\n"
        "   clinician's assessment today.\n"
        "\n"
        "course a: 5 events\n"
    )
    assert run_command(["course", "export", "other.db", "a"]) == 0
    assert capsys.readouterr().out == exported()


def test_a_file_that_is_there_is_not_written_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.jsonl").write_text("mine")
    assert run_command(["course", "export", "clinic.db", "a", "--out", "a.jsonl"]) == 2
    assert "a.jsonl is there already; choose another name" in capsys.readouterr().err
    assert (here / "a.jsonl").read_text() == "mine"


def test_a_changed_file_is_refused_at_the_shell_with_its_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.jsonl").write_text(exported().replace("called", "kalled", 1))
    assert run_command(["course", "import", "other.db", "a.jsonl"]) == 1
    assert capsys.readouterr().err == f"line 3: {SEAL}; nothing was imported\n"
    (here / "b.jsonl").write_bytes(b"\xff\xfe")
    assert run_command(["course", "import", "other.db", "b.jsonl"]) == 2
    assert "b.jsonl is not an exported course" in capsys.readouterr().err


def test_keys_are_files(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "ours").write_bytes(OTHER)
    (here / "theirs").write_bytes(KEY)
    (here / "a.jsonl").write_text(exported(KEY))
    both = ["--key-file", "ours", "--sealed-with", "theirs"]
    assert run_command(["course", "import", "other.db", "a.jsonl", *both]) == 0
    assert run_command(["verify", "other.db", "--key-file", "ours"]) == 0
    capsys.readouterr()
    assert run_command(["course", "import", "third.db", "a.jsonl", "--key-file", "theirs"]) == 0
    assert run_command(["verify", "third.db", "--key-file", "theirs"]) == 0


@pytest.mark.parametrize("text", [b"{}", None])
def test_what_is_no_text_is_told_before_anything_is_imported(text: Any) -> None:
    there = MemoryStore()
    by = Actor("u17", role="therapist")
    for take_in in (lambda: import_course(there, text), lambda: Clinic(there, []).import_course(text, by=by)):
        with pytest.raises(BadInput) as caught:
            take_in()
        assert str(caught.value) == "'text' must be the text of an exported course: read the file as UTF-8"
    assert list(there.feed()) == []
