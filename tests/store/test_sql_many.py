"""Many threads and several programs share one store; a connection never crosses a fork."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import iptengine as ipt
from stores import fresh_url, opened

SQL = ("sqlite", "postgres")

FORKS = """
import json, os, sys, threading
import iptengine as ipt

store = ipt.open_store(sys.argv[1])
store.append("a", ["1"], expected=0)
inside, done = threading.Event(), threading.Event()

def write():
    with store._access.writing() as connection:
        inside.set()
        done.wait()
        connection.exec_driver_sql("INSERT INTO iptengine_protocols VALUES ('of the parent', 'text')")

thread = threading.Thread(target=write)
thread.start()
inside.wait()
child = os.fork()
if child == 0:
    try:
        told = store.read("a")
    except ipt.StoreError as error:
        told = str(error)
    store.close()
    open(sys.argv[2], "w").write(json.dumps(told))
    sys.exit(0)
_, first = os.waitpid(child, 0)
done.set()
thread.join()

def used():
    with store._access.reading() as connection:
        return id(connection.connection.dbapi_connection)

parents = {used() for _ in range(3)}
child = os.fork()
if child == 0:
    if used() in parents:
        sys.exit(1)
    store.append("a", ["2"], expected=len(store.read("a")))
    store.append("a", ["3"], expected=2)
    store.close()
    sys.exit(0)
_, second = os.waitpid(child, 0)
store.append("a", ["4"], expected=3)
found = [first, second, store.read("a"), store.protocol("of the parent"), json.load(open(sys.argv[2]))]
store.close()
print(json.dumps(found))
"""


FORKED_MEANWHILE = (
    "this program was forked while a thread of its parent used the store, and SQLite can no longer tell whose locks it "
    "holds; nothing was read or kept. Start the program anew, or fork while no thread uses the store"
)


@pytest.mark.parametrize(("kind", "read"), [("sqlite", FORKED_MEANWHILE), ("postgres", ["1"])])
def test_a_connection_is_never_used_on_the_other_side_of_a_fork(kind: str, read: object, tmp_path: object) -> None:
    """Forked once while a thread writes, once idle: no transaction is taken back, and what cannot go on is told so."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS, fresh_url(kind), f"{tmp_path}/child"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    found = [0, 0, ["1", "2", "3", "4"], "text", read]
    assert (json.loads(done.stdout), done.stderr) == (found, "")


FORKS_WHILE_READING = """
import json, os, sys
import iptengine as ipt

url, told = sys.argv[1:]
store = ipt.open_store(url)
store.append("a", ["1"], expected=0)

def child():
    for act in (
        lambda: store.read("a"),
        lambda: store.append("a", ["2"], expected=1),
        lambda: store.back_up(told + ".db"),
        lambda: ipt.open_store(url).read("a"),
        lambda: ipt.open_store(url, read_only=True).read("a"),
        lambda: ipt.open_store(url + "-another").append("a", ["1"], expected=0),
    ):
        try:
            yield act()
        except ipt.StoreError as error:
            yield str(error)

with store._access.reading() as connection:
    connection.exec_driver_sql("SELECT * FROM iptengine_events").fetchall()
    if os.fork() == 0:
        open(told, "w").write(json.dumps(list(child())))
        os._exit(0)
os.wait()
store.append("a", ["2"], expected=1)
print(json.dumps([store.read("a"), json.load(open(told))]))
store.close()
"""


def test_who_was_forked_while_the_store_was_read_is_told_at_once_and_reads_nothing_unlocked(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKS_WHILE_READING, fresh_url("sqlite"), f"{tmp_path}/child"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    found = [["1", "2"], [*[FORKED_MEANWHILE] * 5, None]]
    assert (json.loads(done.stdout), done.stderr) == (found, "")


@pytest.mark.parametrize("kind", SQL)
def test_32_threads_write_and_read_and_nothing_is_lost(kind: str) -> None:
    store = opened(fresh_url(kind))

    def work(number: int) -> int:
        for turn in range(4):
            store.append(f"own-{number}", [f"{number} {turn}"], expected=turn)
        while True:
            try:
                store.append("shared", [str(number)], expected=len(store.read("shared")))
                return len(store.read(f"own-{number}"))
            except ipt.StaleVersion:
                continue

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(work, range(32))) == [4] * 32
    assert sorted(store.read("shared"), key=int) == [str(number) for number in range(32)]
    positions = [position for position, _, _ in store.feed()]
    assert (len(positions), positions) == (160, sorted(set(positions)))


OPENS = """
import sys, iptengine as ipt
with ipt.open_store(sys.argv[1]) as store:
    for turn in range(5):
        store.append(sys.argv[2], [str(turn)], expected=turn)
"""


@pytest.mark.parametrize("kind", SQL)
def test_programs_that_open_a_new_store_at_once_make_it_once(kind: str) -> None:
    url = fresh_url(kind)
    programs = [
        subprocess.Popen([sys.executable, "-c", OPENS, url, f"c{number}"], stderr=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    said = [program.communicate(timeout=120)[1] for program in programs]
    assert said == [""] * 3
    store = opened(url)
    assert [store.read(f"c{number}") for number in range(3)] == [("0", "1", "2", "3", "4")] * 3


@pytest.mark.parametrize("kind", SQL)
def test_who_follows_the_feed_may_write_meanwhile_and_holds_nobody_up(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iptengine.store.sql.store.PAGE", 3)
    url = fresh_url(kind)
    store = opened(url)
    store.append("a", [str(number) for number in range(7)], expected=0)
    seen = []
    for position, course, text in store.feed():
        seen.append(text)
        if course == "a" and len(seen) < 9:
            opened(url).append("b", [f"after {position}"], expected=len(store.read("b")))
    assert seen[:7] == ["0", "1", "2", "3", "4", "5", "6"]
    assert seen[7:] == [f"after {number}" for number in range(1, 8)]
