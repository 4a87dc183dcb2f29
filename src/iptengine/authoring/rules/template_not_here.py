"""A text that is shown as it stands holds a tag.

Names are filled in only where a session is prepared: in `do`, `aim`, `ask`, `note`, `when`, `then`, `text` of a
step or topic, and `patient`. Everywhere else a text is shown as it stands.

Why it matters: the page would show the braces and not the name.

Wrong:

    title: "The treatment of {{ patient }}"

Right:

    title: Interpersonal Psychotherapy
"""
