"""What is said about the text that a store keeps of a protocol."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

PAGES: dict[str, Page] = {
    "kept-altered": Page(
        "The text that a store keeps of a protocol is not the one that was put there.",
        "a course goes on under the protocol it began with, letter for letter; a text that somebody changed is another "
        "one. Put the text back from a backup, or give the protocol to the clinic from its file.",
        "Clinic(store, [])   # the text in the store was changed",
        'Clinic(store, [load("ipt-adult")])',
    ),
    "kept-unreadable": Page(
        "The text that a store keeps of a protocol is not one that this version of the library can use.",
        "what is read in part, or in another sense than it was written in, is another treatment. Use the version of "
        "the library that kept it, or one that came after, or give the protocol to the clinic from its file.",
        "Clinic(store, [])   # the text was kept by a newer version of the library",
        'Clinic(store, [load("ipt-adult")])',
    ),
}
