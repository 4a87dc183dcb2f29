"""What the proofs of stores and of key stores share: a sentence of the contract holds, or it is named."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, contextmanager
from threading import Barrier, Thread
from typing import TypeVar

from iptengine.store.port import Store, StoreError

STORE = "the store"
PATIENCE = 60.0
"""How many seconds one of several who use a store at once may wait, before it is said to hang."""
Factory = Callable[[], Store]
Transaction = Callable[[Store], AbstractContextManager[Store]]
"""Opens a transaction of a caller on a store, and gives the store that takes part in it."""
E = TypeVar("E", bound=StoreError)


class StoreContractBroken(AssertionError):
    """A store, or a key store, does not keep the contract; the text says which sentence of it."""


def broken(sentence: str, who: str = STORE) -> StoreContractBroken:
    """The error that says which sentence of the contract does not hold."""
    return StoreContractBroken(f"{who} breaks the contract: {sentence}")


def expect(holds: bool, sentence: str, who: str = STORE) -> None:
    """Say that the contract is broken, unless the sentence holds."""
    if not holds:
        raise broken(sentence, who)


def expect_raised(error: type[E], act: Callable[[], object], sentence: str, who: str = STORE) -> E:
    """The error that the act raises; say that the contract is broken, when it raises none or another."""
    try:
        act()
    except error as raised:
        return raised
    except StoreError as other:
        raise broken(f"{sentence} (it raised {type(other).__name__})", who) from other
    raise broken(sentence, who)


@contextmanager
def nothing_refused(who: str = STORE) -> Iterator[None]:
    """Say that the contract is broken when a `StoreError` comes out: what the proof asks for is allowed."""
    try:
        yield
    except StoreError as refused:
        raise broken(f"it refuses what the contract allows ({type(refused).__name__}: {refused})", who) from refused


def texts_of(*names: object) -> tuple[str, ...]:
    """Texts as the engine writes them, one for each name."""
    return tuple(json.dumps({"v": 1, "note": name}) for name in names)


def at_once(threads: int, act: Callable[[int], bool], who: str = STORE) -> list[bool]:
    """What the act answers for each number, all of them begun together; say so when they do not come to an end.

    The threads are daemons: one that hangs keeps neither the proof nor the program from ending.
    """
    within = 2 * PATIENCE  # whoever waits inside says what for before this ends
    ready = Barrier(threads)
    answers = [Future[bool]() for _ in range(threads)]

    def run(number: int) -> None:
        try:
            ready.wait(PATIENCE)
            answers[number].set_result(act(number))
        except BaseException as raised:  # noqa: BLE001  it goes to who waits for the answer, and is raised there
            answers[number].set_exception(raised)

    with _taking_turns_often():
        for number in range(threads):
            Thread(target=run, args=(number,), daemon=True).start()
        ended, late = wait(answers, within)
    _raise_any(ended)
    expect(not late, f"several who use it at once come to an end ({len(late)} had not after {within:g} seconds)", who)
    return [answer.result() for answer in answers]


def _raise_any(ended: Iterable[Future[bool]]) -> None:
    for answer in ended:
        raised = answer.exception()
        if raised is not None:
            raise raised


@contextmanager
def _taking_turns_often() -> Iterator[None]:
    """Let threads change places often, so that what is not whole for a moment is seen in that moment."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
