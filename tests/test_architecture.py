"""The shape of the package, read off its source: who imports whom, and what nobody does."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader

ROOT = Path(__file__).parent.parent
PACKAGE = Path(grader.__file__).parent  # the one that the other tests run, be it a checkout's or an installed one
PATHS = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

# The order in which the package is understood: a module imports only from modules before it. A folder with its modules
# in order comes as a whole; what a folder without them does inside is its own business.
ORDER = """
    results grade_json text relations errors files showing matrices numbers idx data
    reports
    submissions: arrivals syntax definitions cells source submission loading inbox lookup
    course: adjustments assignments catalogue provided calibration recording shipped notebooks
    untrusted
    isolation: levels usage workers system_calls walls devices launchers self_test isolated
    compare
    checks: scopes following forbidden policy claims pool proxy session
    checks: check traces mistakes bench summary fixtures collecting rubric
    lms
    grades: results_folder store publishing deciding handing_back exporting similarity
    grading: settings grade warm jobs single batch regrading node answers scheduler cluster saves watching
    authoring: skeletons scaffold trials record calibrate validate exercises
    release: packing bundle cut autograder pull_request
    notebook
    cli
"""
UNITS = [
    f"{folder}.{module}" if folder else module
    for line in ORDER.strip().splitlines()
    for folder, modules in [re.fullmatch(r" *(?:(\w+): )?(.*)", line).groups()]
    for module in modules.split()
]
FOLDERS = {unit.split(".")[0] for unit in UNITS if "." in unit}
# Where code that is not the package's own is run, and whose it is.
RUNS_CODE = {
    "data.py": {"import_module"},  # torchvision, where it is needed
    "untrusted/host.py": {"compile", "exec"},  # the student's and the course's parts, in the worker
    "untrusted/zygote.py": {"import_module"},  # libraries, by the names written there
    "untrusted/preload.py": {"import_module"},  # libraries, by the names that assignment.toml gives
    "checks/fixtures.py": {"exec_module"},  # the course's parts, for expected values
}


def tree(path: str) -> ast.Module:
    return ast.parse((PACKAGE / path).read_text(encoding="utf-8"), path)


def unit(path: str) -> str:
    """The module or folder that a file belongs to, as named in UNITS; empty for an __init__ that only says what there is."""
    names = path.removesuffix(".py").split("/")
    if names == ["__init__"] or (names[0] in FOLDERS and names[1:] == ["__init__"]):
        return ""
    return ".".join(names[:2] if names[0] in FOLDERS else names[:1])


def imports(path: str) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, anywhere in it, and how many dots it begins with."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is None:
            yield from ((alias.name, node.level) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node.level) for alias in node.names)


def imported_units(path: str) -> set[str]:
    """The units of the package that a file imports, but its own."""
    names = [name.split(".")[1:] for name, level in imports(path) if level == 0 and name.startswith("grader.")]
    named = {".".join(parts[:2] if parts[0] in FOLDERS else parts[:1]) for parts in names}
    return named - {unit(path), "__version__", "PACKAGE"}


def calls(path: str) -> set[str]:
    """The names of everything that a file calls: `f(...)` and `x.f(...)` are both calls of f."""
    functions = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    names = {function.id for function in functions if isinstance(function, ast.Name)}
    attributes = {
        function.attr
        for function in functions
        if isinstance(function, ast.Attribute)
        and not (isinstance(function.value, ast.Name) and (function.value.id, function.attr) == ("re", "compile"))
    }
    return names | attributes


def test_order_names_every_module() -> None:
    """The order lists exactly the modules there are."""
    assert sorted(UNITS) == sorted({unit(path) for path in PATHS} - {""})


@pytest.mark.parametrize("path", [path for path in PATHS if unit(path)])
def test_module_imports_only_what_comes_before_it(path: str) -> None:
    """A module imports only modules earlier in the order, inside functions too: there is no cycle."""
    before = set(UNITS[: UNITS.index(unit(path))])
    assert imported_units(path) - before == set()


@pytest.mark.parametrize("path", [path for path in PATHS if unit(path) == "untrusted"])
def test_untrusted_stands_alone(path: str) -> None:
    """What shares a process with student code imports nothing else of the package, and its siblings only relatively."""
    siblings = {Path(other).stem for other in PATHS if unit(other) == "untrusted"}
    for name, level in imports(path):
        first = name.split(".")[0]
        assert first != "grader"
        assert level == (1 if first in siblings else 0)


@pytest.mark.parametrize("path", [path for path in PATHS if unit(path) == "reports"])
def test_reports_know_results_only(path: str) -> None:
    """A report is made of results alone."""
    assert imported_units(path) <= {"results", "text"}


@pytest.mark.parametrize("path", PATHS)
def test_student_code_runs_in_the_worker_only(path: str) -> None:
    """Only the host compiles and runs code it is given; what else imports by name is listed above."""
    runs = {
        "exec",
        "eval",
        "compile",
        "__import__",
        "import_module",
        "exec_module",
        "run_path",
        "run_module",
        "runcode",
        "execfile",
    }
    assert calls(path) & runs == RUNS_CODE.get(path, set())


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_unpickled(path: str) -> None:
    """No file imports pickle or a module that unpickles, or loads tensors and arrays that may hold pickles."""
    unpickling = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
    assert {name.split(".")[0] for name, _ in imports(path)} & unpickling == set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.load", "np.load", "numpy.load"):
            safe = {"allow_pickle": False, "weights_only": True}
            kept = {keyword.arg: getattr(keyword.value, "value", None) for keyword in node.keywords}
            assert safe.items() & kept.items()


@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("cli/saying.py", "notebook.py")])
def test_only_what_people_type_prints(path: str) -> None:
    """No module prints but the two that people call: the command, and `check` in a notebook."""
    assert "print" not in calls(path)


@pytest.mark.parametrize("path", PATHS)
def test_clock_on_the_wall_decides_nothing(path: str) -> None:
    """Only the store reads a clock that can be set, to note when a grade was made; deadlines go by the monotonic one."""
    clocks = {
        "time.time",
        "time.time_ns",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.localtime",
    }
    read = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)} & clocks
    assert read == ({"datetime.now"} if path == "grades/store.py" else set())
    assert not {"time.time", "time.time_ns"} & {name for name, _ in imports(path)}  # nor under another name


def test_everything_printed_is_inert() -> None:
    """The command line prints in one place, which makes the text harmless; the summary is written by such a writer.

    What is meant as a command to GitHub is printed as the escaped text of a `WorkflowCommand`.
    """
    prints = [
        node
        for node in ast.walk(tree("cli/saying.py"))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    harmless = ("sayable(inert(text), ", "str(command).encode(")
    printed = sorted(ast.unparse(node.args[0]) for node in prints)
    assert [text[: len(start)] for text, start in zip(printed, harmless, strict=True)] == list(harmless)
    (say_command,) = (
        node
        for node in tree("cli/saying.py").body
        if isinstance(node, ast.FunctionDef) and [argument.arg for argument in node.args.args] == ["command"]
    )
    assert say_command.args.args[0].annotation is not None
    assert ast.unparse(say_command.args.args[0].annotation) == "WorkflowCommand"
    for path in ("checks/rubric.py", "checks/summary.py"):
        writes = [
            node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and node.attr == "write_line"
        ]
        assert {ast.unparse(node.value) for node in writes} <= {"writer", "self._writer"}


def exercise_words() -> set[str]:
    """The names of all assignments' exercises, of what they define and of their files, that are no ordinary words."""
    words: set[str] = set()
    for manifest in ROOT.glob("assignments/*/assignment.toml"):
        for exercise in tomllib.loads(manifest.read_text(encoding="utf-8"))["exercise"]:
            words |= {exercise["name"], exercise["file"], *exercise.get("defines", ())}
    return words - {"train", "accuracy", "together", "net", "network", "save", "load"}


def code_words(path: str) -> set[str]:
    """The identifiers and the strings of a file, but not its docstrings: an example may name an exercise."""
    module = tree(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    words: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            words |= {node.value, *node.value.split()}
        words |= {
            word for word in (getattr(node, name, None) for name in ("id", "attr", "name")) if isinstance(word, str)
        }
    return words


@pytest.mark.parametrize("path", PATHS)
def test_engine_knows_no_exercise(path: str) -> None:
    """No module names an exercise: what an assignment asks is in the assignment's files."""
    assert len(exercise_words()) > 5
    assert code_words(path) & exercise_words() - {"network"} == set()  # the engine's is what no worker can reach


def test_docstrings_draw_every_exception() -> None:
    """The tree in the docstring of `errors` names every exception of the module."""
    module = tree("errors.py")
    names = {node.name for node in module.body if isinstance(node, ast.ClassDef)}
    drawn = set((ast.get_docstring(module) or "").replace("├──", " ").replace("└──", " ").replace("│", " ").split())
    assert names - drawn == set()
