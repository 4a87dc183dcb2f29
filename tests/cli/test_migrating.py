"""`iptengine migrate`: a store is looked at, moved and moved back from the shell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import iptengine as ipt
from iptengine.cli.main import run_command

ROOT = Path(__file__).parents[2]
OLD = (ROOT / "tests" / "protocols" / "small.protocol.yaml").read_text()
ANNA = ipt.Actor("u17", role="therapist")
WHO = ["--by", "u2", "--role", "lead", "--because", "the service works by 2.0.0 now", "--on", "2026-03-24"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small protocol, a newer version of it in which a phase is called otherwise, and a store."""
    monkeypatch.chdir(tmp_path)
    old = ipt.load(ROOT / "tests" / "protocols" / "small.protocol.yaml")
    second = next(iter(old.spec.phases))
    newer = OLD.replace(f"version: {old.version}", "version: 2.0.0", 1).replace(f"{second}:", "opening_talk:")
    newer = newer.replace(f"start: {second}", "start: opening_talk")
    Path(f"{old.id}.protocol.yaml").write_text(newer)
    Path("r.moves.yaml").write_text(
        f"iptengine: 1\nmoves: {old.id}\nfrom: {old.version}\nto: 2.0.0\nrename:\n  phases.{second}: opening_talk\n"
    )
    with ipt.open_store("sqlite:///clinic.db") as store:
        clinic = ipt.Clinic(store, [old])
        for course in ("a", "b"):
            clinic.start(old.id, by=ANNA, on=date(2026, 3, 3), course=course)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """What the command answers."""
    code = run_command(["migrate", "clinic.db", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_store_is_looked_at_moved_and_moved_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = folder.glob("*.protocol.yaml")
    name = file.name.removesuffix(".protocol.yaml")
    old = ipt.load(ROOT / "tests" / "protocols" / "small.protocol.yaml")
    code, out, _ = said(capsys, file.name, "--dry-run", "--on", "2026-03-24")
    assert (code, out.splitlines()[0]) == (
        1,
        f"To {name}@2.0.0: 2 open courses under another version. Nothing was recorded.",
    )
    assert "BLOCKED: something is in the way (2 courses)" in out
    code, out, err = said(capsys, file.name, *WHO)
    assert (code, out) == (1, "0 courses moved, 2 not\n")
    assert err.startswith("a: the course is in the phase")
    code, out, _ = said(capsys, file.name, "--rules", "r.moves.yaml", *WHO)
    moved = "".join(f"{course}: moved from {old.ref} to {name}@2.0.0\n" for course in "ab")
    assert (code, out) == (0, f"{moved}2 courses moved, 0 not\n")
    code, out, _ = said(capsys, file.name, "--undo", "--course", "a", *WHO)
    assert (code, out) == (0, f"a: moved back to {old.ref}\n1 course moved back, 0 not\n")
    code, out, _ = said(capsys, file.name, "--dry-run", "--course", "b")
    assert (code, out) == (0, f"No open course is under another version than {name}@2.0.0.\n")


def in_a_group(folder: Path, *members: str) -> tuple[Path, ipt.Protocol]:
    """A store with a group of these courses, and one more course that is in none."""
    (file,) = folder.glob("*.protocol.yaml")
    group = "group: {size: 2..5, facilitators: 1..2}\n"
    Path("old.protocol.yaml").write_text(OLD + group)
    file.write_text(file.read_text() + group)
    old = ipt.load("old.protocol.yaml")
    with ipt.open_store("sqlite:///group.db") as store:
        clinic = ipt.Clinic(store, [old])
        for course in (*members, "e"):
            clinic.start(old.id, by=ANNA, on=date(2026, 3, 3), course=course)
        clinic.form_group("tuesday", members, facilitators=["u17"], by=ANNA, on=date(2026, 3, 3))
    return file, old


def test_a_group_move_that_breaks_off_tells_who_went_and_the_same_line_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, old = in_a_group(folder, "a", "b", "c")
    append, done = ipt.SqlStore.append_listed, []

    def fails_in_the_third(self: ipt.SqlStore, *words: Any, **more: Any) -> Any:
        done.append(1)
        if len(done) == 3:
            raise ipt.StoreError("the disk is full")
        return append(self, *words, **more)

    line = ["migrate", "group.db", file.name, "--rules", "r.moves.yaml", *WHO]
    with monkeypatch.context() as broken:
        broken.setattr(ipt.SqlStore, "append_listed", fails_in_the_third)
        assert run_command(line) == 1
    went = f"moved from {old.ref} to {old.id}@2.0.0\n"
    told = capsys.readouterr()
    assert told.out == f"e: {went}a: {went}"
    assert told.err == (
        "this was said to 1 course of the group, and not in 'b', because the disk is full; not in 'c', because the "
        "store failed before its turn came. Until then the group is split between two versions of its protocol. What "
        "is recorded stays; when this is mended, say the same again, and the others follow, or take the move back\n"
    )
    assert run_command(["group", "members", "group.db", "tuesday"]) == 0
    head, rest = capsys.readouterr().out.split("Group tuesday, ")
    assert " ".join(head.split()) == (
        f"SPLIT: the members are under different versions of the protocol: a under {old.id}@2.0.0; b and c under "
        f"{old.ref}. Move the group on, or take its move back, before it meets: `iptengine migrate group.db PROTOCOL`, "
        "or the same with --undo"
    )
    assert rest.startswith(f"{old.id}@2.0.0 and {old.ref}, led by u17\n")
    assert run_command(line) == 0
    assert capsys.readouterr().out == f"b: {went}c: {went}2 courses moved, 0 not\n"


def test_a_group_moves_whole_and_a_member_alone_is_told_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, old = in_a_group(folder, "c", "d")

    def asked(*words: str) -> tuple[int, str, str]:
        code = run_command(["migrate", "group.db", file.name, "--rules", "r.moves.yaml", *words])
        return code, *capsys.readouterr()

    code, out, _ = asked("--dry-run", "--course", "c", "--on", "2026-03-24")
    assert (code, " ".join(out.split()).count("a group stands under one protocol (d does not move)")) == (1, 1)
    alone = (
        "the course is in the group 'tuesday', and a group stands under one protocol: move all its members together, "
    )
    alone += "or let the course leave it first"
    assert asked("--course", "c", *WHO) == (1, "0 courses moved, 1 not\n", f"c: {alone}\n")
    moved = "".join(f"{course}: moved from {old.ref} to {old.id}@2.0.0\n" for course in ("e", "c", "d"))
    assert asked(*WHO) == (0, f"{moved}3 courses moved, 0 not\n", "")
    assert asked("--undo", "--course", "d", *WHO) == (1, "0 courses moved back, 1 not\n", f"d: {alone}\n")
    back = "".join(f"{course}: moved back to {old.ref}\n" for course in ("e", "c", "d"))
    assert asked("--undo", *WHO) == (0, f"{back}3 courses moved back, 0 not\n", "")


def test_the_page_of_one_course_is_shown_before_and_after(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = folder.glob("*.protocol.yaml")
    code, out, _ = said(capsys, file.name, "--show", "a", "--rules", "r.moves.yaml", "--on", "2026-03-24")
    assert (code, out.splitlines()[:2]) == (0, ["--- before", "+++ after"])
    assert "2.0.0" in out


def test_a_move_says_who_made_it_and_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = folder.glob("*.protocol.yaml")
    code, _, err = said(capsys, file.name, "--by", "u2")
    assert (code, err) == (
        2,
        "error: a move is recorded with who made it and why: say --role, --because, or only look with --dry-run\n",
    )


def test_rules_with_mistakes_move_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = folder.glob("*.protocol.yaml")
    Path("r.moves.yaml").write_text("iptengine: 1\nmoves: small\nform: 1.0.0\n")
    code, out, err = said(capsys, file.name, "--rules", "r.moves.yaml", *WHO)
    assert (code, out) == (2, "")
    assert "r.moves.yaml:3:1: error: 'form' is not a key of the" in err


KEY = b"a key of the clinic, kept elsewhere"


@pytest.fixture
def sealed(folder: Path) -> Path:
    """The same folder with a store whose events are sealed with a key."""
    Path("key").write_bytes(KEY)
    Path("clinic.db").unlink()
    old = ipt.load(ROOT / "tests" / "protocols" / "small.protocol.yaml")
    with ipt.open_store("sqlite:///clinic.db") as store:
        ipt.Clinic(store, [old], seal_key=KEY).start(old.id, by=ANNA, on=date(2026, 3, 3), course="a")
    return folder


def stands() -> str:
    with ipt.open_store("sqlite:///clinic.db", read_only=True) as store:
        return ipt.verify(store, key=KEY).state


def test_a_sealed_store_is_not_moved_without_its_key(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = sealed.glob("*.protocol.yaml")
    words = (file.name, "--rules", "r.moves.yaml", *WHO)
    code, out, err = said(capsys, *words)
    assert (code, out) == (2, "")
    assert err == (
        "error: the last event of this course was sealed with a key that was not given, or was changed since: give "
        "--key-file where the course was begun with it, and only there; or hand the course over to another store "
        "(`iptengine course export`, `iptengine course import`), which seals it anew; or look with `iptengine verify`; "
        "nothing was recorded\n"
    )
    assert stands() == "not anchored"
    assert said(capsys, *words, "--key-file", "key")[0] == 0
    assert stands() == "not anchored"
    code, out, _ = said(capsys, file.name, "--undo", *WHO)
    assert (code, out) == (2, "")
    assert said(capsys, file.name, "--undo", *WHO, "--key-file", "key")[0] == 0
    assert stands() == "not anchored"


def test_the_key_of_the_environment_is_that_of_every_command(
    sealed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPTENGINE_KEY_FILE", "key")
    (file,) = sealed.glob("*.protocol.yaml")
    assert said(capsys, file.name, "--rules", "r.moves.yaml", *WHO)[0] == 0
    assert run_command(["verify", "clinic.db"]) == 0
    assert run_command(["anchor", "clinic.db", "--out", "anchor.json"]) == 0
    assert run_command(["verify", "clinic.db", "--anchor", "anchor.json"]) == 0


def test_a_store_that_is_not_there_is_never_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = folder.glob("*.protocol.yaml")
    assert run_command(["migrate", "clinc.db", file.name, *WHO]) == 2
    assert capsys.readouterr().err == f"error: there is no file {folder / 'clinc.db'}\n"
    assert not Path("clinc.db").exists()
