"""Grading a pull request: what is trusted, what is said where, and how the check ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import cli
from grader.course.assignments import Assignment, find_assignment
from grader.errors import UsageError
from grader.release.bundle import digest
from grader.release.pull_request import (
    changed_paths,
    is_attempted,
    is_touched,
    minimum,
    paths_in,
    problems_in,
    protected_files,
    submission_of,
    verdict,
)
from grader.reports.annotations import Annotation, Level, WorkflowCommand, code_quality_json, workflow_commands
from grader.reports.job_junit import job_junit
from grader.reports.job_summary import SUMMARY_BYTES, Difference, JobResult, ProtectedFile, Verdict, job_summary
from grader.results import CheckResult, Evidence, ExerciseResult, Flag, Grade, Location, Outcome, Status

CORPUS = Path(__file__).parent / "corpus" / "ci"
TINY = {
    "assignments/tiny/assignment.toml": """title = "Tiny"
[[exercise]]
name = "double"
title = "double"
file = "double.py"
defines = ["double"]

[[exercise]]
name = "half"
title = "half"
file = "half.py"
defines = ["half"]
""",
    "assignments/tiny/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/tiny/half.py": "def half(x):\n    raise NotImplementedError\n",
    "assignments/tiny/test_double.py": '''import pytest

pytestmark = pytest.mark.exercise("double")


@pytest.mark.points(3)
def test_two(submission):
    """double(2) is 4."""
    assert submission.double(2) == 4
''',
    "assignments/tiny/test_half.py": '''import pytest

pytestmark = pytest.mark.exercise("half")


def test_two(submission):
    """half(2) is 1."""
    assert submission.half(2) == 1
''',
}
RIGHT = "def double(x):\n    return 2 * x\n"
ALWAYS = TINY["assignments/tiny/test_double.py"].replace("submission.double(2) == 4", "True")


def write(root: Path, files: dict[str, str]) -> Path:
    """Write these files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def git(folder: Path, *words: str) -> str:
    """What git says."""
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.hooksPath=/dev/null"]
    ended = subprocess.run(["git", "-C", str(folder), *author, *words], capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def commit(folder: Path) -> str:
    """Commit everything; the digest of the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The trusted checkout of a course of two checks."""
    return write(tmp_path / "course", TINY)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The tree of a pull request, as it was handed out."""
    return write(tmp_path / "tree", TINY)


@pytest.fixture
def tiny(course: Path) -> Assignment:
    """The assignment, of the trusted checkout."""
    return find_assignment(course, "tiny")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine of no CI service, unless a test says otherwise."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)


# -- a hostile pull request ------------------------------------------------------------------------------------------------

ODD = "a%0A::error::.py"
FORGED = "::error file=x.py::forged"
HOSTILE = {
    "assignments/tiny/double.py": """from odd import text

def double(x):
    print('\\n' + text)
    raise ValueError(text)
""",
    "assignments/tiny/odd.py": f"text = '{FORGED}\\n##[error]forged\\n\\r::warning::forged'\n",
    f"assignments/tiny/{ODD}": "def half(x):\n    return x\n",
    "assignments/tiny/test_double.py": ALWAYS,
    "assignments/tiny/conftest.py": "raise SystemExit('a conftest of the pull request was run')\n",
    "conftest.py": "raise SystemExit('a conftest of the pull request was run')\n",
    "sitecustomize.py": "raise SystemExit('a sitecustomize of the pull request was run')\n",
    "pytest.ini": "[pytest]\naddopts = --help\n",
}


@dataclass(frozen=True)
class Job:
    """How a job ended, and what it left."""

    status: int
    printed: str
    errors: str
    folder: Path

    def left(self, name: str) -> str:
        """The text of a file that it wrote."""
        return (self.folder / name).read_text(encoding="utf-8")

    def commands(self) -> list[str]:
        """The lines that GitHub's runner obeys."""
        obeyed, stopped = [], ""
        for line in re.split(r"[\n\r]", self.printed):
            if stopped:
                stopped = "" if line.strip() == f"::{stopped}::" else stopped
            elif line.strip().startswith("::stop-commands::"):
                stopped = line.strip().removeprefix("::stop-commands::")
            elif line.lstrip().startswith("::") or "##[" in line:
                obeyed.append(line)
        assert not stopped
        return obeyed


def job(folder: Path, *words: str, cwd: Path | None = None) -> Job:
    """Run `grader ci` in a process of its own, as a CI service does."""
    folder.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GITLAB_"))}
    environment |= {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    code = "import sys; from grader.cli import main; sys.exit(main())"
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code, "ci", *words],
        cwd=cwd or folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Job(ended.returncode, ended.stdout, ended.stderr, folder)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A pull request that changes the rubric, adds what pytest and Python obey, and prints commands."""
    root = tmp_path_factory.mktemp("hostile")
    course, tree = write(root / "course", TINY), write(root / "tree", TINY)
    base = commit(tree)
    git(tree, "checkout", "--quiet", "-b", "mine")
    write(tree, HOSTILE)
    commit(tree)
    words = [
        "--course",
        str(course),
        "--submission",
        str(tree),
        "--base",
        base,
        "--min-score",
        "100%",
        "--student",
        "ada",
    ]
    names = {"junit": "junit.xml", "code-quality": "quality.json", "comment": "comment.md", "summary": "copy.md"}
    reports = [f"--{option}={root / 'out' / name}" for option, name in names.items()]
    return job(root / "out", *words, *reports, cwd=tree)  # where Python and pytest would find what is theirs to obey


def test_changed_rubric_is_not_used(hostile: Job) -> None:
    """The rubric of the trusted checkout counts: the score is 0 though the pull request's own lets everything pass."""
    assert "a conftest of the pull request" not in hostile.printed + hostile.errors
    assert outputs(hostile.left("output")) == {"verdict": "below", "score": "0", "points": "4"}
    assert hostile.status == 1


def outputs(text: str) -> dict[str, str]:
    """The outputs of a step, read as GitHub reads them."""
    found = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        value = []
        for more in lines:
            if more == end:
                break
            value.append(more)
        found[name] = "\n".join(value)
    return found


def test_only_our_commands_are_obeyed(hostile: Job) -> None:
    """What a student prints, raises or calls a file is no command; ours are at the student's lines, with repository paths."""
    commands = hostile.commands()
    places = [re.match(r"::(\w+) file=([^,:]*)(?:,line=(\d+))?", command) for command in commands]
    assert [place.groups() if place else None for place in places] == [
        ("error", "assignments/tiny/double.py", "5"),
        ("error", "assignments/tiny/a%250A%3A%3Aerror%3A%3A.py", "1"),
        ("warning", "assignments/tiny/conftest.py", None),
        ("warning", "assignments/tiny/test_double.py", None),
        ("warning", "conftest.py", None),
        ("warning", "pytest.ini", None),
        ("warning", "sitecustomize.py", None),
    ]
    assert all("%0A" in command for command in commands[:2])
    lines = re.split(r"[\n\r]", hostile.printed + hostile.errors)
    assert not [line for line in lines if line.lstrip().startswith(FORGED[:8]) and "assignments/" not in line]


def test_log_has_the_text_too(hostile: Job) -> None:
    """Whoever reads the log finds the feedback in it, while no command is obeyed, and how well the code was walled in."""
    token = hostile.printed.splitlines()[0].removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{40}", token)
    assert hostile.printed.index("What to do next") < hostile.printed.index(f"\n::{token}::\n")
    assert "What to do next" in hostile.printed
    assert "0 of 4 points. The check does not pass yet: at least 100% is asked for." in hostile.printed
    assert hostile.errors.startswith("isolation: ")


def test_summary_lists_changed_files(hostile: Job) -> None:
    """The summary names the files of the course that the pull request changed, and says whose were used."""
    summary = hostile.left("summary.md")
    assert summary.startswith("# 0 of 4 points\n\nThe check does not pass yet: at least 100% is asked for.\n")
    assert "It was graded with the course's own files." in summary
    assert "- `assignments/tiny/test_double.py`: changed\n" in summary
    assert "- `conftest.py`: added\n" in summary
    assert hostile.left("copy.md") == summary
    assert hostile.left("comment.md") == summary


def test_reports_of_the_hostile_one(hostile: Job) -> None:
    """JUnit counts add up, and the report of code quality has the fields that GitLab reads."""
    suites = ElementTree.fromstring(hostile.left("junit.xml"))
    assert {name: suites.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "2",
        "failures": "1",
        "errors": "1",
    }
    assert len(suites.findall("testsuite/testcase")) == 2
    quality = json.loads(hostile.left("quality.json"))
    assert [entry["location"]["path"] for entry in quality][:2] == [
        "assignments/tiny/double.py",
        f"assignments/tiny/{ODD}",
    ]
    assert all(set(entry) == {"description", "check_name", "fingerprint", "severity", "location"} for entry in quality)
    assert len({entry["fingerprint"] for entry in quality}) == len(quality)


# -- how it ends -----------------------------------------------------------------------------------------------------------


def arguments(course: Path, tree: Path, *more: str) -> list[str]:
    return ["ci", "--course", str(course), "--submission", str(tree), *more]


def test_passes_from_the_minimum(
    course: Path, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of four points are 75 %: enough for a check that asks for that. Without GitHub nothing looks like a command."""
    write(tree, {"assignments/tiny/double.py": RIGHT})
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    assert cli.main(arguments(course, tree, "--min-score", "75%")) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "3 of 4 points. The check passes: at least 75% is asked for."
    assert "::" not in printed
    assert outputs((tmp_path / "output").read_text(encoding="utf-8")) == {
        "verdict": "passed",
        "score": "3",
        "points": "4",
    }


def test_nothing_attempted(course: Path, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Skeletons are no submission: they are graded only on request, and pass no minimum."""
    assert cli.main(arguments(course, tree)) == 0
    assert capsys.readouterr().out.splitlines() == ["Tiny: not attempted yet", "Nothing was graded."]
    assert cli.main(arguments(course, tree, "--min-score", "1")) == 1
    assert capsys.readouterr().out.splitlines()[-1].endswith("does not pass yet: at least 1 is asked for.")
    assert cli.main(arguments(course, tree, "-a", "tiny", "--min-score", "0")) == 0
    assert "0 of 4 points. The check passes" in capsys.readouterr().out


def test_change_elsewhere_passes(course: Path, tree: Path, tmp_path: Path) -> None:
    """A pull request that touches no assignment has nothing to be graded, so nothing is too little."""
    base = commit(tree)
    write(tree, {"notes.md": "Tuesday"})
    commit(tree)
    summary = tmp_path / "summary.md"
    assert cli.main(arguments(course, tree, "--base", base, "--min-score", "4", "--summary", str(summary))) == 0
    assert "This change touches no assignment" in summary.read_text(encoding="utf-8")


def test_report_follows_no_link(course: Path, tree: Path, tmp_path: Path) -> None:
    """A link that the tree lays where a report goes, or where it would be written before, is no way to another file."""
    mine = tmp_path / "mine"
    mine.write_text("mine", encoding="utf-8")
    for name in ("summary.md", "summary.md.new"):
        (tree / name).symlink_to(mine)
    words = ["ci", "--course", str(course), "--submission", str(tree), "--summary", str(tree / "summary.md")]
    cli.main([*words, "--allow-isolation", "process"])
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not (tree / "summary.md").is_symlink()


def test_deleted_assignment_is_not_gradable(course: Path, tree: Path, tmp_path: Path) -> None:
    """Who deletes the folder has changed it, and gets nothing for it."""
    base = commit(tree)
    shutil.rmtree(tree / "assignments" / "tiny")
    commit(tree)
    assert cli.main(arguments(course, tree, "--base", base, "--min-score", "1")) == 1


def test_broken_rubric_is_nobodys_fault(course: Path, tree: Path, tmp_path: Path) -> None:
    """Where the grader fails the status is 3, there is no score anywhere, and the reports don't look like a success."""
    write(course, {"assignments/tiny/test_half.py": "import nothing_of_that_name\n"})
    ended = job(tmp_path / "out", *arguments(course, tree, "--min-score", "1", "--junit", "junit.xml")[1:])
    assert ended.status == 3
    assert outputs(ended.left("output")) == {"verdict": "grader_error"}
    assert ended.left("summary.md").startswith("# No score: the grader failed\n\n> The grader itself failed.")
    assert "nothing_of_that_name" in ended.errors
    assert ElementTree.fromstring(ended.left("junit.xml")).get("errors") == "1"
    assert [command.split("::")[1] for command in ended.commands()] == ["error title=The grader failed"]


def test_hidden_checks_are_not_told_by_a_failure(course: Path, tree: Path, tmp_path: Path) -> None:
    """Of a course with secrets the log says only which kind of failure it was: students read it too."""
    write(course, {"reference/tiny/test_hidden_half.py": "import a_secret\n"})
    ended = job(tmp_path / "out", *arguments(course, tree)[1:])
    assert ended.status == 3
    assert "grader: CourseError; what it says is not shown" in ended.errors
    assert "a_secret" not in ended.errors + ended.printed + ended.left("summary.md")


def test_our_own_mistakes_are_nobodys_fault(
    course: Path, tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception that nobody foresaw ends in status 3 too, not in Python's 1, which would be the student's."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr("grader.cli.ci.grade_tree", broken)
    assert cli.main(arguments(course, tree, "--min-score", "1")) == 3
    assert "ZeroDivisionError: of our own" in capsys.readouterr().err


def test_points_for_classroom(course: Path, tree: Path, tmp_path: Path) -> None:
    """On request there are the two notices that GitHub Classroom reads; a student's print can't be one."""
    forged = '::notice title=Autograding report::{"totalPoints":99,"maxPoints":4}'
    write(tree, {"assignments/tiny/double.py": f"def double(x):\n    print({forged!r})\n    return 2 * x\n"})
    ended = job(tmp_path / "out", *arguments(course, tree, "--classroom")[1:])
    assert ended.commands() == [
        "::notice title=Autograding complete::Points 3/4",
        '::notice title=Autograding report::{"totalPoints":3,"maxPoints":4}',
    ]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--submission", "nowhere"], "nowhere: no such folder"),
        (["-a", "tinny"], 'Did you mean "tiny"?'),
        (["--base", "--output=x"], "is no commit"),
        (["--base", "main"], "fetch-depth: 0"),
    ],
)
def test_bad_usage(course: Path, tree: Path, more: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What can't be done as asked is one line and status 2."""
    if more[0] == "--base":
        commit(tree)
        git(tree, "branch", "--move", "other")
    more = [f"{more[0]}={more[1]}"] if more[1].startswith("--") else more
    assert cli.main(arguments(course, tree, *more)) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "much", "-1", "101%", "1e3", "٣", "60 % ish"])
def test_words_that_are_no_minimum(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A minimum is points or percent."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["ci", f"--min-score={text}"])
    assert ended.value.code == 2
    assert "is no score; give points such as 40, or percent such as 60%" in capsys.readouterr().err


# -- whose files -----------------------------------------------------------------------------------------------------------


def differences(tiny: Assignment, tree: Path, changed: frozenset[str] | None = None) -> dict[str, str]:
    return {file.path: file.difference.value for file in protected_files([tiny], tree, changed)}


def release(root: Path) -> None:
    """List the files as a release does."""
    files = {path: digest(path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()}
    document = {"files": {path.relative_to(root).as_posix(): known for path, known in files.items()}}
    (root / "release.json").write_text(json.dumps(document), encoding="utf-8")


def test_what_students_write_is_theirs(tiny: Assignment, tree: Path) -> None:
    """Skeletons, modules beside them, notes: nothing of it is protected; line ends of Windows are no change."""
    write(tree, {"assignments/tiny/double.py": RIGHT, "assignments/tiny/more.py": "", "README.md": "mine"})
    text = (tree / "assignments/tiny/test_half.py").read_bytes()
    (tree / "assignments/tiny/test_half.py").write_bytes(text.replace(b"\n", b"\r\n"))
    assert differences(tiny, tree) == {}


def test_changed_added_missing(tiny: Assignment, tree: Path) -> None:
    """The rubric, the manifest, and what pytest, Python and CI services obey: each is named with what happened to it."""
    write(tree, {"assignments/tiny/test_double.py": ALWAYS, "x/conftest.py": "", ".github/workflows/mine.yml": ""})
    (tree / "assignments/tiny/assignment.toml").unlink()
    (tree / "assignments/tiny/test_half.py").unlink()
    (tree / "assignments/tiny/test_half.py").symlink_to("/dev/zero")
    assert differences(tiny, tree) == {
        ".github/workflows/mine.yml": "added",
        "assignments/tiny/assignment.toml": "missing",
        "assignments/tiny/test_double.py": "changed",
        "assignments/tiny/test_half.py": "missing",
        "x/conftest.py": "added",
    }


def test_what_the_branch_had_before_is_not_listed(tiny: Assignment, tree: Path) -> None:
    """Files beside the course's that no commit of the pull request touched are of whoever keeps the branch."""
    write(tree, {"conftest.py": "", ".github/workflows/classroom.yml": ""})
    assert differences(tiny, tree, frozenset({"README.md"})) == {}
    assert differences(tiny, tree, frozenset({"conftest.py"})) == {"conftest.py": "added"}


def test_new_release_is_nobodys_fault(tiny: Assignment, course: Path, tree: Path) -> None:
    """What no commit of the branch touched, or what is as the tree's own release has it, is outdated, not changed."""
    write(course, {"assignments/tiny/test_half.py": "# newer\n", "requirements.txt": "new\n", "wheels/new.whl": "new"})
    write(tree, {"requirements.txt": "old\n", "assignments/tiny/test_double.py": ALWAYS})
    touched = frozenset({"assignments/tiny/test_double.py"})
    assert differences(tiny, tree, touched) == {
        "assignments/tiny/test_double.py": "changed",
        "assignments/tiny/test_half.py": "outdated",
    }
    (tree / "assignments/tiny/test_double.py").write_text(TINY["assignments/tiny/test_double.py"], encoding="utf-8")
    release(course)
    release(tree)
    (tree / "assignments/tiny/test_double.py").write_text(ALWAYS, encoding="utf-8")
    assert differences(tiny, tree) == {
        "assignments/tiny/test_double.py": "changed",
        "assignments/tiny/test_half.py": "outdated",
        "release.json": "changed",
        "requirements.txt": "outdated",
        "wheels/new.whl": "outdated",
    }


def test_same_tree(course: Path, tiny: Assignment) -> None:
    """Where the course is the tree itself, its release tells what was changed since; without one nothing can."""
    assert differences(tiny, course) == {}
    release(course)
    write(course, {"assignments/tiny/test_double.py": ALWAYS, "assignments/tiny/double.py": RIGHT})
    assert differences(tiny, course) == {"assignments/tiny/test_double.py": "changed"}


def test_forged_release_is_no_way_in(tiny: Assignment, course: Path, tree: Path) -> None:
    """A marker of the pull request's that is broken or names files elsewhere lists nothing."""
    for text in ("[" * 100_000, "{}", '{"files": {"../../etc/passwd": "x", "/etc/passwd": "y"}}', '{"files": 3}'):
        write(tree, {"release.json": text})
        assert differences(tiny, tree) == {}


def test_links_lead_nowhere(tmp_path: Path, course: Path, tree: Path, tiny: Assignment) -> None:
    """A folder that is a link, such as to the model answers beside it, is not read: nothing in it can be graded."""
    write(course, {"reference/tiny/double.py": RIGHT})
    shutil.rmtree(tree / "assignments")
    (tree / "assignments").symlink_to("../course/reference")
    submission = submission_of(tiny, tree, "ada")
    assert dict(submission.files) == {}
    assert {flag.kind for flag in submission.flags} == {"not_gradable"}
    assert paths_in(tree, "assignments/tiny") == {}


def test_changed_paths(tree: Path) -> None:
    """Only what the branch itself changed since it left the other one, whatever the names; settings run no program."""
    start = commit(tree)
    git(tree, "checkout", "--quiet", "-b", "mine")
    odd = "assignments/tiny/a\n::error::%0A,ü.py"
    write(tree, {odd: "", "assignments/tiny/double.py": RIGHT})
    commit(tree)
    git(tree, "checkout", "--quiet", "main")
    write(tree, {"assignments/tiny/half.py": "# newer"})
    commit(tree)
    git(tree, "checkout", "--quiet", "mine")
    ran = tree.parent / "ran"
    for key in ("core.fsmonitor", "diff.external", "core.pager", "core.sshCommand"):
        git(tree, "config", key, f"touch {ran}")
    fetching = {"url": f"ext::touch {ran}", "promisor": "true"}  # what Git does where an object is missing
    for key, value in fetching.items():
        git(tree, "config", f"remote.origin.{key}", value)
    for key, value in {"extensions.partialClone": "origin", "protocol.ext.allow": "always"}.items():
        git(tree, "config", key, value)
    assert changed_paths(tree, "main") == {odd, "assignments/tiny/double.py"}
    assert changed_paths(tree, start) == {odd, "assignments/tiny/double.py"}
    with pytest.raises(UsageError, match="fetch-depth: 0"):
        changed_paths(tree, "1" * 40)
    assert not ran.exists()


def test_touched(tiny: Assignment) -> None:
    """An assignment is touched by files in its folder, and by what takes the place of the folder."""
    assert is_touched(tiny, frozenset({"assignments/tiny/x/y.py"}))
    assert is_touched(tiny, frozenset({"assignments"}))
    assert not is_touched(tiny, frozenset({"assignments/tinyx/a.py", "README.md"}))


# -- pure parts ------------------------------------------------------------------------------------------------------------


def unescaped(text: str) -> str:
    """As GitHub's runner reads a property or a message."""
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, character)
    return text


@given(st.text(), st.text())
def test_command_is_one_command(message: str, title: str) -> None:
    """Whatever is in it, a command is one line that says what was put in, but for characters that nobody can see."""
    text = str(WorkflowCommand("error", message, (("file", "a.py"), ("title", f"x{title}"))))
    assert not set("\n\r\x1b\x00") & set(text)
    head, _, said = text.removeprefix("::").partition("::")
    assert head.startswith("error file=a.py,title=x")
    shown = head.removeprefix("error file=a.py,title=")
    assert not set(":,") & set(shown)
    if message.isprintable() and title.isprintable():
        assert (unescaped(said), unescaped(shown)) == (message, f"x{title}")


def test_hidden_text_in_a_command_is_shown() -> None:
    """Control characters and what turns the writing direction are written out."""
    assert str(WorkflowCommand("notice", "\x1b[31m\u202eabc")) == "::notice::\\u001b[31m\\u202eabc"


def annotation(number: int, level: Level = Level.ERROR) -> Annotation:
    return Annotation(level, f"tiny/double/{number}", "double", f"problem {number}", "a.py", number)


def test_ten_of_each_level() -> None:
    """GitHub drops what comes after ten, so the rest is counted."""
    errors = [annotation(number) for number in range(12)]
    warnings = [annotation(number, Level.WARNING) for number in range(11)]
    commands = [str(command) for command in workflow_commands([*errors, *warnings])]
    assert [command.split()[0] for command in commands[:-1]] == ["::error"] * 10 + ["::warning"] * 10
    assert commands[-1] == "::notice::3 more in the summary"
    assert len(json.loads(code_quality_json([*errors, *warnings]))) == 23


def test_fingerprint_stays_when_lines_move() -> None:
    """GitLab tells old problems from new ones by it."""
    first, moved = (
        json.loads(code_quality_json([Annotation(Level.ERROR, "a", "t", f"m {line}", "a.py", line)])) for line in (3, 7)
    )
    assert first[0]["fingerprint"] == moved[0]["fingerprint"]
    assert first[0]["location"] == {"path": "a.py", "lines": {"begin": 3}}


def check(name: str, outcome: Outcome, points: int = 1, **more: object) -> CheckResult:
    return CheckResult(name, f"{name} works.", outcome, Decimal(points), **more)  # type: ignore[arg-type]


def seen(line: int, summary: str = "It is wrong.", file: str = "double.py", cell: int | None = None) -> Evidence:
    return Evidence(summary=summary, location=Location(file, line, "double", "def double(x):", cell))


def grade(*checks: CheckResult, status: Status = Status.GRADED, flags: tuple[Flag, ...] = ()) -> Grade:
    exercise = ExerciseResult("double", "double", checks, "double.py")
    return Grade("tiny", "0a1b2c", "ada", "f" * 64, status, (exercise,), flags, title="Tiny")


def test_problems_worst_first(tiny: Assignment, tree: Path) -> None:
    """What costs most comes first; the same problem at the same line is said once; hidden checks have no line."""
    flags = (
        Flag("unreadable_file", "half.py", "is not UTF-8 (line 3)"),
        Flag("forbidden_name", "double.py, line 1", "x"),
    )
    result = JobResult(
        Verdict.BELOW,
        (
            grade(
                check("one", Outcome.FAILED, 1, evidence=seen(3)),
                check("two", Outcome.RAISED, 5, evidence=seen(4), hint="Why?"),
                check("again", Outcome.FAILED, 1, evidence=seen(3), visibility="hidden"),
                check("fine", Outcome.PASSED, 9, evidence=seen(1)),
                check("open", Outcome.NOT_ATTEMPTED, 9, evidence=seen(1)),
                check("gone", Outcome.FAILED, 2, evidence=seen(1, file="elsewhere.py")),
                flags=flags,
            ),
        ),
    )
    found = problems_in(result, [tiny], tree)
    assert [(entry.level.value, entry.path, entry.line) for entry in found] == [
        ("error", "assignments/tiny/double.py", 4),
        ("error", "assignments/tiny/double.py", 3),
        ("warning", "assignments/tiny/half.py", None),
    ]
    assert found[0].message == "two works.\nIt is wrong.\nHint: Why?"
    assert found[0].title == "double: raised an error"


def test_notebook_has_no_line_of_its_own(tiny: Assignment, tree: Path) -> None:
    """A line of a cell is none of the file, so it is named in the text."""
    write(tree, {"assignments/tiny/tiny.ipynb": "{}"})
    result = JobResult(
        Verdict.BELOW, (grade(check("one", Outcome.FAILED, evidence=seen(3, file="tiny.ipynb", cell=7))),)
    )
    (found,) = problems_in(result, [tiny], tree)
    assert (found.path, found.line) == ("assignments/tiny/tiny.ipynb", None)
    assert found.message.startswith("Cell 7, line 3: ")


def test_paths_of_cleaned_names(tree: Path) -> None:
    """A grade calls files by cleaned names, without the folder that all are in; the path is the one on disk."""
    write(tree, {"assignments/tiny/sub/a\nb.py": "", "assignments/tiny/a.py": "", "assignments/tiny/sub/a.py": ""})
    paths = paths_in(tree, "assignments/tiny")
    assert paths["a\\u000ab.py"] == "assignments/tiny/sub/a\nb.py"
    assert paths["a.py"] == "assignments/tiny/a.py"
    assert paths["sub/a.py"] == "assignments/tiny/sub/a.py"


def test_trees_that_are_hard_to_walk(tiny: Assignment, tree: Path) -> None:
    """Folders in folders in folders, and names that are no UTF-8, end nothing."""
    deep = tree / "assignments/tiny"
    try:
        for _ in range(5):
            deep = deep / "/".join("a" * 300)
            deep.mkdir(parents=True)
        (tree / os.fsdecode(b"assignments/tiny/\xff.py")).write_text("", encoding="utf-8")
        assert differences(tiny, tree) == {}
        assert paths_in(tree, "assignments/tiny")["\\udcff.py"] == "assignments/tiny/\udcff.py"
    finally:
        subprocess.run(["rm", "-rf", str(tree / "assignments/tiny/a")], check=True)  # pytest could not
    (entry,) = json.loads(code_quality_json([Annotation(Level.ERROR, "c", "t", "m", "a/\udcff.py", 1)]))
    assert entry["location"]["path"] == "a/\\udcff.py"


@pytest.mark.parametrize(
    ("text", "score", "is_met"),
    [
        ("3", "3", True),
        ("3", "2.99", False),
        ("75%", "3", True),
        ("75.1%", "3", False),
        ("0", "0", True),
        ("100%", "4", True),
    ],
)
def test_minimum_is_exact(text: str, score: str, is_met: bool) -> None:
    """Points and percent, of four points."""
    assert minimum(text).is_met(Decimal(score), Decimal(4)) == is_met


@pytest.mark.parametrize(
    ("grades", "least", "is_asked", "expected"),
    [
        ([grade(check("one", Outcome.PASSED))], "100%", True, Verdict.PASSED),
        ([grade(check("one", Outcome.FAILED))], "1", True, Verdict.BELOW),
        ([grade(check("one", Outcome.FAILED))], None, True, Verdict.PASSED),
        ([grade(check("one", Outcome.GRADER_ERROR), status=Status.GRADER_ERROR)], None, True, Verdict.GRADER_ERROR),
        ([grade(check("one", Outcome.BLOCKED), status=Status.NOT_GRADABLE)], "1", True, Verdict.BELOW),
        ([], "1%", True, Verdict.BELOW),
        ([], "0", True, Verdict.PASSED),
        ([], "1%", False, Verdict.PASSED),
    ],
)
def test_verdict(grades: list[Grade], least: str | None, is_asked: bool, expected: Verdict) -> None:
    """Below the minimum is the student's, a grader error never is."""
    assert verdict(grades, minimum(least) if least else None, is_asked=is_asked) == expected


def test_attempted() -> None:
    """Skeletons are not attempted, also where something waits for them; what can't be read was attempted."""
    assert not is_attempted(grade(check("one", Outcome.NOT_ATTEMPTED), check("two", Outcome.BLOCKED)))
    assert is_attempted(grade(check("one", Outcome.NOT_ATTEMPTED), check("two", Outcome.RAISED)))
    assert is_attempted(grade(check("one", Outcome.BLOCKED)))
    assert is_attempted(grade(check("one", Outcome.BLOCKED), status=Status.NOT_GRADABLE))


def golden() -> JobResult:
    failing = check("two", Outcome.FAILED, 3, evidence=seen(2, "double(2) is 5, expected 4."), hint="What is 2 + 2?")
    return JobResult(
        Verdict.BELOW,
        (grade(failing, check("one", Outcome.PASSED)),),
        ("Another | one",),
        (
            ProtectedFile("assignments/tiny/test_`x`|\n::error::.py", Difference.CHANGED),
            ProtectedFile(".github/workflows/grade.yml", Difference.CHANGED),
            ProtectedFile("wheels/new.whl", Difference.OUTDATED),
        ),
        minimum="60%",
    )


def test_summary_as_it_is() -> None:
    """The summary, word by word. `UPDATE_GOLDEN=1` writes it anew."""
    text = job_summary(golden())
    path = CORPUS / "summary.md"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_summary_keeps_its_budget() -> None:
    """In bytes of UTF-8, whatever the feedback holds; what is left out is said."""
    large = grade(
        *(check(f"c{number}", Outcome.FAILED, evidence=Evidence("ü€" * 250, got="€" * 2_000)) for number in range(20))
    )
    result = JobResult(Verdict.PASSED, (large,) * 12)
    whole = job_summary(result)
    for budget in (900 * 1024, 60_000, 5_000):
        text = job_summary(result, budget)
        assert len(text.encode()) <= budget
        assert (text == whole) == (len(whole.encode()) <= budget)
    assert job_summary(result, 5_000).count("is too long to be shown here.") == 12


def test_step_summary_counts_what_is_there(
    course: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another command of the step wrote stays, and is part of the budget."""
    page = tmp_path / "page.md"
    page.write_text("x" * (SUMMARY_BYTES - 300) + "\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    write(tree, {"assignments/tiny/double.py": RIGHT})
    assert cli.main(arguments(course, tree)) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("xxx")
    assert "# 3 of 4 points" in text
    assert "too long to be shown" in text
    assert len(text.encode()) <= SUMMARY_BYTES + 500


def test_junit_of_several() -> None:
    """The suites of all assignments are in one file, and the counts are their sums."""
    one = grade(check("one", Outcome.FAILED), check("two", Outcome.PASSED))
    suites = ElementTree.fromstring(job_junit(JobResult(Verdict.BELOW, (one, one))))
    assert [suites.get(name) for name in ("tests", "failures", "errors")] == ["4", "2", "0"]
    assert len(suites.findall("testsuite")) == 2
    empty = ElementTree.fromstring(job_junit(JobResult(Verdict.PASSED)))
    assert (empty.get("tests"), list(empty)) == ("0", [])
