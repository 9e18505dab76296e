"""The autograder: the zip as Gradescope would unpack, set up and run it, and `grade-one`, which all such systems run."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader import cli
from grader.authoring import trials
from grader.cli.autograding import FORMATS
from grader.course.assignments import find_assignment
from grader.errors import UsageError
from grader.grades.exporting import STUDENT_FORMATS, write_file
from grader.grading import single
from grader.isolation.isolated import Isolated
from grader.isolation.levels import Level
from grader.lms.gradescope_metadata import read_metadata
from grader.release.autograder import Choices, autograder_files
from grader.reports import wording
from grader.results import Attempt

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

RIGHT = "def total(x):\n    return x.sum(0)\n"
WRONG = "def total(x):\n    return x.mean(0)\n"
FAULT = "\n".join(wording.GRADER_ERROR)
NO_SCORE = {"output": FAULT, "output_format": "text", "stdout_visibility": "hidden"}
MANY = "1000"  # jobs: with so many, trials are run by this process
LATE = "\n[late]\npercent_per_day = 10\n"


def metadata(created_at: str = "2026-11-03T10:00:00.000000-07:00", **more: Any) -> dict[str, Any]:
    """What Gradescope tells about a submission."""
    document: dict[str, Any] = {
        "id": 123,
        "created_at": created_at,
        "assignment": {"due_date": "2026-11-02T12:00:00.000000-07:00", "id": 1, "title": "Mini", "total_points": "6.0"},
        "users": [{"email": "ada@example.edu", "id": 7, "name": "Ada Brennan"}],
        "submission_method": "upload",
        "previous_submissions": [],
    }
    return document | more


# -- the zip as Gradescope uses it -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Container:
    """A folder in which an autograder was set up as in Gradescope's container."""

    root: Path
    environment: dict[str, str]

    def run(self, files: dict[str, bytes], about: dict[str, Any] | None = None) -> tuple[int, dict[str, Any], str]:
        """Run the autograder on these files; the exit status, the results and what only instructors see."""
        for folder in ("submission", "results"):
            for path in sorted((self.root / folder).rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            (self.root / folder).mkdir(exist_ok=True)
        for name, content in files.items():
            (self.root / "submission" / name).write_bytes(content)
        about_file = self.root / "submission_metadata.json"
        about_file.unlink(missing_ok=True)
        if about is not None:
            about_file.write_text(json.dumps(about), encoding="utf-8")
        ended = subprocess.run(
            [self.root / "source" / "run_autograder"],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert [path.name for path in (self.root / "results").iterdir()] == ["results.json"]
        text = (self.root / "results" / "results.json").read_text(encoding="utf-8")
        assert str(self.root) not in text
        assert "Traceback" not in text
        return ended.returncode, json.loads(text), ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def container(proved_folder: Path, zygote: Isolated, tmp_path_factory: pytest.TempPathFactory) -> Container:
    """The zip of the small course, unpacked with its modes and set up by its own setup.sh.

    Only what a test can't have is another's: apt-get does nothing, and pip finds all requirements but the grader installed.
    """
    root = tmp_path_factory.mktemp("autograder")
    course = Path(shutil.copytree(proved_folder, root / "course"))
    with (course / "assignments" / "mini" / "assignment.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(LATE)
    for name in [name for name in sys.modules if name.startswith(("assignments.mini", "reference.mini"))]:
        del sys.modules[name]  # rubrics of the course that it is a copy of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trials, "_launcher", lambda: zygote)
        assert cli.main(["record", "mini", "--course", str(course), "--jobs", MANY]) == 0
    archive = root / "autograder.zip"
    assert cli.main(["autograder", "-a", "mini", "-o", str(archive), "--course", str(course)]) == 0
    unpack(archive, root / "source")
    venv.create(root / "source" / "venv", symlinks=True)
    site = next((root / "source" / "venv").glob("lib/python*/site-packages"))
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    programs = root / "programs"
    programs.mkdir()
    (programs / "apt-get").write_text(f'#!/bin/sh\necho "$@" >> {root}/apt-get.log\n', encoding="utf-8")
    (programs / "apt-get").chmod(0o755)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST_", "COV_"))
    }
    environment |= {"AUTOGRADER_ROOT": str(root), "PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run(
        [root / "source" / "setup.sh"],
        env=environment | {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_QUIET": "1"},
        check=True,
        capture_output=True,
        timeout=300,
    )
    return Container(root, environment)


def unpack(archive: Path, folder: Path) -> None:
    """As `unzip` does: with the modes that the zip says."""
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            path = folder / member.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(opened.read(member))
            path.chmod(stat.S_IMODE(member.external_attr >> 16))


def test_setup_installs_the_grader_of_the_zip(container: Container) -> None:
    """The wheel is what runs; what isolation needs is asked of apt; the course is for root alone."""
    version = subprocess.run(
        [container.root / "source" / "venv" / "bin" / "python", "-c", "import grader; print(grader.__file__)"],
        env=container.environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert version.stdout.startswith(str(container.root / "source" / "venv"))
    asked = (container.root / "apt-get.log").read_text(encoding="utf-8").split()
    assert {"update", "install", "bubblewrap", "libseccomp2"} <= set(asked)
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (container.root / "source" / "course").rglob("*")}
    assert modes == {0}


def test_right_submission(container: Container) -> None:
    """The score, the points, every test visible; what came before is told, unless the autograder failed with it."""
    before = [
        {"submission_time": "2026-10-30T10:00:00-07:00", "score": 1.0, "results": {"extra_data": {}}},
        {"submission_time": "2026-10-31T10:00:00-07:00", "score": None, "autograder_error": True, "results": {}},
    ]
    about = metadata("2026-11-02T10:00:00-07:00", previous_submissions=before)
    status, results, said = container.run({"total.py": RIGHT.encode()}, about)
    assert (status, results["score"], results["extra_data"]["status"]) == (0, 2, "graded")
    assert sum(test["max_score"] for test in results["tests"]) == 6
    assert {test["visibility"] for test in results["tests"]} == {"visible"}
    assert "Your earlier submissions: 1\n" in results["output"]
    assert "Ada Brennan: 2 of 6. Result: " in said


def test_wrong_submission(container: Container) -> None:
    """A known mistake is named, as in a class: what was recorded is in the zip."""
    _, results, _ = container.run({"total.py": WRONG.encode()}, metadata("2026-11-01T10:00:00-07:00"))
    [test] = [test for test in results["tests"] if "sum of each column" in test["name"]]
    assert (test["score"], test["status"]) == (0, "failed")
    assert "It looks like this: the mean is taken" in test["output"]


def test_late_submission(container: Container) -> None:
    """Two days late cost what the assignment says, by Gradescope's own times."""
    _, results, _ = container.run({"total.py": RIGHT.encode()}, metadata("2026-11-03T14:00:00.000000-07:00"))
    assert (results["score"], results["tests"][-1]["name"]) == (1.6, "Late by 2 days: 20 % off (-0.4)")


@pytest.mark.parametrize(
    ("files", "status", "said"),
    [
        ({"total.py": b"def total(x:\n"}, "graded", "0 of 6 points"),
        ({"essay.docx": b"PK\x03\x04", "notes.txt": b"hello"}, "not_gradable", "could not be graded"),
        ({}, "not_gradable", "could not be graded"),
    ],
    ids=["broken", "not Python", "empty"],
)
def test_whatever_is_handed_in(files: dict[str, bytes], status: str, said: str, container: Container) -> None:
    """What can't be run is a 0 that says why, and always a file of results."""
    ended, results, _ = container.run(files, metadata("2026-11-01T10:00:00-07:00"))
    assert (ended, results["score"], results["extra_data"]["status"]) == (0, 0, status)
    assert said in results["output"]


def test_fault_of_ours_is_no_score(container: Container) -> None:
    """What Gradescope tells can't be read: no score, no path, no traceback for the student; the log says what it was."""
    ended, results, said = container.run({"total.py": RIGHT.encode()}, {"created_at": 7})
    assert (ended, results) == (0, NO_SCORE)
    assert "is no submission_metadata.json of Gradescope" in said
    assert "grader: exit status 2" in said


def test_killed_grader_is_no_score(container: Container) -> None:
    """The kernel kills it, for want of memory, say: the script leaves a file of results all the same."""
    program = container.root / "source" / "venv" / "bin" / "grader"
    kept = program.read_text(encoding="utf-8")
    program.write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    try:
        ended, results, said = container.run({"total.py": RIGHT.encode()}, metadata())
    finally:
        program.write_text(kept, encoding="utf-8")
    assert (ended, results) == (0, NO_SCORE)
    assert "grader: exit status 137" in said


# -- what is in it ---------------------------------------------------------------------------------------------------------


def test_scripts_can_be_run(proved: MiniCourse, tmp_path: Path) -> None:
    """Both lie at the root of the zip with the mode of programs, everything else has that of files; each passes `bash -n`."""
    path = tmp_path / "a.zip"
    assert cli.main(["autograder", "-a", "mini", "-o", str(path), "--course", str(proved.root)]) == 0
    with zipfile.ZipFile(path) as archive:
        modes = {member.filename: member.external_attr >> 16 for member in archive.infolist()}
    assert {name for name, mode in modes.items() if mode == 0o100755} == {"setup.sh", "run_autograder"}
    assert set(modes.values()) == {0o100755, 0o100644}
    unpack(path, tmp_path / "source")
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", tmp_path / "source" / name], check=True)


def test_course_in_it_is_what_grading_needs(proved: MiniCourse, tmp_path: Path) -> None:
    """The assignment has the very same version; no model answer and no catalogue of mistakes is in it."""
    files = autograder_files(proved.assignment)
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert find_assignment(tmp_path / "course", "mini").version == proved.assignment.version
    assert [name for name in files if name.startswith("course/reference/")] == [
        "course/reference/mini/mistakes.jsonl",
        "course/reference/mini/test_hidden_total.py",
    ]
    assert b"tripled_input" not in b"".join(files.values())


def test_hidden_checks_can_stay_at_home(proved: MiniCourse) -> None:
    """With --no-hidden nothing of the folder for instructors leaves it."""
    files = autograder_files(proved.assignment, Choices(hidden=False))
    assert [name for name in files if "reference" in name or "hidden" in name] == []


def test_choices_are_in_the_script(proved: MiniCourse) -> None:
    """The level of isolation, and a limit of time a little before Gradescope's own."""
    script = autograder_files(proved.assignment, Choices(Level.STRICT, minutes=20))["run_autograder"].decode()
    assert "--require-isolation strict" in script
    assert "timeout --kill-after=10 1180 " in script


def test_requirements_are_pinned_and_of_the_cpu(proved: MiniCourse) -> None:
    """Every requirement has its version, the grader is the wheel beside it, torch comes from the index without CUDA."""
    index, own, *others = autograder_files(proved.assignment)["requirements.txt"].decode().splitlines()
    assert index == "--extra-index-url https://download.pytorch.org/whl/cpu"
    assert own.startswith("./wheels/backgrade-")
    assert all("==" in line for line in others)
    assert "torch" in {line.split("==")[0] for line in others}


def test_same_course_gives_the_same_zip(proved: MiniCourse, tmp_path: Path) -> None:
    """Byte for byte, and an earlier one is replaced; anything else that lies there is not."""
    path = tmp_path / "a.zip"
    words = ["autograder", "-a", "mini", "-o", str(path), "--course", str(proved.root)]
    assert cli.main(words) == 0
    first = path.read_bytes()
    assert cli.main(words) == 0
    assert path.read_bytes() == first
    path.write_bytes(b"mine")
    assert cli.main(words) == 2
    assert path.read_bytes() == b"mine"


# -- grade-one -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def grade_one(
    mini: MiniCourse,
    zygote: Isolated,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """Runs `grader grade-one` on a right total.py; its exit status, the text of the file, and what it printed."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "total.py").write_text(RIGHT, encoding="utf-8")

    def run(form: str, *words: object, to: Path = tmp_path / "results" / "result") -> tuple[int, str, str]:
        whole = ["grade-one", tmp_path / "ada", "-a", "mini", "--course", mini.root, "--format", form, "-o", to, *words]
        status = cli.main(list(map(str, whole)))
        printed = capsys.readouterr()
        return status, to.read_text(encoding="utf-8") if to.exists() else "", printed.out + printed.err

    return run


Run = Callable[..., tuple[int, str, str]]


def test_command_knows_the_formats_of_one_student() -> None:
    """The formats of `grade-one` are those that have a file a student."""
    assert set(FORMATS) == set(STUDENT_FORMATS)


def test_prairielearn_in_one_line(grade_one: Run) -> None:
    """The folder of results is made, and the share of the points is in it."""
    status, text, said = grade_one("prairielearn")
    assert (status, json.loads(text)["score"]) == (0, float(Decimal(2) / Decimal(6)))
    assert "ada: 2 of 6. Result: " in said


def test_classroom50_in_one_line(grade_one: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the runner has put into the environment is in the document."""
    for name, value in {"CLASSROOM": "cs101", "ASSIGNMENT": "mini", "SUBMISSION_TAG": "submit/1"}.items():
        monkeypatch.setenv(name, value)
    status, text, _ = grade_one("classroom50", "--student", "ada-brennan")
    document = json.loads(text)
    assert (status, document["classroom"], document["submission"]) == (0, "cs101", "submit/1")
    assert (document["score"], document["max-score"]) == (2, 6)


@pytest.mark.parametrize("form", ["gradescope", "prairielearn"])
def test_any_failure_leaves_a_file_without_a_score(form: str, grade_one: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong on our side, even what nobody thought of, the student is told, without a word of ours."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(single, "grade_submission", fail)
    with pytest.raises(RuntimeError):
        grade_one(form)
    status, text, _ = grade_one(form, "--require-isolation", "full", "--course", "/nowhere")
    document = json.loads(text)
    assert status == 2
    assert "score" not in document
    assert document.get("gradable", False) is False
    assert FAULT in json.dumps(document, ensure_ascii=False).replace("\\n", "\n")
    assert "nowhere" not in text


def test_failure_has_no_file_where_none_can_say_so(grade_one: Run, tmp_path: Path) -> None:
    """Classroom 50 takes a missing result for a failure of the job, which it is; one that was handed in is gone."""
    handed_in = tmp_path / "ada" / "result.json"
    handed_in.write_text('{"score": 6, "max-score": 6}', encoding="utf-8")
    status, text, said = grade_one("classroom50", "--course", "/nowhere", to=handed_in)
    assert (status, text) == (2, "")
    assert "lies in no course" in said


def test_lower_isolation_is_refused(grade_one: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine has no wall at all, nothing is graded unless the instructor has said so."""
    monkeypatch.setattr("grader.isolation.isolated.way_to", lambda level, **_: level.value == "process" or "not here")
    status, text, said = grade_one("gradescope")
    assert (status, json.loads(text)) == (2, NO_SCORE)
    assert "can't reach isolation level kernel" in said


def test_link_of_a_student_is_not_followed(tmp_path: Path) -> None:
    """A link that lies where the result goes, or where it would be written before, is no way to another file."""
    mine = tmp_path / "mine"
    mine.write_text("mine", encoding="utf-8")
    for name in ("result.json", "result.json.new"):
        (tmp_path / name).symlink_to(mine)
    write_file(tmp_path / "result.json", [b"result"])
    assert (mine.read_text(encoding="utf-8"), (tmp_path / "result.json").read_text(encoding="utf-8")) == (
        "mine",
        "result",
    )
    assert not (tmp_path / "result.json").is_symlink()


# -- what Gradescope tells -------------------------------------------------------------------------------------------------


def read(tmp_path: Path, document: object) -> Any:
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_metadata(path)


def test_metadata_is_an_arrival(tmp_path: Path) -> None:
    """Who, when and when it was due, in UTC; earlier submissions with their scores."""
    before = {
        "submission_time": "2026-10-30T10:00:00-07:00",
        "score": 3.5,
        "results": {"extra_data": {"submission_sha256": "ab"}},
    }
    told = read(tmp_path, metadata(previous_submissions=[before]))
    assert told.student == "Ada Brennan"
    assert (told.arrival.submitted_at, told.arrival.deadline) == (
        "2026-11-03T17:00:00+00:00",
        "2026-11-02T19:00:00+00:00",
    )
    assert told.arrival.ids == {"gradescope_submission": "123", "email": "ada@example.edu", "gradescope_user": "7"}
    assert told.attempts == (Attempt("ab", "2026-10-30T10:00:00-07:00", Decimal("3.5"), Decimal("6.0")),)


def test_group_has_the_longest_extension(tmp_path: Path) -> None:
    """A group's names stand together; the latest of its members' own dates counts, and comes before the class's."""
    dates = ["2026-11-04T00:00:00+00:00", "2026-11-06T00:00:00+00:00", None]
    users = [{"name": name, "assignment": {"due_date": date}} for name, date in zip("ABC", dates, strict=True)]
    told = read(tmp_path, metadata(users=users))
    assert (told.student, told.arrival.deadline) == ("A, B, C", "2026-11-06T00:00:00+00:00")


def test_names_are_one_clean_line(tmp_path: Path) -> None:
    """A name with controls and line ends, which a student chooses."""
    told = read(tmp_path, metadata(users=[{"name": "A\nB\x1b[31m\u202eC"}]))
    assert told.student == "A\\u000aB\\u001b[31m\\u202eC"


def test_no_deadline_is_no_deadline(tmp_path: Path) -> None:
    """Nothing is due where Gradescope has no date."""
    told = read(tmp_path, metadata(assignment={"due_date": None}))
    assert told.arrival.deadline == ""


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "is no submission_metadata.json"),
        ({"created_at": 7}, "is no submission_metadata.json"),
        (metadata(created_at=""), "tells when the submission was due (2026-11-02T19:00:00+00:00), and not when"),
        (metadata(created_at="yesterday"), "created_at is 'yesterday'"),
        (metadata(assignment={"due_date": "soon"}), "due_date is 'soon'"),
    ],
)
def test_metadata_that_says_less_is_refused(document: object, said: str, tmp_path: Path) -> None:
    """What can't be read must not make anybody late, nor on time."""
    with pytest.raises(UsageError) as caught:
        read(tmp_path, document)
    assert said in str(caught.value)


def test_missing_metadata_is_refused(tmp_path: Path) -> None:
    """A file that was named and is not there."""
    with pytest.raises(UsageError, match="can't be read: No such file or directory"):
        read_metadata(tmp_path / "none.json")


def test_autograder_of_classroom50(container: Container, tmp_path: Path) -> None:
    """The script of docs/formats.md, run as Classroom 50's runner does: in the student's checkout, beside the bundle."""
    page = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
    [script] = [text.split("```")[0] for text in page.split('```python title="autograder.py"\n')[1:]]
    (tmp_path / "autograder.py").write_text(script.replace('"classifier"', '"mini"'), encoding="utf-8")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "total.py").write_text(RIGHT, encoding="utf-8")
    programs = container.root / "source" / "venv" / "bin"
    about = {"CLASSROOM": "cs101", "ASSIGNMENT": "mini", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "https://x"}
    about |= {"CLASSROOM50_BUNDLE_DIR": str(container.root / "source"), "PATH": f"{programs}:{os.environ['PATH']}"}
    ended = subprocess.run(
        [programs / "python", tmp_path / "autograder.py"],
        cwd=checkout,
        env=container.environment | about | {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_QUIET": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    document = json.loads((checkout / "result.json").read_text(encoding="utf-8"))
    assert (document["score"], document["max-score"], document["review"]) == (2, 6, "https://x")
