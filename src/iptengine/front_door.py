"""Public names that are loaded when they are first used, so that importing the package costs little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def opened(package: str, homes: Mapping[str, tuple[str, ...]], into: dict[str, object]) -> Callable[[str], object]:
    """The `__getattr__` of a package whose names live elsewhere.

    Args:
        package: The package's name, for the error.
        homes: The modules of this library, below `iptengine`, each with the names it gives; a closed table.
        into: The package's own names; what was loaded once is kept there.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def found(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module '{package}' has no attribute '{name}'", name=name, obj=package)
        into[name] = getattr(import_module(f"iptengine.{home_of[name]}"), name)
        return into[name]

    return found
