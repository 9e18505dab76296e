"""Trees of Git clones: a folder with one repository a student, as GitHub Classroom's command clones them."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from grader.lms.arriving import Incoming, Reading
from grader.lms.downloads import Download, Item
from grader.lms.roster import key_of
from grader.submissions.arrivals import Arrival
from grader.text import clean_name

SYSTEM = "git"
_SUBMISSIONS = "-submissions"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REF = re.compile(r"ref: (refs/heads/(?:[\w+@-][\w.+@-]*/)*[\w+@-][\w.+@-]*)\s*")
_COMMITTER = re.compile(rb"\ncommitter [^\n]* (-?\d{1,15}) [+-]\d{4}\n")
_MAX_REF_BYTES = 1_000_000
_GIT_SECONDS = 30


def is_repository(item: Item) -> bool:
    """Whether it is a clone."""
    return item.is_folder and not item.parts and _is(stat.S_ISDIR, item.path / ".git")


def is_tree(download: Download) -> bool:
    """Whether it is a folder of clones, or one that GitHub Classroom made."""
    folders = [item for item in download.items if item.is_folder]
    if download.is_zip or not folders:
        return False
    if _slug(download) and all(item.name.startswith(_slug(download)) for item in folders):
        return True
    return len(folders) == len(download.items) and 2 * sum(map(is_repository, folders)) > len(folders)


def _slug(download: Download) -> str:
    """What every folder's name begins with, by the name of the folder around them; empty if it doesn't say."""
    name = download.path.resolve().name
    return f"{name.removesuffix(_SUBMISSIONS)}-" if name.endswith(_SUBMISSIONS) else ""


def read(download: Download, assignment: str) -> Reading:
    """The submissions: of each repository the part that is the assignment's, with the time of its last commit.

    What students' names begin with is told by the name of the folder around, `<slug>-submissions`, or is the assignment's
    name; it is never worked out from the names themselves, for `hw-a-x` and `hw-a-y` may be `x` and `y`, or `a-x` and `a-y`.
    """
    folders = [item for item in download.items if item.is_folder]
    unmatched = [f"{clean_name(item.name)}: is no folder" for item in download.items if not item.is_folder]
    prefix = next(
        (
            slug
            for slug in (_slug(download), f"{assignment}-")
            if slug and all(item.name.startswith(slug) and item.name != slug for item in folders)
        ),
        "",
    )
    notes = [] if prefix else ["the folders' names are taken whole as the students'"]
    submissions: list[Incoming] = []
    without_time: list[str] = []
    for item in folders:
        login = clean_name(item.name.removeprefix(prefix))
        submitted_at = last_commit(item.path)
        if not submitted_at:
            without_time.append(login)
        arrival = Arrival(SYSTEM, "", {"github": login}, item.members, submitted_at)
        submissions.append(Incoming(clean_name(item.name), key_of(login), arrival, _part_of(item.path, assignment)))
    if without_time:
        notes.append(f"no time of a last commit is known of {', '.join(without_time)}")
    return Reading(SYSTEM, tuple(submissions), tuple(notes), tuple(unmatched))


def _part_of(repository: Path, assignment: str) -> Path:
    """`assignments/<name>` of a repository that is the course's bundle, else all of it. Links are not followed."""
    folders = repository / "assignments", repository / "assignments" / assignment
    return folders[-1] if all(_is(stat.S_ISDIR, folder) for folder in folders) else repository


def _is(kind: object, path: Path) -> bool:
    try:
        return bool(kind(path.lstat().st_mode))  # type: ignore[operator]
    except OSError:
        return False


def last_commit(repository: Path) -> str:
    """When the last commit of the branch that is checked out was made, ISO 8601 in UTC; empty if that can't be found out.

    The repository is a student's: what its configuration says - programs to start, among others - must not be honoured, and
    Git has no option that leaves it out. So the branch is read here, from files, and Git is asked for one commit in an
    empty repository of our own that only borrows the student's objects.
    """
    git = repository / ".git"
    commit = _commit_of(git) if _is(stat.S_ISDIR, git) and _is(stat.S_ISDIR, git / "objects") else ""
    if not commit:
        return ""
    with tempfile.TemporaryDirectory() as empty:
        found = _git(Path(empty), git / "objects", commit)
    seconds = _COMMITTER.search(found.partition(b"\n\n")[0] + b"\n")
    if seconds is None:
        return ""
    try:
        return datetime.fromtimestamp(int(seconds[1]), UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return ""


def _commit_of(git: Path) -> str:
    """The commit that HEAD stands for; empty if that is not plain to see."""
    head = _text(git / "HEAD")
    if _COMMIT.fullmatch(head.strip()):
        return head.strip()
    found = _REF.fullmatch(head)
    if found is None or ".." in found[1]:
        return ""
    folders = [git.joinpath(*found[1].split("/")[: depth + 1]) for depth in range(found[1].count("/"))]
    if all(_is(stat.S_ISDIR, folder) for folder in folders):
        commit = _text(git / found[1]).strip()
        if _COMMIT.fullmatch(commit):
            return commit
    packed = re.search(rf"^([0-9a-f]{{40}}) {re.escape(found[1])}$", _text(git / "packed-refs"), re.MULTILINE)
    return packed[1] if packed else ""


def _text(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            return stream.read(_MAX_REF_BYTES).decode("utf-8", errors="replace")
    except OSError:
        return ""


def _git(empty: Path, objects: Path, commit: str) -> bytes:
    """The commit as Git stores it; empty without Git, or if it is not there."""
    own = empty / "repository.git"
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(empty),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        for folder in ("objects", "refs"):
            (own / folder).mkdir(parents=True)
        (own / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
        ended = subprocess.run(  # noqa: S603  (a fixed command and forty hexadecimal digits)
            ["git", f"--git-dir={own}", "cat-file", "commit", commit],  # noqa: S607  (git is where the operator has it)
            env={**environment, "GIT_OBJECT_DIRECTORY": str(objects.resolve())},
            cwd=empty,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return ended.stdout if ended.returncode == 0 else b""
