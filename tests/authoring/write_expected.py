"""Writes what is expected of each bad protocol anew, to be read before it is kept."""

from __future__ import annotations

from pathlib import Path

from iptengine.authoring.loader import check_text

FOLDER = Path(__file__).parents[1] / "bad_protocols"
ENDING = ".protocol.yaml"


def names() -> list[str]:
    """The bad protocols."""
    return sorted(path.name.removesuffix(ENDING) for path in FOLDER.glob(f"*{ENDING}"))


def told(name: str) -> str:
    """Everything an author is told about one of them."""
    file = f"{name}{ENDING}"
    _, diagnostics = check_text((FOLDER / file).read_bytes(), file)
    return "".join(f"{diagnostic}\n" for diagnostic in diagnostics)


def expected(name: str) -> Path:
    """Where it is kept what an author should be told."""
    return FOLDER / f"{name}.expected.txt"


if __name__ == "__main__":
    for name in names():
        expected(name).write_text(told(name), encoding="utf-8")
