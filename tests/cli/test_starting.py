"""What somebody starts from: a variant, a whole treatment, a workflow; and that nothing is ever written over."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from iptengine.authoring.document import read
from iptengine.authoring.loader import load
from iptengine.authoring.starting.variant import uncommented
from iptengine.protocol.variant_spec import VERBS

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def clean(typed, *paths: str) -> bool:
    """Whether files are without mistakes, in their usual layout, and go as they expect."""
    commands = (["check", *paths], ["format", "--check", *paths], ["test", *(p for p in paths if "vignette" in p)])
    return [typed(*command).code for command in commands] == [0, 0, 0]


# -- a variant ---------------------------------------------------------------------------------------------------


def test_a_variant_to_start_from_is_clean_and_differs_from_its_base_in_nothing_clinical(typed) -> None:
    told = typed("new", "ipt-ours", "--extends", "ipt-adult")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "written: ipt-ours.protocol.yaml",
        "written: ipt-ours.vignette.yaml",
        "Next: iptengine check ipt-ours.protocol.yaml",
        "      iptengine test ipt-ours.vignette.yaml",
        "A repository that checks itself: iptengine workflow",
    ]
    assert clean(typed, "ipt-ours.protocol.yaml", "ipt-ours.vignette.yaml")
    ours, base = load("ipt-ours.protocol.yaml").spec, load("ipt-adult").spec
    assert (ours.protocol, ours.version, ours.status, ours.extends) == ("ipt-ours", "0.1.0", "draft", base.ref)
    (group,) = ours.changes.values()
    assert group.because
    assert group.source == ("team",)
    head = {"protocol", "version", "title", "extends", "changes", "sources", "decisions"}
    assert {name for name in type(base).model_fields if getattr(ours, name) != getattr(base, name)} == head


@pytest.mark.parametrize("example", ["small", "building-blocks", "calm-evenings", "open-table"])
def test_the_examples_of_a_variant_are_real_and_stay_clean_when_they_are_taken_out_of_their_comments(
    typed, desk: Path, example: str
) -> None:
    source = SMALL if example == "small" else ROOT / "examples" / f"{example}.protocol.yaml"
    base = str(read(source.read_bytes(), "x").root["protocol"])  # type: ignore[index, call-overload]
    shutil.copy(source, desk / f"{base}.protocol.yaml")
    assert typed("new", "ours", "--extends", base).code == 0
    assert clean(typed, "ours.protocol.yaml", "ours.vignette.yaml")
    path = desk / "ours.protocol.yaml"
    path.write_text(uncommented(path.read_text(encoding="utf-8")), encoding="utf-8")
    told = typed("check", "ours.protocol.yaml")
    assert (told.code, told.out) == (0, "1 file checked, nothing found\n")
    verbs = read(path.read_bytes(), "x").root["changes"]["an_example"]  # type: ignore[index, call-overload]
    assert set(verbs) == {"because", "source", *VERBS}


def test_no_example_takes_a_task_out(typed, desk: Path) -> None:
    for source in sorted((ROOT / "examples").glob("*.protocol.yaml"))[:3]:
        shutil.copy(source, desk)
        name = source.name.removesuffix(".protocol.yaml")
        assert typed("new", f"our-{name}", "--extends", name).code == 0
        removed = [
            line for line in (desk / f"our-{name}.protocol.yaml").read_text(encoding="utf-8").splitlines()
            if "remove:" in line
        ]  # fmt: skip
        assert len(removed) == 1
        assert not any(kind in removed[0] for kind in (".must.", ".may.", ".each_session."))


def test_names_that_the_base_has_taken_are_not_taken_again(typed, desk: Path) -> None:
    shutil.copy(ROOT / "examples" / "calm-evenings.protocol.yaml", desk)
    assert typed("new", "ours", "--extends", "calm-evenings").code == 0
    assert list(load("ours.protocol.yaml").spec.sources) == ["team", "team_2"]


def test_a_version_may_be_named_and_has_to_be_there(typed, desk: Path) -> None:
    shutil.copy(SMALL, desk / "ipt-small.protocol.yaml")
    assert typed("new", "ours", "--extends", "ipt-small@1.0.0").code == 0
    told = typed("new", "theirs", "--extends", "ipt-small@9.0.0")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "error: there is no version 9.0.0 of 'ipt-small' here; there is 1.0.0; "
        "extend ipt-small@1.0.0, and read what changed\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new", "Our IPT"], "error: 'Our IPT' cannot be the name of a protocol: a name begins with a small letter "
         "and holds small letters and digits, joined by - or _, such as ipt-adult\n"),
        (["new", "../away"], "error: '../away' cannot be the name of a protocol: a name begins with a small letter "
         "and holds small letters and digits, joined by - or _, such as ipt-adult\n"),
        (["new", "con"], "error: 'con' cannot be the name of a protocol: this is a name some systems keep for "
         "themselves; choose another\n"),
        (["new", "ipt-adult", "--extends", "ipt-adult"],
         "error: a variant has a name of its own, and 'ipt-adult' is its base\n"),
        (["new", "ours", "--extends", "ipt-adlt"],
         "error: 'ipt-adlt' is neither a file nor a shipped protocol; did you mean 'ipt-adult'?\n"),
        (["new", "ours", "--extends", "../x.protocol.yaml"],
         "error: '../x.protocol.yaml' is no name of a protocol; a base is named, as in ipt-adult or ipt-adult@1.0.0, "
         "and its file stands beside the variant or comes with a package\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_started_is_said_and_nothing_is_written(typed, desk: Path, words: list[str], said: str) -> None:
    told = typed(*words)
    assert (told.code, told.out, told.err) == (2, "", said)
    assert everything_in(desk) == {}


def test_a_base_with_mistakes_is_told_with_its_lines(typed, desk: Path) -> None:
    text = SMALL.read_text(encoding="utf-8").replace("population:", "populaton:")
    (desk / "ipt-small.protocol.yaml").write_text(text, encoding="utf-8")
    told = typed("new", "ours", "--extends", "ipt-small")
    assert (told.code, told.out) == (1, "")
    assert "ipt-small.protocol.yaml:6:1: error: 'populaton' is not a key of the file [unknown-key]" in told.err
    assert not (desk / "ours.protocol.yaml").exists()


# -- a whole treatment -------------------------------------------------------------------------------------------


def test_a_whole_treatment_to_start_from_is_clean_and_carries_its_name(typed, desk: Path) -> None:
    told = typed("new", "evening-talks", "--out", "trial/arm", "--workflow")
    assert (told.code, told.err) == (0, "")
    home = os.path.join("trial", "arm")
    assert set(everything_in(desk)) == {
        os.path.join(home, "evening-talks.protocol.yaml"),
        os.path.join(home, "evening-talks.vignette.yaml"),
        os.path.join(home, ".github", "workflows", "protocols.yml"),
    }
    files = [os.path.join(home, f"evening-talks.{sort}.yaml") for sort in ("protocol", "vignette")]
    assert clean(typed, *files)
    assert load(files[0]).id == "evening-talks"
    assert "my-protocol" not in "".join(Path(file).read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("taken", ["ours.protocol.yaml", "ours.vignette.yaml", ".github/workflows/protocols.yml"])
def test_where_one_of_the_files_is_there_none_is_written(typed, desk: Path, taken: str) -> None:
    (desk / taken).parent.mkdir(parents=True, exist_ok=True)
    (desk / taken).write_text("mine")
    told = typed("new", "ours", "--workflow")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        f"error: there is already a '{os.path.normpath(taken)}'; choose another name or folder; nothing was written\n"
    )
    assert everything_in(desk) == {os.path.normpath(taken): b"mine"}


def test_a_link_that_leads_nowhere_is_not_followed(typed, desk: Path) -> None:
    (desk / "ours.vignette.yaml").symlink_to(desk / "elsewhere")
    assert typed("new", "ours").code == 2
    assert not (desk / "elsewhere").exists()


# -- the workflow ------------------------------------------------------------------------------------------------


def steps_of(path: Path) -> list[dict[str, str]]:
    document = read(path.read_bytes(), path.name).require()
    return document.root["jobs"]["protocols"]["steps"]  # type: ignore[index, call-overload, return-value]


def test_the_commands_of_the_workflow_find_what_is_wrong_and_nothing_else(typed, desk: Path) -> None:
    assert typed("new", "evening-talks", "--workflow").code == 0
    runs = [step["run"] for step in steps_of(desk / ".github/workflows/protocols.yml") if "run" in step]
    install, *commands = [shlex.split(line) for line in runs]
    assert install[:2] == ["pip", "install"]
    assert install[2].startswith("iptengine[cli]==")
    assert [words[:2] for words in commands] == [["iptengine", "check"], ["iptengine", "test"]]
    assert [typed(*words[1:]).code for words in commands] == [0, 0]
    path = desk / "evening-talks.protocol.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("living:  #", "livng:  #"), encoding="utf-8")
    told = typed(*commands[0][1:])
    assert (told.code, told.out) == (
        1,
        "::error file=evening-talks.protocol.yaml,line=39,col=7,title=unknown-target::'telling' leads to 'livng', "
        "which is neither a phase nor an outcome%0Ahint: did you mean 'living'?\n",
    )
    assert typed(*commands[1][1:]).code == 1


def test_every_event_and_permission_of_the_workflow_is_meant(typed, desk: Path) -> None:
    assert typed("workflow").code == 0
    root = read((desk / ".github/workflows/protocols.yml").read_bytes(), "x").require().root
    assert isinstance(root, dict)
    assert (list(root), root["on"], root["permissions"]) == (
        ["name", "on", "permissions", "jobs"], {"push": None, "pull_request": None}, {"contents": "read"},
    )  # fmt: skip


def test_the_workflow_is_written_over_only_with_force(typed, desk: Path) -> None:
    (desk / "ci.yml").write_text("mine")
    told = typed("workflow", "--out", "ci.yml")
    assert (told.code, told.err) == (2, "error: there is already a 'ci.yml'; --force writes over it\n")
    assert (desk / "ci.yml").read_text() == "mine"
    assert typed("workflow", "--out", "ci.yml", "--force").code == 0
    assert "iptengine check" in (desk / "ci.yml").read_text()
    (desk / "folder").mkdir()
    told = typed("workflow", "--out", "folder", "--force")
    assert (told.code, told.err) == (
        2, "error: there is already a 'folder'; it is no plain file, so it is left alone\n",
    )  # fmt: skip
