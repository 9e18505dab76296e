"""Of a hidden check its title and hint reach a student, and nothing else: not what it asked or expected, not how it broke."""

from __future__ import annotations

import ast
import html
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import cli
from grader.grades.store import Store

COURSE = {
    "assignments/tiny/assignment.toml": """
title = "Tiny"
timeout_seconds = 2

[[exercise]]
name = "double"
title = "The double"
file = "double.py"
defines = ["double"]

[[exercise]]
name = "half"
title = "The half"
file = "half.py"
defines = ["half"]
""",
    "assignments/tiny/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/tiny/half.py": "def half(x):\n    raise NotImplementedError\n",
    "assignments/tiny/test_double.py": '''
import pytest

pytestmark = pytest.mark.exercise("double")


def test_two(submission):
    """double(2) is 4."""
    assert submission.double(2) == 4
''',
    "assignments/tiny/test_half.py": '''
import pytest

pytestmark = pytest.mark.exercise("half")


def test_four(submission):
    """half(4) is 2."""
    assert submission.half(4) == 2


def test_again(submission):
    """half(6) is 3."""
    assert submission.half(6) == 3
''',
    "reference/tiny/test_hidden_double.py": '''
"""Kumquat module text."""

import pytest

pytestmark = pytest.mark.exercise("double")

MARMALADE = 271828


@pytest.mark.points(3)
@pytest.mark.hint("Persimmon: think of large numbers.")
@pytest.mark.parametrize("tangerine", [pytest.param(314159, id="rambutan"), pytest.param(161803, id="durian")])
def test_clementine(submission, tangerine, show_curve):
    """Mandarin values are doubled."""
    show_curve("Satsuma curve", [577.2156], [1414.213])
    bergamot = submission.double(tangerine)
    assert bergamot == 2 * tangerine, f"pomelo says {bergamot}"


def test_yuzu(submission):
    """Calamondin of text."""
    assert submission.double("grapefruit") == "grapefruitgrapefruit"
    assert submission.double([MARMALADE, 662607]) == [271828, 662607, 271828, 662607]
''',
    "reference/tiny/test_hidden_half.py": '''
import pytest

pytestmark = pytest.mark.exercise("half")


def test_lychee(submission):
    """Mangosteen is halved."""
    assert submission.half(867530) == 433765
''',
}
BROKEN = '''

def test_broken(submission):
    """Jackfruit never comes to an end."""
    soursop = {"cherimoya": 299792}
    raise KeyError(f"feijoa {soursop['cherimoya']}")
'''
HALF = "def half(x):\n    return x // 2\n"
# It keeps all it is given, and shows it in every way there is, as soon as it is asked for anything else.
STASH = """
import atexit, sys
seen = []

def show():
    print("seen", seen)
    print("seen", seen, file=sys.stderr)
    for finder in sys.meta_path:
        if hasattr(finder, "errors"):
            finder.errors["half.py"] = ValueError(f"seen {seen}")
            finder.errors["double.py"] = SyntaxError(f"seen {seen}")

atexit.register(show)

class Seen:
    def __repr__(self):
        return f"seen {seen}"

Seen.__qualname__ = Seen.__name__ = "Seen"

def keep(x):
    seen.append(x)
    Seen.__qualname__ = Seen.__name__ = f"Seen_{'_'.join(map(str, seen))}"
    show()
"""
SUBMISSIONS = {
    "passes": {"double.py": "def double(x):\n    return x * 2\n", "half.py": HALF},
    "fails": {"double.py": "def double(x):\n    print(x)\n    return x + x if x == 2 else x\n", "half.py": HALF},
    "raises": {
        "double.py": "def double(x):\n    if x == 2:\n        return 4\n    raise ValueError(f'what is {x!r}?')\n",
        "half.py": HALF,
    },
    "crashes": {
        "double.py": "import os\n\ndef double(x):\n    print(x, flush=True)\n    return 4 if x == 2 else os._exit(3)\n",
        "half.py": HALF,
    },
    "hangs": {
        "double.py": "def double(x):\n    print(x, flush=True)\n    while x != 2:\n        pass\n    return 4\n",
        "half.py": HALF,
    },
    "prints": {
        "double.py": STASH + "\ndef double(x):\n    keep(x)\n    return x * 2\n",
        "half.py": "from double import keep, seen\n\ndef half(x):\n    keep(x)\n    return 0\n",
    },
    "raises-later": {
        "double.py": STASH + "\ndef double(x):\n    keep(x)\n    return x * 2\n",
        "half.py": "from double import keep, seen\n\ndef half(x):\n    keep(x)\n    raise ValueError(f'seen {seen}')\n",
    },
    "returns-later": {
        "double.py": STASH + "\ndef double(x):\n    keep(x)\n    return x * 2\n",
        "half.py": "from double import keep, seen\n\ndef half(x):\n    keep(x)\n    return seen\n",
    },
    "returns-an-object-later": {
        "double.py": STASH + "\ndef double(x):\n    keep(x)\n    return x * 2\n",
        "half.py": "from double import keep, Seen\n\ndef half(x):\n    keep(x)\n    return Seen()\n",
    },
}  # fmt: skip


# What students are shown: the first lines of the docstrings of hidden checks, and their hints.
SHOWN = {
    "Mandarin values are doubled.": "Persimmon: think of large numbers.",
    "Calamondin of text.": None,
    "Mangosteen is halved.": None,
    "Jackfruit never comes to an end.": None,
}
ORDINARY = {"curve", "large", "module", "never", "numbers", "points", "think", "values"}  # words of any page


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def secrets(course: Path) -> set[str]:
    """Every line of the hidden rubric, every name, text and number in it, that no public file has and no title or hint."""
    files = (path for kind in ("*.py", "*.toml", "*.md") for path in (course / "assignments").rglob(kind))
    public = "".join(path.read_text(encoding="utf-8") for path in files)
    public += " ".join([*SHOWN, *filter(None, SHOWN.values())])
    found: set[str] = {path.name for path in (course / "reference").rglob("*.py")}
    for path in (course / "reference").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= {line.strip() for line in text.splitlines()}
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant):
                found |= {str(node.value), *re.findall(r"\w+", str(node.value))}
            for field in ("id", "name", "arg", "attr"):
                found.add(str(getattr(node, field, None) or ""))
    found |= {name.removeprefix("test_") for name in found}
    found |= {str(2 * int(word)) for word in found if word.isdecimal()}
    return {word for word in found if len(word) >= 5 and word not in public and word not in ORDINARY}


def artefacts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a student's and its text, as it is and with what HTML and JSON escape undone."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            yield path.name, f"{text}\n{html.unescape(text)}"


@pytest.fixture(scope="module", params=["whole", "broken"])
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """A class graded with hidden checks, once with one that breaks by itself: which, the course, the results."""
    root = tmp_path_factory.mktemp(request.param)
    course = write(root / "course", COURSE)
    if request.param == "broken":
        rubric = course / "reference/tiny/test_hidden_double.py"
        rubric.write_text(rubric.read_text(encoding="utf-8") + BROKEN, encoding="utf-8")
    for student, files in SUBMISSIONS.items():
        write(root / "inbox" / student, files)
    arguments = [str(root / "inbox"), "-a", "tiny", "-o", str(root / "out"), "--course", str(course)]
    status = cli.main(["grade", *arguments, "--jobs", "2", "--device", "cpu"])
    assert status == (3 if request.param == "broken" else 0)
    return request.param, course, root / "out"


def test_there_is_something_to_leak(graded: tuple[str, Path, Path]) -> None:
    """The search below looks for what it should, and the hidden checks did run and saw what they were meant to see."""
    kind, course, out = graded
    looked_for = secrets(course)
    assert {"rambutan", "clementine", "Kumquat", "pomelo", "271828", "grapefruit"} < looked_for
    assert {"bergamot = submission.double(tangerine)", "628318", "867530", "test_hidden_half.py"} < looked_for
    assert ("feijoa" in looked_for) == (kind == "broken")
    store = Store(out / "grades.db")
    grades = {grade.student: grade for grade in store.newest()}
    store.close()
    outcomes = {
        student: [check.outcome.value for check in grade.exercises[0].checks if check.visibility == "hidden"][:3]
        for student, grade in grades.items()
    }
    assert outcomes["passes"] == outcomes["prints"] == outcomes["raises-later"] == ["passed"] * 3
    assert outcomes["fails"] == ["failed"] * 3
    assert outcomes["raises"] == ["raised"] * 3
    assert outcomes["crashes"] == ["crashed"] * 3
    assert outcomes["hangs"] == ["timed_out"] * 3


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_nothing_hidden_reaches_a_student(graded: tuple[str, Path, Path], student: str) -> None:
    """But for titles and hints no line, name, text or number of a hidden rubric is in any file of the student's."""
    _, course, out = graded
    files = dict(artefacts(out / "students" / student))
    assert sorted(files) == ["feedback.html", "feedback.md", "grade.json"]
    for name, text in files.items():
        assert {secret for secret in secrets(course) if secret in text} == set(), name


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_hidden_checks_are_told_by_title_and_hint(graded: tuple[str, Path, Path], student: str) -> None:
    """A student sees titles, outcomes and points of hidden checks, in the order of the exercises, and the hint if one fails."""
    kind, _, out = graded
    grade = json.loads((out / "students" / student / "grade.json").read_text(encoding="utf-8"))
    checks = [check for exercise in grade["exercises"] for check in exercise["checks"]]
    hidden = [check for check in checks if check["visibility"] == "hidden"]
    count = 5 if kind == "broken" else 4
    doubled, text, halved, broken = SHOWN
    titles = [doubled, doubled, text, *([broken] if kind == "broken" else []), halved]
    assert [(check["name"], check["title"]) for check in hidden] == [
        (f"hidden_{place}", title) for place, title in enumerate(titles, 1)
    ]
    assert [check["points"] for check in hidden] == [3, 3] + [1] * (count - 2)
    assert {(check["mistake"], check["evidence"], check["duration_seconds"]) for check in hidden} == {(None, None, 0)}
    hints = {(check["title"], check["outcome"] == "passed"): check["hint"] for check in hidden}
    assert hints == {key: None if key[1] or key[0] == broken else SHOWN[key[0]] for key in hints}
    assert [exercise["name"] for exercise in grade["exercises"]] == ["double", "half"]
    told = [flag for flag in grade["flags"] if flag["kind"] == "grader_error"]
    expected = {"kind": "grader_error", "where": "grader", "detail": "the grader failed; your instructor was told"}
    assert told == ([expected] if kind == "broken" else [])
    for name, text in artefacts(out / "students" / student):
        assert "Mangosteen is halved" in text, name


def test_instructor_sees_all(graded: tuple[str, Path, Path]) -> None:
    """The class page and the database have the same titles, and tracebacks."""
    kind, _, out = graded
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Mandarin values are doubled." in page
    assert ("Jackfruit never comes to an end" in page) == (kind == "broken")
    store = Store(out / "grades.db")
    details = "".join(flag.detail for grade in store.newest() for flag in grade.flags)
    store.close()
    assert ("feijoa 299792" in details) == (kind == "broken")


def test_stashed_values_do_come_out_later(graded: tuple[str, Path, Path]) -> None:
    """What the stashing submissions were given in public checks is shown: the way that must not lead to hidden ones works."""
    _, _, out = graded
    for student in ("prints", "raises-later", "returns-later"):
        text = (out / "students" / student / "grade.json").read_text(encoding="utf-8")
        assert re.search(r"\[2, 4, 6\]|\[2, 4\]|2,\\n", text), (student, text)


def test_python_runs_checks_in_the_order_that_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Public checks of every exercise come before hidden ones of any."""
    course = write(tmp_path, COURSE)
    ran: list[tuple[str, str]] = []

    class Recorder:
        def pytest_collection_finish(self, session: Any) -> None:
            from grader.checks.fixtures import CHECK

            ran.extend((item.stash[CHECK].visibility, item.stash[CHECK].exercise.name) for item in session.items)

    for name in [name for name in sys.modules if name.startswith(("assignments.tiny", "reference.tiny"))]:
        monkeypatch.delitem(sys.modules, name)
    status = pytest.main(
        [
            str(course),
            "--collect-only",
            "-q",
            "--rootdir",
            str(course),
            "--import-mode=importlib",
            "-p",
            "no:cacheprovider",
        ],
        plugins=[Recorder()],
    )
    assert status == 0
    assert ran == [
        ("public", "double"), ("public", "half"), ("public", "half"),
        ("hidden", "double"), ("hidden", "double"), ("hidden", "double"), ("hidden", "half"),
    ]  # fmt: skip
