"""Every so many-th mutant of `mutate.py`: ``sampled.py FOLDER EVERY FIRST`` and then what `mutate.py` takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from types import ModuleType
from typing import Any


def sample(mutate: ModuleType, every: int, first: int) -> None:
    """Lets `mutate` try only every so many-th of its mutants, beginning with one of the first."""
    whole = mutate.mutants

    def some(*given: Any) -> Iterator[Any]:
        return islice(whole(*given), first, None, every)

    mutate.mutants = some  # type: ignore[attr-defined]


if __name__ == "__main__":
    _, folder, every, first, *rest = sys.argv
    sys.path.insert(0, folder)
    import mutate

    sample(mutate, int(every), int(first))
    sys.argv = ["mutate.py", *rest]
    sys.exit(mutate.main())
