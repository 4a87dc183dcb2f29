"""What the proofs of stores and of key stores share: a sentence of the contract holds, or it is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

from iptengine.store.port import StoreError

STORE = "the store"
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


def at_once(threads: int, act: Callable[[int], bool]) -> list[bool]:
    """What the act answers for each number, all of them begun together."""
    ready = Barrier(threads)

    def run(number: int) -> bool:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))
