"""The proof of kept protocols: each text stands whole under its digest, and no other ever does."""

from __future__ import annotations

from collections.abc import Callable

from iptengine.store.port import Store, StoreError, UnknownDigest
from iptengine.testing.expecting import expect, expect_raised, texts_of

LETTERS = "a protocol's text comes back letter by letter"
LARGE = "title: Grief, é, e\u0301, 😀\r\n  ' OR 1=1 -- \\ %s\t\u2028 \n" * 4_000
"""Some 200,000 letters, and more bytes: the largest protocol that comes with the library has 87,729."""
TEXTS = (
    '{"title":"Grief 😀 é"}', " begins and ends with a space ", "\n\n ends with lines \r\n\r\n", "\ufeffmarked",
    "x" * 65_535 + "y", LARGE,
)  # fmt: skip


def digest_of(number: int) -> str:
    """Something as long as a digest."""
    return f"{number:064x}"


def _protocols_are_kept_once(store: Store) -> None:
    digest, other = digest_of(10), digest_of(11)
    expect_raised(UnknownDigest, lambda: store.protocol(digest), "a digest nobody has kept raises UnknownDigest")
    text = TEXTS[0]
    store.keep_protocol(digest, text)
    store.keep_protocol(digest, text)
    expect(store.protocol(digest) == text, LETTERS)
    for changed in (text + " ", text[:-1], text.lower(), text.replace("é", "e\u0301")):
        expect_raised(
            StoreError,
            lambda changed=changed: store.keep_protocol(digest, changed),  # type: ignore[misc]
            "another text under a kept digest raises StoreError",
        )
    expect(store.protocol(digest) == text, "the text first kept under a digest stays")
    expect_raised(UnknownDigest, lambda: store.protocol(other), "one digest is not taken for another")
    expect(list(store.feed()) == [], "a kept protocol is no event")


def _large_protocols_are_kept_whole(store: Store) -> None:
    for number, text in enumerate(TEXTS):
        store.keep_protocol(digest_of(number), text)
    store.append("a", texts_of(1), expected=0)
    for number, text in enumerate(TEXTS):
        found = store.protocol(digest_of(number))
        expect(found == text, f"{LETTERS}, here {len(text)} of them")
    expect_raised(
        StoreError,
        lambda: store.keep_protocol(digest_of(len(TEXTS) - 1), LARGE[:-1] + "x"),
        "another text under a kept digest raises StoreError, also one that differs in its last letter",
    )
    last = digest_of(len(TEXTS) - 1)
    expect_raised(UnknownDigest, lambda: store.protocol(last[:-1] + "f"), "one digest is not taken for another")


CHECKS: tuple[Callable[[Store], None], ...] = (_protocols_are_kept_once, _large_protocols_are_kept_whole)
