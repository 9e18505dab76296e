"""What an inbox is: downloads are recognised, clones and exports are read, and everybody gets a key and an arrival."""

from __future__ import annotations

import builtins
import os
import subprocess
import zipfile
from collections.abc import Mapping
from compileall import compile_dir
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader import cli
from grader.course.assignments import Assignment, find_assignment
from grader.errors import UsageError
from grader.grades.store import Store
from grader.lms import git_trees
from grader.lms.detection import open_inbox
from grader.submissions.inbox import inbox_entries

COURSE = {
    "assignments/tiny/assignment.toml": (
        'title = "Tiny"\ntimeout_seconds = 30\n[late]\npercent_per_day = 10\n'
        '[[exercise]]\nname = "double"\ntitle = "double"\nfile = "double.py"\ndefines = ["double"]\n'
    ),
    "assignments/tiny/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/tiny/test_double.py": """
import pytest

@pytest.mark.exercise("double")
@pytest.mark.points(2)
def test_two(submission):
    \"\"\"double(2) is 4.\"\"\"
    assert submission.double(2) == 4
""",
}
DOUBLE = "def double(x):\n    return 2 * x\n"


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def write_zip(path: Path, members: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Assignment:
    """An assignment of one file, with a rule for what comes late."""
    return find_assignment(write(tmp_path / "course", COURSE), "tiny")


def arguments(assignment: Assignment, inbox: Path, *more: str) -> list[str]:
    """The command line that grades the inbox."""
    walls = ["--jobs", "1", "--allow-isolation", "process"]
    return ["grade", str(inbox), "-a", "tiny", "--course", str(assignment.course_root), *walls, *more]


def keys(inbox: Path, assignment: Assignment, roster: Path | None = None) -> list[str]:
    return [entry.student for entry in open_inbox(inbox, assignment, roster).entries]


# -- what it is --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "system"),
    [
        (["ada/double.py", "bob.py", "cy.zip"], "folder"),
        (["ada_1_2_double.py", "bob.py", "cy.py"], "folder"),
        (["ada_1_2_double.py", "bob_3_4_double.py", "cy.py"], "canvas"),
        (["ada_1_2/double.py", "bob_3_4/double.py"], "folder"),
        (["Ada_1_assignsubmission_file/double.py"], "moodle"),
        (["ada/double.py"], "folder"),
        (["tiny-submissions/ada/double.py", "tiny-submissions/bob/double.py"], "folder"),
    ],
)
def test_recognised(files: list[str], system: str, tiny: Assignment, tmp_path: Path) -> None:
    """A system's download is one if most of it is named as that system names it; anything else is a plain folder."""
    inbox = write(tmp_path / "in", dict.fromkeys(files, DOUBLE))
    assert open_inbox(inbox, tiny).system == system


@pytest.mark.parametrize(
    ("file", "system"),
    [
        ("Ada_1_assignsubmission_file/double.py", "moodle"),
        ("ada_1_2_double.py", "canvas"),
        ("ada/.git/HEAD", "git"),
    ],
)
def test_folder_of_one_student_is_no_download(file: str, system: str, tiny: Assignment, tmp_path: Path) -> None:
    """What the one entry of a folder holds may be a student's: its names then said that it was of anybody they liked."""
    inbox = write(tmp_path / "in", {f"eve/{file}": DOUBLE})
    with pytest.raises(UsageError) as caught:
        open_inbox(inbox, tiny)
    assert str(caught.value) == (
        f"{inbox} holds nothing but eve, which looks like a download of {system}. If it is one, name it: {inbox}/eve. "
        "If one student handed it in, put it into a zip: else its names would say whose it is."
    )
    assert open_inbox(inbox / "eve", tiny).system == system


def test_zip_of_no_system(tiny: Assignment, tmp_path: Path) -> None:
    """A zip that no system made is refused with what is in it."""
    path = write_zip(tmp_path / "s.zip", {"ada.py": DOUBLE, "bob.py": DOUBLE})
    with pytest.raises(UsageError) as caught:
        open_inbox(path, tiny)
    assert str(caught.value) == (
        f"{path} is no zip of submissions as Canvas, Moodle or Gradescope make it; it holds ada.py, bob.py. "
        "Unpack it into a folder with one entry a student, and name that."
    )


def test_plain_folder_with_a_roster(tiny: Assignment, tmp_path: Path) -> None:
    """Entries that are named by a login, a name or a key get the roster's keys, ids and deadlines."""
    inbox = write(tmp_path / "in", {"al/double.py": DOUBLE, "Turing, Alan.py": DOUBLE, "who.py": DOUBLE})
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "student,name,login,deadline\nada,Ada Lovelace,al,2026-03-08\nalan,Alan Turing,at,\neve,Eve Ng,en,\n",
        encoding="utf-8",
    )
    found = open_inbox(inbox, tiny, roster)
    assert [entry.student for entry in found.entries] == ["ada", "alan", "who"]
    ada = found.entries[0].arrival
    assert (ada.system, ada.name, dict(ada.ids)) == ("folder", "Ada Lovelace", {"login": "al"})
    assert ada.deadline.startswith("2026-03-0")
    assert found.unmatched == ("who.py: the roster has nobody of that name or id; it goes by who",)
    assert [student.student for student in found.missing] == ["eve"]


def test_what_python_leaves_is_nobodys(tmp_path: Path) -> None:
    """The folder of compiled files that pip makes beside the sample class is no submission."""
    (tmp_path / "ada.py").write_text(DOUBLE, encoding="utf-8")
    compile_dir(tmp_path, quiet=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["__pycache__", "ada.py"]
    assert [entry.student for entry in inbox_entries(tmp_path)] == ["ada"]


def test_two_entries_of_one_student(tiny: Assignment, tmp_path: Path) -> None:
    """In a plain folder nothing says which of two is the newest, so both are named and nothing is graded."""
    inbox = write(tmp_path / "in", {"al.py": DOUBLE, "ada.py": DOUBLE})
    roster = tmp_path / "roster.csv"
    roster.write_text("student,login\nada,al\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"ada\.py and al\.py are both of ada, and nothing says which of them is the newest"
    ):
        open_inbox(inbox, tiny, roster)


def test_key_of_somebody_else(tiny: Assignment, tmp_path: Path) -> None:
    """Whom the roster does not know gets no key of somebody whom it knows."""
    inbox = write(tmp_path / "in", {"bob_3_4_double.py": DOUBLE, "ada_1_2_double.py": DOUBLE})
    roster = tmp_path / "roster.csv"
    roster.write_text("student,canvas id\nbob_3,1\n", encoding="utf-8")
    found = open_inbox(inbox, tiny, roster)
    assert [(entry.student, dict(entry.arrival.ids)["canvas_user"]) for entry in found.entries] == [
        ("bob_3", "1"),
        ("bob_3_3", "3"),
    ]
    assert "bob_3 goes by bob_3_3: bob_3 is somebody else in the roster" in found.notes


# -- clones ------------------------------------------------------------------------------------------------------------


def git(repository: Path, *words: str, when: str = "2026-03-01T12:00:00+01:00") -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(repository),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z",
    }
    identity = ["-c", "user.name=S", "-c", "user.email=s@x.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *words], cwd=repository, env=environment, check=True, capture_output=True)


def clone(path: Path, files: Mapping[str, str], **how: str) -> Path:
    write(path, files)
    git(path, "init")
    git(path, "add", "-A")
    git(path, "commit", "-m", "x", **how)
    return path


def test_classroom(tiny: Assignment, tmp_path: Path) -> None:
    """Logins stand in the folders' names behind the slug; of the course's bundle only the assignment's part counts."""
    inbox = tmp_path / "hw-1-submissions"
    clone(inbox / "hw-1-ada-l", {"assignments/tiny/double.py": DOUBLE, "assignments/other/x.py": "x = 1\n"})
    clone(inbox / "hw-1-ada-m", {"double.py": DOUBLE}, when="2026-03-02T12:00:00Z")
    found = open_inbox(inbox, tiny)
    assert (found.system, found.notes, found.unmatched) == ("git", (), ())
    assert [(entry.student, dict(entry.arrival.ids), entry.arrival.submitted_at) for entry in found.entries] == [
        ("ada-l", {"github": "ada-l"}, "2026-03-01T11:00:00+00:00"),
        ("ada-m", {"github": "ada-m"}, "2026-03-02T12:00:00+00:00"),
    ]
    assert [dict(entry.load(tiny.course_files).files) for entry in found.entries] == [{"double.py": DOUBLE}] * 2


@pytest.mark.parametrize(
    ("names", "expected"), [(["tiny-a-x", "tiny-a-y"], ["a-x", "a-y"]), (["hw-a-x", "hw-a-y"], ["hw-a-x", "hw-a-y"])]
)
def test_clones_beside_each_other(names: list[str], expected: list[str], tiny: Assignment, tmp_path: Path) -> None:
    """The assignment's name goes from the folders' names; what else they share is not taken for a slug."""
    for name in names:
        clone(tmp_path / "in" / name, {"double.py": DOUBLE})
    assert keys(tmp_path / "in", tiny) == expected


def test_other_id_is_somebody_else(tiny: Assignment, tmp_path: Path) -> None:
    """Two repositories of different logins are not taken for one student's, or a login and a late date would be a way in."""
    inbox = tmp_path / "in"
    clone(inbox / "tiny-al", {"double.py": DOUBLE}, when="2026-03-01T12:00:00Z")
    clone(inbox / "tiny-ada", {"double.py": "late = 1\n"}, when="2026-03-02T12:00:00Z")
    roster = tmp_path / "roster.csv"
    roster.write_text("student,login\nada,al\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        open_inbox(inbox, tiny, roster)
    assert str(caught.value) == (
        f"{inbox}: tiny-ada (ada) and tiny-al (al) would both be of ada, and have different ids (github). Say in the roster "
        "who has which id, or remove all but one of them."
    )


def test_packed_repository(tmp_path: Path) -> None:
    """A branch and objects that Git has packed are read, and so is a HEAD on no branch."""
    repository = clone(tmp_path / "a", {"x.py": ""})
    git(repository, "gc")
    assert not (repository / ".git/refs/heads/main").exists()
    assert git_trees.last_commit(repository) == "2026-03-01T11:00:00+00:00"
    git(repository, "checkout", "--detach")
    assert git_trees.last_commit(repository) == "2026-03-01T11:00:00+00:00"


def trap(tmp_path: Path) -> tuple[Path, Path]:
    """A program that leaves a mark, and the mark."""
    mark, program = tmp_path / "mark", tmp_path / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    return program, mark


@pytest.mark.parametrize("what", ["config", "missing commit"])
def test_repository_starts_nothing(what: str, tmp_path: Path) -> None:
    """No program that a repository's configuration names is started, even where Git alone would start it."""
    program, mark = trap(tmp_path)
    repository = clone(tmp_path / "a", {"x.py": ""})
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=repository, text=True).strip()
    with (repository / ".git/config").open("a", encoding="utf-8") as config:
        config.write(
            f"[core]\n fsmonitor = {program}\n pager = {program}\n sshCommand = {program}\n hooksPath = {tmp_path}\n"
        )
        config.write(f"[log]\n showSignature = true\n[gpg]\n program = {program}\n")
        config.write("[extensions]\n partialClone = origin\n[core]\n repositoryformatversion = 1\n")
        config.write(f'[remote "origin"]\n url = {repository}\n promisor = true\n uploadpack = {program}\n')
    if what == "missing commit":
        (repository / ".git/objects" / commit[:2] / commit[2:]).unlink()
        subprocess.run(
            ["git", "log", "-1"], cwd=repository, capture_output=True, check=False, env={"PATH": os.environ["PATH"]}
        )
        assert mark.exists()  # the trap works: plain Git falls into it
        mark.unlink()
        assert git_trees.last_commit(repository) == ""
    else:
        assert git_trees.last_commit(repository) == "2026-03-01T11:00:00+00:00"
    assert not mark.exists()


def test_repository_that_is_none(tmp_path: Path) -> None:
    """Links out of the repository, broken references and no Git at all give no time, and raise nothing."""
    real = clone(tmp_path / "real", {"x.py": ""})
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / ".git").symlink_to(real / ".git")
    pointing = write(tmp_path / "pointing", {".git": f"gitdir: {real}/.git\n"})
    heads = ["ref: refs/heads/../../../../real/.git/refs/heads/main", "ref: refs/heads/none", "x", "", "0" * 40, "\0"]
    broken = [clone(tmp_path / f"b{number}", {"x.py": ""}) for number in range(len(heads))]
    for repository, head in zip(broken, heads, strict=True):
        (repository / ".git/HEAD").write_text(head, encoding="utf-8")
    assert [git_trees.last_commit(path) for path in (linked, pointing, tmp_path, *broken)] == [""] * (3 + len(heads))


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Git there are no times, and that is all."""
    repository = clone(tmp_path / "a", {"x.py": ""})
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_trees.last_commit(repository) == ""


@pytest.mark.parametrize("place", ["assignments", "assignments/tiny"])
def test_link_in_a_clone(place: str, tiny: Assignment, tmp_path: Path) -> None:
    """A link in the place of the assignment's folder is not followed."""
    write(tmp_path / "elsewhere", {"tiny/secret.py": "SECRET = 1\n", "secret.py": "SECRET = 1\n"})
    repository = clone(tmp_path / "in" / "tiny-ada", {"double.py": DOUBLE})
    (repository / place).parent.mkdir(exist_ok=True)
    (repository / place).symlink_to(tmp_path / "elsewhere")
    (entry,) = open_inbox(tmp_path / "in", tiny).entries
    assert dict(entry.load().files) == {"double.py": DOUBLE}


# -- Gradescope --------------------------------------------------------------------------------------------------------

EXPORT = """---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: "101"
    :email: ada@x.org
  :created_at: 2026-03-01 12:00:00.123456789 +01:00
  :score: 1.0
submission_2:
  :submitters:
  - &1
    :name: Alan Turing
    :sid: '0102'
    :email: alan@x.org
  - :name: "=Grace\\e[1m"
    :sid:
    :email: grace@x.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-03-02 12:00:00 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: UTC
submission_3:
  :submitters: []
submission_4:
  :submitters:
  - *1
  :created_at: 2026-03-01 12:00:00 Z
submission_5:
  :submitters:
  - :name: Eve
"""


def export(tmp_path: Path, metadata: str = EXPORT) -> dict[str, str]:
    pytest.importorskip("yaml")
    files = {f"submission_{number}/double.py": DOUBLE + f"N = {number}\n" for number in (1, 2, 3, 4, 9)}
    return {
        f"assignment_7_export/{name}": text for name, text in {**files, "submission_metadata.yml": metadata}.items()
    }


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_gradescope(form: str, tiny: Assignment, tmp_path: Path) -> None:
    """The export's file says whose submissions are whose and when they came; each of a group has an entry."""
    files = export(tmp_path)
    inbox = write_zip(tmp_path / "x.zip", files) if form == "zip" else write(tmp_path / "in", files)
    found = open_inbox(inbox if form == "zip" else inbox / "assignment_7_export", tiny)
    assert found.system == "gradescope"
    assert [(entry.student, entry.arrival.submitted_at) for entry in found.entries] == [
        ("=grace-u001b[1m_grace@x.org", "2026-03-02T12:00:00+00:00"),
        ("ada-lovelace_101", "2026-03-01T11:00:00+00:00"),
        ("alan-turing_0102", "2026-03-02T12:00:00+00:00"),
    ]
    assert dict(found.entries[2].arrival.ids) == {
        "gradescope_sid": "0102",
        "email": "alan@x.org",
        "gradescope_submission": "2",
    }
    assert [entry.load().files["double.py"][-2] for entry in found.entries] == ["2", "1", "2"]
    assert [note.partition(":")[0] for note in found.notes] == [
        "submission_2 is a group's",
        "alan-turing_0102",
    ]
    assert found.unmatched == (
        "submission_3: submission_metadata.yml names nobody who submitted it",
        "submission_5: is in submission_metadata.yml, but there is no such folder",
        "submission_9: is not in submission_metadata.yml",
    )


def test_name_of_somebody_else(tiny: Assignment, tmp_path: Path) -> None:
    """Who takes another's name on Gradescope does not take the place of what the other handed in before."""
    submissions = [("Ada Lovelace", "ada@x.org", "10:00"), ("ada lovelace", "eve@x.org", "11:00")]
    metadata = "".join(
        f"submission_{number}:\n  :submitters:\n  - :name: {name}\n    :email: {email}\n"
        f"  :created_at: 2026-01-01 {time}:00 Z\n"
        for number, (name, email, time) in enumerate(submissions, 1)
    )
    inbox = write_zip(tmp_path / "x.zip", export(tmp_path, metadata))
    roster = tmp_path / "roster.csv"
    roster.write_text("student,name\nada,Ada Lovelace\neve,Eve Ng\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"would both be of ada, and have different ids \(email\)"):
        open_inbox(inbox, tiny, roster)


@pytest.mark.parametrize(
    "metadata", ["", "[1, 2]", "a: [", "submission_1: !!python/object/apply:os.system ['true']", "\t", "{}"]
)
def test_gradescope_file_that_is_none(metadata: str, tiny: Assignment, tmp_path: Path) -> None:
    """A file that Gradescope did not write is refused, and nothing in it is run."""
    inbox = write(tmp_path / "in", export(tmp_path, metadata))
    with pytest.raises(UsageError, match=r"submission_metadata\.yml .*Download the export again\.$"):
        open_inbox(inbox, tiny)


def test_without_pyyaml(tiny: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PyYAML an export is refused with what to install."""
    inbox = write(tmp_path / "in", export(tmp_path))
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "yaml":
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'backgrade\[gradescope\]'\.$"):
        open_inbox(inbox, tiny)


# -- the command -------------------------------------------------------------------------------------------------------


def test_dry_run(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Says whose is what, when it came, what did not match and who is missing; nothing is graded or written."""
    inbox = write_zip(
        tmp_path / "s.zip",
        {"lovelaceada_1_2_double.py": DOUBLE, "lovelaceada_1_3_notes.txt": "", "turingalan_LATE_4_5_double.py": DOUBLE},
    )
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "student,canvas id,name,submitted_at\nada,1,Ada Lovelace,2026-03-03T12:00Z\nkurt,9,Kurt Gödel,\n",
        encoding="utf-8",
    )
    more = ["--dry-run", "--roster", str(roster), "--deadline", "2026-03-01T12:00Z"]
    assert cli.main(arguments(tiny, inbox, *more)) == 3
    assert capsys.readouterr().out.splitlines() == [
        "canvas: 2 submissions. Nothing was graded.",
        "  ada  <-  lovelaceada_1",
        "      files: double.py, notes.txt",
        "      submitted: 2026-03-03 12:00 UTC; late: 2 days begun, 20 % off",
        "  turingalan_4  <-  turingalan_4",
        "      files: double.py",
        "      late, says canvas",
        "notes:",
        "  when they handed in is not known of 1 of 2, so --deadline takes nothing off there: turingalan_4. Give a --roster "
        "with a column submitted_at.",
        "not matched:",
        "  turingalan_4: the roster has nobody of that name or id; it goes by turingalan_4",
        "handed in nothing:",
        "  kurt  Kurt Gödel",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course", "roster.csv", "s.zip"]


def test_dry_run_is_inert(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The name of a file moves nothing in the terminal, and writes no line of its own."""
    inbox = write_zip(tmp_path / "s.zip", {"ada_1_2_\x1b[2J\n  eve  <-  fine.py": DOUBLE})
    cli.main(arguments(tiny, inbox, "--dry-run"))
    assert capsys.readouterr().out.splitlines()[2] == "      files: \\u001b[2J\\u000a  eve  <-  fine.py"


def test_dry_run_that_fits(tiny: Assignment, tmp_path: Path) -> None:
    """The exit status is 0 if everything matched."""
    inbox = write_zip(tmp_path / "s.zip", {"ada_1_2_double.py": DOUBLE})
    assert cli.main(arguments(tiny, inbox, "--dry-run")) == 0


def test_deadline_where_no_time_is_known(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A deadline that can't count for anybody is said; without a deadline there is nothing to say."""
    inbox = write_zip(tmp_path / "s.zip", {"Ada Lovelace_1_assignsubmission_file_/double.py": DOUBLE})
    assert cli.main(arguments(tiny, inbox, "--dry-run")) == 0
    assert "not known" not in capsys.readouterr().out
    assert cli.main(arguments(tiny, inbox, "--dry-run", "--deadline", "2026-03-01")) == 0
    assert "not known of 1 of 1, so --deadline takes nothing off there: ada-lovelace_1." in capsys.readouterr().out


def test_nobody_is_graded_under_two_names(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A class that was graded with a roster is not graded again without it: each would be there twice."""
    inbox = write_zip(tmp_path / "s.zip", {"lovelaceada_1_2_double.py": DOUBLE})
    roster = tmp_path / "roster.csv"
    roster.write_text("student,canvas id\nada,1\n", encoding="utf-8")
    out = ["-o", str(tmp_path / "out"), "--jobs", "1", "--device", "cpu"]
    assert cli.main(arguments(tiny, inbox, *out, "--roster", str(roster))) == 0
    assert cli.main(arguments(tiny, inbox, *out)) == 2
    assert "lovelaceada_1 is ada in" in capsys.readouterr().err
    assert cli.main(arguments(tiny, inbox, *out, "--roster", str(roster))) == 0
    assert [path.name for path in (tmp_path / "out" / "students").iterdir()] == ["ada"]


def test_needs_a_folder_for_results(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --dry-run there must be an OUT."""
    inbox = write_zip(tmp_path / "s.zip", {"ada_1_2_double.py": DOUBLE})
    assert cli.main(arguments(tiny, inbox)) == 2
    assert "needs a folder for the results: -o OUT" in capsys.readouterr().err


def test_bad_deadline(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A deadline that is none is one line."""
    inbox = write_zip(tmp_path / "s.zip", {"ada_1_2_double.py": DOUBLE})
    assert cli.main(arguments(tiny, inbox, "--dry-run", "--deadline", "soon")) == 2
    assert "grader: --deadline is 'soon'; expected a date or a date and a time" in capsys.readouterr().err


def test_late_students_and_extensions(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Times and extensions of the roster change scores; --student takes its keys; what does not fit is said."""
    inbox = write_zip(
        tmp_path / "s.zip", {f"x_{number}_1_double.py": f"{DOUBLE}N = {number}\n" for number in (1, 2, 3)}
    )
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "student,canvas id,submitted_at,deadline\nada,1,2026-03-03T12:00Z,\nalan,2,2026-03-03T12:00Z,2026-03-04\nkurt,9,,\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    more = ["--roster", str(roster), "--deadline", "2026-03-01T12:00Z", "-o", str(out)]
    assert cli.main(arguments(tiny, inbox, *more, "--student", "ada", "--student", "alan")) == 0
    told = capsys.readouterr().err
    assert "not matched: x_3: the roster has nobody of that name or id; it goes by x_3" in told
    assert "1 handed in nothing: kurt" in told
    store = Store(out / "grades.db")
    assert {grade.student: str(grade.score) for grade in store.newest()} == {"ada": "1.60", "alan": "2"}
    store.close()
    assert cli.main(arguments(tiny, inbox, *more, "--student", "eve")) == 2
    assert "holds no submission of eve. There are: " in capsys.readouterr().err


def test_feedback_notebook_of_a_download(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A notebook in a zip gets its feedback into the folder of the student whom the roster names."""
    cells = [nbformat.v4.new_code_cell(DOUBLE)]
    notebook = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    inbox = write_zip(tmp_path / "s.zip", {"ada_1_2_tiny-1.ipynb": notebook, "bob_3_4_double.py": DOUBLE})
    roster = tmp_path / "roster.csv"
    roster.write_text("student,canvas id\nada-lovelace,1\n", encoding="utf-8")
    out = tmp_path / "out"
    assert cli.main(arguments(tiny, inbox, "-o", str(out), "--roster", str(roster))) == 0
    back = ["feedback-notebook", str(inbox), "-o", str(out), "--course", str(tiny.course_root), "--roster", str(roster)]
    assert cli.main(back) == 0
    assert "1 written" in capsys.readouterr().out
    assert (out / "students" / "ada-lovelace" / "feedback.ipynb").is_file()
