"""A stranger teaches with it: from an empty folder and the installed wheel to grades in the university's own file.

The wheel is the one that tox has built, or one that is built of this checkout, which is then out of the way: what runs is
what `pip install` brings.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GRADEBOOK = (
    "Student,ID,SIS Login ID,Section,Tanh (31)\n"
    "    Points Possible,,,,3\n"
    '"Lovelace, Ada",11,ada,A,\n'
    '"Babbage, Charles",12,charles,A,\n'
    '"Byron, George",13,george,A,\n'
)
MISTAKEN = "1 - self.y**2"  # the slope without dy


class Installed:
    """The commands of an installed wheel, run in a folder."""

    def __init__(self, site: Path, folder: Path) -> None:
        self.site = site
        self.folder = folder

    def run(self, *command: str, place: Path | None = None, status: int = 0) -> str:
        """What a command said; it must end with this status."""
        program = [sys.executable, "-P", *command]
        ours = ("PYTEST_", "PYTHONPATH")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment |= {"PYTHONPATH": str(self.site), "COLUMNS": "100", "NO_COLOR": "1"}
        done = subprocess.run(
            program, cwd=place or self.folder, env=environment, capture_output=True, encoding="utf-8", timeout=300
        )
        assert done.returncode == status, (command, done.stdout, done.stderr)
        return done.stdout

    def grader(self, *arguments: str, place: Path | None = None, status: int = 0) -> str:
        """What the command `grader` said."""
        return self.run(
            "-c", "import sys; from grader.cli import main; sys.exit(main())", *arguments, place=place, status=status
        )


def wheel_of_this_checkout(folder: Path, pip: list[str]) -> str:
    """Its path, built by pip."""
    built = subprocess.run([*pip, "wheel", "--no-deps", "-w", str(folder), str(ROOT)], capture_output=True, text=True)
    if built.returncode != 0 and "hatchling" in built.stderr and not os.environ.get("CI"):
        pytest.skip("the wheel is built by hatchling, which can't be fetched here")
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("*.whl")
    return str(wheel)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, installed by pip into a folder of its own, compiled files and all."""
    folder = tmp_path_factory.mktemp("newcomer")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    site = folder / "site"
    wheel = os.environ.get("TOX_PACKAGE") or wheel_of_this_checkout(folder, pip)
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), wheel], check=True, capture_output=True)
    home = folder / "my work"
    home.mkdir()
    return Installed(site, home)


def test_wheel_is_what_runs(installed: Installed) -> None:
    """Nothing of the checkout is in use, and all that is needed is in the wheel."""
    assert Path(installed.run("-c", "import grader; print(grader.__file__)").strip()).is_relative_to(installed.site)
    assert (installed.site / "backgrade_course" / "reference" / "classifier" / "linear.py").is_file()
    assert list(installed.site.rglob("backgrade_course/examples/inbox/__pycache__"))  # pip's; nobody's submission
    assert "21 graded" in installed.grader("demo", "-o", "demo", "--jobs", "2")


@pytest.fixture(scope="module")
def course(installed: Installed) -> Path:
    """A course of one's own with an assignment that comes along and a new one."""
    said = installed.grader("init", "my-course", "derivations")
    assert "my-course: a course with derivations" in said
    folder = installed.folder / "my-course"
    installed.grader("new", "tanh", place=folder)
    assert "Nothing to be mended." in installed.grader("validate", "tanh", place=folder)
    return folder


@pytest.fixture(scope="module")
def bundle(installed: Installed, course: Path) -> Path:
    """What students get: without an answer, and without the course that comes along."""
    installed.grader("release", "-o", str(installed.folder / "bundle"), "--zip", place=course)
    [wheel] = (installed.folder / "bundle").glob("wheels/*.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "backgrade_course" in name]
    assert not list((installed.folder / "bundle").rglob("reference"))
    return installed.folder / "bundle.zip"


@pytest.fixture(scope="module")
def handed_in(installed: Installed, course: Path, bundle: Path) -> Path:
    """A download from Canvas: one right, one with a mistake, one who has not begun."""
    answer = (course / "reference/tanh/tanh.py").read_text("utf-8")
    skeleton = zipfile.ZipFile(bundle).read(
        next(n for n in zipfile.ZipFile(bundle).namelist() if n.endswith("/tanh.py"))
    )
    download = installed.folder / "submissions.zip"
    with zipfile.ZipFile(download, "w") as archive:
        archive.writestr("lovelaceada_11_901_tanh.py", answer)
        archive.writestr("babbagecharles_12_902_tanh.py", answer.replace(f"dy * ({MISTAKEN})", MISTAKEN))
        archive.writestr("byrongeorge_13_903_tanh.py", skeleton)
    return download


def test_student_checks_their_own(installed: Installed, course: Path, bundle: Path) -> None:
    """A student unpacks the zip, writes the answer, and is told by pytest that it is right."""
    place = installed.folder / "student"
    zipfile.ZipFile(bundle).extractall(place)
    [folder] = place.iterdir()
    said = installed.run("-m", "pytest", "assignments/tanh", "-q", place=folder, status=1)
    assert "not attempted" in said
    shutil.copy(course / "reference/tanh/tanh.py", folder / "assignments/tanh/tanh.py")
    assert "3 of 3" in installed.run("-m", "pytest", "assignments/tanh", "-q", place=folder)


@pytest.fixture(scope="module")
def results(installed: Installed, course: Path, handed_in: Path) -> Path:
    """The class, graded."""
    said = installed.grader("grade", str(handed_in), "-a", "tanh", "-o", "results", "--course", str(course))
    assert "3 graded" in said
    return installed.folder / "results"


def test_grades(results: Path) -> None:
    """Each has the score that is due, and a page."""
    with (results / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        scores = {row["student"]: row["score"] for row in csv.DictReader(file)}
    assert scores == {"babbagecharles_12": "1", "byrongeorge_13": "0", "lovelaceada_11": "3"}
    for student in scores:
        assert (results / "students" / student / "feedback.html").is_file()


def test_feedback(installed: Installed, results: Path) -> None:
    """The one with a mistake is asked the question that leads to it."""
    said = installed.grader("show", "results", "--student", "babbagecharles_12")
    assert "Should it be, when the loss changes twice as fast" in " ".join(said.split())
    assert "without dy" in (results / "students" / "babbagecharles_12" / "feedback.md").read_text("utf-8")


def test_grades_go_back(installed: Installed, results: Path, handed_in: Path) -> None:
    """The scores stand in the university's own gradebook, and the feedback in a zip that Canvas takes."""
    book = installed.folder / "gradebook.csv"
    book.write_text(GRADEBOOK, encoding="utf-8")
    installed.grader("export", "results", "--format", "canvas-gradebook", "--gradebook", str(book), "-o", "upload.csv")
    with (installed.folder / "upload.csv").open(encoding="utf-8-sig", newline="") as file:
        scores = {row["Student"]: row["Tanh (31)"] for row in csv.DictReader(file)}
    assert scores["Lovelace, Ada"] == "3"
    assert scores["Babbage, Charles"] == "1"
    assert scores["Byron, George"] == "0"
