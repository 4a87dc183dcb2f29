"""A page that is ready to be shown, in the forms it can be shown in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from json import dumps
from typing import Any

from markupsafe import Markup

from iptengine.render.html_page import html_document, html_page
from iptengine.render.markdown_page import markdown_page
from iptengine.render.page import Page
from iptengine.render.text_page import text_page


class Shown(ABC):
    """What `Agenda` and `GroupPage` have in common: one page, as HTML, plain text, Markdown or JSON."""

    __slots__ = ()
    _page: Page

    @property
    def html(self) -> Markup:
        """A fragment to put into a page of one's own: headings from ``h2``, class names ``ipt-…``, no script."""
        return html_page(self._page)

    @property
    def page(self) -> str:
        """A whole HTML document, for a browser, a telephone, or one or two sides of A4."""
        return html_document(self._page)

    @property
    def text(self) -> str:
        """Plain text, at most 80 columns wide."""
        return text_page(self._page)

    @property
    def markdown(self) -> str:
        """Markdown; every word that is not ours is escaped."""
        return markdown_page(self._page)

    def json(self) -> str:
        """JSON on one line, under the schema it names; of a patient's page only what the page shows."""
        return dumps(self.data(), ensure_ascii=False, separators=(",", ":"))

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """The same as plain values, for a program that goes on with them."""
