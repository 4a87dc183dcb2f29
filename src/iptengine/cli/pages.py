"""Agendas in the form that was asked for: one, or several in one document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from iptengine.cli import screen
from iptengine.cli.screen import Unclear
from iptengine.cli.stories import Story
from iptengine.course.course import Course
from iptengine.render.agenda import Agenda, Audience, Detail, Occasion, agenda
from iptengine.render.group_page import GroupPage
from iptengine.render.sections import page_style


def page_of(
    story: Story, course: Course, on: date, audience: str, detail: str, occasion: str = "session", contact: str = ""
) -> Agenda:  # fmt: skip
    """The agenda of the next session of `course`, or its page for another occasion.

    Raises:
        Unclear: The protocol has no such contact, or the page of one is asked for a patient.
    """
    try:
        return agenda(
            story.protocol, course, on=on, audience=cast(Audience, audience), detail=cast(Detail, detail),
            occasion=cast(Occasion, "contact" if contact else occasion), contact=contact,
        )  # fmt: skip
    except ValueError as wrong:
        raise Unclear(str(wrong)) from None


def written(page: Agenda | GroupPage, form: str) -> str:
    """One agenda as text, Markdown, a whole HTML document, or JSON."""
    if form == "json":
        return screen.json_text(page.data())
    if form == "html":
        return screen.html_text(page.page.rstrip("\n"))
    return (page.markdown if form == "markdown" else page.text).rstrip("\n")


def bound(pages: Sequence[Agenda], form: str) -> str:
    """Several agendas as one document: a list in JSON, one page after another in HTML and Markdown."""
    if form == "json":
        return screen.json_text([page.data() for page in pages])
    if form == "markdown":
        return "\n\n---\n\n".join(page.markdown.strip("\n") for page in pages)
    articles = "\n".join(str(page.html) for page in pages)
    return screen.html_text(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Agendas</title>\n'
        f"<style>\n{page_style()}.ipt-agenda {{ break-after: page; }}\n</style>\n</head>\n"
        f'<body class="ipt-page">\n<main>\n{articles}</main>\n</body>\n</html>'
    )
