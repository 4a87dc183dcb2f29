"""What is said about texts that are filled in."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

PAGES: dict[str, Page] = {
    "template-syntax": Page(
        "A tag in a text cannot be read.",
        "a template that cannot be filled in would leave a hole in the page a clinician reads.",
        'aim: "Help {{ patient to speak plainly"',
        'aim: "Help {{ patient }} to speak plainly"',
    ),
    "template-forbidden": Page(
        "A tag does more than a text may do.",
        "a protocol is words; it shows names, asks and repeats, and can run nothing.",
        'aim: "{{ patient.upper() }}"',
        'aim: "{{ patient | upper }}"',
    ),
    "template-too-large": Page(
        "A text with tags is too large.",
        "a page must not take unbounded time to prepare.",
        'aim: "{{ (more than 80 words) }}"',
        'aim: "{{ patient }}"',
    ),
    "template-loop": Page(
        "A loop repeats over something that is no list.",
        "a template that cannot be filled in would leave a hole in the page a clinician reads.",
        'aim: "{% for one in patient %}{{ one }}{% endfor %}"',
        'aim: "{{ patient }}"',
    ),
    "template-unknown-name": Page(
        "A name in a text is not known.",
        "a template that cannot be filled in would leave a hole in the page a clinician reads.",
        'aim: "Help {{ pateint }}"',
        'aim: "Help {{ patient }}"',
    ),
    "template-unknown-filter": Page(
        "A filter in a text is not known.",
        "a template that cannot be filled in would leave a hole in the page a clinician reads.",
        'aim: "{{ patient | uper }}"',
        'aim: "{{ patient | upper }}"',
    ),
    "template-type": Page(
        "A value in a text is used as something it is not.",
        "a template that cannot be filled in would leave a hole in the page a clinician reads.",
        'aim: "{% if session.number > patient %}Late{% endif %}"',
        'aim: "{% if session.number > 4 %}Late{% endif %}"',
    ),
    "template-condition": Page(
        "A condition quoted in a text is not understood.",
        "a page must not say what nobody asked.",
        "aim: '{% if \"sessions lef <= 4\" is met %}Late{% endif %}'",
        "aim: '{% if \"sessions used >= 4\" is met %}Late{% endif %}'",
    ),
    "template-unknown-branch": Page(
        "A text does not say what to write when something is missing or unknown.",
        "silence would read as a no; unknown is an answer of its own.",
        'aim: "{{ session.left }} sessions are left"',
        'aim: "{% if session.left is not none %}{{ session.left }} sessions are left{% endif %}"',
    ),
}
