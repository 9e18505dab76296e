"""The folder of results: one run holds it, files are old or new and never half, and what goes wrong is one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.errors import StorageError, UsageError
from grader.grades.results_folder import PAGES, ResultsFolder

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[ResultsFolder]:
    """A new folder, held by this test."""
    opened = ResultsFolder(tmp_path / "out")
    yield opened
    opened.close()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk with the options given, and again with others; skips where that is not allowed."""
    path = tmp_path / "disk"
    path.mkdir()
    is_mounted = False

    def mount(options: str) -> Path:
        nonlocal is_mounted
        remount = "remount," if is_mounted else ""
        ran = subprocess.run(["mount", "-t", "tmpfs", "-o", remount + options, "tmpfs", path], check=False)
        if ran.returncode != 0:
            pytest.skip("no disk can be mounted here")
        is_mounted = True
        return path

    yield mount
    if is_mounted:
        subprocess.run(["umount", path], check=True)


@contextmanager
def ordinary_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in `folder` without the rights of root, which may write everything."""
    monkeypatch.chdir(folder)
    folder.chmod(0o755)
    if IS_ROOT:
        os.seteuid(65534)
    try:
        yield
    finally:
        if IS_ROOT:
            os.seteuid(0)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# -- one run at a time -------------------------------------------------------------------------------------------------


def test_second_run_is_refused(folder: ResultsFolder) -> None:
    """Another run is refused at once with a sentence that names the folder and the first run, which is not disturbed."""
    folder.write("a.txt", "text")
    code = (
        "import sys; from pathlib import Path; from grader.grades.results_folder import ResultsFolder;"
        "ResultsFolder(Path(sys.argv[1]))"
    )
    ran = subprocess.run([sys.executable, "-c", code, folder.path], capture_output=True, text=True, check=False)
    assert ran.stderr.splitlines()[-1].startswith(
        f"grader.errors.UsageError: {folder.path} is in use by another run of grader (process {os.getpid()} on "
    )
    assert names(folder.path) == ["a.txt", "grades.lock"]
    with pytest.raises(UsageError, match="is in use by another run"):
        ResultsFolder(folder.path)


def test_lock_ends_with_its_process(tmp_path: Path) -> None:
    """A killed run leaves the lock file, and nobody is kept out by it."""
    code = (
        "import os, sys; from pathlib import Path; from grader.grades.results_folder import ResultsFolder;"
        "folder = ResultsFolder(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode == -9
    assert names(tmp_path) == ["grades.lock"]
    ResultsFolder(tmp_path).close()


def test_lock_is_not_inherited(tmp_path: Path) -> None:
    """A process that the run started, and that outlives it, does not hold the folder."""
    code = (
        "import os, subprocess, sys; from pathlib import Path; from grader.grades.results_folder import ResultsFolder;"
        "folder = ResultsFolder(Path(sys.argv[1]));"
        "child = subprocess.Popen(['sleep', '60'], close_fds=False, stdout=-3, stderr=-3);"
        "print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False)
    try:
        ResultsFolder(tmp_path).close()
    finally:
        os.kill(int(ran.stdout), 9)


def test_lock_whose_file_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opened the file just before its owner removed it gets the new one, not the lock of a file that is gone."""
    first = ResultsFolder(tmp_path)
    real, opened = os.open, []

    def open_and_end_the_first(path: Path, *arguments: int) -> int:
        opened.append(real(path, *arguments))
        if len(opened) == 1:
            first.close()
        return opened[-1]

    monkeypatch.setattr(os, "open", open_and_end_the_first)
    second = ResultsFolder(tmp_path)
    monkeypatch.undo()
    assert len(opened) == 2
    with pytest.raises(UsageError, match="in use"):
        ResultsFolder(tmp_path)
    second.close()


def test_folder_made_for_nothing(tmp_path: Path) -> None:
    """A folder that was made and stays empty goes again; one that was there, or has something in it, stays."""
    (tmp_path / "old").mkdir()
    ResultsFolder(tmp_path / "old").close()
    ResultsFolder(tmp_path / "new").close()
    used = ResultsFolder(tmp_path / "used")
    used.write("a.txt", "text")
    used.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old", "used"]
    assert names(tmp_path) == ["used/a.txt"]


def test_folder_of_a_later_run_is_left_alone(tmp_path: Path) -> None:
    """A run whose folder was deleted does not unlock the new one that another run has made in its place."""
    first = ResultsFolder(tmp_path / "out")
    (tmp_path / "out" / "grades.lock").unlink()
    (tmp_path / "out").rmdir()
    second = ResultsFolder(tmp_path / "out")
    first.close()
    with pytest.raises(UsageError, match="in use"):
        ResultsFolder(tmp_path / "out")
    second.close()


# -- files -------------------------------------------------------------------------------------------------------------


def test_pages_are_current_only_as_a_whole(folder: ResultsFolder) -> None:
    """Pages count as written when all are there, none is empty, and the last one is of this very grade."""
    assert not folder.has_pages("ada", "{1}")
    folder.write_pages("ada", "html", "markdown", "{1}")
    assert folder.has_pages("ada", "{1}")
    assert not folder.has_pages("ada", "{2}")
    assert not folder.has_pages("bob", "{1}")
    for name in PAGES:
        path = folder.path / "students/ada" / name
        text = path.read_text(encoding="utf-8")
        path.write_text("", encoding="utf-8")
        assert not folder.has_pages("ada", "{1}")
        path.unlink()
        assert not folder.has_pages("ada", "{1}")
        path.write_text(text, encoding="utf-8")
    assert folder.has_pages("ada", "{1}")


def test_page_that_can_not_be_written(folder: ResultsFolder) -> None:
    """A folder in the place of a page is an error that names it, and says what is kept and what to do."""
    (folder.path / "students/ada/feedback.md").mkdir(parents=True)
    with pytest.raises(StorageError) as caught:
        folder.write_pages("ada", "html", "markdown", "{1}")
    assert str(caught.value) == (
        f"{folder.path}/students/ada/feedback.md: can't be written: Is a directory. Every grade before this is kept. "
        "Mend that, then run the same command: it goes on with the rest."
    )
    assert names(folder.path) == ["grades.lock", "students/ada/feedback.html"]


def test_folder_that_was_deleted(folder: ResultsFolder) -> None:
    """A folder deleted in the middle is said to be gone, and does not come back with nothing but a page in it."""
    (folder.path / "grades.lock").unlink()
    folder.path.rmdir()
    for write in (
        lambda: folder.write("grades.csv", "text"),
        lambda: folder.write_pages("ada", "html", "markdown", "{1}"),
    ):
        with pytest.raises(StorageError, match=f"^{folder.path} is gone: it was deleted or moved during the run"):
            write()
    assert not folder.path.exists()


def test_full_disk(mounted: Callable[[str], Path]) -> None:
    """On a full disk the old text stays, no half of the new one is left, and the sentence says what to do."""
    disk = mounted("size=64k")
    folder = ResultsFolder(disk)
    folder.write("grades.csv", "old")
    with pytest.raises(StorageError) as caught:
        folder.write("grades.csv", "new" * 40_000)
    assert str(caught.value).startswith(f"{disk}/grades.csv: can't be written: No space left on device. Every grade")
    assert (disk / "grades.csv").read_text(encoding="utf-8") == "old"
    assert names(disk) == ["grades.csv", "grades.lock"]
    mounted("size=1m")
    folder.write("grades.csv", "new" * 40_000)
    folder.close()


def test_full_disk_from_the_start(mounted: Callable[[str], Path]) -> None:
    """A disk without room for the lock's own few bytes can still be locked; without room for a file it is refused."""
    disk = mounted("size=64k,nr_inodes=2")
    (disk / "file").touch()
    with pytest.raises(UsageError, match=f"^{disk}: can't be used as the folder for results: No space left"):
        ResultsFolder(disk)


def test_read_only_disk(mounted: Callable[[str], Path]) -> None:
    """A disk that may only be read is refused, also where earlier results are."""
    disk = mounted("size=64k")
    ResultsFolder(disk).close()
    mounted("ro")
    with pytest.raises(UsageError, match=rf"^{disk}: can't be used as the folder for results: Read-only file system\."):
        ResultsFolder(disk)


def test_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that this user may not write to is refused."""
    (tmp_path / "out").mkdir(mode=0o555)
    with (
        ordinary_user(tmp_path, monkeypatch),
        pytest.raises(UsageError, match=r"^out: can't be used as the folder for results: Permission denied\."),
    ):
        ResultsFolder(Path("out"))


def test_case_of_names(folder: ResultsFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether capital letters are told from small ones is asked of the disk itself."""
    probe = folder.path / "PROBE"
    probe.touch()
    assert folder.ignores_case() == (folder.path / "probe").exists()
    (folder.path / "GRADES.LOCK").touch()  # what a disk that ignores case would show
    assert folder.ignores_case()
