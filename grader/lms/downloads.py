"""What an instructor downloaded: a zip, or a folder that it was unpacked into. Nothing is unpacked here."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.submissions.inbox import listed
from grader.submissions.loading import Part, files_in, member_name, part_of_file, part_of_zip

MAX_MEMBERS = 200_000


@dataclass(frozen=True)
class Item:
    """A file or a folder at the top of a download.

    `path` is where it lies on disk, or the zip. `parts` are its files: of a folder in a zip with names relative to it, of a
    folder on disk none, for that is read where it lies.
    """

    name: str
    path: Path
    is_folder: bool
    parts: tuple[Part, ...]
    members: tuple[str, ...]


@dataclass(frozen=True)
class Download:
    """Its items, sorted by name. `path` is the zip or the folder that they lie in."""

    path: Path
    items: tuple[Item, ...]
    is_zip: bool

    def unwrapped(self) -> Download | None:
        """Without the one folder around everything, which unpacking or some systems put there; None if there is none."""
        if len(self.items) != 1 or not self.items[0].is_folder:
            return None
        (around,) = self.items
        if not self.is_zip:
            return Download(around.path, tuple(_of_folder(around.path)), is_zip=False)
        return Download(
            self.path, tuple(_grouped(self.path, zip(around.parts, around.members, strict=True))), is_zip=True
        )


def list_download(path: Path) -> Download:
    """What lies in the zip or folder, without what macOS adds and hidden files. Raises `UsageError` if it can't be read."""
    if path.is_file():
        return Download(path, tuple(_of_zip(path)), is_zip=True)
    return Download(path, tuple(_of_folder(path)), is_zip=False)


def _is_noise(name: str) -> bool:
    return any(part == "__MACOSX" or part.startswith(".") for part in PurePosixPath(name).parts if part != "..")


def _of_zip(path: Path) -> Iterator[Item]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UsageError(
            f"{path}: no such folder, and no zip that can be read: {why}. "
            "Download it again, or name the folder that it was unpacked into."
        ) from None
    members = files_in(archive)
    if len(members) > MAX_MEMBERS:
        raise UsageError(
            f"{path} holds {len(members):,} files; at most {MAX_MEMBERS:,} are looked at. Unpack it, and grade it in parts."
        )
    members.sort(key=lambda member: member.filename)
    named = ((member_name(member), member) for member in members)
    kept = ((part_of_zip(name, archive, member), member.filename) for name, member in named if not _is_noise(name))
    yield from _grouped(path, kept)


def _grouped(path: Path, found: Iterable[tuple[Part, str]]) -> Iterator[Item]:
    """The members of a zip by what lies at its top."""
    inside: dict[str, list[tuple[Part, str]]] = {}
    folders: set[str] = set()
    for part, member in found:
        top, slash, rest = part.name.partition("/")
        inside.setdefault(top, []).append((Part(rest or top, part.read), member))
        if slash:
            folders.add(top)
    for top, together in sorted(inside.items()):
        parts, members = tuple(part for part, _ in together), tuple(member for _, member in together)
        yield Item(_nfc(top), path, top in folders, parts, members)


def _of_folder(path: Path) -> Iterator[Item]:
    found = [entry for entry in listed(path) if not _is_noise(entry.name)]
    for entry in found:
        is_folder = _is_folder(entry)
        parts = () if is_folder else (part_of_file(entry.name, entry),)
        yield Item(_nfc(entry.name), entry, is_folder, parts, (entry.name,))


def _is_folder(path: Path) -> bool:
    """Whether it is a folder itself, not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _nfc(name: str) -> str:
    """The name in the form that all are compared in: macOS spells letters with accents in two characters."""
    return unicodedata.normalize("NFC", name)
