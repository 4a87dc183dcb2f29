"""The store of a Django project keeps the contract of the port, in the caller's transaction, on both databases."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import ClassVar, TypeVar

import pytest
from django.core.checks import Error, Warning
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

import django_databases
import iptengine as ipt
import postgres
from django_databases import sqlite
from iptengine import commands as c
from iptengine.contrib.django import DjangoStore
from iptengine.contrib.django.checks import OPTIONS, check_databases, check_settings
from iptengine.contrib.django.models import KeptProtocol, ListedCourse, StoredEvent
from iptengine.protocol.protocol import Protocol
from iptengine.store.journals import wal_is_sound
from iptengine.store.rows import Asked, Row, columns
from iptengine.testing.store import check_store

CANARY = "Wilhelmina was beaten"
ANNA = ipt.Actor("u17", role="therapist")
DAY = date(2026, 3, 3)

T = TypeVar("T")
Know = Callable[[str, dict[str, object]], None]


class Rollback(Exception):
    """The caller changes its mind."""


@contextmanager
def rolled_back(alias: str) -> Iterator[None]:
    with suppress(Rollback), transaction.atomic(using=alias):
        yield
        raise Rollback


@contextmanager
def emptied(alias: str) -> Iterator[tuple[DjangoStore, ipt.Clinic]]:
    """The store without what other tests have kept in it, and a clinic over it; in the end it is as it was."""
    with rolled_back(alias):
        StoredEvent.objects.using(alias).all().delete()
        ListedCourse.objects.using(alias).all().delete()
        store = DjangoStore(alias)
        yield store, ipt.Clinic(store, [ipt.load("ipt-adult")])


class FromAnyThread(DjangoStore):
    """Remembers the connections of other threads, which Django would close after each request."""

    opened: ClassVar[set[BaseDatabaseWrapper]] = set()

    def _asked(self, ask: Callable[[], T]) -> T:
        connection = connections[self._using]
        if threading.current_thread() is not threading.main_thread() and connection not in self.opened:
            connection.inc_thread_sharing()
            self.opened.add(connection)
        return super()._asked(ask)


@pytest.fixture(autouse=True)
def _every_connection_is_closed() -> Iterator[None]:
    yield
    while FromAnyThread.opened:
        FromAnyThread.opened.pop().close()


@pytest.fixture
def know() -> Iterator[Know]:
    """Makes one more database known to Django for one test."""
    known: list[str] = []

    def made(alias: str, database: dict[str, object]) -> None:
        known.append(alias)
        django_databases.know(alias, database)

    yield made
    for alias in known:
        django_databases.forget(alias)


def texts(*names: str) -> tuple[str, ...]:
    return tuple(f'{{"note":"{name}"}}' for name in names)


# -- the contract ------------------------------------------------------------------------------------------------


def test_the_store_keeps_the_contract(alias: str) -> None:
    def fresh() -> DjangoStore:
        StoredEvent.objects.using(alias).all().delete()
        KeptProtocol.objects.using(alias).all().delete()
        ListedCourse.objects.using(alias).all().delete()
        return FromAnyThread(using=alias)

    @contextmanager
    def transaction_of_a_caller(store: ipt.Store) -> Iterator[ipt.Store]:
        with transaction.atomic(using=alias):
            yield store

    check_store(
        fresh, threads=4, lists=True, again=lambda: FromAnyThread(using=alias), transaction=transaction_of_a_caller
    )


def test_the_store_keeps_the_contract_inside_the_transaction_of_a_caller(alias: str) -> None:
    def fresh() -> DjangoStore:
        StoredEvent.objects.using(alias).all().delete()
        KeptProtocol.objects.using(alias).all().delete()
        ListedCourse.objects.using(alias).all().delete()
        return DjangoStore(using=alias)

    with rolled_back(alias):
        check_store(fresh, threads=1, lists=True)


def test_two_databases_hold_each_their_own_courses(sqlite_alias: str) -> None:
    for alias in (sqlite_alias, "other"):
        StoredEvent.objects.using(alias).all().delete()
    DjangoStore(using="other").append("a", texts("there"), expected=0)
    assert DjangoStore().read("a") == ()
    assert DjangoStore("other").read("a") == texts("there")
    assert repr(DjangoStore("other")) == "<DjangoStore using 'other'>"


def test_a_long_feed_is_read_in_pages_as_it_stood_when_it_was_asked_for(alias: str) -> None:
    store = DjangoStore(alias)
    store.append("a", texts(*map(str, range(1_200))), expected=0)
    feed = store.feed()
    store.append("b", texts("later"), expected=0)
    assert [text for _, _, text in feed] == list(texts(*map(str, range(1_200))))


# -- the caller's transaction ------------------------------------------------------------------------------------


def test_what_the_caller_rolls_back_was_never_recorded(alias: str) -> None:
    store = DjangoStore(alias)
    with rolled_back(alias):
        store.append("a", texts("one"), expected=0)
        store.keep_protocol("d", "text")
        assert store.read("a") == texts("one")
    assert store.read("a") == ()
    assert list(store.feed()) == []
    with pytest.raises(ipt.UnknownDigest):
        store.protocol("d")


def test_nobody_else_sees_it_before_the_caller_commits(alias: str) -> None:
    store, seen = DjangoStore(alias), []

    def look() -> None:
        seen.append(FromAnyThread(alias).read("a"))

    with transaction.atomic(using=alias):
        store.append("a", texts("one"), expected=0)
        if connections[alias].vendor == "postgresql":  # on SQLite, who writes keeps out who would read at the end only
            elsewhere(look)
    elsewhere(look)
    assert seen == [(), texts("one")][-len(seen) :]


def elsewhere(act: Callable[[], None]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_a_stale_version_leaves_the_transaction_of_the_caller_usable(alias: str) -> None:
    store = DjangoStore(alias)
    with transaction.atomic(using=alias):
        store.append("a", texts("one"), expected=0)
        with pytest.raises(ipt.StaleVersion):
            store.append("a", texts("two", "three"), expected=0)
        with pytest.raises(ipt.StoreError, match=r"^another text is kept under that digest$"):
            store.keep_protocol("d", "one"), store.keep_protocol("d", "other")
        store.append("a", texts("two"), expected=1)
    assert store.read("a") == texts("one", "two")


def test_when_the_unique_key_decides_the_transaction_of_the_caller_stays_usable(
    alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DjangoStore(alias)
    store.append("a", texts("one"), expected=0)
    with transaction.atomic(using=alias), monkeypatch.context() as blind:
        blind.setattr("django.db.models.query.QuerySet.aggregate", lambda *_, **__: {"last": 0})
        with pytest.raises(ipt.StaleVersion):
            store.append("a", texts("two"), expected=0)
        blind.undo()
        store.append("a", texts("three"), expected=1)
    assert store.read("a") == texts("one", "three")


def test_an_undone_part_of_the_callers_transaction_takes_its_events_with_it(alias: str) -> None:
    store = DjangoStore(alias)
    with transaction.atomic(using=alias):
        store.append("a", texts("one"), expected=0)
        with rolled_back(alias):
            store.append("a", texts("two"), expected=1)
        store.append("a", texts("three"), expected=1)
    assert store.read("a") == texts("one", "three")


def test_who_appends_later_has_the_higher_position_though_the_first_commits_late(postgres_alias: str) -> None:
    StoredEvent.objects.using(postgres_alias).all().delete()
    store, second = DjangoStore(postgres_alias), FromAnyThread(postgres_alias)
    later = threading.Thread(target=second.append, args=("b", texts("two")), kwargs={"expected": 0})
    with transaction.atomic(using=postgres_alias):
        store.append("a", texts("one"), expected=0)
        later.start()
        later.join(0.3)
        assert later.is_alive()  # it waits for its turn: no position is given before this transaction ends
    later.join()
    assert [(course, text) for _, course, text in store.feed()] == [("a", *texts("one")), ("b", *texts("two"))]


def test_a_server_that_does_not_wait_for_its_disk_waits_for_an_append(postgres_alias: str) -> None:
    connection = connections[postgres_alias]
    StoredEvent.objects.using(postgres_alias).all().delete()

    def setting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return str(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        with transaction.atomic(using=postgres_alias):
            assert setting() == "off"
            DjangoStore(postgres_alias).append("a", texts("one"), expected=0)
            assert setting() == "on"
        assert setting() == "off"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


@pytest.fixture
def careless(tmp_path: Path) -> Iterator[str]:
    """A server of its own that does not wait for its disk, known to Django."""
    postgres.server()  # skips, or fails in CI, where there is none
    found = postgres.binaries()
    assert found is not None
    server = postgres.new_server(found)
    server.start(fsync="off")
    options = {"server_side_binding": True}
    engine = "django.db.backends.postgresql"
    django_databases.know(
        "careless",
        {"ENGINE": engine, "HOST": str(server.folder), "NAME": "postgres", "USER": "postgres", "OPTIONS": options},
    )
    yield "careless"
    django_databases.forget("careless")
    server.stop("immediate")
    shutil.rmtree(server.folder)


def test_a_server_that_loses_what_it_was_told_is_refused_and_nothing_is_recorded(careless: str) -> None:
    call_command("migrate", database=careless, verbosity=0)
    store = DjangoStore(careless)
    told = (
        "the PostgreSQL server has fsync = off; a store needs fsync = on, so that nothing recorded is lost. Nothing "
        "was written"
    )
    for _ in range(2):
        with pytest.raises(ipt.StoreError) as refused:
            store.append("a", texts("one"), expected=0)
        assert str(refused.value) == told
    with pytest.raises(ipt.StoreError) as refused:
        store.keep_protocol("d", "text")
    assert str(refused.value) == told
    with transaction.atomic(using=careless):
        with pytest.raises(ipt.StoreError):
            store.append("a", texts("one"), expected=0)
        assert store.read("a") == ()
    assert list(store.feed()) == []


def test_a_server_is_asked_once_for_each_connection(postgres_alias: str) -> None:
    connection = connections[postgres_alias]
    StoredEvent.objects.using(postgres_alias).all().delete()
    asked: list[str] = []

    def listen(execute: Callable[..., T], sql: str, *rest: object) -> T:
        asked.append(sql)
        return execute(sql, *rest)

    for course in ("a", "b"):
        connection.close()
        with connection.execute_wrapper(listen):
            for number, text in enumerate(texts("one", "two")):
                DjangoStore(postgres_alias).append(course, (text,), expected=number)
    assert asked.count("SHOW fsync") == 2
    assert asked.count("SHOW synchronous_commit") == 4


# -- a clinic over it --------------------------------------------------------------------------------------------


def test_a_reading_its_alert_and_the_callers_own_row_are_kept_or_lost_together(alias: str, ipt_adult: Protocol) -> None:
    clinic = ipt.Clinic(DjangoStore(alias), [ipt_adult])
    with transaction.atomic(using=alias):
        clinic.start("ipt-adult", by=ANNA, on=DAY, course="a")
    with rolled_back(alias):
        assert clinic.do("a", c.Read("phq9", on=DAY, answers={"self_harm": 1}), by=ANNA).alerts
    assert clinic.alerts(courses=["a"]) == ()
    with transaction.atomic(using=alias):
        clinic.do("a", c.Read("phq9", on=DAY, answers={"self_harm": 1}), by=ANNA)
    assert [alert.code for alert in clinic.alerts(courses=["a"])] == ["risk_item"]


def test_a_batch_posted_again_under_its_key_is_one_event_in_any_transaction(alias: str, ipt_adult: Protocol) -> None:
    clinic = ipt.Clinic(DjangoStore(alias), [ipt_adult])
    clinic.start("ipt-adult", by=ANNA, on=DAY, course="a")
    for _ in range(2):
        with transaction.atomic(using=alias):
            done = clinic.do("a", c.WriteNote(CANARY, on=DAY), by=ANNA, key="form-1")
    assert done.course.version == 2


@pytest.fixture(scope="module")
def ipt_adult() -> Protocol:
    return ipt.load("ipt-adult")


# -- what goes wrong ---------------------------------------------------------------------------------------------


def told(error: BaseException) -> str:
    """Everything an error report could show: its words, its causes, and the values in its frames."""
    seen, lines = error, []
    while seen is not None:
        report = traceback.TracebackException.from_exception(seen, capture_locals=False)
        lines.append("".join(report.format()))
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines)


def failing(alias: str, act: Callable[[DjangoStore], object]) -> str:
    with pytest.raises(ipt.StoreError) as caught:
        act(DjangoStore(alias))
    assert CANARY not in told(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


def append(store: DjangoStore) -> None:
    store.append("a", texts(CANARY), expected=0)


def test_without_its_tables_the_store_says_what_to_run(sqlite_alias: str, know: Know) -> None:
    know("bare", sqlite("bare.sqlite3"))
    said = "the database 'bare' failed (UndefinedTable): its tables are not there: run manage.py migrate"
    assert failing("bare", append) == said
    assert failing("bare", lambda store: store.read("a")) == said
    assert failing("bare", lambda store: store.feed()) == said
    assert failing("bare", lambda store: store.keep_protocol("d", CANARY)) == said
    assert failing("bare", lambda store: store.protocol("d")) == said


def test_a_database_that_another_program_holds_is_told_without_what_was_to_be_kept(
    sqlite_alias: str, know: Know
) -> None:
    know("held", sqlite("clinic.sqlite3", timeout=0.05))
    with transaction.atomic():
        DjangoStore().append("a", texts("one"), expected=len(DjangoStore().read("a")))
        assert failing("held", append) == (
            "the database 'held' failed (SQLITE_BUSY): another program holds it; see OPTIONS 'transaction_mode' and "
            "'timeout' in DATABASES"
        )


def test_a_file_that_can_only_be_read_is_told(sqlite_alias: str, know: Know) -> None:
    path = sqlite("clinic.sqlite3")["NAME"]
    know("closed", {**sqlite(""), "NAME": f"file:{path}?mode=ro", "OPTIONS": {"uri": True}})
    said = failing("closed", lambda store: store.keep_protocol("d", CANARY))
    assert said == "the database 'closed' failed (SQLITE_READONLY): it can only be read"


def test_a_course_with_an_event_missing_is_told_and_not_read_as_if_it_had_never_been(alias: str) -> None:
    store = DjangoStore(alias)
    store.append("a", ['{"v":1}', '{"v":2}', '{"v":3}'], expected=0)
    StoredEvent.objects.using(alias).filter(course="a", version=2).delete()
    told = "^the course 'a' is damaged in this store: its event 2 is missing; restore a backup$"
    for after in (0, 1):
        with pytest.raises(ipt.StoreError, match=told):
            store.read("a", after)
    assert store.read("a", 2) == ('{"v":3}',)


def test_a_text_that_the_database_cannot_hold_is_told(alias: str) -> None:
    assert failing(alias, lambda store: store.append("a", [f"{CANARY}\ud800"], expected=0)) == (
        f"the database '{alias}' failed (UnicodeEncodeError): it cannot hold this text"
    )
    assert DjangoStore(alias).read("a") == ()


def test_in_a_transaction_that_has_failed_before_the_store_says_so(alias: str) -> None:
    with transaction.atomic(using=alias):
        transaction.set_rollback(True, using=alias)
        assert failing(alias, append) == (
            f"the database '{alias}' failed (TransactionManagementError): something failed before in the transaction "
            "around this call, which must end first"
        )


def test_a_row_that_a_rule_of_the_database_refuses_is_told_without_the_row(postgres_alias: str) -> None:
    with connections[postgres_alias].cursor() as cursor:
        cursor.execute("ALTER TABLE iptengine_storedevent ALTER COLUMN text TYPE varchar(12)")
    try:
        said = failing(postgres_alias, append)
        assert said == f"the database '{postgres_alias}' failed (StringDataRightTruncation)"
    finally:
        with connections[postgres_alias].cursor() as cursor:
            cursor.execute("ALTER TABLE iptengine_storedevent ALTER COLUMN text TYPE text")


def test_a_server_that_is_gone_leaves_open_whether_it_was_recorded(postgres_alias: str, know: Know) -> None:
    know("gone", {**connections.settings[postgres_alias], "HOST": "/nowhere"})
    said = failing("gone", append)
    assert said == (
        "the database 'gone' failed (OperationalError): the connection ended; what was sent last may have been "
        "recorded or not, so send it again under the same key"
    )


def test_rows_of_the_lists_are_kept_where_something_can_be_written_and_asked_for_everywhere(
    sqlite_alias: str, know: Know
) -> None:
    path = sqlite("clinic.sqlite3")["NAME"]
    StoredEvent.objects.all().delete()
    ListedCourse.objects.all().delete()
    DjangoStore().append("a", texts("one"), expected=0)
    know("closed", {**sqlite(""), "NAME": f"file:{path}?mode=ro", "OPTIONS": {"uri": True}})
    closed = DjangoStore("closed")
    assert closed.keep_rows([Row("a", 1, "form")]) == 0
    assert list(closed.rows(Asked(frozenset({"form"})))) == [Row("a", 1)]
    assert DjangoStore().keep_rows([Row("a", 1, "form")]) == 1


def test_nobody_waits_for_a_writer_to_keep_a_row(postgres_alias: str) -> None:
    StoredEvent.objects.using(postgres_alias).all().delete()
    ListedCourse.objects.using(postgres_alias).all().delete()
    kept: list[int] = []
    with transaction.atomic(using=postgres_alias):
        DjangoStore(postgres_alias).append("a", texts("one"), expected=0)
        elsewhere(lambda: kept.append(FromAnyThread(postgres_alias).keep_rows([Row("b", 1)])))
    assert kept == [0]


def test_a_row_that_somebody_took_out_is_found_and_made_again(alias: str) -> None:
    with emptied(alias) as (store, clinic):
        clinic.start("ipt-adult", by=ipt.Actor("u17", role="therapist"), on=date(2026, 3, 3), course="a")
        assert (ipt.verify(store).problems, clinic.out_of_step()) == ((), ())
        ListedCourse.objects.using(alias).all().delete()
        (problem,) = ipt.verify(store).problems
        assert str(problem) == (
            "course a: it has no row in the lists, as if somebody had taken it out; make the rows again: "
            "'iptengine clinic refresh --anew', or Clinic.refresh(on=..., anew=True)"
        )
        assert clinic.out_of_step() == ("a",)
        assert clinic.refresh(on=date(2026, 3, 10), anew=True) == 1
        assert (ipt.verify(store).problems, clinic.out_of_step()) == ((), ())
        ListedCourse.objects.using(alias).all().delete()
        assert store.keep_rows([Row("a", 7, "form"), Row("z", 0)]) == 0
        ListedCourse.objects.using(alias).create(course="a", **columns(Row("a", 0)))
        assert [one.text.partition(";")[0] for one in ipt.verify(store).problems] == [
            "its row in the lists is of an earlier version of the course, as if somebody had put it back"
        ]
        assert clinic.refresh(on=date(2026, 3, 10), anew=True) == 1
        assert (ipt.verify(store).problems, clinic.out_of_step()) == ((), ())


def test_a_row_that_somebody_took_out_or_put_back_hides_no_alert(alias: str) -> None:
    with emptied(alias) as (store, clinic):
        for course in ("a", "b"):
            clinic.start("ipt-adult", by=ANNA, on=DAY, course=course)
        clinic.do("a", c.Read("phq9", total=9, answers={"self_harm": 3}, on=DAY), by=ANNA)
        mine = ListedCourse.objects.using(alias)
        mine.filter(course="a").update(version=1, alerts=False)
        assert sorted(map(str, store.strays())) == ["Stray(course='a', version=3, row=1)"]
        assert list(store.strays(frozenset({"b", "nobody"}))) == []
        assert [alert.value for alert in clinic.alerts()] == [3]
        assert list(store.strays()) == []
        for named in (None, ["a"]):
            mine.all().delete()
            assert [stray.row for stray in store.strays()] == [0, 0]
            assert [alert.value for alert in clinic.alerts(courses=named)] == [3]
        StoredEvent.objects.using(alias).filter(course="a", version=3).delete()
        assert [stray.course for stray in store.strays(frozenset({"a", "b"})) if stray.row] == ["a"]
        assert [alert.code for alert in clinic.alerts()] == ["event_missing"]


def test_a_row_with_what_no_row_can_hold_hides_no_alert(sqlite_alias: str) -> None:
    with emptied(sqlite_alias) as (_, clinic):
        clinic.start("ipt-adult", by=ANNA, on=DAY, course="a")
        clinic.do("a", c.Read("phq9", total=9, answers={"self_harm": 3}, on=DAY), by=ANNA)
        for change in ("since = 0", "until = 99999999", "alerts = 'maybe'", "alerts = 7", "text = x'00'"):
            clinic.refresh(on=DAY, anew=True)
            with connections[sqlite_alias].cursor() as cursor:
                cursor.execute(f"UPDATE iptengine_listedcourse SET {change}")
            assert [alert.value for alert in clinic.alerts()] == [3]


def test_courses_from_before_the_lists_have_an_empty_row(alias: str) -> None:
    DjangoStore(alias).append("a", texts("one", "two"), expected=0)
    call_command("migrate", "iptengine", "0001", database=alias, verbosity=0)
    call_command("migrate", "iptengine", database=alias, verbosity=0)
    assert list(DjangoStore(alias).rows(Asked(frozenset({"form"})))) == [Row("a", 2)]


# -- settings that lose something --------------------------------------------------------------------------------


@pytest.fixture
def weak(know: Know, tmp_path: Path) -> Callable[[str], str]:
    """Makes a database that holds the tables, and is opened with other pragmas afterwards."""

    def make(pragmas: str) -> str:
        file = str(tmp_path / "weak.sqlite3")
        know("strong", {**sqlite(""), "NAME": file})
        call_command("migrate", database="strong", verbosity=0)
        know("weak", {**sqlite("", init_command=pragmas), "NAME": file})
        return "weak"

    return make


@pytest.mark.parametrize(
    ("pragmas", "why"),
    [
        ("PRAGMA synchronous=NORMAL", "synchronous is less than FULL; set it to FULL in 'init_command'"),
        ("PRAGMA synchronous=OFF", "synchronous is less than FULL; set it to FULL in 'init_command'"),
        ("PRAGMA journal_mode=OFF", "journal_mode is OFF; set it to TRUNCATE in 'init_command'"),
        ("PRAGMA journal_mode=MEMORY", "journal_mode is MEMORY; set it to TRUNCATE in 'init_command'"),
    ],
)
def test_a_weak_setting_of_sqlite_is_told_by_the_check_and_refused_by_the_store(
    weak: Callable[[str], str], pragmas: str, why: str
) -> None:
    alias = weak(pragmas)
    assert [m for m in check_settings() if alias in m.msg] == [
        Error(
            f"The database '{alias}' may lose what it is told: {why}.",
            hint=f"In DATABASES, set {OPTIONS}.",
            id="iptengine.E003",
        )
    ]
    said = f"the database '{alias}' may lose what it is told: {why}; nothing was recorded"
    assert failing(alias, append) == said
    assert failing(alias, lambda store: store.keep_protocol("d", CANARY)) == said
    assert DjangoStore(alias).read("a") == ()


def test_without_immediate_transactions_the_check_says_what_to_set(sqlite_alias: str, know: Know) -> None:
    know("late", sqlite("clinic.sqlite3", transaction_mode=None))
    assert [m for m in check_settings() if "late" in m.msg] == [
        Error(
            "Two who write to the database 'late' at once may both fail.",
            hint=f"In DATABASES, set {OPTIONS}.",
            id="iptengine.E002",
        )
    ]


def test_the_settings_of_these_tests_have_nothing_to_tell(sqlite_alias: str) -> None:
    assert check_settings() == []
    assert check_databases(databases=["default"]) == []
    assert check_databases() == []


def test_a_database_that_is_not_there_yet_is_not_made_by_the_check(tmp_path: Path, know: Know) -> None:
    know("new", {**sqlite(""), "NAME": str(tmp_path / "new.sqlite3")})
    assert check_settings() == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told_by_the_check(tmp_path: Path, know: Know) -> None:
    (tmp_path / "broken.sqlite3").write_text("no database, " * 100)
    know("broken", {**sqlite(""), "NAME": str(tmp_path / "broken.sqlite3")})
    (found,) = check_settings()
    assert found.msg == (
        "The database 'broken' may lose what it is told: the database 'broken' failed (SQLITE_NOTADB)."
    )


def test_courses_in_memory_are_for_tests_and_are_not_refused(know: Know) -> None:
    know("memory", {**sqlite(""), "NAME": ":memory:"})
    call_command("migrate", database="memory", verbosity=0)
    store = DjangoStore("memory")
    store.append("a", texts("one"), expected=0)
    assert store.read("a") == texts("one")
    assert check_settings() == []


def test_what_a_server_loses_is_told_when_it_is_asked(postgres_alias: str) -> None:
    with connections[postgres_alias].cursor() as cursor:
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
        cursor.execute("SET synchronous_commit = off")
    try:
        found = check_databases(databases=[postgres_alias])
        assert found[-1] == Warning(
            f"synchronous_commit is off in the database '{postgres_alias}'.",
            hint="Courses are kept all the same: each append turns it on for its own transaction.",
            id="iptengine.W005",
        )
        assert [message.id for message in found[:-1]] == ([] if fsync == "on" else ["iptengine.E004"])
    finally:
        with connections[postgres_alias].cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), True), ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_a_write_ahead_log_is_taken_from_the_versions_that_do_not_corrupt_it(
    version: tuple[int, ...], safe: bool
) -> None:
    assert wal_is_sound(version) is safe


# -- the app -----------------------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_the_models_describe(sqlite_alias: str) -> None:
    call_command("makemigrations", "iptengine", check=True, dry_run=True, verbosity=0)


def test_no_permission_of_django_speaks_of_what_is_stored() -> None:
    assert [model._meta.default_permissions for model in (StoredEvent, KeptProtocol, ListedCourse)] == [()] * 3


def python(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    return done.stdout + done.stderr


def test_without_django_the_app_says_what_to_install() -> None:
    program = (
        "import sys\nfrom importlib import util\nfound = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == 'django' else found(name, *more)\n"
        "try:\n    import iptengine.contrib.django\nexcept ImportError as error:\n    print(error)"
    )
    assert python(program) == (
        "iptengine.contrib.django needs the package django: python -m pip install django; the extra [django] of "
        "iptengine brings it\n"
    )


def test_importing_the_app_loads_no_model() -> None:
    program = "import sys, iptengine.contrib.django\nprint([m for m in sys.modules if m.startswith('django')])"
    assert python(program) == "[]\n"
