"""Law 7. A protocol file is data: it runs nothing, imports nothing, and takes neither time nor depth without bounds."""

from __future__ import annotations

import ast
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from iptengine.authoring.loader import check_text
from iptengine.diagnostics import Diagnostic
from iptengine.protocol.protocol import Protocol
from phrases import ROOT

SOURCES = ROOT / "src" / "iptengine"
SMALL = (ROOT / "tests" / "protocols" / "small.protocol.yaml").read_text("utf-8")


# -- what the source may not say ---------------------------------------------------------------------------------

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
FORBIDDEN_IMPORTS = {
    "pickle", "cPickle", "dill", "marshal", "shelve", "runpy", "code", "codeop", "imp", "ctypes", "subprocess",
    "socket", "urllib", "http",
}  # fmt: skip
FORBIDDEN_OF_YAML = {
    "load", "load_all", "full_load", "unsafe_load", "compose", "compose_all", "Loader", "FullLoader", "UnsafeLoader",
    "CLoader", "CFullLoader", "CUnsafeLoader", "safe_load", "safe_load_all",
}  # fmt: skip
"""Also the safe ones: they build a whole tree before any limit is asked."""


@cache
def modules(*rooms: str) -> dict[str, ast.Module]:
    """Every module of these rooms, or of all, parsed."""
    found = {}
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES).as_posix()
        if not rooms or name.split("/")[0] in rooms:
            found[name] = ast.parse(path.read_text("utf-8"))
    return found


def imported(tree: ast.AST) -> set[str]:
    """The first parts of every module a tree imports, within functions too."""
    found = {alias.name.partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    return found | {(n.module or "").partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def calls(tree: ast.AST) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call: what it is called on (empty for a plain name), what is called, and the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield "", node.func.id, node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node


def own_text(node: ast.expr) -> bool:
    """Whether a text is wholly the module's own: a literal, names in capitals, or these put together."""
    match node:
        case ast.Constant():
            return True
        case ast.JoinedStr():
            return all(own_text(part) for part in node.values)
        case ast.FormattedValue():
            return own_text(node.value)
        case ast.BinOp():
            return own_text(node.left) and own_text(node.right)
        case ast.Name():
            return node.id.isupper()
        case ast.Attribute():
            return node.attr == "pattern" and own_text(node.value)
        case _:
            return False


def offences(tree: ast.AST) -> Iterator[str]:
    """What a tree says that would let a file do something."""
    yield from (f"import {name}" for name in sorted(imported(tree) & FORBIDDEN_IMPORTS))
    for on, name, call in calls(tree):
        first = call.args[0] if call.args else None
        if not on and name in FORBIDDEN_CALLS:
            yield f"{name}()"
        if on == "re" and (first is None or not own_text(first)):
            yield f"re.{name}() of a text that is not the module's own"
        if name in ("system", "popen", "execv", "spawnv") and on == "os":
            yield f"os.{name}()"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_OF_YAML and ast.unparse(node.value) == "yaml":
            yield f"yaml.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module in ("re", "yaml", "builtins"):
            yield f"from {node.module} import"


def imports_by_name(tree: ast.AST) -> Iterator[str]:
    for on, name, call in calls(tree):
        if name == "import_module" and not (call.args and isinstance(call.args[0], ast.Constant)):
            yield f"{on}.{name}({', '.join(ast.unparse(arg) for arg in call.args)})"


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)", "exec(x)", "__import__(x)", "compile(x, '', 'exec')", "import pickle", "from pickle import loads",
        "import yaml\nyaml.load(x, yaml.CSafeLoader)", "yaml.compose(x)", "a = yaml.UnsafeLoader", "re.compile(x)",
        "re.search(f'{x}', y)", "re.compile('a' + x)", "from re import compile", "os.system(x)",
        "def f():\n    import subprocess", "from urllib.request import urlopen",
    ],
)  # fmt: skip
def test_the_scan_sees_what_it_is_for(text: str) -> None:
    assert list(offences(ast.parse(text))) != []


def test_the_source_runs_no_text_unpacks_no_objects_and_takes_no_pattern_from_a_file() -> None:
    found = modules()
    assert len(found) > 100
    assert {name: said for name, tree in found.items() if (said := list(offences(tree)))} == {}


def test_modules_are_imported_by_a_written_name_only() -> None:
    """The front door is the one exception: what it opens are closed tables of this library's own modules."""
    assert list(imports_by_name(ast.parse("import_module(x)"))) == [".import_module(x)"]
    found = {name: said for name, tree in modules().items() if (said := list(imports_by_name(tree)))}
    assert found == {"front_door.py": [".import_module(f'iptengine.{home_of[name]}')"]}
    import iptengine

    with pytest.raises(AttributeError):
        iptengine.nothing_of_that_name  # noqa: B018


CORE_IS_WITHOUT = {
    "time", "random", "os", "pathlib", "io", "uuid", "secrets", "logging", "yaml", "jinja2", "sqlalchemy", "sys",
    "threading", "locale", "tempfile", "shutil", "glob", "platform", "getpass", "inspect", "importlib", "warnings",
}  # fmt: skip
NO_CLOCK = {
    ("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("", "open"), ("", "id"),
    ("", "print"),
}  # fmt: skip


@pytest.mark.parametrize("room", ["protocol", "course"])
def test_the_core_knows_no_clock_no_chance_no_files_and_no_surroundings(room: str) -> None:
    found = modules(room)
    assert len(found) > 10
    assert {name: said for name, tree in found.items() if (said := imported(tree) & CORE_IS_WITHOUT)} == {}
    clocks = {name: [call[:2] for call in calls(tree) if call[:2] in NO_CLOCK] for name, tree in found.items()}
    assert {name: said for name, said in clocks.items() if said} == {}


# -- hostile files -----------------------------------------------------------------------------------------------

STACK = 512 * 1024
MOST_SECONDS = 5.0
"""Of processor time: five times what the law names, for a machine that is busy."""


def read_on_a_small_stack(content: bytes) -> tuple[Protocol | None, tuple[Diagnostic, ...], float]:
    """What `check_text` makes of a file in a thread with a small stack, and the processor time it took."""
    answers: list[tuple[Protocol | None, tuple[Diagnostic, ...], float]] = []

    def read() -> None:
        began = time.thread_time()
        protocol, wrong = check_text(content, "hostile.protocol.yaml")
        answers.append((protocol, wrong, time.thread_time() - began))

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert answers, "it ended in an exception"
    return answers[0]


def with_(old: str, new: str) -> bytes:
    assert old in SMALL
    return SMALL.replace(old, new, 1).encode("utf-8", "surrogatepass")


def guard(condition: str) -> bytes:
    return with_("looked: find_stage is done", f"looked: {condition}")


def words(text: str) -> bytes:
    return with_('"How was the week for {{ patient }}?"', text)


AIM = "aim: Work on the focus, session by session"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "deep lists": lambda: SMALL.encode() + b"x: " + b"[" * 50_000 + b"]" * 50_000,
    "deep lists never closed": lambda: b"[" * 100_000,
    "deep maps": lambda: SMALL.encode() + b"x: " + b"{a: " * 20_000 + b"1" + b"}" * 20_000,
    "deep by indentation": lambda: SMALL.encode() + b"\n".join(b" " * n + b"a:" for n in range(900)),
    "deep explicit keys": lambda: b"? " * 20_000,
    "deep sequences": lambda: SMALL.encode() + b"x:\n  " + b"- " * 20_000 + b"1",
    "billion laughs": lambda: b"\n".join(
        [b'a0: &a0 ["x"]', *(b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 12))]
    ),
    "an anchor within itself": lambda: SMALL.encode() + b"x: &x [*x]\n",
    "merged keys": lambda: SMALL.encode() + b"x: &x {a: 1}\ny: {<<: *x}\n",
    "a tag that calls": lambda: with_(AIM, 'aim: !!python/object/apply:os.system ["echo no"]'),
    "a tag that names a module": lambda: with_(AIM, "aim: !!python/name:os.system ''"),
    "a tag spelt otherwise": lambda: with_(AIM, "aim: !<tag:yaml.org,2002:python/object/new:os.system> [x]"),
    "a directive": lambda: b"%TAG ! tag:yaml.org,2002:python/\n---\n" + SMALL.encode(),
    "many documents": lambda: b"---\na: 1\n" * 5_000,
    "too large": lambda: SMALL.encode() + b"# " + b"x" * 600_000,
    "a long line": lambda: with_(AIM, f"aim: {'x' * 400_000}"),
    "many keys": lambda: SMALL.encode() + b"x:\n" + b"".join(b"  k%d: 1\n" % n for n in range(30_000)),
    "one key many times": lambda: SMALL.encode() + b"x: 1\n" * 30_000,
    "many unknown keys": lambda: SMALL.encode() + b"".join(b"phase%d: 1\n" % n for n in range(20_000)),
    "many mistakes": lambda: with_("start: opening", "\n".join(f"k{n}: {{" for n in range(5_000))),
    "many tasks": lambda: with_(
        "must:\n      inventory:", "must:\n" + "".join(f"      t{n}: Do\n" for n in range(8_000)) + "      inventory:"
    ),
    "a huge number": lambda: with_("at_most: 1", f"at_most: {'9' * 100_000}"),
    "a number in powers": lambda: with_("at_most: 1", "at_most: 1e999999999"),
    "sixty bases": lambda: with_("at_most: 1", "at_most: " + ":".join(["59"] * 5_000)),
    "no text at all": lambda: b"",
    "zeros": lambda: b"\0" * 10_000,
    "UTF-16": lambda: SMALL.encode("utf-16"),
    "half a character": lambda: with_(AIM, "aim: \ud800"),
    "a byte that is none": lambda: with_(AIM, "aim: x") + b"\xff\xfe",
    "turned round": lambda: with_(AIM, "aim: safe \u202e elbisivni"),
    "a condition that is code": lambda: guard("\"__import__('os').system('echo')\""),
    "a condition of brackets": lambda: guard('"' + "(" * 20_000 + ")" * 20_000 + '"'),
    "a condition of nots": lambda: guard('"' + "not " * 20_000 + 'grief"'),
    "a long condition": lambda: guard('"' + "find_stage is done and " * 10_000 + 'x"'),
    "conditions in conditions": lambda: guard("{not: " * 200 + "x" + "}" * 200),
    "a condition nearly right": lambda: guard('"' + "find_stag is doen " * 2_000 + '"'),
    "a template that calls": lambda: words('"{{ patient.__class__.__mro__[1].__subclasses__() }}"'),
    "a template that loops": lambda: words('"{% for a in range(99999999) %}{{ a }}{% endfor %}"'),
    "a template in a template": lambda: words("\"{% include '/etc/passwd' %}\""),
    "a template of brackets": lambda: words('"{{ ' + "(" * 5_000 + "1" + ")" * 5_000 + ' }}"'),
    "a template of ifs": lambda: words('"' + "{% if patient %}" * 1_000 + "{% endif %}" * 1_000 + '"'),
    "a template of powers": lambda: words('"{{ 9**9**9**9 }}"'),
    "a template of one long text": lambda: words("\"{{ 'x' * 999999999 }}\""),
    "a path as a measure": lambda: with_("use: phq9@1", 'use: "../../../../etc/passwd@1"'),
    "a path as a name": lambda: with_("protocol: ipt-small", "protocol: ../../etc/passwd"),
}


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """What is loaded once is not laid to the first file."""
    assert check_text(SMALL.encode(), "small.protocol.yaml")[0] is not None


@pytest.mark.parametrize("family", HOSTILE)
def test_a_hostile_file_ends_in_mistakes_soon_and_on_a_small_stack(family: str) -> None:
    content = HOSTILE[family]()
    deep = sys.getrecursionlimit()
    protocol, wrong, seconds = read_on_a_small_stack(content)
    assert protocol is None
    assert wrong
    assert len(wrong) <= 101
    assert seconds < MOST_SECONDS
    assert all(one.span.file == "hostile.protocol.yaml" and one.code and len(str(one)) < 2_000 for one in wrong)
    assert sys.getrecursionlimit() == deep


def test_an_honest_file_is_read_on_a_small_stack() -> None:
    for text in (SMALL, (ROOT / "protocols" / "ipt-adult.protocol.yaml").read_text("utf-8")):
        protocol, wrong, _ = read_on_a_small_stack(text.encode())
        assert protocol is not None
        assert wrong == ()


def test_a_file_opens_nothing_but_measures_in_its_folders(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    shipped = ROOT / "protocols" / "measures" / "phq9.measure.yaml"
    (tmp_path / "secret.measure.yaml").write_bytes(shipped.read_bytes().replace(b"measure: phq9", b"measure: secret"))
    for name in ("secret@1", "../secret@1", f"{tmp_path}/secret@1", "inside/../secret@1"):
        text = with_("use: phq9@1", f'use: "{name}"')
        protocol, wrong = check_text(text, "x.protocol.yaml", [tmp_path / "inside"])
        assert protocol is None
        assert {one.code for one in wrong} <= {"unknown-measure", "bad-value", "text-too-long"}
    protocol, wrong = check_text(with_("use: phq9@1", "use: secret@1"), "x.protocol.yaml", [tmp_path])
    assert (protocol is not None, wrong) == (True, ())
