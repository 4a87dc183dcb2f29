"""Many threads and several programs share one store; a connection never crosses a fork."""

from __future__ import annotations

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
    before = store.read("a")
    store.close()
    open(sys.argv[2], "w").write(json.dumps([before]))
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


@pytest.mark.parametrize("kind", SQL)
def test_a_connection_is_never_used_on_the_other_side_of_a_fork(kind: str, tmp_path: object) -> None:
    """Forked once while a thread writes, once idle: parent and child go on, and no transaction is taken back."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS, fresh_url(kind), f"{tmp_path}/child"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ('[0, 0, ["1", "2", "3", "4"], "text", [["1"]]]\n', "")


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
