"""What the proofs of a store share: a sentence of the contract holds, or it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from iptengine.store.port import StoreError


class StoreContractBroken(AssertionError):
    """A store does not keep the contract; the text says which sentence of it."""


def expect(holds: bool, sentence: str) -> None:
    """Say that the contract is broken, unless the sentence holds."""
    if not holds:
        raise StoreContractBroken(f"the store breaks the contract: {sentence}")


def expect_raised(error: type[StoreError], act: Callable[[], object], sentence: str) -> None:
    """Say that the contract is broken, unless the act raises that error."""
    try:
        act()
    except error:
        return
    except StoreError as other:
        raise StoreContractBroken(
            f"the store breaks the contract: {sentence} (it raised {type(other).__name__})"
        ) from other
    expect(False, sentence)


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
