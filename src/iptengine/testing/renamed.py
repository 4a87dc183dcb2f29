"""A vignette of a base as a variant has it told: with the new names of whatever the variants between them rename."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import pairwise

from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.vignette import Vignette, VignetteSpec
from iptengine.authoring.vignette_renames import renamed_vignette
from iptengine.diagnostics import Path


def told_for(vignette: Vignette, against: Opened) -> Vignette:
    """`vignette` with the names of `against`; as it is, where the protocol it names is no base of that one.

    Its places stay those of its file, so that a difference is told at the line that expects it.
    """
    chain = list(_bases(against))
    at = next((n for n, one in enumerate(chain) if _is_named(vignette.spec.protocol, one)), 0)
    root = vignette.document.root
    for variant, base in reversed(list(pairwise(chain[: at + 1]))):
        renames = _renames(variant)
        root = renamed_vignette(root, base.document.root, renames).root if renames else root
    if root is vignette.document.root:
        return vignette
    return Vignette(VignetteSpec.model_validate(root), vignette.document)


def _bases(opened: Opened) -> Iterator[Opened]:
    """A protocol, its base, the base of that."""
    now: Opened | None = opened
    while now is not None:
        yield now
        now = now.base


def _is_named(named: str, opened: Opened) -> bool:
    if named.endswith(".protocol.yaml"):
        return os.path.basename(named) == os.path.basename(opened.document.file)
    return opened.protocol is not None and named.partition("@")[0] == opened.protocol.id


def _renames(variant: Opened) -> Mapping[Path, str]:
    changes = variant.protocol.spec.changes if variant.protocol is not None else {}
    return {tuple(path.split(".")): name for group in changes.values() for path, name in group.rename.items()}


__all__ = ["told_for"]
