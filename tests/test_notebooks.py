"""Notebooks both ways: made of lesson and skeletons, handed in like files, and given back with feedback in them."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader import cli
from grader.course.assignments import Assignment, assignment_names, find_assignment
from grader.course.catalogue import reference_files
from grader.course.notebooks import EXERCISE_TAG, FEEDBACK_TAG, feedback_notebook, student_notebook
from grader.errors import CourseError, UsageError
from grader.results import Grade, Outcome, Status, number
from grader.submissions.cells import read_cells
from grader.submissions.loading import load_submission
from grader.submissions.source import Source
from grader.submissions.syntax import Definition
from tests.conftest import MiniCourse

ROOT = Path(__file__).parent.parent
NAMES = assignment_names(ROOT)


@pytest.fixture(scope="module", params=NAMES)
def assignment(request: pytest.FixtureRequest) -> Assignment:
    """Every assignment of this course."""
    return find_assignment(ROOT, request.param)


def answered(assignment: Assignment, files: dict[str, str]) -> dict[str, Any]:
    """The assignment's notebook with the answers of `files` in the cells that ask for them."""
    notebook: dict[str, Any] = json.loads(student_notebook(assignment))
    own = {name.removesuffix(".py") for name in files}
    defined = {name for exercise in assignment.exercises for name in exercise.defines}
    begun = set()
    for exercise in assignment.exercises:
        if not exercise.defines:
            continue
        chosen = []
        for node in Source(exercise.file, files[exercise.file]).tree.body:
            name = node.name if isinstance(node, Definition) else ""
            is_of_others = name in defined and name not in exercise.defines
            is_siblings = isinstance(node, ast.ImportFrom) and node.module in {*own, "__future__"}
            if name in exercise.defines or not (is_of_others or is_siblings or exercise.file in begun):
                chosen.append(node)
        begun.add(exercise.file)
        cell = next(
            cell for cell in notebook["cells"] if EXERCISE_TAG + exercise.name in cell["metadata"].get("tags", ())
        )
        cell["source"] = "\n\n".join(ast.unparse(node) for node in chosen)
    return notebook


def as_submission(notebook: dict[str, Any], folder: Path, student: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{student}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


# -- the student's notebook ---------------------------------------------------------------------------------------------


def test_committed_notebook_is_current(assignment: Assignment) -> None:
    """The notebook beside the skeletons is what lesson and skeletons make. If not: grader notebook."""
    assert assignment.notebook_path.read_text(encoding="utf-8") == student_notebook(assignment)


def test_notebook_is_valid_and_has_everything(assignment: Assignment) -> None:
    """It is a valid notebook with a cell for each exercise, a check after it, and every section of the lesson."""
    notebook = nbformat.reads(student_notebook(assignment), as_version=4)
    nbformat.validate(notebook)
    cells = notebook.cells
    for exercise in assignment.exercises:
        places = [
            place for place, cell in enumerate(cells) if f"check:{exercise.name}" in cell.metadata.get("tags", [])
        ]
        assert len(places) == 1
        if exercise.defines:
            before = cells[places[0] - 1]
            assert before.metadata.tags == [f"exercise:{exercise.name}"]
            assert set(exercise.defines) <= set(Source("", before.source).definitions)
    lesson = (assignment.folder / "README.md").read_text(encoding="utf-8")
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert [line for line in lesson.splitlines() if line.startswith("## ") and line not in text] == []


def test_notebook_holds_the_skeletons_word_for_word(assignment: Assignment) -> None:
    """Every line of a skeleton's definitions is in the notebook."""
    written = {line for cell in read_cells(student_notebook(assignment).encode()) for line in cell.text.splitlines()}
    for name in {exercise.file for exercise in assignment.exercises}:
        source = Source(name, (assignment.folder / name).read_text(encoding="utf-8"))
        for node in source.tree.body:
            if isinstance(node, Definition):
                assert set(source.lines[node.lineno - 1 : node.end_lineno]) <= written


def test_parts_of_the_lesson_for_one_form_alone(mini: MiniCourse) -> None:
    """What is said of files is left out of the notebook, and what a comment holds for the notebook comes in."""
    lesson = mini.read("assignments/mini/README.md")
    more = "<!-- files -->\nOpen layer.py.\n<!-- /files -->\n<!-- notebook\nRun the cell.\n-->\n"
    mini.write({"assignments/mini/README.md": lesson.replace("**Forward.**", more + "**Forward.**")})
    text = student_notebook(mini.assignment)
    assert "Run the cell." in text
    assert "Open layer.py." not in text
    assert "<!--" not in text


def test_commands_and_imports_of_files_become_those_of_a_notebook(mini: MiniCourse) -> None:
    """Where the lesson tells to call pytest the notebook points to the check; an example imports nothing of the skeletons."""
    lesson = mini.read("assignments/mini/README.md")
    more = "Look: `pytest assignments/mini -k layer`.\n\n```python\nfrom layer import Layer\nimport torch\n```\n"
    mini.write({"assignments/mini/README.md": lesson + more})
    text = json.loads(student_notebook(mini.assignment))["cells"]
    cells = ["".join(cell["source"]) for cell in text]
    assert "Look: run the check below.\n\n```python\nimport torch\n```" in "\n".join(cells)


def test_address_of_the_course(mini: MiniCourse) -> None:
    """With an address the first cell fetches the course from there, else out of an uploaded zip."""
    assert "https://example.org/course" in student_notebook(mini.assignment, "https://example.org/course")
    assert "bundle.zip" in student_notebook(mini.assignment)


def test_shared_code_of_a_skeleton_comes_once(mini: MiniCourse) -> None:
    """Constants and functions beside the exercises stand before the first of the file's; siblings' imports are left out."""
    mini.write(
        {
            "assignments/mini/total.py": "import math\nfrom layer import Layer\n\nTIMES = 3\n\n\n"
            "def helper():\n    return 1\n\n\n" + mini.read("assignments/mini/total.py")
        }
    )
    cells = {cell.tags[0]: cell.text for cell in read_cells(student_notebook(mini.assignment).encode())}
    assert cells["exercise:total"].startswith("TIMES = 3\n\n\ndef helper():\n    return 1\n\n\ndef total(x):")
    assert cells["set-up"].endswith("\nimport math")


def test_what_is_missing_is_named(mini: MiniCourse) -> None:
    """A lesson without the section, a skeleton without the name, and missing files are the author's to mend."""
    lesson = mini.read("assignments/mini/README.md")
    mini.write({"assignments/mini/README.md": lesson.replace("## 2. Total", "## 2. Sum")})
    with pytest.raises(CourseError, match="no section is the lesson of total"):
        student_notebook(mini.assignment)
    mini.write({"assignments/mini/README.md": lesson, "assignments/mini/total.py": "x = 1\n"})
    with pytest.raises(CourseError, match="the skeleton does not define total"):
        student_notebook(mini.assignment)
    (mini.root / "assignments/mini/total.py").unlink()
    with pytest.raises(CourseError, match=r"total\.py: can't be read: No such file"):
        student_notebook(mini.assignment)


def test_command_writes_it(mini: MiniCourse, capsys: pytest.CaptureFixture[str]) -> None:
    """`grader notebook` writes the file of every assignment, and says where."""
    assert cli.main(["notebook", "--course", str(mini.root)]) == 0
    path = mini.root / "assignments/mini/mini.ipynb"
    assert capsys.readouterr().out == f"{path}: written\n"
    assert path.read_text(encoding="utf-8") == student_notebook(mini.assignment)


# -- handed in ----------------------------------------------------------------------------------------------------------


def outcomes(grade: Grade) -> dict[str, Outcome]:
    """How each check ended."""
    return {f"{exercise.name}.{check.name}": check.outcome for exercise in grade.exercises for check in exercise.checks}


def test_same_answer_as_files_and_as_notebook(
    assignment: Assignment, grade_all: Callable[..., dict[str, Grade]], tmp_path: Path
) -> None:
    """The model answer and the skeleton get the same, check by check, whichever way they are handed in."""
    answer = reference_files(assignment)
    skeleton = {
        name: (assignment.folder / name).read_text(encoding="utf-8")
        for name in answer
        if name in {e.file for e in assignment.exercises}
    }
    submissions = []
    for student, files in (("solved", answer), ("untouched", skeleton)):
        folder = tmp_path / f"{student}-files"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        path = as_submission(answered(assignment, files), tmp_path, f"{student}-notebook")
        submissions += [load_submission(folder), load_submission(path)]
    grades = grade_all(submissions, assignment)
    for student in ("solved", "untouched"):
        assert outcomes(grades[f"{student}-files"]) == outcomes(grades[f"{student}-notebook"])
        assert grades[f"{student}-notebook"].flags == ()
    assert grades["solved-notebook"].score == grades["solved-notebook"].points
    assert grades["untouched-notebook"].score == 0


RELU = """class ReLU:
    def forward(self, x):
        self.x = x
        return x.clamp(min=0)
    def __call__(self, x):
        return self.forward(x)
    def backward(self, dz):
        return dz * (self.x >= 0)"""
HARMLESS = {
    "magics": ["%matplotlib inline\n%load_ext autoreload", "!pip install torch\n%%time"],
    "training at top level": [
        "while True:\n    pass",
        "losses = [accuracy(Net(), None) for _ in range(10**9)]\nprint(losses)",
    ],
    "plots": [
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "fig, ax = plt.subplots()\nax.plot([1])",
    ],
    "files": ["open('/etc/passwd').read()", "import os\nos.system('ls')\nexit()", "raise SystemExit"],
    "a broken cell": ["def oops(:\n    pass"],
}


def handed_in(*cells: str, kinds: str = "") -> dict[str, Any]:
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell} for cell in cells
    ]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made}


@pytest.fixture(scope="module")
def students(grade_all: Callable[..., dict[str, Grade]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Grade]:
    """Grades of notebooks in many states, all with the same ReLU."""
    folder = tmp_path_factory.mktemp("inbox")
    torch_line = "import torch"
    parts = RELU.split("    def backward")
    split = [
        parts[0],
        f"def backward(self, dz):\n{parts[1].split(chr(10), 1)[1].replace('        ', '    ')}\nReLU.backward = backward",
    ]
    notebooks = {
        "plain": handed_in(torch_line, RELU),
        "split": handed_in(torch_line, *split),
        "merged": handed_in(f"{torch_line}\n{RELU}\nprint('done')\ny = ReLU()(torch.ones(3))"),
        "reordered": handed_in(RELU, torch_line),
        "twice": handed_in(torch_line, RELU.replace(">= 0", "< 0"), RELU),
        "stub after": handed_in(torch_line, RELU, "class ReLU:\n    def forward(self, x):\n        raise NotImplementedError"),
        "among others": handed_in("", torch_line, *[cell for cells in HARMLESS.values() for cell in cells], RELU, ""),
        "constants": handed_in(torch_line, "ZERO = 0.0\nsizes = {'a': (1, 2)}", RELU.replace(">= 0", ">= ZERO")),
        "uses a result": handed_in(torch_line, "def make():\n    return 0\nlimit = make()", RELU.replace(">= 0", ">= limit")),
        "syntax error": handed_in(torch_line, RELU.replace("(min=0)", "(min=0")),
        "nothing": handed_in(),
    }  # fmt: skip
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}}
    cells = [
        {"cell_type": "code", "input": cell, "language": "python", "outputs": [], "metadata": {}}
        for cell in (torch_line, RELU)
    ]
    notebooks["format 3"] = {**old, "worksheets": [{"cells": cells, "metadata": {}}]}
    notebooks["in R"] = {
        **handed_in(RELU),
        "metadata": {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
    }
    entries = [as_submission(notebook, folder, name) for name, notebook in notebooks.items()]
    (folder / "broken.ipynb").write_text("{", encoding="utf-8")
    return grade_all(load_submission(entry) for entry in [*entries, folder / "broken.ipynb"])


def relu_of(grade: Grade) -> dict[str, tuple[Outcome, str | None]]:
    (exercise,) = [exercise for exercise in grade.exercises if exercise.name == "relu"]
    return {check.name: (check.outcome, check.mistake) for check in exercise.checks if check.visibility == "public"}


@pytest.mark.parametrize(
    "name", ["split", "merged", "reordered", "twice", "stub after", "among others", "constants", "format 3"]
)
def test_state_of_a_notebook_does_not_matter(students: dict[str, Grade], name: str) -> None:
    """Split, merged, reordered, among training runs and broken cells: the same verdicts and the same named mistake."""
    plain = relu_of(students["plain"])
    assert ("relu-bwd-one-at-zero") in {mistake for _, mistake in plain.values()}
    assert relu_of(students[name]) == plain
    assert students[name].status is Status.GRADED


def test_what_is_said_of_a_notebook(students: dict[str, Grade]) -> None:
    """Two definitions are told; a notebook of which all is in order has no flag."""
    flags = {name: [(flag.where, flag.detail) for flag in grade.flags] for name, grade in students.items()}
    assert flags["plain"] == flags["split"] == flags["merged"] == flags["stub after"] == []
    assert flags["twice"] == [("twice.ipynb, cell 3", "defines ReLU, as cell 2 does; the last one counts")]


def test_places_are_cells(students: dict[str, Grade]) -> None:
    """A failed check points to the cell and the line in it."""
    (exercise,) = [exercise for exercise in students["plain"].exercises if exercise.name == "relu"]
    places = {str(check.evidence.location) for check in exercise.checks if check.evidence and check.evidence.location}
    assert places == {"plain.ipynb, cell 2, line 7, in ReLU.backward"}


def evidence_of(grade: Grade) -> tuple[Outcome, str, str | None]:
    (exercise,) = [exercise for exercise in grade.exercises if exercise.name == "relu"]
    check = next(check for check in exercise.checks if check.outcome is not Outcome.PASSED)
    return check.outcome, check.evidence.summary if check.evidence else "", check.hint


def test_name_of_a_cell_that_is_not_run(students: dict[str, Grade]) -> None:
    """A function that uses a result of a cell which is not run is told where that is made."""
    outcome, summary, _ = evidence_of(students["uses a result"])
    assert outcome is Outcome.RAISED
    assert summary.startswith(
        "NameError: name 'limit' is not defined. It is made in cell 2, by code outside functions."
    )


def test_broken_cell(students: dict[str, Grade]) -> None:
    """A syntax error is told with the cell and the line, and costs what stands in that cell."""
    outcome, summary, hint = evidence_of(students["syntax error"])
    assert outcome is Outcome.BLOCKED
    assert (
        summary == "syntax error.ipynb, cell 2, can't be read as Python, so ReLU was not found: '(' was never closed."
    )
    assert hint is not None
    assert hint.startswith("Python stops reading a cell at a syntax error")


def test_nothing_that_can_be_graded(students: dict[str, Grade]) -> None:
    """A broken notebook and one in another language are not gradable, with the reason; an empty one defines nothing."""
    assert {name: students[name].status for name in ("broken", "in R", "nothing")} == {
        "broken": Status.NOT_GRADABLE,
        "in R": Status.NOT_GRADABLE,
        "nothing": Status.GRADED,
    }
    assert ("in R.ipynb", "is a notebook in R, not in Python; choose the kernel Python 3 and save it again") in [
        (flag.where, flag.detail) for flag in students["in R"].flags
    ]
    assert evidence_of(students["nothing"])[1] == "ReLU is not defined in nothing.ipynb."


# -- given back ----------------------------------------------------------------------------------------------------------


def tags_of(cell: Any) -> list[str]:
    tags: list[str] = cell.metadata.get("tags", [])
    return tags


def test_feedback_stands_below_each_exercise(
    classifier: Assignment, students: dict[str, Grade], grade_all: Callable[..., dict[str, Grade]], tmp_path: Path
) -> None:
    """Each exercise's feedback is a cell below its own; given back again it is replaced, and it costs no points."""
    notebook = answered(classifier, reference_files(classifier))
    cell = next(cell for cell in notebook["cells"] if "exercise:relu" in cell["metadata"].get("tags", ()))
    cell["source"] = RELU
    path = as_submission(notebook, tmp_path, "ada")
    (grade,) = grade_all([load_submission(path)]).values()
    text = feedback_notebook(path.read_bytes(), grade, classifier)
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    assert made.cells[0].source.startswith(f"**Feedback:** {number(grade.score)} of {number(grade.points)} points.")
    place = next(place for place, cell in enumerate(made.cells) if "exercise:relu" in tags_of(cell))
    assert tags_of(made.cells[place + 1]) == [FEEDBACK_TAG]
    assert made.cells[place + 1].source.startswith("## ReLU: ")
    assert "the gradient at exactly 0 is let through" in made.cells[place + 1].source
    assert sum(FEEDBACK_TAG in tags_of(cell) for cell in made.cells) == len(classifier.exercises) + 1
    again = nbformat.reads(feedback_notebook(text.encode(), grade, classifier), as_version=4)
    assert [cell.source for cell in again.cells] == [cell.source for cell in made.cells]
    returned = as_submission(json.loads(text), tmp_path / "again", "ada")
    assert (
        load_submission(returned).sources["ada.ipynb"].definitions.keys()
        == load_submission(path).sources["ada.ipynb"].definitions.keys()
    )


@pytest.mark.parametrize("name", ["plain", "nothing", "format 3"])
def test_feedback_into_any_notebook(classifier: Assignment, students: dict[str, Grade], name: str) -> None:
    """Without tags the feedback stands below the definition, and at the end what has none; nothing gets lost."""
    cells = {"plain": ["import torch", RELU], "nothing": [], "format 3": ["import torch", RELU]}[name]
    raw = json.dumps(handed_in(*cells)).encode()
    made = nbformat.reads(feedback_notebook(raw, students[name], classifier), as_version=4)
    nbformat.validate(made)
    assert [cell.source for cell in made.cells if cell.cell_type == "code"] == cells
    assert sum(cell.source.startswith("## ") for cell in made.cells) == len(classifier.exercises)
    if cells:
        assert made.cells[3].source.startswith("## ReLU: ")


def test_feedback_below_a_cell_with_magics(
    classifier: Assignment, students: dict[str, Grade], recwarn: pytest.WarningsRecorder
) -> None:
    """A cell that begins with a magic defines what it defines; what nbformat thinks of cells without ids is not told."""
    raw = json.dumps(handed_in("import torch", f"%%time\n{RELU}", "x = 1") | {"nbformat_minor": 5}).encode()
    made = nbformat.reads(feedback_notebook(raw, students["plain"], classifier), as_version=4)
    assert made.cells[3].source.startswith("## ReLU: ")
    assert not recwarn


def test_feedback_needs_a_notebook(classifier: Assignment, students: dict[str, Grade]) -> None:
    """What is no notebook is refused with the reason."""
    with pytest.raises(UsageError, match="no notebook that can be read"):
        feedback_notebook(b"{", students["plain"], classifier)


def test_command_gives_them_back(mini: MiniCourse, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`grader feedback-notebook` writes one beside the other pages, and says who has to be graded again."""
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    total = "def total(x):\n    return x.sum()"
    as_submission(handed_in(total), inbox, "ada")
    as_submission(handed_in(total), inbox, "bo")
    (inbox / "cy.py").write_text(total, encoding="utf-8")
    command = ["feedback-notebook", str(inbox), "-o", str(out), "--course", str(mini.root)]
    assert cli.main(command) == 2
    assert "Grade an inbox first" in capsys.readouterr().err
    assert cli.main(["grade", str(inbox), "-a", "mini", "-o", str(out), "--course", str(mini.root), "--jobs", "1"]) == 0
    as_submission(handed_in(total, "LATER = 1"), inbox, "bo")
    as_submission(handed_in(total), inbox, "dee")
    capsys.readouterr()
    assert cli.main(command) == 3
    assert capsys.readouterr().out.splitlines() == [
        "  bo: was changed since it was graded. Grade it again first.",
        "  dee: has no grade there. Grade it first, or give the same --roster as then.",
        f"1 written: {out}/students/<student>/feedback.ipynb",
    ]
    made = nbformat.reads((out / "students/ada/feedback.ipynb").read_text(encoding="utf-8"), as_version=4)
    assert made.cells[2].source.startswith("## total: ")
