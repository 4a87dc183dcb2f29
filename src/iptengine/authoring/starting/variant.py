"""A variant to start from: its head filled in, one group that changes nothing of the treatment, and examples.

The examples stand in comments and name parts of the base that are really there. All of them together are tried on
the base before they are shown; a verb for which the base has nothing to offer is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from iptengine.authoring.variants.opening import Opened
from iptengine.protocol.protocol import Protocol

Lines = tuple[str, ...]
Entry = TypeVar("Entry")
Passes = Callable[[str], bool]
"""Whether a file of this text has no mistakes."""

MOST_TRIED = 4
"""Parts of the base that are tried for one verb."""

EXAMPLES = "  # an_example:"
_HEAD = """\
# A variant of {base}: everything that is not changed here is as it is there.
# `iptengine check FILE` tells every mistake at its line; `iptengine show FILE` shows the whole as it has become.

iptengine: 1
protocol: {name}  # its id, the same as the name of this file
version: 0.1.0
status: draft  # until a clinical reviewer is named: then `reviewed`, and reviewed_by: NAME; the base's does not pass on
title: {title}
# population: Who it is for, where that differs from the base
# about: What a reader should know first, where that differs from the base
extends: {base}

# What the changes rest on. The sources of the base can be named too; these come beside them.
sources:
  {source}: {{decision: "Who decided this, and when"}}
  # a_paper: Authors, year, title, page
  # practice: {{unverified: Common teaching in the field}}

# One group for each decision: why (`because`), what it rests on (`source`), and what it changes. Every path is one of
# the base's, and all groups apply at once, so no path may be changed twice.
changes:
  why_this_variant:
    because: Nothing of the treatment is changed yet; say here what your patients need that the base does not give
    source: {source}
    add:
      decisions.{decision}:
        reads: What differs from {base} is said by the groups of this file, and nothing else does
        because: A reader of the variant wants to know first what it was made for
        source: {source}
"""
_EXPLAINED = """
  # What a group can do. Take the first "# " of these lines away and keep what you need.
{examples}
"""


def starting_variant(name: str, opened: Opened, passes: Passes) -> str:
    """The text of a variant of an opened protocol, called `name`.

    Args:
        name: The id of the variant.
        opened: The base, which has no mistakes.
        passes: Looks whether a text is a variant without mistakes, beside this base.
    """
    base = opened.require()
    source = _free("team", base.spec.sources)
    decision = _free("why_this_variant", base.spec.decisions)
    title = json.dumps(f"{base.spec.title} (variant)", ensure_ascii=False)
    head = _HEAD.format(base=base.ref, name=name, title=title, source=source, decision=decision)
    kept: list[Lines] = []
    for offered in _offers(opened, base):
        more = (lines for lines in islice(offered, MOST_TRIED) if passes(with_examples(head, source, [*kept, lines])))
        kept += islice(more, 1)
    if not kept:
        return head
    commented = "\n".join(f"  # {line}" for line in _group(source, kept))
    return head + _EXPLAINED.format(examples=commented)


def with_examples(head: str, source: str, examples: Iterable[Lines]) -> str:
    """The variant with its examples no longer in comments."""
    return head + "".join(f"  {line}\n" for line in _group(source, examples))


def uncommented(text: str) -> str:
    """A starting variant with its examples made real, as its author would.

    Example:
        >>> uncommented("changes:\\n  # an_example:\\n  #   because: Why\\n")
        'changes:\\n  an_example:\\n    because: Why\\n'
    """
    before, mark, after = text.partition(EXAMPLES)
    return before + re.sub(r"(?m)^  # ", "  ", mark + after)


def _group(source: str, examples: Iterable[Lines]) -> Iterator[str]:
    yield "an_example:"
    yield "  because: Why this is done"
    yield f"  source: {source}"
    for lines in examples:
        yield from (f"  {line}" for line in lines)


def _free(wanted: str, taken: Mapping[str, object]) -> str:
    return next(name for name in (wanted, *(f"{wanted}_{n}" for n in range(2, 1000))) if name not in taken)


# -- what the base has to offer ----------------------------------------------------------------------------------


def _offers(opened: Opened, base: Protocol) -> Iterator[Iterator[Lines]]:
    """For each verb what could be shown, the plainest first; no two of them speak of the same part."""
    spec = base.spec
    first = next(iter(spec.phases))
    tasks = list(_tasks(base))
    yield _settings(opened, base, first)
    yield iter([("add:", f"  phases.{first}.may.{_free('new_task', base.tasks)}: What the therapist does")])
    yield ((f"remove: [{path}]",) for path in _done_without(opened, base))
    yield ((f"rename: {{{path}: {_free('new_name', base.tasks)}}}",) for path in tasks[1::2])
    yield ((f"move: {{{path}: {other}}}",) for path in tasks[0::2] for other in _elsewhere(path, base))
    yield ((f"order: {{{key}: [{', '.join(reversed(names))}]}}",) for key, names in _maps(base))


def _tasks(base: Protocol) -> Iterator[str]:
    """The paths of tasks that stand under no condition, the last phase first."""
    for phase, one in _backwards(base.spec.phases):
        for kind, tasks in (("must", one.must), ("may", one.may)):
            yield from (f"phases.{phase}.{kind}.{name}" for name, task in _backwards(tasks) if not task.only_if)


def _backwards(names: Mapping[str, Entry]) -> Iterator[tuple[str, Entry]]:
    return reversed(list(names.items()))


def _done_without(opened: Opened, base: Protocol) -> Iterator[str]:
    """What a variant may take out; never a task, since an example should not teach to leave out a safety question."""
    written = opened.document.values
    yield from (f"decisions.{name}" for name in base.spec.decisions)
    settings = [("contract", "mode"), *(("phases", name, "window") for name in base.spec.phases)]
    yield from (".".join(path) for path in settings if path in written)
    yield from (f"techniques.{name}" for name in base.spec.techniques)


def _settings(opened: Opened, base: Protocol, first: str) -> Iterator[Lines]:
    """What is often changed, with something else than the base says of it."""
    written = opened.document.values
    contract = base.spec.contract
    for key, span in (("minutes", contract.minutes), ("sessions", contract.sessions)):
        if span is not None and ("contract", key) in written:
            yield "set:", f"  contract.{key}: {span.high if span.low < span.high else span.high + 5}"
    title = json.dumps(f"{base.spec.phases[first].title}, in other words", ensure_ascii=False)
    yield "set:", f"  phases.{first}.title: {title}"


def _elsewhere(path: str, base: Protocol) -> Iterator[str]:
    """The same kind of map in another phase, the later phases first; then the other kind in the same phase."""
    _, phase, kind, _ = path.split(".")
    for other, one in _backwards(base.spec.phases):
        if other != phase and (one.must if kind == "must" else one.may):
            yield f"phases.{other}.{kind}"
    yield f"phases.{phase}.{'may' if kind == 'must' else 'must'}"


def _maps(base: Protocol) -> Iterator[tuple[str, list[str]]]:
    """Maps of a few names whose order can be turned round."""
    for key in ("problem_areas", "techniques", "facts", "outcomes", "alerts"):
        names = list(getattr(base.spec, key))
        if 2 <= len(names) <= 6:
            yield key, names
