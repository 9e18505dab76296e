"""Put a release where it can be handed out from: a folder, a zip of it, a commit in a Git repository.

A folder is taken over only if it is new, empty, or an earlier release, known by its `release.json`. That file lists what is
ours in the folder; everything else stays as it is, and gets neither into the zip nor into the commit.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from grader.errors import UsageError
from grader.files import reason_of
from grader.release.packing import zipped
from grader.text import clean

MARKER = "release.json"
_AUTHOR = ("grader release", "grader@localhost")  # where Git knows no other


class _Marker(msgspec.Struct):
    files: dict[str, str]


@dataclass(frozen=True)
class Written:
    """What was lost by writing a release: files that had been changed by hand, and those that are not in it any more."""

    replaced: tuple[str, ...]
    removed: tuple[str, ...]


def digest(content: bytes) -> str:
    """By what the marker knows the content of a file."""
    return hashlib.sha256(content).hexdigest()


def released_files(marker: bytes) -> dict[str, str]:
    """The files that a `release.json` lists, with their digests; none if it is no such file. It may be anybody's."""
    try:
        listed = msgspec.json.decode(marker, type=_Marker).files
    except (ValueError, RecursionError):
        return {}
    return {name: known for name, known in listed.items() if _is_inside(name)}


# -- a folder --------------------------------------------------------------------------------------------------------------


def check_folder(out: Path, course_root: Path) -> None:
    """Raise `UsageError` if a release can't be written there."""
    folder, course = out.resolve(), course_root.resolve()
    if course.is_relative_to(folder) or any(
        folder.is_relative_to(course / name) for name in ("assignments", "reference", ".git")
    ):
        raise UsageError(f"{out} is the course itself, or part of it. Choose a folder of its own for the release.")
    for name in _earlier(out):
        _refuse_links(out, name)


def write_folder(files: Mapping[str, bytes], out: Path) -> Written:
    """Write the files of a release. Raises `UsageError` if they can't be written, or if something else is there."""
    earlier = _earlier(out)
    for name in files:
        _refuse_links(out, name)
    replaced = [name for name in files if _is_anothers(out / name, earlier.get(name), files[name])]
    removed = [name for name in earlier if name not in files and (out / name).exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in sorted(files, key=lambda name: name != MARKER):  # first: what is stopped halfway is known as ours
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != files[name]:
                path.write_bytes(files[name])
        for name in removed:
            (out / name).unlink(missing_ok=True)
            with suppress(OSError):  # not empty
                for folder in PurePosixPath(name).parents[:-1]:
                    (out / folder).rmdir()
    except OSError as error:
        raise UsageError(f"{error.filename or out}: can't be written: {reason_of(error)}") from None
    return Written(tuple(sorted(set(replaced) - {MARKER})), tuple(removed))


def _earlier(out: Path) -> dict[str, str]:
    """The files of the release that a folder holds, with their digests. Raises `UsageError` if something else is there."""
    if not out.exists():
        return {}
    if not out.is_dir():
        raise UsageError(f"{out} is no folder. Choose another one for the release.")
    if all(path.name == ".git" for path in out.iterdir()):
        return {}
    try:
        listed = msgspec.json.decode((out / MARKER).read_bytes(), type=_Marker).files
    except (OSError, ValueError):
        raise UsageError(
            f"{out} is not empty, and it is no earlier release: it has no {MARKER} of one. Nothing was written. Choose a "
            "new folder, or an empty one."
        ) from None
    return {name: known for name, known in listed.items() if _is_inside(name)}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and path.parts[0] != ".git"


def _is_anothers(path: Path, known: str | None, ours: bytes) -> bool:
    """Whether somebody else's content is where ours is to go: neither that of the earlier release nor the new one."""
    if not path.is_file():
        return False
    there = path.read_bytes()
    return there != ours and digest(there) != known


def _refuse_links(out: Path, name: str) -> None:
    """Raise `UsageError` if the path leads elsewhere, or is a folder."""
    path = out / name
    for place in (path, *path.parents[: len(PurePosixPath(name).parts) - 1]):
        if place.is_symlink():
            raise UsageError(f"{place} is a link. Take it away: a release is written into its own folder only.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder, where a file of the release belongs. Take it away.")


# -- a zip -----------------------------------------------------------------------------------------------------------------


def zip_path(out: Path) -> Path:
    """Where the zip of a folder goes: beside it. Raises `UsageError` if something else is there."""
    folder = out.resolve()
    path = folder.with_name(f"{folder.name}.zip")
    if path.exists() and not _is_zipped_release(path):
        raise UsageError(f"{path} is there, and it is no earlier release. Take it away, or choose another folder.")
    return path


def write_zip(files: Mapping[str, bytes], out: Path) -> Path:
    """Write a zip in which the files lie in one folder, named like `out`; returns where. Raises `UsageError`."""
    path = zip_path(out)
    replace_zip(path, zipped({f"{path.stem}/{name}": content for name, content in files.items()}))
    return path


def replace_zip(path: Path, content: bytes) -> None:
    """Write the zip as a whole, in the place of an earlier one. Raises `UsageError`."""
    temporary = path.with_name(f"{path.name}.new")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {reason_of(error)}") from None


def _is_zipped_release(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(PurePosixPath(name).name == MARKER for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


# -- a Git repository ------------------------------------------------------------------------------------------------------


def commit(files: Iterable[str], out: Path, message: str) -> str:
    """Commit the files of a release in the folder's own repository, made if there is none; those of the last commit's
    release that are gone are removed. Returns the short name of the commit, empty if nothing has changed.

    Raises `UsageError`.
    """
    if not (out / ".git").exists():
        _git(out, "init", "--quiet")
        _git(out, "symbolic-ref", "HEAD", "refs/heads/main")  # whatever Git's default is here
    now = set(files)
    gone = _committed(out) - now
    if gone:
        _git(out, "rm", "--quiet", "--cached", "--ignore-unmatch", "--", *sorted(gone))
    these = ("--pathspec-from-file=-", "--pathspec-file-nul")
    # Forced: what somebody ignores everywhere, such as wheels, is part of it all the same.
    _git(out, "add", "--force", *these, typed="\0".join(sorted(now)))
    changed = set(_git(out, "diff", "--cached", "--name-only", "-z").split("\0")) & (now | gone)
    if not changed:
        return ""
    _git(
        out,
        "commit",
        "--quiet",
        "--no-verify",
        "--message",
        message,
        "--only",
        *these,
        typed="\0".join(sorted(changed)),
    )
    return _git(out, "rev-parse", "--short", "HEAD")


def _committed(out: Path) -> set[str]:
    """The files of the release that was committed last."""
    try:
        text = _git(out, "show", f"HEAD:{MARKER}")
        return set(msgspec.json.decode(text, type=_Marker).files)
    except (UsageError, ValueError):  # none was
        return set()


def require_git() -> None:
    """Raise `UsageError` if there is no Git."""
    _git(None, "--version")


def _git(out: Path | None, *words: str, typed: str = "") -> str:
    """What git says. No hooks, signatures or line ends of this machine's; an author where it knows of none."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    place = [] if out is None else ["-C", str(out.resolve())]
    settings = ["core.hooksPath=/dev/null", "commit.gpgSign=false", "core.autocrlf=false", "core.safecrlf=false"]
    if out is not None and words[0] == "commit":
        for key, standard in zip(("user.name", "user.email"), _AUTHOR, strict=True):
            if not _run_git([*place, "config", "--default", "", "--get", key], environment, ""):
                settings.append(f"{key}={standard}")
    return _run_git([*place, *(word for entry in settings for word in ("-c", entry)), *words], environment, typed)


def _run_git(words: list[str], environment: Mapping[str, str], typed: str) -> str:
    try:
        ended = subprocess.run(  # noqa: S603 - words of our own
            ["git", *words],  # noqa: S607 - whichever git is the user's
            input=typed,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError(
            "--git needs the program git, which is not installed here. Install it, or leave --git out."
        ) from None
    if ended.returncode:
        said = clean(ended.stderr.strip().rstrip("."), 500) or f"status {ended.returncode}"
        raise UsageError(f"git can't make the commit: {said}. The files are written: make it by hand.")
    return ended.stdout.strip()
