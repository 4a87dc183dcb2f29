"""The proof that a key store keeps the contract of `CourseKeys` (`iptengine.store.keys`), the same for every one.

What matters most cannot be seen from here: that no copy of a destroyed key is left in a backup, a former version of
the secret, or a log of the service. Who writes a key store answers for that.
"""

from __future__ import annotations

import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import partial
from threading import Lock

from iptengine.store.keys import KEY_BYTES, CourseKeys, KeyDestroyed, KeyLost
from iptengine.store.port import StoreError
from iptengine.testing import expecting
from iptengine.testing.expecting import at_once, nothing_refused

THREADS = 8
ROUNDS = 5
WHO = "the key store"
NAMES = ("a", "a-1", "a_1", "1", "0123456789abcdef0123456789abcdef", "b" * 80, "b" * 79 + "c")
_expect = partial(expecting.expect, who=WHO)
_expect_raised = partial(expecting.expect_raised, who=WHO)

Factory = Callable[[], CourseKeys]


def check_keys(factory: Factory, *, again: Factory | None = None, threads: int = THREADS) -> None:
    """Prove that the key stores that `factory` makes keep the contract of the port.

    Args:
        factory: Makes a fresh, empty key store each time it is called.
        again: Opens the one that `factory` made last once more, as another process would. Without it, nothing is
            proved of keys that outlive the program.
        threads: How many threads use one key store at once. 1 leaves that part out, and proves that much less: only
            for a key store that is never shared.

    Raises:
        StoreContractBroken: It does not; names the sentence of the contract.

    Example:
        >>> from iptengine.store.keys import MemoryKeys
        >>> check_keys(MemoryKeys)
    """
    with nothing_refused(WHO):
        for check in _CHECKS:
            check(factory())
        _expect_no_derived_key(factory)
        if again is not None:
            _expect_lasting(factory(), again)
        if threads > 1:
            for _ in range(ROUNDS):
                _expect_one_key(factory(), again, threads)
                _expect_destroyed_for_all(factory(), again, threads)


# -- one key -----------------------------------------------------------------------------------------------------


def _made_once(keys: CourseKeys) -> None:
    made = keys.make("a")
    _expect(isinstance(made, bytes) and len(made) == KEY_BYTES, f"a key is {KEY_BYTES} bytes")
    _expect(keys.key("a") == made, "the key that was made is the one that is read back")
    _expect(keys.make("a") == made, "a course that has a key gets the same one again")
    _expect(keys.key("a") == made, "a key that is asked for again stays as it is")


def _courses_stay_apart(keys: CourseKeys) -> None:
    made = {name: keys.make(name) for name in NAMES}
    _expect(len(set(made.values())) == len(NAMES), "every course has a key of its own")
    for name, key in made.items():
        _expect(keys.key(name) == key, f"the course '{name}' keeps its own key beside those of others")


def _destroyed_for_good(keys: CourseKeys) -> None:
    keys.make("a")
    other = keys.make("b")
    keys.destroy("a")
    for when in ("", " a second time"):
        _expect(_known_gone(keys, "a"), f"a key that was destroyed{when} is gone, and known to be")
        _expect_raised(KeyDestroyed, lambda: keys.make("a"), "a course whose key was destroyed never gets one again")
        _expect(_known_gone(keys, "a"), "asking for a key that was destroyed brings none back")
        keys.destroy("a")
    _expect(keys.key("b") == other, "the keys of other courses are not touched by a destruction")


def _known_gone(keys: CourseKeys, course: str) -> bool:
    try:
        return keys.key(course) is None
    except KeyLost:
        return False


def _lost_is_not_destroyed(keys: CourseKeys) -> None:
    told = "of a course that has no key, and had none, a key is lost, and not destroyed"
    _expect_raised(KeyLost, lambda: keys.key("a"), told)
    _expect_raised(KeyLost, lambda: keys.destroy("a"), "a key that is not there is not taken for destroyed")
    _expect_raised(KeyLost, lambda: keys.key("a"), "a destruction that found no key leaves nothing behind")
    _expect(keys.make("a") == keys.key("a"), "a course whose key was asked for too early can still get one")


def _expect_no_derived_key(factory: Factory) -> None:
    first, second = factory().make("a"), factory().make("a")
    _expect(first != second, "a key is random: one made out of the name of its course could be made anew")


# -- secrets -----------------------------------------------------------------------------------------------------


def _tells_no_secret(keys: CourseKeys) -> None:
    name = "wilhelmina"
    errors: list[StoreError] = []
    told = "of a course that has no key, and had none, a key is lost, and not destroyed"
    errors += [_expect_raised(KeyLost, partial(act, name), told) for act in (keys.key, keys.destroy)]
    key = keys.make(name)
    _expect_silent("its repr", name, key, repr(keys), str(keys))
    keys.destroy(name)
    told = "a course whose key was destroyed never gets one again"
    errors.append(_expect_raised(KeyDestroyed, lambda: keys.make(name), told))
    _expect_silent("its repr", name, key, repr(keys), str(keys))
    for error in errors:
        kept = {field: value for field, value in vars(error).items() if field != "course"}
        _expect_silent("an error", name, key, "".join(traceback.format_exception(error)), repr(error), repr(kept))


def _expect_silent(what: str, name: str, key: bytes, *words: str) -> None:
    said = "\n".join(words)
    _expect(name not in said, f"{what} does not name a course")
    _expect(not any(form in said for form in _forms(key)), f"{what} shows no key, and no part of one")


def _forms(key: bytes) -> Iterator[str]:
    """How a half of a key may be written."""
    for half in (key[: KEY_BYTES // 2], key[KEY_BYTES // 2 :]):
        yield half.hex()
        yield half.hex().upper()
        yield repr(half)[2:-1]
    for coded in (b64encode(key), urlsafe_b64encode(key)):
        yield coded.decode()[:20]


# -- another process, and several at once ------------------------------------------------------------------------


def _expect_lasting(keys: CourseKeys, again: Factory) -> None:
    key, gone = keys.make("a"), keys.make("b")
    _expect(again().key("a") == key, "a key outlives who made it")
    _expect(again().make("a") == key, "a course that has a key gets the same one from whoever opens the store again")
    again().destroy("b")
    _expect(_known_gone(keys, "b"), "a key that somebody else has destroyed is gone here, too")
    _expect_raised(KeyDestroyed, lambda: keys.make("b"), "a key that somebody else has destroyed is never made again")
    _expect(_known_gone(again(), "b"), "that a key was destroyed outlives who destroyed it")
    _expect(gone != key, "every course has a key of its own")


def _expect_one_key(keys: CourseKeys, again: Factory | None, threads: int) -> None:
    made: list[bytes] = []
    kept = Lock()

    def make(number: int) -> bool:
        mine = keys if again is None or number % 2 else again()
        key = mine.make("a")
        with kept:
            made.append(key)
        return mine.key("a") == key

    same = at_once(threads, make, WHO)
    _expect(len(set(made)) == 1 and all(same), "of several who make the key of a course at once all get the same one")


def _expect_destroyed_for_all(keys: CourseKeys, again: Factory | None, threads: int) -> None:
    """Some make the key of a course while others destroy it: a destruction that was told as done is for good."""

    def act(number: int) -> bool:
        mine = keys if again is None or number % 3 else again()
        try:
            if number % 2:
                mine.make("a")
                return False
            mine.destroy("a")
        except (KeyDestroyed, KeyLost):
            return False
        return True

    keys.make("a")
    destroyed = at_once(threads, act, WHO)
    _expect(any(destroyed), "a key that is there can be destroyed while others ask for it")
    _expect(_known_gone(keys, "a"), "a key that is destroyed while others ask for it stays destroyed")
    _expect_raised(KeyDestroyed, lambda: keys.make("a"), "a course whose key was destroyed never gets one again")


_CHECKS: tuple[Callable[[CourseKeys], None], ...] = (
    _made_once,
    _courses_stay_apart,
    _destroyed_for_good,
    _lost_is_not_destroyed,
    _tells_no_secret,
)

__all__ = ["check_keys"]
