"""What students get: nothing secret in any file of it, and the same verdicts and hints as in the full course."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import grader
from grader import cli
from grader.checks import bench
from grader.checks.mistakes import Recording
from grader.course.assignments import Assignment, assignment_names, find_assignment
from grader.course.catalogue import Catalogue, reference_files
from grader.errors import CourseError
from grader.isolation.isolated import Isolated
from grader.release import bundle
from grader.release.cut import Release, cut_release
from grader.release.packing import wheel
from grader.submissions.loading import load_submission
from grader.submissions.source import lines_of_code, squeezed

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

ROOT = Path(__file__).parent.parent
PACKAGE = Path(grader.__file__).parent
NAMES = assignment_names(ROOT)
WRONG = max(2, 10 // len(NAMES))  # submissions of each assignment
SHORTEST = 20
Files = dict[str, str]


def _verdicts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verdicts", Path(__file__).parent / "verdicts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verdicts = _verdicts()


@pytest.fixture(scope="module")
def assignments() -> list[Assignment]:
    """All of this repository."""
    return [find_assignment(ROOT, name) for name in NAMES]


@pytest.fixture(scope="module")
def sharing(zygote: Isolated) -> Iterator[None]:
    """Trials fork their workers from the zygote of these tests."""
    from grader.authoring import trials

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trials, "_launcher", lambda: zygote)
        yield


@pytest.fixture(scope="module")
def release(assignments: list[Assignment], sharing: None) -> Release:
    """What students get of this repository."""
    return cut_release(assignments)


@dataclass(frozen=True)
class Bundle:
    """A release in a folder, and a Python that has the grader of its wheel, and of the course nothing."""

    folder: Path
    python: Path

    def run(self, *words: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run that Python in the folder."""
        ours = ("PYTEST_", "PYTHON", "COV_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more
        command = [str(self.python), *words]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="module")
def student(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A student's computer: the release, and its requirements installed, of which all but the grader are here already."""
    folder = tmp_path_factory.mktemp("student") / "bundle"
    bundle.write_folder(release.files, folder)
    place = folder.parent / "venv"
    venv.create(place, symlinks=True)
    site = next(place.glob("lib/python*/site-packages"))
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = place / "bin" / "python"
    install = ["-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run(
        [sys.executable, *install, "-r", "requirements.txt"], cwd=folder, check=True, capture_output=True, timeout=120
    )
    return Bundle(folder, python)


def test_exercises_are_watched_in_the_bundle(student: Bundle, assignments: list[Assignment]) -> None:
    """`grader watch` checks everything there too, until it is interrupted."""
    command = [str(student.python.with_name("grader")), "watch", f"assignments/{assignments[0].name}"]
    ours = ("PYTEST_", "PYTHON", "COV_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    with subprocess.Popen(command, cwd=student.folder, env=environment, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        shown = []
        for line in watching.stdout:
            shown.append(line)
            if line.startswith("Waiting for the next save."):
                watching.send_signal(signal.SIGINT)
    assert watching.returncode == 130
    assert f"0 of {len(assignments[0].exercises)} done, " in "".join(shown)


# -- nothing secret --------------------------------------------------------------------------------------------------------


def comparable(text: str) -> str:
    return squeezed(text).replace('"', "'")


def lines(text: str) -> set[str]:
    """The assignments and returns of a source that are long enough to be somebody's."""
    return {comparable(line) for line in lines_of_code(text, whole=True, shortest=SHORTEST)}


def is_in(line: str, text: str) -> bool:
    """Whether the line is in the text as a whole: `W=x` is not in `self.W=x`, nor in `W=x[0]`."""
    return line in text and re.search(rf"(?<![\w.]){re.escape(line)}(?![.(\[])", text) is not None


def lines_in(paths: list[Path]) -> set[str]:
    return {line for path in paths for line in lines(path.read_text(encoding="utf-8"))}


def functions_in(paths: list[Path]) -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def contents(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file, those in archives too, but the engine's own."""
    for name, content in files.items():
        yield name, content
        if name.endswith(".whl"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inside = {entry: archive.read(entry) for entry in archive.namelist() if not entry.startswith("grader/")}
            yield from contents(inside)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_secret(name: str, release: Release) -> None:
    """No file holds a line of a model answer, of a hidden check or of a known mistake that students have not got anyway:
    in the skeletons, in the public rubric, in the parts that are provided.
    """
    assignment = find_assignment(ROOT, name)
    given = list((ROOT / "assignments").glob("*/*.py"))
    public = lines_in(given)
    solutions = {line for text in reference_files(assignment).values() for line in lines(text)}
    mistakes = {line for form in Catalogue(assignment).forms for line in lines(form.source)}
    hidden = lines_in(assignment.hidden_rubric)
    names = functions_in(assignment.hidden_rubric) - functions_in(given)
    secrets = (solutions | mistakes | hidden) - public | {f"def{function}(" for function in names}
    assert len(solutions - public) > 5
    texts = {path: comparable(content.decode("utf-8", "replace")) for path, content in contents(dict(release.files))}
    found = [(path, secret) for path, text in texts.items() for secret in secrets if is_in(secret, text)]
    assert found == []
    assert not any(assignment.salt in text for text in texts.values() if assignment.salt)


def test_only_what_students_are_to_have(release: Release, assignments: list[Assignment]) -> None:
    """The files of the assignments are copies of known kinds of files; nothing comes from elsewhere in the course."""
    folders = {f"assignments/{assignment.name}" for assignment in assignments}
    others = {name for name in release.files if str(Path(name).parent) not in folders}
    (wheel_name,) = (name for name in others if name.startswith("wheels/"))
    assert others - {wheel_name} == {
        "README.md", "LICENSE", "requirements.txt", "pytest.ini", "release.json", ".gitignore",
        ".github/workflows/grade.yml", ".github/workflows/comment.yml",
    }  # fmt: skip
    for assignment in assignments:
        known = {exercise.file for exercise in assignment.exercises} | {path.name for path in assignment.public_rubric}
        known |= {"assignment.toml", "README.md", "parts.py", "mistakes.jsonl", "calibration.json"}
        known |= {f"{assignment.name}.ipynb"}
        mine = {name for name in release.files if name.startswith(f"assignments/{assignment.name}/")}
        assert {Path(name).name for name in mine} <= known
        for name in mine:
            assert release.files[name] == (ROOT / name).read_bytes()
    assert release.left_out == ()


def test_wheel_is_the_engine(release: Release, tmp_path: Path) -> None:
    """Of the package it has the files of this checkout and no others; the rest is what pip needs, in any order the same."""
    name, content = wheel()
    assert release.files[f"wheels/{name}"] == content
    (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / name) as archive:
        assert archive.testzip() is None
        inside = archive.namelist()
        assert inside == sorted(inside)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for entry in inside:
            if entry.startswith("grader/"):
                assert archive.read(entry) == (PACKAGE.parent / entry).read_bytes()
        rest = {entry.partition("/")[2] for entry in inside if not entry.startswith("grader/")}
        record = archive.read(next(entry for entry in inside if entry.endswith("RECORD"))).decode()
        metadata = archive.read(next(entry for entry in inside if entry.endswith("METADATA"))).decode()
    engine = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*") if path.is_file()}
    assert {entry for entry in inside if entry.startswith("grader/")} == {n for n in engine if "__pycache__" not in n}
    assert {"METADATA", "WHEEL", "RECORD", "entry_points.txt"} <= rest
    assert [line.split(",")[0] for line in record.splitlines()[:-1]] == [n for n in inside if not n.endswith("RECORD")]
    assert f"Version: {name.split('-')[1]}\n" in metadata
    assert "extra" not in metadata
    assert metadata.endswith("\n")
    assert "\n\n" not in metadata  # no page


def test_installed_wheel_packs_itself(student: Bundle) -> None:
    """Packed where the wheel is installed, the grader gives the wheel again, byte for byte."""
    code = "import hashlib; from grader.release.packing import wheel; name, content = wheel(); "
    code += "print(name, hashlib.sha256(content).hexdigest())"
    name, content = wheel()
    assert student.run("-c", code).stdout.split() == [name, hashlib.sha256(content).hexdigest()]


# -- the same for students -------------------------------------------------------------------------------------------------


def wrong_submissions(assignment: Assignment) -> dict[str, Files]:
    """A handful of wrong ones: by other hands where there are any, else with a known mistake in each."""
    found: dict[str, Files] = {}
    corpus = sorted((ROOT / "tests" / "corpus" / assignment.name / "wrong").glob("*.py"))
    sample = tomllib.loads((ROOT / "examples" / "class.toml").read_text(encoding="utf-8"))
    if sample["assignment"] == assignment.name:
        golden = json.loads((ROOT / "tests" / "corpus" / "examples.json").read_text(encoding="utf-8"))
        inbox = {path.name.split(".")[0]: path for path in (ROOT / "examples" / "inbox").iterdir()}
        corpus = [*corpus[:: len(corpus) // 6 + 1], *(inbox[name] for name in golden if golden[name]["mistakes"])]
    found |= {path.stem: dict(load_submission(path).files) for path in corpus[:WRONG]}
    catalogue = Catalogue(assignment)
    first = {form.mistake.exercise: form for form in reversed(catalogue.forms)}
    for form in first.values():
        if len(found) < WRONG:
            found[form.name] = dict(catalogue.submission(form).files)
    return found


@pytest.fixture(scope="module")
def submissions(assignments: list[Assignment]) -> dict[str, dict[str, Files]]:
    """Assignment -> student -> files: the skeleton, the model answer, wrong ones."""
    return {
        assignment.name: {
            "skeleton": {
                name: (assignment.folder / name).read_text(encoding="utf-8")
                for name in sorted({exercise.file for exercise in assignment.exercises})
            },
            "reference": reference_files(assignment),
            **wrong_submissions(assignment),
        }
        for assignment in assignments
    }


@pytest.fixture(scope="module")
def expected(
    assignments: list[Assignment], submissions: dict[str, dict[str, Files]], zygote: Isolated
) -> dict[str, dict[str, Any]]:
    """What the full course says of them, in the inputs and with the recording of students' own runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "load_recording", lambda assignment: Recording.read(assignment.public_recording))
        return {
            assignment.name: verdicts.student_verdicts(assignment, submissions[assignment.name], zygote)
            for assignment in assignments
        }


def test_full_course_knows_them(expected: dict[str, dict[str, Any]]) -> None:
    """The model answers pass, the skeletons are not attempted, and in most of the others a mistake is named."""
    for found in expected.values():
        ended = {student: [verdict[0] for verdict in checks.values()] for student, checks in found.items()}
        named = {student: {verdict[1] for verdict in checks.values()} - {None} for student, checks in found.items()}
        assert set(ended.pop("reference")) <= {"passed", "skipped"}
        assert set(ended.pop("skeleton")) <= {"not_attempted", "blocked", "skipped"}
        assert all(set(outcomes) & {"failed", "raised"} for outcomes in ended.values())
        assert sum(bool(named[student]) for student in ended) > len(ended) / 2


def test_same_verdicts_and_hints(
    student: Bundle, submissions: dict[str, dict[str, Files]], expected: dict[str, dict[str, Any]]
) -> None:
    """With the grader of the wheel and the files of the release, everybody is told what the full course tells them."""
    asked = {
        name: {who: students[who] for who in students if who != "skeleton"} for name, students in submissions.items()
    }
    ended = student.run(str(Path(verdicts.__file__ or "")), ".", typed=json.dumps(asked))
    assert ended.returncode == 0, ended.stderr
    place, found = json.loads(ended.stdout)
    assert Path(place).is_relative_to(student.python.parent.parent)
    for name, students in asked.items():
        for who in students:
            assert found[name][who] == expected[name][who], (name, who)


def check_by_pytest(student: Bundle, tmp_path: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], Any]:
    """Run pytest in the release as students do; what it printed, and the verdicts."""
    shutil.copy(Path(verdicts.__file__ or ""), tmp_path / "verdicts.py")
    more = {"PYTHONPATH": str(tmp_path), "VERDICTS": str(tmp_path / "verdicts.json")}
    run = student.run("-m", "pytest", "-p", "verdicts", "-p", "no:cacheprovider", "--device", "cpu", *words, **more)
    place, found = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
    assert Path(place).is_relative_to(student.python.parent.parent)
    return run, found


def test_pytest_as_it_was_cut(student: Bundle, tmp_path: Path, expected: dict[str, dict[str, Any]]) -> None:
    """`pytest assignments` in a fresh copy checks all assignments in one run, and finds the skeletons."""
    run, found = check_by_pytest(student, tmp_path, "assignments")
    assert found == {name: students["skeleton"] for name, students in expected.items()}
    assert run.returncode == 1
    assert "Next: " in run.stdout


def test_pytest_of_a_wrong_submission(
    student: Bundle, tmp_path: Path, submissions: dict[str, dict[str, Files]], expected: dict[str, dict[str, Any]]
) -> None:
    """A student's own run says the same, and shows as many hints as are asked for."""
    for name in NAMES[:1]:
        who = next(who for who, checks in expected[name].items() if any(verdict[1] for verdict in checks.values()))
        for file, text in submissions[name][who].items():
            (tmp_path / "mine" / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "mine" / file).write_text(text, encoding="utf-8")
        words = [f"assignments/{name}", "--submission", str(tmp_path / "mine"), "--hints", "3"]
        run, found = check_by_pytest(student, tmp_path, *words)
        assert found == {name: expected[name][who]}
        assert "It looks like this:" in run.stdout
        assert "hint: In the lesson:" in run.stdout


def test_page_for_students(release: Release, assignments: list[Assignment]) -> None:
    """It names every exercise with its points and its place in the lesson, and the commands that there are."""
    page = release.files["README.md"].decode()
    for assignment in assignments:
        assert assignment.title in page
        for exercise in assignment.exercises:
            assert f"[{exercise.title}](assignments/{assignment.name}/README.md#" in page
            assert f"| `{exercise.name}` |" in page
    first = assignments[0]
    for command in ("pip install -r requirements.txt", "pytest assignments/", "--hints 2", "--hints 3"):
        assert command in page
    assert f"pytest assignments/{first.name} -k {first.exercises[0].name}\n" in page
    assert "\n\n\n" not in page


def test_versions_are_pinned(release: Release) -> None:
    """Every requirement is the version that is here, without local versions, which other systems have not."""
    required = release.files["requirements.txt"].decode().splitlines()
    assert required[1] == f"./{next(name for name in release.files if name.startswith('wheels/'))}"
    names = [line.split("==")[0] for line in required[2:]]
    assert {"torch", "numpy", "pytest", "pytest-timeout", "msgspec", "rich", "jinja2"} <= set(names)
    assert all(line.count("==") >= 1 and "+" not in line for line in required[2:])


# -- what is refused -------------------------------------------------------------------------------------------------------


def cut(course: MiniCourse) -> Release:
    course.forget_rubrics()
    return cut_release([course.assignment])


SECRET = "return 0.2 + 0.6 * torch.rand(())"


def test_small_course(proved: MiniCourse) -> None:
    """A course that is proved can be released, and comes out the same each time."""
    first, second = cut(proved), cut(proved)
    assert first == second
    assert {name for name in first.files if name.startswith("assignments/")} == {
        f"assignments/mini/{name}"
        for name in (
            "README.md", "assignment.toml", "calibration.json", "layer.py", "mini.ipynb", "mistakes.jsonl", "parts.py",
            "test_layer.py", "test_together.py", "test_total.py", "total.py",
        )
    }  # fmt: skip
    assert "| [Layer](assignments/mini/README.md#1-layer) | `layer.py` | `layer` | 3 | 3 |" in page_of(first)
    assert "| [total](assignments/mini/README.md#2-total) | `total.py` | `total` | 2 | 1 |" in page_of(first)
    assert "| all | | | 6 | 5 |" in page_of(first)


def page_of(release: Release) -> str:
    return release.files["README.md"].decode()


def test_unknown_files_stay_behind(proved: MiniCourse) -> None:
    """What nobody knows in an assignment's folder is left out, and told; a notebook of its name is known."""
    notebook = {"cells": [{"cell_type": "markdown", "source": ["# Mini"], "metadata": {}}], "nbformat": 4}
    proved.write(
        {
            "assignments/mini/notes.txt": "the solution is on page 3",
            "assignments/mini/solved/layer.py": SECRET,
            "assignments/mini/mini.ipynb": json.dumps(notebook),
        }
    )
    release = cut(proved)
    assert release.left_out == ("assignments/mini/notes.txt", "assignments/mini/solved/")
    assert "assignments/mini/mini.ipynb" in release.files
    assert not any("notes" in name or "solved" in name for name in release.files)
    assert "the notebook [mini.ipynb](assignments/mini/mini.ipynb)" in page_of(release)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "assignments/mini/total.py",
            "raise NotImplementedError",
            "return x.sum(dim=0)",
            "no skeleton: total passes the check columns",
        ),
        (
            "assignments/mini/layer.py",
            "    def start(self):\n",
            f"    def start(self):\n        if False:\n            {SECRET}\n",
            "Layer.start is no skeleton: it holds a line of the model answer",
        ),
        (
            "assignments/mini/layer.py",
            "class Layer:\n",
            f"class Layer:\n    # {SECRET}\n",
            "layer.py holds a line of the model answer",
        ),
        ("assignments/mini/README.md", "Three times x", f"`{SECRET}`", "README.md holds a line of the model answer"),
        ("assignments/mini/README.md", "Three", "def test_one_row(submission)", "holds a line of a hidden check"),
        (
            "assignments/mini/README.md",
            "Three",
            "return reference.total(x) / len(x)",
            "README.md holds a line of a known mistake",
        ),
    ],
)
def test_secret_is_refused(proved: MiniCourse, file: str, old: str, new: str, message: str) -> None:
    """A solution in a skeleton, whole or in part or in a comment, and secret code in a text: nothing is released."""
    proved.replace(file, old, new)
    with pytest.raises(CourseError, match=message):
        cut(proved)


def test_secret_in_a_notebook_is_refused(proved: MiniCourse) -> None:
    """A notebook is searched as what its cells say, not as the JSON that they are in."""
    code = ["def start(self):\n", f"    {SECRET}\n"]
    notebook = {"cells": [{"cell_type": "code", "source": code, "outputs": [], "metadata": {}}]}
    proved.write({"assignments/mini/mini.ipynb": json.dumps(notebook)})
    with pytest.raises(CourseError, match=r"mini\.ipynb holds a line of the model answer"):
        cut(proved)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("assignments/mini/test_total.py", "x.sum(0)", "x.sum(0) + 0", "belongs to an earlier rubric.*grader record"),
        ("reference/mini/mistakes/total.py", "the mean is taken", "a mean", "as the catalogue has them.*grader record"),
        ("reference/mini/mistakes/total.py", "(2, -1)", "(2, -1, 7)", "as the catalogue has them.*grader record"),
        ("reference/mini/layer.py", "dz * 3", "dz * 3.0", "calibration.json: is stale.*grader calibrate"),
    ],
)
def test_stale_is_refused(proved: MiniCourse, file: str, old: str, new: str, message: str) -> None:
    """What students' hints and thresholds rest on must be that of the course as it is."""
    proved.replace(file, old, new)
    with pytest.raises(CourseError, match=message):
        cut(proved)


@pytest.mark.parametrize("name", ["assignments/mini/mistakes.jsonl", "reference/mini/mistakes.jsonl"])
def test_missing_recording_is_refused(proved: MiniCourse, name: str) -> None:
    """Without a recording of known mistakes there would be no hints."""
    (proved.root / name).unlink()
    with pytest.raises(CourseError, match=r"is missing\. Make it anew: `grader record mini`"):
        cut(proved)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("total.py", "def total(x)\n", r"total\.py, line 1: expected ':'"),
        ("mini.ipynb", "{", r"mini\.ipynb: can't be read"),
        ("README.md", "\udcff", r"README\.md, line 1: is not UTF-8"),
    ],
)
def test_unreadable_file_is_refused(proved: MiniCourse, name: str, text: str, message: str) -> None:
    """A file that can't be searched is not handed out."""
    (proved.root / "assignments" / "mini" / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CourseError, match=message):
        cut(proved)


def test_missing_skeleton_is_refused(proved: MiniCourse) -> None:
    """Students need something to begin with."""
    (proved.root / "assignments/mini/total.py").unlink()
    with pytest.raises(CourseError, match=r"total\.py is missing"):
        cut(proved)


# -- the command -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(proved: MiniCourse, tmp_path: Path) -> Callable[..., int]:
    """`grader release -o tmp/bundle` of the small course."""

    def run(*words: str) -> int:
        proved.forget_rubrics()
        return cli.main(["release", "-o", str(tmp_path / "bundle"), "--course", str(proved.root), *words])

    return run


def listed(folder: Path) -> dict[str, bytes]:
    """The files of a folder, but Git's own."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: found[name] for name in sorted(found) if not name.startswith(".git/")}


def test_folder_and_zip(command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder and the zip hold the same, the zip in a folder of that name; released again, not a byte is different."""
    assert command("--zip", "mini") == 0
    folder, packed = tmp_path / "bundle", tmp_path / "bundle.zip"
    first, content = listed(folder), packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"bundle/{name}": text for name, text in first.items()
        }
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [f"{folder}: {len(first)} files for mini", f"{packed}: written"]
    assert command("--zip") == 0
    assert (listed(folder), packed.read_bytes()) == (first, content)


def test_released_again(
    proved: MiniCourse, command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second release replaces the first: what changed, what is gone, what somebody changed; other files stay."""
    assert command() == 0
    folder = tmp_path / "bundle"
    (folder / "README.md").write_text("mine", encoding="utf-8")
    (folder / "office-hours.md").write_text("Tuesdays", encoding="utf-8")
    (proved.root / "assignments/mini/calibration.json").rename(proved.root / "calibration.json")
    proved.replace("assignments/mini/test_together.py", "calibrated.is_enough", "bool")
    proved.replace("assignments/mini/test_together.py", '"share", share', "share")
    proved.replace("assignments/mini/test_together.py", "submission, calibrated", "submission")
    assert cli.main(["record", "--course", str(proved.root), "--jobs", "1000"]) == 0
    capsys.readouterr()
    assert command() == 0
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "replaced: README.md had been changed by hand",
        "removed: assignments/mini/calibration.json is not part of it any more",
    ]
    found = listed(folder)
    assert found["README.md"].startswith(b"# Mini\n")
    assert found["office-hours.md"] == b"Tuesdays"
    assert "assignments/mini/calibration.json" not in found


def test_refuses_what_is_no_release(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with something else in it is left alone; so is a zip that is none of ours."""
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "thesis.txt").write_text("all of it", encoding="utf-8")
    assert command() == 2
    assert "is not empty, and it is no earlier release: it has no release.json of one" in capsys.readouterr().err
    assert list(listed(tmp_path / "bundle")) == ["thesis.txt"]
    (tmp_path / "bundle" / "thesis.txt").unlink()
    (tmp_path / "bundle.zip").write_bytes(b"PK")
    assert command("--zip") == 2
    assert "bundle.zip is there, and it is no earlier release" in capsys.readouterr().err
    assert listed(tmp_path / "bundle") == {}


def test_refuses_the_course(proved: MiniCourse, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the course nor its assignments are written over."""
    for out in (proved.root, proved.root / "assignments" / "new", proved.root / "reference", proved.root.parent):
        assert cli.main(["release", "-o", str(out), "--course", str(proved.root)]) == 2
        assert "is the course itself, or part of it" in capsys.readouterr().err
    assert cli.main(["release", "mimi", "-o", str(proved.root / "x"), "--course", str(proved.root)]) == 2
    assert 'Did you mean "mini"?' in capsys.readouterr().err


def test_refused_release_writes_nothing(
    proved: MiniCourse, command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever finds a secret stops before the folder is made."""
    proved.write({"assignments/mini/total.py": "def total(x):\n    return x.sum(dim=0)\n"})
    assert command("--git", "--zip") == 2
    assert capsys.readouterr().err.startswith("grader: ")
    assert not (tmp_path / "bundle").exists()
    assert not (tmp_path / "bundle.zip").exists()


def test_links_are_not_followed(command: Callable[..., int], tmp_path: Path) -> None:
    """A release is written into its folder only, whatever was put there."""
    assert command() == 0
    shutil.rmtree(tmp_path / "bundle" / "assignments")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "bundle" / "assignments").symlink_to(tmp_path / "elsewhere")
    assert command() == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []


# -- Git -------------------------------------------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> list[str]:
    ended = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return ended.stdout.splitlines()


@pytest.fixture
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without a user's settings, but one that ignores wheels everywhere."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    (tmp_path / "home" / "git").mkdir(parents=True)
    (tmp_path / "home" / "git" / "ignore").write_text("*.whl\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def test_commits(
    no_settings: None,
    proved: MiniCourse,
    command: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One commit of all files; none if nothing has changed; one on top if something has, with what is ours alone."""
    folder = tmp_path / "bundle"
    assert command("--git") == 0
    assert sorted(git(folder, "ls-files")) == sorted(listed(folder))
    assert git(folder, "log", "--format=%s") == ["Release of mini"]
    assert git(folder, "status", "--porcelain") == []
    assert git(folder, "branch", "--show-current") == ["main"]
    assert command("--git") == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("nothing has changed since the last commit")
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    git(folder, "add", "mine.txt")
    proved.replace("assignments/mini/README.md", "Three times x", "Thrice x")
    assert command("--git") == 0
    assert len(git(folder, "log", "--format=%s")) == 2
    assert git(folder, "show", "--name-only", "--format=") == [
        "assignments/mini/README.md", "assignments/mini/mini.ipynb", "release.json",
    ]  # fmt: skip
    assert git(folder, "status", "--porcelain") == ["A  mine.txt"]


def test_without_git(
    command: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If there is no git, that is said before anything is written."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command("--git") == 2
    assert (
        capsys.readouterr().err
        == "grader: --git needs the program git, which is not installed here. Install it, or leave --git out.\n"
    )
    assert not (tmp_path / "bundle").exists()
