"""A page as plain text: eighty columns, one side of A4 at the usual detail."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.render import layout
from iptengine.render.alerts import alert_heading
from iptengine.render.escaping import escape_text
from iptengine.render.page import (
    LONG,
    Block,
    Field,
    Folded,
    Form,
    Lines,
    Marked,
    Page,
    Pairs,
    Plan,
    ScoreTable,
    Section,
)
from iptengine.render.scope import one_line

INDENT = "   "
LABEL = 6
ONE_SIDE = 60
"""Lines on one side of A4 at the size a clinician reads without glasses."""
WHEN = 14
WIDEST = 26
"""Columns for the first of a pair: as few lines as the pairs can have between the two."""
LEAST_BLANK = 8
OWN_LINE = -2
"""The size of a piece of a label after which nothing stands on its line."""


def text_page(page: Page) -> str:
    """The page as lines of at most eighty columns, each ended by a line end."""
    parts = _parts(page, page.sections)
    if page.tight and _written(parts) > ONE_SIDE and _written(tight := _parts(page, page.tight)) <= ONE_SIDE:
        parts = tight
    return "".join(f"{line.rstrip()}\n" for line in _on_one_side(parts))


def _parts(page: Page, sections: tuple[Section, ...]) -> list[list[str]]:
    """The lines of each part of a page."""
    parts = [list(_head(page))]
    if page.alerts:
        alerts = (layout.hang("!! ", _plain(alert)) for alert in page.alerts)
        parts.append([alert_heading(len(page.alerts)), *(line for alert in alerts for line in alert)])
    for section in sections:
        heading = [_plain(section.heading)] if section.heading else []
        parts.append([*heading, *(line for block in section.blocks for line in _block(block))])
    if page.footer:
        parts.append(layout.wrap(_plain(page.footer), layout.WIDTH))
    return parts


def _written(parts: list[list[str]]) -> int:
    return sum(len(part) for part in parts)


def _on_one_side(parts: list[list[str]]) -> list[str]:
    """The parts with an empty line between them; the lowest empty lines give way where that makes one side of paper."""
    room = ONE_SIDE - _written(parts)
    blanks = len(parts) - 1 if not 0 <= room < len(parts) - 1 else room
    lines = list(parts[0])
    for place, part in enumerate(parts[1:]):
        lines += ["", *part] if place < blanks else part
    return lines


def _plain(text: str) -> str:
    return one_line(escape_text(text))


def _head(page: Page) -> Iterator[str]:
    left = "   ".join(_plain(part) for part in (page.left, page.when) if part)
    yield from layout.sides(left, _plain(page.right))
    for line in layout.flowing([_plain(part) for part in page.under], layout.WIDTH):
        yield from layout.wrap_kept(line, layout.WIDTH)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Lines():
            entries = [_plain(entry) for entry in block.entries]
            if block.cut is not None:
                entries = [layout.cut(entry, block.cut) for entry in entries]
            room = layout.WIDTH - len(INDENT)
            for line in layout.flowing(entries, room) if block.flow else entries:
                yield from (f"{INDENT}{part}" for part in layout.wrap_kept(line, room))
        case Marked():
            for place, entry in enumerate(block.entries):
                yield from layout.hang(" ! ", _plain(entry))
                if place == 0 and block.paper:
                    yield from layout.hang(INDENT, " ".join(_plain(part) for part in block.paper))
        case Folded():
            yield INDENT + _folded(block.label, [_plain(entry) for entry in block.entries])
        case Plan():
            yield from _plan(block)
        case Pairs():
            yield from _pairs(block)
        case ScoreTable():
            yield from _scores(block)
        case Form():
            for row in block.rows:
                yield from _form(row)


def _folded(label: str, entries: list[str]) -> str:
    """As many of the entries as one line takes, and how many more there are."""
    room = layout.WIDTH - len(INDENT)
    for shown in range(len(entries), 0, -1):
        more = f" And {len(entries) - shown} more." if shown < len(entries) else ""
        line = f"{label}: {' '.join(entries[:shown])}{more}"
        if layout.width(line) <= room:
            return line
    more = f" And {len(entries) - 1} more." if len(entries) > 1 else ""
    first = layout.wrap(entries[0], room - len(label) - len(more) - 6)[0]
    return f"{label}: {first} ...{more}"


def _plan(plan: Plan) -> Iterator[str]:
    wide = max(LABEL, *(layout.width(_plain(row.label)) + 1 for row in plan.rows))
    minutes = 4
    room = layout.WIDTH - len(INDENT) - 2 - wide - minutes
    for row in plan.rows:
        texts = [line for text in row.texts for line in layout.wrap(_plain(text), room)] or [""]
        head = f"{INDENT}{row.number} {layout.padded(_plain(row.label), wide)}"
        yield f"{head}{layout.padded(texts[0], room)} {row.minutes or '':>3}"
        for line in texts[1:]:
            yield f"{' ' * len(INDENT)}  {' ' * wide}{line}"
        for more in row.more:
            yield from layout.hang(f"{' ' * len(INDENT)}  {' ' * wide}- ", _plain(more))


def _pairs(pairs: Pairs) -> Iterator[str]:
    rows = [(_plain(first), _plain(second)) for first, second in pairs.rows]
    longest = max((layout.width(first) for first, _ in rows), default=0)
    words = (layout.width(word) for first, _ in rows for word in first.split())
    narrow = min(WIDEST, max(min(WHEN, longest), *words, 0))
    columns = (list(_in_columns(rows, wide)) for wide in range(narrow, max(narrow, min(WIDEST, longest)) + 1))
    yield from min(columns, key=len)


def _in_columns(rows: list[tuple[str, str]], wide: int) -> Iterator[str]:
    room = layout.WIDTH - len(INDENT) - wide - 2
    for first, second in rows:
        yield from layout.beside(layout.wrap(first, wide or 1), layout.wrap(second, room), INDENT, wide)


def _scores(table: ScoreTable) -> Iterator[str]:
    """Rows in columns under their sessions; a course too long for one line shows its last readings and says so."""
    rows = [(_plain(label), [_plain(cell) for cell in cells]) for label, cells in table.rows]
    if not table.caption:
        rows.insert(0, ("session", [_plain(place) for place in table.places]))
    wide = max((layout.width(label) for label, _ in rows), default=0)
    cell = max((layout.width(one) for _, cells in rows for one in cells), default=1) + 2
    room = (layout.WIDTH - len(INDENT) - wide - 4) // cell
    for place, (label, cells) in enumerate(rows):
        left = "... " if len(cells) > room else ""
        line = f"{INDENT}{layout.padded(label, wide)}{left}" + "".join(f"{one:>{cell}}" for one in cells[-room:])
        beside = "" if place else f"    {_plain(table.caption)}"
        yield line + beside if layout.width(line + beside) <= layout.WIDTH else line
    for text in table.below:
        yield from layout.hang(INDENT, _plain(text))


def _form(row: tuple[Field, ...]) -> Iterator[str]:
    """The fields of a line; fields that do not fit go to the next one, long blanks share what is left."""
    for fields in _fitting(row):
        fixed = sum(layout.width(_field(field, 0)) for field in fields) + 2 * (len(fields) - 1)
        longs = [field for field in fields if _is_long(field)]
        room = layout.WIDTH - len(INDENT) - fixed
        parts = []
        for field in fields:
            blank = 0
            if _is_long(field):
                blank = room // len(longs) + (room % len(longs) if field is longs[-1] else 0)
            parts.append(_field(field, blank))
        yield INDENT + "  ".join(parts)


def _fitting(row: tuple[Field, ...]) -> Iterator[list[Field]]:
    line: list[Field] = []
    taken = 0
    for field in (piece for whole in row for piece in _pieces(whole)):
        size = layout.width(_field(field, 0)) + (LEAST_BLANK if _is_long(field) else 0)
        if field.size == OWN_LINE:
            size = layout.WIDTH
        if line and taken + 2 + size > layout.WIDTH - len(INDENT):
            yield line
            line, taken = [], 0
        taken += size + (2 if line else 0)
        line.append(field)
    if line:
        yield line


def _pieces(field: Field) -> Iterator[Field]:
    """A field that is wider than a line, in parts: its label by itself, then its boxes."""
    most = layout.WIDTH - len(INDENT) - LEAST_BLANK - 2
    if layout.width(_field(field, 0)) <= most:
        yield field
        return
    *above, last = layout.wrap(_plain(field.label), most)
    for part in above:
        yield Field(part, (), OWN_LINE)
    if not field.boxes:
        yield Field(last, (), field.size)
        return
    yield Field(last, (), -1)
    for box in field.boxes:
        yield Field("", (layout.wrap(_plain(box), most - 3)[0],))


def _is_long(field: Field) -> bool:
    return not field.boxes and field.size == LONG


def _field(field: Field, blank: int) -> str:
    label = _plain(field.label)
    if field.boxes:
        boxes = " ".join(f"{_plain(box)}[ ]" for box in field.boxes)
        return f"{label}  {boxes}" if label else boxes
    if field.size < 0:
        return label
    return f"{label}{'' if field.size else ':'} {'_' * (field.size or blank)}"
