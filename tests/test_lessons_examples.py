"""What students and authors are handed, followed as it is printed: every lesson, and the pages that the commands write."""

from __future__ import annotations

import inspect
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from desk import ROOT, Desk, faults_of_words, follow, options_there_are, why_not_parsed
from documented import blocks_of, tensors_of

from grader.course.assignments import assignment_names

NAMES = assignment_names(ROOT)
EPOCHS = {"cnn": ("epochs=10", "epochs=1")}  # ten take a minute


@pytest.fixture(scope="module")
def options(pytestconfig: pytest.Config) -> set[str]:
    """Every option that there is."""
    return options_there_are(pytestconfig)


def copy_of(part: str, name: str, folder: Path) -> None:
    """An assignment, or what instructors have of it."""
    shutil.copytree(ROOT / part / name, folder / part / name, ignore=shutil.ignore_patterns("__pycache__"))


def hand_in(folder: Path, name: str) -> None:
    """The student has written everything."""
    for path in (ROOT / "reference" / name).glob("*.py"):
        if not path.name.startswith("test_"):
            shutil.copy(path, folder / "assignments" / name)


@pytest.mark.parametrize("name", NAMES)
def test_lesson(name: str, tmp_path: Path) -> None:
    """At first its commands find nothing attempted; where all is written, its programs run."""
    copy_of("assignments", name, tmp_path / "desk")
    desk = Desk(tmp_path / "desk")
    desk.program = f"assignments/{name}/play.py"
    page = (ROOT / "assignments" / name / "README.md").read_text(encoding="utf-8").replace(*EPOCHS.get(name, ("", "")))
    commands = [line for block in blocks_of(page) if block.language == "sh" for line in block.text.split("\n")]
    assert [line for line in commands if line.startswith(f"pytest assignments/{name}")]
    *_, last = blocks_of(page)

    def is_done(_: Desk) -> None:
        hand_in(desk.folder, name)

    scenes = {last.heading: is_done} if last.language == "python" else {}
    assert follow(page, desk, status=dict.fromkeys(commands, 1), scenes=scenes) == []


# -- numbers that are worked out in lessons --------------------------------------------------------------------------------


T = torch.Tensor
P = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]])  # of the first section of `derivations`
Y = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]])


def linear(x: T, W: T, dz: T, b: T | int = 0) -> dict[str, T]:
    """A linear layer and its gradients."""
    return {"z": x @ W.T + b, "dx": dz @ W, "dW": dz.T @ x, "db": dz.sum(0)}


def relu(x: T, dz: T) -> dict[str, T]:
    """ReLU and its gradient."""
    return {"a": x.clamp(min=0), "dx": dz * (x > 0)}


def convolution(t: T, W: T) -> dict[str, T]:
    """A filter with a bias of 1, ReLU and pooling."""
    z = torch.nn.functional.conv2d(t[None, None], W[None, None])[0, 0] + 1
    return {"z": z, "relu": z.clamp(min=0), "pooled": torch.nn.functional.max_pool2d(z.clamp(min=0)[None], 2)[0]}


def log_likelihood() -> dict[str, T]:
    """The gradient of the log likelihood with respect to p."""
    return {"gradient": Y / P}


def softmax() -> dict[str, T]:
    """The Jacobian of softmax at (2, 1, 0)."""
    p = torch.tensor([2.0, 1.0, 0.0]).softmax(0)
    return {"J": p.diag() - p[:, None] * p}


# Names of what is given and what is worked out -> how.
WORKED: dict[frozenset[str], Callable[..., dict[str, T]]] = {
    frozenset({"x", "W", "b", "dz", "z", "dx", "dW", "db"}): linear,
    frozenset({"x", "W", "dz", "z", "dx", "dW", "db"}): linear,
    frozenset({"x", "dz", "a", "dx"}): relu,
    frozenset({"t", "W", "z", "relu", "pooled"}): convolution,
    frozenset({"gradient"}): log_likelihood,
    frozenset({"J"}): softmax,
}
DRAWINGS = [
    (name, block.text)
    for name in NAMES
    for block in blocks_of((ROOT / "assignments" / name / "README.md").read_text(encoding="utf-8"))
    if block.language == "text"
]


def faults_of_numbers(text: str) -> list[str]:
    """What of a drawing is not what comes out."""
    shown = {name: torch.tensor(numbers, dtype=torch.float32) for name, numbers in tensors_of(text).items()}
    work = WORKED[frozenset(shown)]
    results = work(**{name: shown[name] for name in inspect.signature(work).parameters if name in shown})
    return [name for name, result in results.items() if not torch.allclose(result, shown[name], rtol=0, atol=5e-5)]


@pytest.mark.parametrize(
    ("name", "text"), DRAWINGS, ids=[f"{name}-{place}" for place, (name, _) in enumerate(DRAWINGS)]
)
def test_worked_numbers(name: str, text: str) -> None:
    """What a lesson works out by hand is what comes out; a drawing that holds no such numbers fails."""
    assert faults_of_numbers(text) == []


def test_wrong_number_is_found() -> None:
    """One wrong digit of a drawing is told by the tensor's name."""
    text = next(text for name, text in DRAWINGS if "dW" in text)
    assert faults_of_numbers(text.replace("[ 1,  5, -3,  9]", "[ 1,  5, -3,  8]")) == ["dW"]


# -- what commands write for people ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A course that `grader init` has begun, a class that has handed in, and its gradebook."""
    desk = Desk(tmp_path_factory.mktemp("begun") / "desk")
    desk.folder.mkdir()
    said = desk.run("grader init my-course && cd my-course")
    assert said.status == 0, said.err
    told = re.findall(r"^ +(grader .*?)(?:  .*)?$", said.out, re.MULTILINE)
    assert told
    assert [words for words in told if why_not_parsed(words.split()[1:])] == []
    (desk.place / "INBOX").mkdir()
    desk.write("INBOX/ada.py", TANH)
    desk.write("gradebook.csv", GRADEBOOK)
    return desk


TANH = """
import torch


class Tanh:
    def forward(self, x):
        self.y = torch.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y**2)
"""
GRADEBOOK = "Student,ID,SIS Login ID,Section,My exercise (31)\n    Points Possible,,,,3\nAda,11,ada,A,\n"


def test_page_of_a_new_course(begun: Desk) -> None:
    """Its README leads from a new assignment to the file for Canvas; NAME is the assignment that it begins."""
    page = (begun.place / "README.md").read_text(encoding="utf-8")
    assert follow(page.replace("-a NAME", "-a my-exercise"), begun) == []
    assert "Ada,11,ada,A,3\n" in (begun.place / "OUT/export/canvas-gradebook.csv").read_text(encoding="utf-8")


def test_lesson_of_a_new_assignment(begun: Desk) -> None:
    """The lesson that `grader new` begins has no block that nobody looks into."""
    page = (begun.place / "assignments/my-exercise/README.md").read_text(encoding="utf-8")
    assert blocks_of(page)
    assert follow(page, begun) == []


def test_page_of_a_release(begun: Desk, options: set[str]) -> None:
    """The README that students get leads from nothing to the file that they hand in; nothing is attempted yet."""
    begun.place /= "bundle"
    page = (begun.place / "README.md").read_text(encoding="utf-8")
    status = dict.fromkeys(("pytest assignments/", "pytest assignments/my-exercise -k my_exercise"), 1)
    assert follow(page, begun, status=status) == []
    assert zipfile.ZipFile(begun.place / "my-exercise.zip").testzip() is None
    assert faults_of_words(page, options) == []
