"""The command line: what each command is called, takes and says about itself; what it does lies beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from iptengine.cli import screen
from iptengine.cli.clinic_commands import clinic_group
from iptengine.cli.course_commands import course_group
from iptengine.cli.group_commands import group_group
from iptengine.cli.store_commands import anchor_command, migrate_command, verify_command
from iptengine.cli.whole_numbers import WholeBetween
from iptengine.diagnostics import IptengineError

if TYPE_CHECKING:
    from iptengine.authoring.schema import Sort
    from iptengine.cli.findings import Form
    from iptengine.cli.sources import Form as SourcesForm

OK, FINDINGS, USAGE = 0, 1, 2
"""Exit codes: all is well; something was found or not as expected; the command was not understood."""

F = TypeVar("F", bound=Callable[..., Any])

FINDINGS_AS = click.Choice(["text", "json", "github", "concise"])
SOURCES_AS = click.Choice(["text", "json", "markdown"])
FORMATS = click.Choice(["text", "markdown", "html", "json"])
AUDIENCES = click.Choice(["therapist", "patient"])
OCCASIONS = click.Choice(["session", "missed", "last"])
SCHEMAS = click.Choice(["protocol", "variant", "measure", "vignette"])
DETAILS = click.Choice(["brief", "usual", "trainee"])


def _page_options(function: F) -> F:
    """The options of every command that shows agendas."""
    options = (
        click.option("--audience", type=AUDIENCES, default="therapist", show_default=True, help="Who will read it."),
        click.option("--format", "form", type=FORMATS, default="text", show_default=True, help="How it is written."),
        click.option("--detail", type=DETAILS, default="usual", show_default=True, help="How much it explains."),
    )
    for option in reversed(options):
        function = option(function)
    return function


_folders = click.option(
    "--folder", "folders", multiple=True, metavar="DIR", help="Look up protocols and measures here, too. Repeatable."
)
_member = click.option("--member", default="", metavar="NAME", help="Whose course, in a vignette with members.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": screen.WIDEST})
def iptengine() -> None:
    """A treatment manual as one YAML file: read it, check it, play it.

    PROTOCOL is a shipped name (see `iptengine list`) or a path. VIGNETTE is the path of a .vignette.yaml file or
    the name of a shipped example. Exit codes: 0 all is well, 1 something was found, 2 the command was not understood.
    """


@iptengine.command()
@click.option("--out", default="iptengine-demo", show_default=True, metavar="DIR", help="The folder to write to.")
def demo(out: str) -> int:
    """Play a whole course and write every agenda and a summary to a folder."""
    from iptengine.cli.demo import play_demo

    return play_demo(out)


@iptengine.command("list")
def list_() -> int:
    """List the protocols, measures and examples that come with the library."""
    from iptengine.cli.shelf import show_shelf

    return show_shelf()


@iptengine.command()
@click.argument("protocol")
@click.option("--paths", is_flag=True, help="Every path that a variant may change, with value and source.")
@click.option("--under", default="", metavar="PATH", help="With --paths: only those under this one.")
def show(protocol: str, paths: bool, under: str) -> int:
    """Show a protocol as a person would read it."""
    if paths or under:
        from iptengine.cli.lineage import show_paths

        return show_paths(protocol, under)
    from iptengine.cli.manual import show_manual

    return show_manual(protocol)


@iptengine.command()
@click.argument("variant")
def pin(variant: str) -> int:
    """Tie a variant to its base as it is now: write the base's digest, and keep what the base says.

    From then on a base that differs is refused, with what differs.
    """
    from iptengine.cli.pinning import pin as pin_variant

    return pin_variant(variant)


@iptengine.command()
@click.argument("protocol")
@click.argument("path")
def why(protocol: str, path: str) -> int:
    """Show what made a part of a protocol what it is: each file, line, group and reason.

    PATH says which part: `phases.initial.window`. `iptengine show PROTOCOL --paths` lists them.
    """
    from iptengine.cli.lineage import show_why

    return show_why(protocol, path)


@iptengine.command()
@click.argument("protocols", nargs=-1, required=True, metavar="PROTOCOL...")
@click.option("--format", "form", type=FINDINGS_AS, default="text", show_default=True, help="How it is written.")
@click.option("--watch", is_flag=True, help="Check again after every save, until Ctrl-C.")
def check(protocols: tuple[str, ...], form: Form, watch: bool) -> int:
    """Check protocols, measures and vignettes: every mistake, at its line.

    A folder is searched for *.protocol.yaml, *.measure.yaml and *.vignette.yaml. For editors there is
    `--format concise`, for GitHub Actions `--format github`, for programs `--format json`.
    """
    from iptengine.cli.checking import check_files
    from iptengine.cli.watching import watch_files

    return watch_files(protocols, form) if watch else check_files(protocols, form)


@iptengine.command("format")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option("--check", "only_look", is_flag=True, help="Change nothing; 1 when a file is not in its usual layout.")
def format_(paths: tuple[str, ...], only_look: bool) -> int:
    """Write protocols, measures and vignettes in their usual layout.

    Words, comments, quotes and order stay as they are; only blanks, empty lines and line breaks change, and never
    what a file says. A folder is searched for *.protocol.yaml, *.measure.yaml and *.vignette.yaml. A file with
    mistakes is left alone.
    """
    from iptengine.cli.formatting import format_files

    return format_files(paths, only_look)


@iptengine.command()
@click.argument("protocol")
@click.option("--format", "form", type=SOURCES_AS, default="text", show_default=True, help="How it is written.")
def sources(protocol: str, form: SourcesForm) -> int:
    """List what each statement rests on: a publication, a decision, something unverified, or nothing.

    Then every source with the number of statements that name it, and those on which nothing rests. What a group of
    changes set or added in a variant rests on the source of that group, too.
    """
    from iptengine.cli.sources import show_sources

    return show_sources(protocol, form)


@iptengine.command()
@click.argument("before", metavar="PROTOCOL")
@click.argument("after", metavar="PROTOCOL")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True, help="How it is written.")
@click.option(
    "--by", type=click.Choice(["part", "change"]),
    help="Headed by the parts of the protocol, or by the named changes of a variant (usual for one and its base).",
)  # fmt: skip
def diff(before: str, after: str, form: Any, by: Any) -> int:
    """Show how two protocols differ, in words, with what touches safety or fidelity.

    Exit codes are those of diff: 0 equal, 1 different, 2 not compared.
    """
    from iptengine.cli.differing import show_difference

    return show_difference(before, after, form, by)


@iptengine.command()
@click.argument("code")
def explain(code: str) -> int:
    """Explain a rule by the code that stands behind a mistake."""
    from iptengine.cli.explaining import explain_code

    return explain_code(code)


@iptengine.command()
@click.argument("protocol")
@click.argument("word", required=False)
def words(protocol: str, word: str | None) -> int:
    """Print every condition a protocol understands, with its own names.

    With WORD, only those that hold this word: `iptengine words ipt-adult sessions`.
    """
    from iptengine.cli.wording import show_words

    return show_words(protocol, word or "")


@iptengine.command()
@click.argument("sort", required=False, type=SCHEMAS)
@click.option("--for", "base", default="", metavar="BASE@VERSION", help="For the variants of this base: all its paths.")
@click.option("--out", default="", metavar="FILE", help="The file to write to; otherwise it is printed.")
def schema(sort: Sort | None, base: str, out: str) -> int:
    """Write the JSON Schema with which an editor completes, explains and checks while you type.

    Of a protocol file when nothing is said, be it whole or a variant. BASE is NAME@VERSION or the path of a file.
    """
    from iptengine.cli.schemas import write_schema

    return write_schema(sort, base, out)


@iptengine.command()
@click.argument("vignette")
@click.option("--session", type=WholeBetween(1, 999), metavar="N", help="As it stood before this session.")
@click.option("--before", default="", metavar="HAPPENING", help="As it stood before this happening.")
@click.option("--after", default="", metavar="HAPPENING", help="As it stood after this happening.")
@click.option("--occasion", type=OCCASIONS, default="session", show_default=True, help="What the page is for.")
@click.option("--contact", default="", metavar="NAME", help="The page of this contact of the protocol.")
@click.option("--group", is_flag=True, help="The page of the group, in a vignette with members.")
@_member
@_page_options
def agenda(
    vignette: str, session: int | None, before: str, after: str, occasion: str, contact: str, group: bool,
    member: str, audience: str, form: str, detail: str,
) -> int:  # fmt: skip
    """Show one page, as it stood before a session, or before or after a happening."""
    from iptengine.cli.playing import Moment, show_agenda, show_group

    moment = Moment(session, before, after)
    if group:
        return show_group(vignette, moment, form)
    return show_agenda(vignette, moment, audience, form, detail, member, occasion, contact)


@iptengine.command()
@click.argument("vignette")
@click.option("--session", type=WholeBetween(1, 999), metavar="N", help="Only this session.")
@_member
@_page_options
def run(vignette: str, session: int | None, member: str, audience: str, form: str, detail: str) -> int:
    """Play a vignette and show every agenda on its way."""
    from iptengine.cli.playing import show_run

    return show_run(vignette, session, audience, form, detail, member)


@iptengine.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--against", default="", metavar="PROTOCOL", help="Play them under this protocol instead of their own.")
@_folders
@click.option("--coverage", is_flag=True, help="Say what the vignettes reach of their protocols, and what not.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def test(paths: tuple[str, ...], against: str, folders: tuple[str, ...], coverage: bool, form: str) -> int:
    """Test vignettes: play each and compare it with what it expects.

    A folder is searched for *.vignette.yaml. With --against, each is played under another protocol, such as a
    variant of its own, and the result says where the course then goes otherwise. With --coverage, every phase,
    move, task, condition and cut-off that no vignette reached is listed with its line.
    """
    from iptengine.cli.trying import try_vignettes

    return try_vignettes(paths, against, folders, form, coverage)


@iptengine.command()
@click.argument("protocol")
@click.option("--missing", is_flag=True, help="Draft vignettes for what none of them reaches.")
@click.option("--out", default="", metavar="DIR", help="Write the drafts to this folder.")
@click.option("--with", "beside", multiple=True, metavar="PATH", help="Count these vignettes, too. Repeatable.")
@_folders
def vignettes(protocol: str, missing: bool, out: str, beside: tuple[str, ...], folders: tuple[str, ...]) -> int:
    """List the vignettes of a protocol, or draft the ones that are missing.

    Those beside its file that name it are counted. A draft is driven to one place after another that none of them
    reaches, cut-offs and risk items first; what it expects is what the engine says now, and a person decides whether
    that is right. What cannot be drafted is listed with the reason.
    """
    from iptengine.cli.drafting import show_vignettes

    return show_vignettes(protocol, beside, folders, missing, out)


@iptengine.command()
@click.argument("vignette")
@click.argument("path")
@click.option("--session", type=WholeBetween(1, 999), metavar="N", help="As it stood before this session.")
@_member
def prompt(vignette: str, path: str, session: int | None, member: str) -> int:
    """Print one prompt of the protocol, filled for the course of a vignette.

    PATH says where it stands: `phases.middle.ask.week`, or a part of it that names only one prompt.
    """
    from iptengine.cli.playing import show_prompt

    return show_prompt(vignette, path, session, member)


@iptengine.command()
@click.argument("vignette")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_member
def summary(vignette: str, form: str, member: str) -> int:
    """Print the summary of a vignette's course."""
    from iptengine.cli.playing import show_summary

    return show_summary(vignette, form, member)


@iptengine.command()
@click.argument("name")
@click.option("--extends", "base", default="", metavar="BASE", help="Start a variant of this: NAME or NAME@VERSION.")
@click.option("--out", default=".", show_default=True, metavar="DIR", help="The folder to write to.")
@click.option("--workflow", "with_workflow", is_flag=True, help="Add a workflow that checks and tests the folder.")
def new(name: str, base: str, out: str, with_workflow: bool) -> int:
    """Write a commented protocol to start from, and its first vignette.

    With --extends it is a variant, whose examples name real parts of its base; without, a small whole treatment. Both
    pass `iptengine check` and `iptengine test` as they are. Nothing is ever written over.
    """
    from iptengine.cli.starting import start_protocol

    return start_protocol(name, base, out, with_workflow)


@iptengine.command()
@click.option("--out", metavar="FILE", help="Where to write it; .github/workflows/protocols.yml if not said.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def workflow(out: str | None, force: bool) -> int:
    """Write a GitHub Actions workflow that checks and tests the protocols of a repository."""
    from iptengine.cli.starting import WORKFLOW, write_workflow

    return write_workflow(out or WORKFLOW, force)


@iptengine.command()
def version() -> int:
    """Print the version."""
    from importlib.metadata import version as installed

    screen.say(f"iptengine {installed('iptengine')}")
    return OK


for _command in (course_group, group_group, clinic_group, verify_command, anchor_command, migrate_command):
    iptengine.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and ends the program with its exit code."""
    sys.exit(run_command(arguments))


def run_command(arguments: list[str] | None = None) -> int:
    """Runs one command; every mistake of its user ends in a sentence on standard error and an exit code."""
    try:
        code = iptengine.main(arguments, prog_name="iptengine", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        return USAGE
    except screen.Unclear as unclear:
        unclear.show()
        return USAGE
    except click.ClickException as mistake:
        screen.complain_as_click_does(mistake)
        return USAGE if isinstance(mistake, click.UsageError) else FINDINGS
    except (click.Abort, KeyboardInterrupt):
        screen.complain("stopped")
        return FINDINGS
    except BrokenPipeError:
        _close_quietly()
        return OK
    except OSError as trouble:
        screen.complain(_trouble(trouble))
        return FINDINGS
    except IptengineError as error:
        screen.complain(str(error))
        return FINDINGS
    return code if isinstance(code, int) else OK


def _trouble(trouble: OSError) -> str:
    what = (trouble.strerror or "the file system refused").lower()
    return f"'{trouble.filename}': {what}" if trouble.filename else what


def _close_quietly() -> None:
    """The reader of our output has gone (`| head`): say nothing more, also not while Python closes the stream."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
