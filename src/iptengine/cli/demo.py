"""A whole course played, and all its pages written to a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping

import click

from iptengine.cli import screen
from iptengine.cli.figures import summary_lines, summary_record
from iptengine.cli.pages import page_of
from iptengine.cli.screen import Unclear
from iptengine.cli.stories import Story, tell
from iptengine.course.wording import counted
from iptengine.testing.player import Step

EXAMPLE = "impasse-reopened"


def play_demo(out: str) -> int:
    """Plays the shipped course and writes each session's pages and the summary."""
    folder = _made(out)
    screen.say(f"Playing '{EXAMPLE}', a fictional course of Interpersonal Psychotherapy.")
    story = tell(EXAMPLE)
    sessions = list(story.sessions())
    written = 0
    with screen.progress("Agendas", len(story.played.steps)) as bar:
        for number, step in sessions:
            for name, text in _pages(story, number, step).items():
                written += _write(folder, name, text)
            bar.step(f"Session {number}")
    written += _write(folder, "summary.txt", "\n".join(click.unstyle(line) for line in summary_lines(story)) + "\n")
    written += _write(folder, "summary.json", json.dumps(summary_record(story), ensure_ascii=False, indent=2) + "\n")
    screen.say_all(_told(story))
    screen.say()
    screen.say(f"{len(sessions)} agendas and a summary, {written} files, are in {screen.strong(folder)}")
    screen.say(
        f"Begin with {os.path.join(folder, 'session-06-therapist.txt')} and {os.path.join(folder, 'summary.txt')}"
    )
    if story.played.differences:
        screen.complain(story.played.report)
        return 1
    return 0


def _made(out: str) -> str:
    if os.path.exists(out) and not os.path.isdir(out):
        raise Unclear(f"'{out}' is a file; --out names a folder")
    os.makedirs(out, exist_ok=True)
    return out


def _pages(story: Story, number: int, step: Step) -> Mapping[str, str]:
    page = page_of(story, step.before, step.on, "therapist", "usual")
    patient = page_of(story, step.before, step.on, "patient", "usual")
    name = f"session-{number:02}"
    return {
        f"{name}-therapist.txt": page.text,
        f"{name}-therapist.html": page.page,
        f"{name}-therapist.md": page.markdown,
        f"{name}-patient.txt": patient.text,
    }


def _write(folder: str, name: str, text: str) -> int:
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return 1


def _told(story: Story) -> Iterator[str]:
    """One line a happening: what it was, the phase it left the course in, and what must be seen."""
    rows = []
    for step in story.played.steps:
        raised = len(step.after.alerts) - len(step.before.alerts)
        marks = [f"{counted(raised, 'alert')} raised"] if raised else []
        marks += [f"refused: {', '.join(step.refused)}"] if step.refused else []
        marks += [f"ended: {step.after.ended}"] if step.after.ended and not step.before.ended else []
        rows.append((step.on.isoformat(), step.name, step.after.phase, "; ".join(marks)))
    return screen.columns(rows)
