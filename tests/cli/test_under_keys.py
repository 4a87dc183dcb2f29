"""Every command that works on a store, with the keys of courses and the key of the clinic, and without them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import iptengine as ipt
from erased import found_in
from iptengine.store.sql.opening import open_store

Type = Callable[..., Any]
ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
FIRST, SECOND, LATER = ("--on", "2026-03-03"), ("--on", "2026-03-10"), ("--on", "2026-03-24")
KEYS = ("--keys", "keys")
BOTH = (*KEYS, "--key-file", "key")
CANARY = "Wilhelmina"
NO_KEYS = (
    "the patient text of this course is enciphered; give the clinic its keys: Clinic(store, protocols, keys=...), or "
    "--keys in the shell"
)
LOST = (
    "the key of this course is not there, and it was not destroyed on purpose: its patient text cannot be read; bring "
    "the keys back from where they are kept safe"
)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Type) -> Type:
    """Types a line, where course 'a' has begun under a key of its own, in a store that is sealed with a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPTENGINE_BY", "anna")
    monkeypatch.setenv("IPTENGINE_ROLE", "therapist")
    Path("keys").mkdir(mode=0o700)
    Path("others").mkdir(mode=0o700)
    Path("key").write_bytes(b"a key of the clinic, kept elsewhere")
    start = ("course", "start", "clinic.db", SMALL, "--course", "a", "--called", CANARY, *FIRST, *BOTH)
    assert typed(*start).code == 0
    return typed


WRITES = {
    "book": ("course", "book", "clinic.db", "a", "--time", f"15:00 {CANARY}", *SECOND),
    "session": ("course", "session", "clinic.db", "a", "--note", CANARY, "--score", "phq9=12", *SECOND),
    "record": ("course", "record", "clinic.db", "a", "write_note", f"text={CANARY}", *SECOND),
    "end": ("course", "end", "clinic.db", "a", "lost", "--note", CANARY, "--because", CANARY, *SECOND),
}
LOOKS = {
    "ways": ("course", "ways", "clinic.db", "a", *SECOND),
    "agenda": ("course", "agenda", "clinic.db", "a", *SECOND),
    "history": ("course", "history", "clinic.db", "a"),
}
LISTS = {
    "due": ("clinic", "due", "clinic.db", *SECOND),
    "alerts": ("clinic", "alerts", "clinic.db"),
    "stuck": ("clinic", "stuck", "clinic.db", *SECOND),
}


@pytest.mark.parametrize("words", WRITES.values(), ids=WRITES)
def test_with_its_keys_a_command_writes_and_nothing_of_it_stands_in_a_file(begun: Type, words: tuple[str, ...]) -> None:
    told = begun(*words, *BOTH)
    assert (told.code, told.err) == (0, "")
    assert CANARY in begun(*LOOKS["history"], *KEYS).out
    assert found_in(Path(), CANARY.encode()) == []
    assert begun("verify", "clinic.db", "--key-file", "key").code == 0


@pytest.mark.parametrize("words", [*WRITES.values(), *LOOKS.values()], ids=[*WRITES, *LOOKS])
@pytest.mark.parametrize(("keys", "why"), [((), NO_KEYS), (("--keys", "others"), LOST)], ids=["none", "others"])
def test_without_its_key_a_command_says_what_to_give_and_records_nothing(
    begun: Type, words: tuple[str, ...], keys: tuple[str, ...], why: str
) -> None:
    with open_store("sqlite:///clinic.db") as store:
        before = list(store.feed())
    seal = ("--key-file", "key")
    told = begun(*words, *keys, *seal)
    assert (told.code, told.out, flat(told.err)) == (1, "", why)
    with open_store("sqlite:///clinic.db") as store:
        assert list(store.feed()) == before


@pytest.mark.parametrize("words", LOOKS.values(), ids=LOOKS)
def test_with_its_keys_a_command_reads(begun: Type, words: tuple[str, ...]) -> None:
    told = begun(*words, *KEYS)
    assert (told.code, told.err) == (0, "")


@pytest.mark.parametrize("words", LISTS.values(), ids=LISTS)
def test_a_list_is_told_with_keys_and_without_them_says_which_course_does_not_open(
    begun: Type, words: tuple[str, ...]
) -> None:
    begun("course", "session", "clinic.db", "a", "--score", "phq9=18", "--item", "phq9.self_harm=1", *SECOND, *BOTH)
    told = begun(*words, *KEYS)
    assert (told.code, told.err) == (0, "")
    assert NO_KEYS not in flat(told.out)
    without = begun(*words)
    assert (without.code, without.err) == (0, "")
    assert ("RISK ALERT" in without.out) is ("RISK ALERT" in told.out)
    assert (NO_KEYS in flat(without.out)) is (words[1] != "alerts")


@pytest.mark.parametrize("words", [*WRITES.values(), *LOOKS.values(), *LISTS.values()])
def test_a_folder_of_keys_that_is_not_there_is_told_and_not_made(begun: Type, words: tuple[str, ...]) -> None:
    told = begun(*words, "--keys", "kyes", "--key-file", "key")
    assert (told.code, told.out, told.err) == (2, "", "error: there is no folder 'kyes'\n")
    assert not Path("kyes").exists()


SHORT = "a key for seals has at least 16 bytes; make one with secrets.token_bytes(32)"
OTHER = (
    "error: the last event of this course was sealed with another key than the one given, or was changed since: give "
    "--key-file where the course was begun with it, and only there; or hand the course over to another store "
    "(`iptengine course export`, `iptengine course import`), which seals it anew; or look with `iptengine verify`; "
    "nothing was recorded"
)


@pytest.mark.parametrize(
    ("content", "begins", "goes_on"),
    [
        (None, "'other': no such file or directory", "'other': no such file or directory"),
        (b"", SHORT, SHORT),
        (b"too short", SHORT, SHORT),
        (b"a key of another clinic", "", OTHER),
    ],
)
def test_a_key_file_that_is_not_there_too_short_or_another_is_told(
    begun: Type, content: bytes | None, begins: str, goes_on: str
) -> None:
    if content is not None:
        Path("other").write_bytes(content)
    wrong = (*KEYS, "--key-file", "other")
    told = begun(*WRITES["record"], *wrong)
    assert (told.out, flat(told.err)) == ("", goes_on)
    assert flat(begun("course", "start", "clinic.db", SMALL, "--course", "b", *FIRST, *wrong).err) == begins


NEVER = (
    "error: the patient text of courses in this store is enciphered, and that of a course begun without keys could "
    "never be: give --keys; nothing was recorded"
)


def test_a_course_does_not_begin_in_the_clear_beside_one_under_a_key(begun: Type) -> None:
    start = ("course", "start", "clinic.db", SMALL, "--course", "b", "--called", CANARY, *FIRST, "--key-file", "key")
    told = begun(*start)
    assert (told.code, told.out, flat(told.err)) == (
        2, "", NEVER,
    )  # fmt: skip
    assert found_in(Path(), CANARY.encode()) == []
    assert begun(*start, *KEYS).code == 0


def test_nor_does_it_where_the_clinic_has_worked_in_the_clear_for_long_before(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    small, anna, day = ipt.load(SMALL), ipt.Actor("u17", role="therapist"), date(2026, 3, 3)
    with open_store("sqlite:///clinic.db") as store:
        before = ipt.Clinic(store, [small])
        before.start("ipt-small", by=anna, on=day, course="early")
        before.do("early", *(ipt.commands.WriteNote(f"note {n}") for n in range(600)), by=anna, on=day)
        ipt.Clinic(store, [small], keys=ipt.FileKeys("keys")).start("ipt-small", by=anna, on=day, course="late")
    told = typed("course", "start", "clinic.db", SMALL, "--course", "b", *FIRST, "--by", "u17", "--role", "therapist")
    assert (told.code, flat(told.err)) == (2, NEVER)


def test_a_mistyped_folder_of_keys_makes_no_store(begun: Type) -> None:
    told = begun("course", "start", "new.db", SMALL, *FIRST, "--keys", "kyes")
    assert (told.code, Path("new.db").exists()) == (2, False)


def test_the_keys_are_taken_from_the_environment_too(begun: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPTENGINE_KEYS", "keys")
    monkeypatch.setenv("IPTENGINE_KEY_FILE", "key")
    assert begun(*WRITES["record"]).code == 0
    assert CANARY in begun(*LOOKS["history"]).out


# -- erased ------------------------------------------------------------------------------------------------------


def test_a_course_is_erased_from_the_shell(begun: Type) -> None:
    begun(*WRITES["record"], *BOTH)
    assert begun(*WRITES["end"], *BOTH).code == 0
    erase = ("course", "record", "clinic.db", "a", "erase", "because=asked for in a letter", *LATER)
    told = begun(*erase, "--key-file", "key")
    assert (told.code, told.out) == (1, "")
    assert begun(*erase, *BOTH).code == 0
    for words in (*LOOKS.values(), *LISTS.values()):
        for keys in (KEYS, ()):  # without keys, too: there is nothing left to open
            told = begun(*words, *keys)
            assert (told.code, told.err, CANARY in told.out) == (0, "", False)
    (left,) = Path("keys").iterdir()
    assert left.read_bytes() == b"destroyed\n"
    told = begun("course", "start", "clinic.db", SMALL, "--course", "a", *LATER, *BOTH)
    assert told.code == 1


def test_a_course_does_not_begin_under_the_id_of_one_that_was_erased_elsewhere(begun: Type) -> None:
    ipt.FileKeys("keys").destroy("a")
    told = begun("course", "start", "other.db", SMALL, "--course", "a", *FIRST, *KEYS)
    assert (told.code, told.out, flat(told.err)) == (
        1, "",
        "the key of a course of this id was destroyed, and none is made for it again, so no course can begin under "
        "this id; choose another",
    )  # fmt: skip


# -- moved -------------------------------------------------------------------------------------------------------


@pytest.fixture
def newer() -> tuple[str, str]:
    """The next version of the protocol, and the name of its file."""
    old = ipt.load(SMALL)
    name = f"{old.id}.protocol.yaml"
    text = SMALL.read_text().replace(f"version: {old.version}", "version: 2.0.0", 1)
    Path(name).write_text(text)
    return name, f"{old.id}@2.0.0"


WHO = ("--by", "u2", "--role", "lead", "--because", f"{CANARY} moves with all", *LATER)


def test_a_course_under_a_key_is_looked_at_moved_and_moved_back(begun: Type, newer: tuple[str, str]) -> None:
    migrate = ("migrate", "clinic.db", newer[0])
    begun(*WRITES["record"], *BOTH)
    told = begun(*migrate, "--dry-run", *LATER, *BOTH)
    assert (told.code, told.out.splitlines()[0]) == (
        0, f"To {newer[1]}: 1 open course under another version. Nothing was recorded.",
    )  # fmt: skip
    told = begun(*migrate, "--show", "a", *LATER, *BOTH)
    assert (told.code, told.err) == (0, "")
    old = ipt.load(SMALL).ref
    told = begun(*migrate, *WHO, *BOTH)
    assert (told.code, told.out) == (0, f"a: moved from {old} to {newer[1]}\n1 course moved, 0 not\n")
    told = begun(*migrate, "--undo", *WHO, *BOTH)
    assert (told.code, told.out) == (0, f"a: moved back to {old}\n1 course moved back, 0 not\n")
    assert found_in(Path(), CANARY.encode()) == []
    assert CANARY in begun(*LOOKS["history"], *KEYS).out
    assert begun("verify", "clinic.db", "--key-file", "key").code == 0


@pytest.mark.parametrize("how", [("--undo",), ()])
def test_a_course_that_does_not_open_holds_back_no_other_from_moving(
    begun: Type, newer: tuple[str, str], how: tuple[str, ...]
) -> None:
    migrate = ("migrate", "clinic.db", newer[0])
    start = ("course", "start", "clinic.db", SMALL, *FIRST, "--key-file", "key")
    begun(*start, "--course", "b", "--keys", "others")
    begun(*start, "--course", "d", *KEYS)
    if how:
        for keys in ("keys", "others"):
            begun(*migrate, *WHO, "--key-file", "key", "--keys", keys)
    told = begun(*migrate, *how, *WHO, *BOTH)
    moved = [line.partition(":")[0] for line in told.out.splitlines()[:-1]]
    assert (told.code, moved, told.err) == (1, ["a", "d"], f"b: {LOST}\n")
    assert told.out.splitlines()[-1] == f"2 courses moved{' back' if how else ''}, 1 not"


# -- handed over -------------------------------------------------------------------------------------------------


def test_an_enciphered_course_is_written_to_a_file_and_read_into_another_store(begun: Type) -> None:
    begun(*WRITES["record"], *BOTH)
    assert begun("course", "export", "clinic.db", "a", "--whole", "--out", "a.jsonl").code == 0
    assert CANARY not in Path("a.jsonl").read_text()
    assert begun("course", "import", "other.db", "a.jsonl", "--key-file", "key").code == 0
    there = ("course", "history", "other.db", "a")
    assert flat(begun(*there, "--keys", "others").err) == LOST
    ipt.FileKeys("others").take_in("a", ipt.FileKeys("keys").make("a"))
    told = begun(*there, "--keys", "others")
    assert (told.code, told.out) == (0, begun(*LOOKS["history"], *KEYS).out)
    assert json.loads(begun(*there, "--keys", "others", "--format", "json").out)


def test_the_history_is_verified_and_anchored_without_the_keys_of_courses(begun: Type) -> None:
    assert begun("anchor", "clinic.db", "--out", "anchor", "--key-file", "key").code == 0
    begun(*WRITES["record"], *BOTH)
    assert begun("verify", "clinic.db", "--anchor", "anchor", "--key-file", "key").code == 0
