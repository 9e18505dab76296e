"""Bring what a student handed in - a file, a folder, a zip - into one normal form. Never executes or extracts anything.

Whatever lies in an inbox, `load_submission` returns: a file that can't be used becomes a flag, not an exception.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from grader.results import Flag
from grader.submissions.cells import MAX_NOTEBOOK_BYTES, NotebookError, code_of, read_cells
from grader.submissions.source import NOTEBOOK
from grader.submissions.submission import Submission, make_submission
from grader.text import clean_name

# Source is parsed on this side, and a byte of it may cost the parser 900 bytes of memory; 1 MB of f-strings, a minute.
MAX_FILE_BYTES = 200_000
MAX_LINES = 50_000
MAX_FILES = 100
MAX_ZIP_MEMBERS = 2_000
MAX_ZIP_BYTES = 50_000_000  # its list of members is held in memory, ten times as large
MAX_TOTAL_BYTES = 1_000_000
MAX_NOTEBOOKS = 10
MAX_ZIPS = 10  # beside each other
MAX_DEPTH = 50  # of a folder; Python's own walk recurses
MAX_FLAGS = 100
MAX_NAME = 200
MAX_STUDENT_BYTES = 240  # of 255 that a file name may have

_NOT_GRADABLE = "not_gradable"
_READ = (".py", NOTEBOOK)
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
# Python's parser joins a dotted name anew at each dot: one of 200 kB keeps it busy for half a minute.
_LONG_DOTTED_NAME = re.compile(r"(?<!\w)(?:\w++[\s\\]*+\.[\s\\]*+){100}")
_NEVER_A_SUBMISSION = frozenset({"conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py"})
_SKIPPED_FOLDERS = frozenset({"__pycache__", "__MACOSX", ".git", ".ipynb_checkpoints", ".venv", "venv", "node_modules"})


def student_name(path: Path) -> str:
    """The student an inbox entry is named after: `ada-lovelace.zip` and `ada-lovelace/` are both `ada-lovelace`.

    It can be the name of a folder: one that leads nowhere else, and not longer than file systems allow.
    """
    name = clean_name(path.stem if path.suffix.lower() in {*_READ, ".zip"} else path.name)
    if set(name) <= {"."}:  # "..", say
        name = name.replace(".", "\\u002e") or "unnamed"
    raw = name.encode()
    return name if len(raw) <= MAX_STUDENT_BYTES else f"{raw[: MAX_STUDENT_BYTES - 3].decode(errors='ignore')}…"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a submission, wherever it lies: the name that the student gave it, with folders, and how to read it.

    `read(limit)` gives at most `limit` bytes.
    """

    name: str
    read: Callable[[int], bytes]


def part_of_file(name: str, path: Path) -> Part:
    """The file at `path` under the name that the student gave it. A link is not followed."""
    return Part(name, partial(_read_regular, path))


def part_of_zip(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Part:
    """The member of an open zip under the name that the student gave it. It is read in place, with the usual limits."""
    return Part(name, partial(_read_member, archive, member))


def load_submission(
    path: Path, student: str = "", *, course_files: frozenset[str] = frozenset(), opens_zips: bool = False
) -> Submission:
    """The submission at `path`. `course_files` are names that belong to the course and are left out without a word.

    With `opens_zips` a zip in a folder is read too: systems put what a student uploaded into a folder of their own.
    """
    student = student or student_name(path)
    gathered = _Gathered()
    _gather(path, gathered, course_files | _NEVER_A_SUBMISSION, opens_zips)
    return gathered.submission(student)


def load_parts(
    parts: Iterable[Part], student: str, *, flags: Iterable[Flag] = (), course_files: frozenset[str] = frozenset()
) -> Submission:
    """The submission that these files are together; a zip among them is read in place. `flags` are already known."""
    gathered = _Gathered()
    gathered.flags.extend(flags)
    _gather_parts(parts, gathered, course_files | _NEVER_A_SUBMISSION)
    return gathered.submission(student)


def _gather(path: Path, gathered: _Gathered, left_out: frozenset[str], opens_zips: bool = False) -> None:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            _gather_folder(path, gathered, left_out, opens_zips)
        elif not stat.S_ISREG(mode):
            gathered.refuse(path.name, "is not a regular file or folder, so it was not opened")
        elif path.suffix.lower() == ".zip":
            _gather_zip(path, gathered, left_out)
        elif path.suffix.lower() in _READ:
            gathered.add(path.name, partial(_read_regular, path))
        else:
            gathered.refuse(path.name, "is not a .py file, a notebook, a .zip or a folder")
    except OSError as error:
        gathered.refuse(path.name, _why(error))


def notebooks_in(
    path: Path, course_files: frozenset[str] = frozenset(), *, opens_zips: bool = False
) -> dict[str, bytes]:
    """The notebooks of the submission at `path` as they were handed in, by their name in it; what can't be read is left out."""
    gathered = _Gathered(keeps_notebooks=True)
    _gather(path, gathered, course_files | _NEVER_A_SUBMISSION, opens_zips)
    return gathered.notebooks


def notebooks_in_parts(parts: Iterable[Part], course_files: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """The notebooks among these files, in the same way."""
    gathered = _Gathered(keeps_notebooks=True)
    _gather_parts(parts, gathered, course_files | _NEVER_A_SUBMISSION)
    return gathered.notebooks


class _Refused(Exception):
    """Why a file is not opened, as its flag says it."""


class _Gathered:
    """Files and flags on their way to a submission; the limits are kept here."""

    def __init__(self, *, keeps_notebooks: bool = False) -> None:
        self.files: dict[str, str] = {}
        self.notebooks: dict[str, bytes] = {}  # as they were handed in, if they are to be kept
        self._keeps_notebooks = keeps_notebooks
        self._opened_notebooks = 0
        self.opened_zips = 0
        self.flags: list[Flag] = []
        self.more_flags = 0
        self.total_bytes = 0

    def refuse(self, where: str, why: str, kind: str = "ignored_file") -> None:
        if kind == _NOT_GRADABLE or len(self.flags) < MAX_FLAGS:
            self.flags.append(Flag(kind, clean_name(where, MAX_NAME), clean_name(why, 300)))
        else:
            self.more_flags += 1

    def add(self, name: str, read: Callable[[int], bytes]) -> None:
        """Decode and keep the file, or say why not. `read(limit)` gives at most `limit` bytes."""
        name = clean_name(name, MAX_NAME)
        if name in self.files:
            return self.refuse(name, "is there twice; one of them was read")
        if len(self.files) >= MAX_FILES:
            return self.refuse(name, f"is one file too many: at most {MAX_FILES} are read")
        is_notebook = name.lower().endswith(NOTEBOOK)
        if is_notebook and self._opened_notebooks >= MAX_NOTEBOOKS:
            return self.refuse(name, f"is one notebook too many: at most {MAX_NOTEBOOKS} are read")
        self._opened_notebooks += is_notebook  # also one that is then refused, which costs as much
        try:
            raw = self._code_of(name, read) if is_notebook else read(MAX_FILE_BYTES + 1)
        except _Refused as error:
            return self.refuse(name, str(error))
        except Exception as error:  # zipfile raises what a broken archive leads it to, OverflowError and all
            return self.refuse(name, _why(error), "unreadable_file")
        self.total_bytes += len(raw)
        if len(raw) > MAX_FILE_BYTES or self.total_bytes > MAX_TOTAL_BYTES:
            return self.refuse(
                name, f"is too large: at most {MAX_FILE_BYTES:,} bytes are read of a file, {MAX_TOTAL_BYTES:,} of all"
            )
        if b"\0" in raw:
            return self.refuse(
                name, "holds NUL bytes, so it is not Python source; save it as UTF-8 text", "unreadable_file"
            )
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            return self.refuse(name, f"is not UTF-8 (line {line}); save it with the encoding UTF-8", "unreadable_file")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if text.count("\n") > MAX_LINES:
            return self.refuse(name, f"has more than {MAX_LINES:,} lines, so it was not read")
        if _LONG_DOTTED_NAME.search(text):
            return self.refuse(name, "holds a dotted name of more than 100 parts, so it was not read")
        self.files[name] = text
        return None

    def _code_of(self, name: str, read: Callable[[int], bytes]) -> bytes:
        """The code of a notebook; what there is to be said about it is flagged."""
        raw = read(MAX_NOTEBOOK_BYTES + 1)
        if len(raw) > MAX_NOTEBOOK_BYTES:
            raise _Refused(
                f"is too large: a notebook may have {MAX_NOTEBOOK_BYTES:,} bytes. Clear its outputs and save it again"
            )
        try:
            cells = read_cells(raw)
        except NotebookError as error:
            raise _Refused(str(error)) from None
        text = "\n".join(cell.text for cell in cells)
        if len(text) > MAX_FILE_BYTES or _LONG_DOTTED_NAME.search(text):  # refused below, before anything parses it
            return text.encode(errors="replace")
        if self._keeps_notebooks:
            self.notebooks[name] = raw
        code = code_of(cells)
        for number, what in code.notes:
            self.refuse(f"{name}, cell {number}", what, "notebook_cell")
        return code.text.encode(errors="replace")

    def submission(self, student: str) -> Submission:
        if self.more_flags:
            self.flags.append(Flag("ignored_file", "", f"and {self.more_flags:,} more"))
        if not self.files:
            found = "; ".join(f"{flag.where} {flag.detail}" for flag in self.flags[:3])
            self.refuse(
                student,
                f"holds no Python file or notebook that can be read{': ' + found if found else ''}",
                _NOT_GRADABLE,
            )
        return make_submission(student, self.files, tuple(self.flags))


def _is_wanted(name: str, left_out: frozenset[str]) -> bool:
    path = PurePosixPath(name)
    hidden = any((part.startswith(".") and part != "..") or part in _SKIPPED_FOLDERS for part in path.parts)
    return (
        path.suffix.lower() in _READ and not hidden and path.name not in left_out and not path.name.startswith("test_")
    )


def _gather_parts(parts: Iterable[Part], gathered: _Gathered, left_out: frozenset[str]) -> None:
    """Files first: of a file that lies beside a zip and in it too, the one beside it is read."""
    ordered = sorted(parts, key=lambda part: (_is_zip(part.name), part.name))
    common = _common_folder(part.name for part in ordered)
    for part in ordered:
        if _is_wanted(part.name, left_out):
            gathered.add(part.name.removeprefix(common), part.read)
        elif _is_zip(part.name) and not _is_skipped(part.name):
            _gather_zip_inside(part, gathered, left_out)
        else:
            _mention(part.name, gathered)


def _gather_zip_inside(part: Part, gathered: _Gathered, left_out: frozenset[str]) -> None:
    if gathered.opened_zips >= MAX_ZIPS:
        return gathered.refuse(part.name, f"is one zip too many: at most {MAX_ZIPS} are read")
    gathered.opened_zips += 1
    try:
        raw = part.read(MAX_ZIP_BYTES + 1)
        if len(raw) > MAX_ZIP_BYTES:
            return gathered.refuse(part.name, f"is too large: a zip may have at most {MAX_ZIP_BYTES:,} bytes")
        _gather_members(part.name, io.BytesIO(raw), gathered, left_out)
    except _Refused as error:
        gathered.refuse(part.name, str(error))
    except Exception as error:
        gathered.refuse(part.name, f"is no zip that can be read ({_said(error)}); make it anew", "unreadable_file")
    return None


def _gather_folder(root: Path, gathered: _Gathered, left_out: frozenset[str], opens_zips: bool = False) -> None:
    def refuse_folder(error: OSError) -> None:
        gathered.refuse(Path(error.filename).relative_to(root.parent).as_posix(), _why(error), "unreadable_file")

    found: dict[str, Path] = {}
    looked_at = 0
    for folder, folders, names in os.walk(root, onerror=refuse_folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS and not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            found[path.relative_to(root).as_posix()] = path
        looked_at += len(folders) + len(names)
        if looked_at > MAX_ZIP_MEMBERS:
            return gathered.refuse(root.name, f"holds more than {MAX_ZIP_MEMBERS:,} files and folders")
        if folders and len(Path(folder).relative_to(root).parts) >= MAX_DEPTH:
            name = Path(folder, folders[0]).relative_to(root.parent).as_posix()
            gathered.refuse(name, f"lies {MAX_DEPTH} folders deep; what is in it was not looked at", "unreadable_file")
            folders.clear()
    common = _common_folder(found)
    for name, path in found.items():
        if _is_wanted(name, left_out):
            gathered.add(name.removeprefix(common), partial(_read_regular, path))
        elif not (opens_zips and _is_zip(name)):
            _mention(name, gathered)
    if opens_zips:
        for name, path in found.items():
            if _is_zip(name) and not _is_skipped(name):
                _gather_zip_inside(part_of_file(name, path), gathered, left_out)
    return None


def _gather_zip(path: Path, gathered: _Gathered, left_out: frozenset[str]) -> None:
    if path.lstat().st_size > MAX_ZIP_BYTES:
        return gathered.refuse(path.name, f"is too large: a zip may have at most {MAX_ZIP_BYTES:,} bytes")
    try:
        with _open_regular(path) as stream:
            _gather_members(path.name, stream, gathered, left_out)
    except Exception as error:
        gathered.refuse(path.name, f"is no zip that can be read ({_said(error)}); make it anew", "unreadable_file")
    return None


def _gather_members(zip_name: str, stream: IO[bytes], gathered: _Gathered, left_out: frozenset[str]) -> None:
    with zipfile.ZipFile(stream) as archive:
        members = {member_name(member): member for member in files_in(archive)}
        if len(members) > MAX_ZIP_MEMBERS:
            return gathered.refuse(zip_name, f"holds {len(members):,} files; at most {MAX_ZIP_MEMBERS:,} are looked at")
        common = _common_folder(members)
        for name in sorted(members):
            if _is_wanted(name, left_out):
                gathered.add(name.removeprefix(common), partial(_read_member, archive, members[name]))
            else:
                _mention(name, gathered)
    return None


def files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members that are no folders. `is_dir` raises for a member without a name."""
    return [member for member in archive.infolist() if member.filename and not member.is_dir()]


def member_name(member: zipfile.ZipInfo) -> str:
    """The path of a member, with slashes, whatever made the zip."""
    return PurePosixPath(member.filename.replace("\\", "/")).as_posix()


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """At most `limit` bytes of a regular member. bzip2 and LZMA would unpack without a limit, to gigabytes."""
    parts = PurePosixPath(member_name(member)).parts
    if parts[0].startswith("/") or ".." in parts or ":" in parts[0]:
        raise _Refused("points outside the zip, so it was not opened")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        raise _Refused("is a link or a device, not a regular file, so it was not opened")
    if member.flag_bits & 1:
        raise _Refused("is encrypted; make the zip without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Refused("is compressed in an unusual way; make the zip with the usual method, deflate")
    with archive.open(member) as stream:
        return stream.read(limit)


def _read_regular(path: Path, limit: int) -> bytes:
    """At most `limit` bytes of a regular file."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _Refused("is a link or a device, not a regular file, so it was not opened")
    with _open_regular(path) as stream:
        return stream.read(limit)


def _open_regular(path: Path) -> IO[bytes]:
    """The file, opened; a link or a fifo put in its place meanwhile is not followed or waited for."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise OSError(0, "not a regular file")
    return stream


def _why(error: Exception) -> str:
    """What an error says, without the paths on this machine that an `OSError` adds."""
    return f"can't be read: {_said(error)}"


def _said(error: Exception) -> str:
    return str(error.strerror if isinstance(error, OSError) else error)


def _common_folder(names: Iterable[str]) -> str:
    """The one folder that everything lies in, as `name/`; empty if there is none. A zip of a folder has one."""
    folders = [PurePosixPath(name).parts[:-1] for name in names if _is_wanted(name, frozenset())]
    if not folders:
        return ""
    first, last = min(folders), max(folders)  # what these two share, all between them share
    shared = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(f"{part}/" for part, _ in shared)


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _is_skipped(name: str) -> bool:
    path = PurePosixPath(name)
    return any(part in _SKIPPED_FOLDERS for part in path.parts) or path.name.startswith("._")


def _mention(name: str, gathered: _Gathered) -> None:
    """Say what to do about a file that holds the student's work in a form that is not read."""
    if not _is_skipped(name) and name.lower().endswith(_ARCHIVES):
        gathered.refuse(name, "is an archive inside; hand in the files themselves")
