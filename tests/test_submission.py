"""Whatever lies in an inbox becomes files and flags: nothing is run, followed, unpacked without a limit or raised."""

from __future__ import annotations

import json
import os
import random
import stat
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.grade_json import grade_to_json
from grader.results import ExerciseResult, Grade, Status
from grader.submissions.cells import MAX_NOTEBOOK_BYTES
from grader.submissions.inbox import inbox_entries
from grader.submissions.loading import (
    MAX_DEPTH,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_FLAGS,
    MAX_STUDENT_BYTES,
    MAX_TOTAL_BYTES,
    MAX_ZIP_BYTES,
    MAX_ZIP_MEMBERS,
    load_submission,
    student_name,
)
from grader.submissions.lookup import definition
from grader.submissions.submission import Submission, make_submission
from grader.text import clean_name

FILES = {"linear.py": "class Linear:\n    pass\n", "relu.py": "import linear\n", "lib/extra.py": "X = 'é'\n"}


def write_folder(root: Path, files: dict[str, str] = FILES) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root


def write_zip(path: Path, members: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def flags(submission: Submission) -> dict[str, str]:
    """The first flag of each file."""
    return {flag.where: flag.detail for flag in reversed(submission.flags)}


def is_not_gradable(submission: Submission) -> bool:
    return submission.files == {} and submission.flags[-1].kind == "not_gradable"


@contextmanager
def ordinary_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in `folder` without the rights of root, which may read everything."""
    monkeypatch.chdir(folder)
    folder.chmod(0o755)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


# -- the forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "top/", "a/b/c/", "./", "ada lovelace/ü/"])
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_every_form_gives_the_same_submission(form: str, prefix: str, tmp_path: Path) -> None:
    """A folder and a zip, plain or with folders around everything, give the same files and digest."""
    files = {prefix + name: text for name, text in FILES.items()}
    entry = tmp_path / "ada"
    if form == "folder":
        write_folder(entry, files)
    else:
        entry = write_zip(tmp_path / "ada.zip", dict(files))
    submission = load_submission(entry)
    assert (submission.student, dict(submission.files), submission.flags) == ("ada", FILES, ())
    assert submission.sha256 == make_submission("bob", FILES).sha256


def test_single_file(tmp_path: Path) -> None:
    """A .py file is a submission of one file under its own name, with the same text as in a folder."""
    (tmp_path / "ada.py").write_text(FILES["linear.py"], encoding="utf-8")
    submission = load_submission(tmp_path / "ada.py")
    assert (submission.student, dict(submission.files)) == ("ada", {"ada.py": FILES["linear.py"]})


def test_paths_of_a_windows_zip(tmp_path: Path) -> None:
    """Backslashes in a zip separate folders."""
    path = write_zip(tmp_path / "ada.zip", {"hw_linear.py": "x = 1\n", "hw_relu.py": "y = 2\n"})
    path.write_bytes(path.read_bytes().replace(b"hw_", b"hw\\"))
    assert dict(load_submission(path).files) == {"linear.py": "x = 1\n", "relu.py": "y = 2\n"}


def test_what_belongs_to_no_submission_is_left_out(tmp_path: Path) -> None:
    """The course's files, tests, configuration, caches and other kinds of files are left out without a word."""
    others = ["parts.py", "test_linear.py", "conftest.py", "setup.py", "sitecustomize.py", "notes.txt", ".hidden.py"]
    others += ["__pycache__/linear.py", ".git/hook.py", "__MACOSX/linear.py", "venv/lib.py", "README.md"]
    folder = write_folder(tmp_path / "ada", {**FILES, **dict.fromkeys(others, "broken(")})
    archive = write_zip(tmp_path / "bob.zip", {**FILES, **dict.fromkeys(others, "broken(")})
    for entry in (folder, archive):
        submission = load_submission(entry, course_files=frozenset({"parts.py"}))
        assert (dict(submission.files), submission.flags) == (FILES, ())


def test_digest_tells_submissions_apart() -> None:
    """Another text, another name or another cut between files gives another digest; the order of files does not."""
    digests = [
        make_submission("ada", files).sha256
        for files in ({"a.py": "x"}, {"a.py": "y"}, {"b.py": "x"}, {"a.py": "x", "b.py": ""}, {"a.py": "", "b.py": "x"})
    ]
    assert len(set(digests)) == 5
    assert (
        make_submission("a", {"a.py": "x", "b.py": ""}).sha256 == make_submission("b", {"b.py": "", "a.py": "x"}).sha256
    )


@given(st.dictionaries(st.text("ab/.", max_size=5), st.text(max_size=9), max_size=3), st.text(max_size=4))
def test_digest_depends_on_every_text(files: dict[str, str], more: str) -> None:
    """A file added changes the digest."""
    assert make_submission("a", {**files, "new": more}).sha256 != make_submission("a", files).sha256


# -- what a file may hold ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        (b"x = 1\ry = 2", "x = 1\ny = 2"),
        ("x = 'é'  # 李".encode(), "x = 'é'  # 李"),
        (b"", ""),
        (b"# -*- coding: latin-1 -*-\n", "# -*- coding: latin-1 -*-\n"),
    ],
    ids=["BOM", "CRLF", "CR", "UTF-8", "empty", "cookie"],
)
def test_text_is_normal(raw: bytes, text: str, tmp_path: Path) -> None:
    """A byte order mark goes, line ends become newlines, and everything is UTF-8."""
    (tmp_path / "ada.py").write_bytes(raw)
    assert dict(load_submission(tmp_path / "ada.py").files) == {"ada.py": text}


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"x = 1\n\ny = '\xe9'\n", "is not UTF-8 (line 3); save it with the encoding UTF-8"),
        ("x = 1".encode("utf-16"), "holds NUL bytes, so it is not Python source; save it as UTF-8 text"),
        (b"\x7fELF\0\1\2", "holds NUL bytes, so it is not Python source; save it as UTF-8 text"),
        (b"\xff" * 100, "is not UTF-8 (line 1); save it with the encoding UTF-8"),
        (
            b"#" * (MAX_FILE_BYTES + 1),
            f"is too large: at most {MAX_FILE_BYTES:,} bytes are read of a file, 1,000,000 of all",
        ),
    ],
    ids=["Latin-1", "UTF-16", "binary", "not text", "large"],
)
@pytest.mark.parametrize("form", ["file", "folder", "zip"])
def test_unusable_file_costs_only_itself(raw: bytes, detail: str, form: str, tmp_path: Path) -> None:
    """A file that is no text is flagged with what to do; the files beside it are read."""
    if form == "file":
        (tmp_path / "bad.py").write_bytes(raw)
        submission = load_submission(tmp_path / "bad.py")
        assert is_not_gradable(submission)
    elif form == "folder":
        write_folder(tmp_path / "ada")
        (tmp_path / "ada" / "bad.py").write_bytes(raw)
        submission = load_submission(tmp_path / "ada")
        assert dict(submission.files) == FILES
    else:
        submission = load_submission(write_zip(tmp_path / "ada.zip", {**FILES, "bad.py": raw}))
        assert dict(submission.files) == FILES
    assert flags(submission)["bad.py"] == detail


def test_file_at_the_limit_is_read(tmp_path: Path) -> None:
    """A file of exactly the largest size is read."""
    (tmp_path / "ada.py").write_bytes(b"#" * MAX_FILE_BYTES)
    assert len(load_submission(tmp_path / "ada.py").files["ada.py"]) == MAX_FILE_BYTES


def test_sparse_file_of_50_megabytes(tmp_path: Path) -> None:
    """A huge file is refused by its first bytes."""
    with (tmp_path / "ada.py").open("wb") as stream:
        stream.truncate(50_000_000)
    assert is_not_gradable(load_submission(tmp_path / "ada.py"))


def test_too_many_files(tmp_path: Path) -> None:
    """Files beyond the limit are flagged, each one."""
    submission = load_submission(write_folder(tmp_path / "ada", {f"m{i:03}.py": "" for i in range(MAX_FILES + 2)}))
    assert (len(submission.files), len(submission.flags)) == (MAX_FILES, 2)


def test_too_many_bytes_in_all(tmp_path: Path) -> None:
    """The files together have a limit too."""
    text = "#" * MAX_FILE_BYTES
    submission = load_submission(write_folder(tmp_path / "ada", {f"m{i}.py": text for i in range(8)}))
    assert sum(map(len, submission.files.values())) <= MAX_TOTAL_BYTES
    assert len(submission.files) + len(submission.flags) == 8


def test_crowded_folder_is_not_searched(tmp_path: Path) -> None:
    """A folder with thousands of files is refused as a whole."""
    write_folder(tmp_path / "ada", {f"{i}.txt": "" for i in range(MAX_ZIP_MEMBERS + 1)})
    submission = load_submission(tmp_path / "ada")
    assert is_not_gradable(submission)
    assert flags(submission)["ada"] == f"holds more than {MAX_ZIP_MEMBERS:,} files and folders"


# -- nothing there, nothing usable -------------------------------------------------------------------------------------


def test_nothing_to_grade(tmp_path: Path) -> None:
    """An empty folder or zip, a vanished entry and other kinds of files are not gradable, each with its reason."""
    (tmp_path / "empty").mkdir()
    write_zip(tmp_path / "empty.zip", {})
    (tmp_path / "zero.zip").touch()
    (tmp_path / "essay.docx").write_bytes(b"PK")
    names = ["empty", "empty.zip", "zero.zip", "essay.docx", "vanished.py", "vanished.zip", "vanished"]
    submissions = [load_submission(tmp_path / name) for name in names]
    assert all(map(is_not_gradable, submissions))
    assert flags(submissions[2])["zero.zip"].startswith("is no zip that can be read")
    assert flags(submissions[3])["essay.docx"] == "is not a .py file, a notebook, a .zip or a folder"
    assert flags(submissions[4])["vanished.py"] == "can't be read: No such file or directory"


# -- notebooks ---------------------------------------------------------------------------------------------------------


def notebook(*texts: str) -> str:
    """A notebook with these code cells."""
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": text} for text in texts]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


ANSWER = "class Linear:\n    def forward(self, x):\n        return x"
STUB = "class Linear:\n    def forward(self, x):\n        raise NotImplementedError"


@pytest.mark.parametrize("place", ["ada.ipynb", "ada.zip", "ada"])
def test_notebook_is_read(tmp_path: Path, place: str) -> None:
    """A notebook, alone, in a folder or in a zip, is a file with its definitions; checkpoints of it are not looked at."""
    text = notebook("import torch", ANSWER, "print(Linear())")
    if place.endswith(".ipynb"):
        (tmp_path / place).write_text(text)
    else:
        files = {"hand-in/work.ipynb": text, "hand-in/.ipynb_checkpoints/work.ipynb": text}
        (write_zip if place.endswith(".zip") else write_folder)(tmp_path / place, files)
    submission = load_submission(tmp_path / place)
    (source,) = submission.sources.values()
    assert source.file == ("ada.ipynb" if place.endswith(".ipynb") else "work.ipynb")
    assert (submission.student, submission.flags, list(source.definitions)) == ("ada", (), ["Linear", "Linear.forward"])
    assert str(source.location(6, "Linear.forward")) == f"{source.file}, cell 2, line 3, in Linear.forward"
    assert source.location(6).source == "return x"
    assert submission.place(source.file, 8) == f"{source.file}, cell 3, line 1"


def test_notebook_that_can_not_be_read(tmp_path: Path) -> None:
    """A broken notebook is refused with the reason, and is nothing to grade."""
    (tmp_path / "ada.ipynb").write_text("{")
    submission = load_submission(tmp_path / "ada.ipynb")
    assert is_not_gradable(submission)
    assert flags(submission)["ada.ipynb"] == (
        "is no notebook that can be read: it breaks off in the middle; open it in Jupyter and save it again"
    )


def test_large_notebooks(tmp_path: Path) -> None:
    """Pictures in outputs don't count; too much code, and a file that nobody should open, are refused."""
    fat = json.loads(notebook(ANSWER))
    fat["cells"][0]["outputs"] = [
        {"output_type": "display_data", "data": {"image/png": "A" * 3_000_000}, "metadata": {}}
    ]
    long = notebook(*(f"def f{number}():\n    return '{'x' * 900}'" for number in range(300)))
    files = {"fat.ipynb": json.dumps(fat), "long.ipynb": long}
    submission = load_submission(write_folder(tmp_path / "ada", files))
    assert list(submission.files) == ["fat.ipynb"]
    assert flags(submission)["long.ipynb"] == "is too large: at most 200,000 bytes are read of a file, 1,000,000 of all"
    dotted = load_submission(
        write_folder(tmp_path / "dotted", {"long.ipynb": notebook("import " + "a." * 90_000 + "a")})
    )
    assert flags(dotted)["long.ipynb"] == "holds a dotted name of more than 100 parts, so it was not read"
    (tmp_path / "huge.ipynb").write_bytes(b" " * (MAX_NOTEBOOK_BYTES + 1))
    assert flags(load_submission(tmp_path / "huge.ipynb"))["huge.ipynb"].startswith("is too large: a notebook may have")
    many = load_submission(
        write_folder(tmp_path / "many", {f"{number}.ipynb": notebook("A = 1") for number in range(12)})
    )
    assert (len(many.files), len(many.flags)) == (10, 2)


def test_refused_notebooks_count(tmp_path: Path) -> None:
    """What had to be opened to be refused has cost as much as what is kept."""
    submission = load_submission(write_folder(tmp_path / "ada", {f"{number:02}.ipynb": "[" for number in range(12)}))
    too_many = [flag.where for flag in submission.flags if flag.detail.startswith("is one notebook too many")]
    assert too_many == ["10.ipynb", "11.ipynb"]


def test_many_zips_are_not_opened(tmp_path: Path) -> None:
    """Where zips beside each other are read, that has an end."""
    write_folder(tmp_path / "ada", {f"{number:02}.zip": "PK" for number in range(12)})
    submission = load_submission(tmp_path / "ada", opens_zips=True)
    too_many = [flag.where for flag in submission.flags if flag.detail.startswith("is one zip too many")]
    assert too_many == ["10.zip", "11.zip"]


def test_answer_in_a_notebook_beside_the_skeleton(tmp_path: Path) -> None:
    """Where a file still has the stub and the notebook the answer, the answer counts, and the other way round."""
    for one, other, home in ((STUB, ANSWER, "work.ipynb"), (ANSWER, STUB, "linear.py"), (STUB, STUB, "linear.py")):
        files = {"linear.py": one, "work.ipynb": notebook(other)}
        submission = make_submission("ada", load_submission(write_folder(tmp_path / home / one[-5:], files)).files)
        assert submission.home_of("Linear", "linear.py") == home


def test_skeleton_in_a_notebook_hides_nothing(tmp_path: Path) -> None:
    """A file that is no Python, or lacks the name, is not made up for by the skeleton in the notebook beside it."""
    for mine in (f"{ANSWER} +", ANSWER.replace("Linear", "Liner")):
        for other, home in ((STUB, None), (ANSWER, "a.ipynb")):
            files = {"linear.py": mine, "a.ipynb": notebook(other)}
            submission = load_submission(write_folder(tmp_path / mine[-9:] / str(home), files))
            assert submission.home_of("Linear", "linear.py") == home
    assert load_submission(write_folder(tmp_path / "b", {"a.ipynb": notebook(STUB)})).home_of("Linear", "linear.py")


def test_import_of_a_broken_file_is_no_definition(tmp_path: Path) -> None:
    """Where a file is no Python, one that imports the name from it does not hold it, one that imports another's does."""
    for line, home in (("from linear import Linear", None), ("from layers import Linear", "net.py")):
        files = {"linear.py": f"{ANSWER} +", "net.py": f"{line}\n", "a.ipynb": notebook(STUB)}
        submission = load_submission(write_folder(tmp_path / str(home), files))
        assert submission.home_of("Linear", "linear.py") == home


def test_place_of_a_definition_is_where_it_counts(tmp_path: Path) -> None:
    """A function's place is in the file that counts, not in the skeleton of a notebook that comes first."""
    files = {"linear.py": f"\n\n{ANSWER}", "a.ipynb": notebook(STUB)}
    submission = load_submission(write_folder(tmp_path / "a", files))
    place = definition(submission, "Linear.__call__", "linear.py")
    assert place is not None
    assert place.place == "linear.py, line 4"
    files["linear.py"] = "Linear = 'a formula'"
    assert definition(load_submission(write_folder(tmp_path / "b", files)), "Linear", "linear.py") is None


def test_place_of_a_method_that_was_set(tmp_path: Path) -> None:
    """A method that is set from outside its class is where it is set, not in another method."""
    (tmp_path / "ada.ipynb").write_text(notebook(ANSWER, "def back(self):\n    pass\nLinear.back = back"))
    place = definition(load_submission(tmp_path / "ada.ipynb"), "Linear.back.__call__", "linear.py")
    assert place is not None
    assert (place.place, place.source) == ("ada.ipynb, cell 2, line 3", "Linear.back = back")


def test_two_definitions_are_told(tmp_path: Path) -> None:
    """What there is to be said about a cell is a flag with its number."""
    (tmp_path / "ada.ipynb").write_text(notebook(ANSWER, ANSWER))
    assert flags(load_submission(tmp_path / "ada.ipynb")) == {
        "ada.ipynb, cell 2": "defines Linear, as cell 1 does; the last one counts"
    }


def test_no_path_of_this_machine_in_a_flag(tmp_path: Path) -> None:
    """Flags reach students: they name no folder of the instructor's."""
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 no zip")
    for name in ("broken.zip", "vanished", "vanished.py"):
        assert str(tmp_path) not in str(load_submission(tmp_path / name).flags)


# -- links, devices, rights --------------------------------------------------------------------------------------------


def link(path: Path) -> None:
    secret = path.parent.parent / "secret.py"
    secret.write_text("SECRET", encoding="utf-8")
    path.symlink_to(secret)


def test_links_and_fifos_in_a_folder_are_not_opened(tmp_path: Path) -> None:
    """A symbolic link to a file or a folder, a dangling one and a fifo are flagged or left out, never followed."""
    folder = write_folder(tmp_path / "ada")
    write_folder(tmp_path / "other", {"stolen.py": "SECRET"})
    link(folder / "link.py")
    (folder / "loop.py").symlink_to(folder / "loop.py")
    (folder / "lib2").symlink_to(tmp_path / "other")
    os.mkfifo(folder / "fifo.py")
    submission = load_submission(folder)
    assert dict(submission.files) == FILES
    detail = "is a link or a device, not a regular file, so it was not opened"
    assert flags(submission) == {"fifo.py": detail, "link.py": detail, "loop.py": detail}


@pytest.mark.parametrize(
    "make", [link, os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["link", "fifo", "dev"]
)
@pytest.mark.parametrize("name", ["ada.py", "ada.zip", "ada"])
def test_entry_that_is_no_file(make: Callable[[Path], None], name: str, tmp_path: Path) -> None:
    """An inbox entry that is a link, a fifo or leads to a device is not opened."""
    (tmp_path / "inbox").mkdir()
    make(tmp_path / "inbox" / name)
    submission = load_submission(tmp_path / "inbox" / name)
    assert is_not_gradable(submission)
    assert flags(submission)[name] == "is not a regular file or folder, so it was not opened"


def test_device_is_not_read() -> None:
    """/dev/zero never ends; it is not begun."""
    assert is_not_gradable(load_submission(Path("/dev/zero")))


def test_hard_link_is_a_file(tmp_path: Path) -> None:
    """A hard link is the file itself: it is read like any other."""
    folder = write_folder(tmp_path / "ada")
    os.link(folder / "linear.py", folder / "twin.py")
    assert load_submission(folder).files["twin.py"] == FILES["linear.py"]


def test_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be listed is not gradable, and the flag says why."""
    write_folder(tmp_path / "ada").chmod(0)
    with ordinary_user(tmp_path, monkeypatch):
        submission = load_submission(Path("ada"))
    assert is_not_gradable(submission)
    assert submission.flags[0].detail == "can't be read: Permission denied"


def test_file_without_permission_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or a folder inside that may not be read is flagged; the others are read."""
    folder = write_folder(tmp_path / "ada")
    (folder / "linear.py").chmod(0)
    (folder / "lib").chmod(0)
    with ordinary_user(tmp_path, monkeypatch):
        submission = load_submission(Path("ada"))
    assert dict(submission.files) == {"relu.py": FILES["relu.py"]}
    denied = "can't be read: Permission denied"
    assert flags(submission) == {"ada/lib": denied, "linear.py": denied}


# -- zips --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "a/../../evil.py", "/etc/evil.py", "C:/evil.py", "C:evil.py", "..\\evil.py", "//host/evil.py"],
)
def test_member_that_points_outside(name: str, tmp_path: Path) -> None:
    """A member whose name leads out of the zip is flagged and not read; nothing is written anywhere."""
    path = write_zip(tmp_path / "ada.zip", {**FILES, name: "SECRET"})
    submission = load_submission(path)
    assert dict(submission.files) == FILES
    assert list(flags(submission).values()) == ["points outside the zip, so it was not opened"]
    assert list(tmp_path.iterdir()) == [path]


def test_member_that_is_a_link(tmp_path: Path) -> None:
    """A symbolic link in a zip is flagged, not followed and not taken for its target's name."""
    member = zipfile.ZipInfo("evil.py")
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    path = write_zip(tmp_path / "ada.zip", dict(FILES))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, "/etc/passwd")
    submission = load_submission(path)
    assert dict(submission.files) == FILES
    assert flags(submission) == {"evil.py": "is a link or a device, not a regular file, so it was not opened"}


def test_encrypted_member(tmp_path: Path) -> None:
    """An encrypted member is flagged; the others are read."""
    path = write_zip(tmp_path / "ada.zip", {"linear.py": "x = 1\n", "relu.py": "y = 1\n"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\1\2") + 8] |= 1  # the flags of the first member, in both places
    path.write_bytes(raw)
    submission = load_submission(path)
    assert dict(submission.files) == {"relu.py": "y = 1\n"}
    assert flags(submission) == {"linear.py": "is encrypted; make the zip without a password"}


def test_honest_zip_bomb(tmp_path: Path) -> None:
    """A member that unpacks to 200 MB is refused after its first bytes."""
    path = tmp_path / "ada.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.py", "w") as member,
    ):
        for _ in range(200):
            member.write(bytes(1_000_000))
    submission = load_submission(path)
    assert is_not_gradable(submission)
    assert flags(submission)["a.py"].startswith("is too large")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_bomb_that_lies_about_its_size(method: int, tmp_path: Path) -> None:
    """A member that claims 10 bytes and unpacks to megabytes is refused; methods without a limit are not unpacked."""
    path = write_zip(tmp_path / "ada.zip", {"a.py": bytes(30_000_000)}, method)
    raw = bytearray(path.read_bytes())
    entry = raw.rindex(b"PK\1\2")
    raw[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    submission = load_submission(path)
    assert is_not_gradable(submission)
    if method != zipfile.ZIP_DEFLATED:
        assert flags(submission)["a.py"].startswith("is compressed in an unusual way")


def test_zip_of_100_000_members(tmp_path: Path) -> None:
    """A zip with too many members is refused by their number."""
    path = tmp_path / "ada.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.py"), b"")
    detail = f"holds 100,000 files; at most {MAX_ZIP_MEMBERS:,} are looked at"
    assert flags(load_submission(path))["ada.zip"] == detail


def test_huge_zip_is_not_opened(tmp_path: Path) -> None:
    """A zip beyond the largest size is refused by its size."""
    path = write_zip(tmp_path / "ada.zip", dict(FILES))
    with path.open("ab") as stream:
        stream.truncate(MAX_ZIP_BYTES + 1)
    assert flags(load_submission(path))["ada.zip"].startswith("is too large: a zip may have at most")


def test_member_thousands_of_folders_deep(tmp_path: Path) -> None:
    """A path of 20,000 folders costs no recursion."""
    path = write_zip(tmp_path / "ada.zip", {"a/" * 20_000 + "x.py": "x = 1\n", "b/y.py": "y = 2\n"})
    assert load_submission(path).files["b/y.py"] == "y = 2\n"


def test_corrupt_member_costs_only_itself(tmp_path: Path) -> None:
    """A member with a wrong checksum is flagged; the others are read."""
    path = write_zip(tmp_path / "ada.zip", {"a.py": "AAAA = 1\n", "b.py": "B = 1\n"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"AAAA", b"AXXA"))
    submission = load_submission(path)
    assert dict(submission.files) == {"b.py": "B = 1\n"}
    assert list(flags(submission)) == ["a.py"]


def test_last_of_duplicate_members_counts(tmp_path: Path) -> None:
    """Of two members of one name the last one is read, as unzip would leave it."""
    path = write_zip(tmp_path / "ada.zip", {"one.py": "x = 1\n", "two.py": "x = 2\n"})
    path.write_bytes(path.read_bytes().replace(b"one.py", b"two.py"))
    assert dict(load_submission(path).files) == {"two.py": "x = 2\n"}


def test_damaged_zips_never_raise(tmp_path: Path) -> None:
    """Thousands of damaged zips each give a submission: its files, or a flag that it holds none."""
    path = write_zip(tmp_path / "ada.zip", {**FILES, "notes.txt": "x" * 300})
    whole, dice = path.read_bytes(), random.Random(11)
    usable = 0
    for _ in range(2_000):
        raw = bytearray(whole)
        for _ in range(dice.choice((1, 1, 2, 6))):
            position = dice.randrange(len(raw))
            match dice.randrange(4):
                case 0:
                    raw[position] = dice.randrange(256)
                case 1:
                    raw[position : position + 4] = b"\xff" * 4
                case 2:
                    del raw[position]
                case 3:
                    del raw[position : position + dice.randrange(60)]
        path.write_bytes(raw)
        submission = load_submission(path)
        assert submission.files or is_not_gradable(submission)
        usable += submission.files == FILES
    assert 50 < usable < 1_950  # the damage reached some and spared some


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "student"),
    [
        ("ada-lovelace.zip", "ada-lovelace"),
        ("ada.PY", "ada"),
        ("ada.ipynb", "ada"),
        ("ada.b.c", "ada.b.c"),
        ("ada", "ada"),
        ("Žofie Nováková.zip", "Žofie Nováková"),
        ("Zoe\u0308", "Zo\xeb"),
        ("a\nb.py", "a\\u000ab"),
        ("\u202eada", "\\u202eada"),
        ("caf\udce9.zip", "caf\\udce9"),
        ("..zip", "\\u002e"),
        ("...py", "\\u002e\\u002e"),
        ("..", "\\u002e\\u002e"),
    ],
)
def test_student_name(entry: str, student: str) -> None:
    """A student is named after the entry, without its ending, in characters that can be shown and written."""
    assert student_name(Path(entry)) == student


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=90))
@example("\U0001d160" * 60)  # composed, it becomes three characters
@example("学" * 80 + "\x01\x02\x03")
@example("..")
@example("...zip")
@example("\udcff" * 50)
def test_student_name_can_be_a_folder(entry: str) -> None:
    """Whatever an entry is called, its student's name is one short part of a path, and leads to no other folder."""
    name = student_name(Path(entry))
    assert PurePosixPath(name).parts == (name,)
    assert name not in ("", ".", "..")
    assert len(name.encode()) <= MAX_STUDENT_BYTES
    assert clean_name(name, 300) == name


@pytest.mark.parametrize(
    "name", ["with space.py", "größe.py", "李.py", "new\nline.py", "\u202eyp.x.py", "caf\udce9.py"]
)
def test_odd_file_names(name: str, tmp_path: Path) -> None:
    """A file of any name is read; its name is kept in a form that can be shown, and reaches the grade's JSON."""
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / name).write_text("x = 1\n", encoding="utf-8")
    submission = load_submission(folder)
    assert list(submission.files.values()) == ["x = 1\n"]
    kept = next(iter(submission.files))
    assert kept.isprintable()
    assert kept.endswith(".py")
    exercise = ExerciseResult("x", "X", (), kept)
    grade = Grade("a", "v", submission.student, submission.sha256, Status.GRADED, (exercise,))
    (tmp_path / "grade.json").write_text(grade_to_json(grade), encoding="utf-8")


def test_decomposed_file_name_can_be_imported(tmp_path: Path) -> None:
    """A zip made on a Mac holds decomposed accents; the name is composed, as Python's import looks for it."""
    path = write_zip(tmp_path / "ada.zip", {"gro\u0308sse.py": "x = 1\n"})
    assert list(load_submission(path).files) == ["gr\xf6sse.py"]


def test_unreadable_file_of_an_odd_name_is_flagged(tmp_path: Path) -> None:
    """The name in a flag is cleaned too."""
    folder = write_folder(tmp_path / "ada")
    (folder / "a\x1b\udce9.py").write_bytes(b"\0")
    assert list(flags(load_submission(folder))) == ["a\\u001b\\udce9.py"]


# -- the inbox ---------------------------------------------------------------------------------------------------------


def test_inbox_is_sorted_by_student(tmp_path: Path) -> None:
    """Entries come by the student's name; hidden ones are no submissions."""
    for name in ("zoe.py", "bob.zip", ".DS_Store"):
        (tmp_path / name).touch()
    (tmp_path / "carl").mkdir()
    assert [entry.path.name for entry in inbox_entries(tmp_path)] == ["bob.zip", "carl", "zoe.py"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "inbox: no such folder. Name the folder that holds the submissions, one entry a student."),
        (lambda path: path.touch(), "inbox: no such folder. Name the folder that holds the submissions, one entry"),
        (
            lambda path: path.mkdir(),
            "inbox is empty. Expected an entry a student: a folder, a .py file, a notebook or a .zip.",
        ),
    ],
    ids=["missing", "file", "empty"],
)
def test_unusable_inbox(make: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    """An inbox that is missing, a file or empty is refused with what to do."""
    make(tmp_path / "inbox")
    with pytest.raises(UsageError) as caught:
        inbox_entries(tmp_path / "inbox")
    assert str(caught.value).startswith(f"{tmp_path}/{message}")


def test_inbox_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An inbox that may not be listed, or lies where one may not look, is refused with the reason."""
    (tmp_path / "locked" / "inbox").mkdir(parents=True)
    (tmp_path / "locked").chmod(0)
    for inbox in ("locked", "locked/inbox"):
        with (
            ordinary_user(tmp_path, monkeypatch),
            pytest.raises(UsageError, match=r"can't be listed: Permission denied"),
        ):
            inbox_entries(Path(inbox))


def test_inbox_with_impossible_name(tmp_path: Path) -> None:
    """A name that no file system holds is refused, not raised."""
    with pytest.raises(UsageError, match="can't be listed"):
        inbox_entries(tmp_path / ("x" * 5_000))


@pytest.mark.parametrize("names", [("ada.py", "ada.zip"), ("ada", "ada.zip"), ("Zo\xeb", "Zoe\u0308")])
def test_two_entries_of_one_student(names: tuple[str, str], tmp_path: Path) -> None:
    """Two entries that are of the same student are refused with both names."""
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(UsageError, match=r"are both of (ada|Zo\xeb)\. Remove one of them\.$"):
        inbox_entries(tmp_path)


# -- archives and folders made to harm ---------------------------------------------------------------------------------


def test_deeply_nested_folder(tmp_path: Path) -> None:
    """Three thousand folders in one another end neither the recursion nor the run; what lies above them is read."""
    folder = write_folder(tmp_path / "ada")
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=descriptor)
        deeper = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    os.close(os.open("deep.py", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
    os.close(descriptor)
    try:
        submission = load_submission(folder)
        assert dict(submission.files) == FILES
        [flag] = submission.flags
        assert flag.detail == f"lies {MAX_DEPTH} folders deep; what is in it was not looked at"
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)  # Python's own way to remove it would recurse


def test_folder_of_folders_is_not_searched(tmp_path: Path) -> None:
    """Folders count like files, so that thousands of empty ones take no time."""
    for number in range(MAX_ZIP_MEMBERS // 50 + 1):
        for inner in range(50):
            (tmp_path / "ada" / str(number) / str(inner)).mkdir(parents=True)
    submission = load_submission(tmp_path / "ada")
    assert is_not_gradable(submission)
    assert flags(submission)["ada"] == f"holds more than {MAX_ZIP_MEMBERS:,} files and folders"


def test_archive_inside_is_mentioned(tmp_path: Path) -> None:
    """A zip in a zip is not opened, and the student reads what to do instead."""
    inner = write_zip(tmp_path / "work.zip", dict(FILES)).read_bytes()
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "work.zip").write_bytes(inner)
    outer = write_zip(tmp_path / "bob.zip", {"bob/work.zip": inner, "bob/more.tar.gz": b"x", "__MACOSX/work.zip": b""})
    detail = "is an archive inside; hand in the files themselves"
    for entry, names in ((tmp_path / "ada", ["work.zip"]), (outer, ["bob/more.tar.gz", "bob/work.zip"])):
        submission = load_submission(entry)
        assert is_not_gradable(submission)
        assert [flag.where for flag in submission.flags if flag.detail == detail] == names


def test_members_with_absurd_names_cost_only_themselves(tmp_path: Path) -> None:
    """An empty name, a slash, dots, a NUL, a name as long as can be: the members beside them are read."""
    path = tmp_path / "ada.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in [
            "",
            "/",
            ".",
            "..",
            "a/.py",
            "//",
            "nul\0.py",
            "x" * 60_000 + ".py",
            "new\nline.py",
            "\u202eyp.py",
        ]:
            member = zipfile.ZipInfo("member")
            member.filename = name
            archive.writestr(member, "x = 1\n")
        archive.writestr("linear.py", FILES["linear.py"])
    submission = load_submission(path)
    assert submission.files["linear.py"] == FILES["linear.py"]
    assert all(name.isprintable() and len(name) <= 201 for name in submission.files)


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    """Thousands of entries for the same ten megabytes are read up to the limits of one submission, and no further."""
    path = write_zip(tmp_path / "ada.zip", {"0000.py": b"#" * 10_000_000})
    raw = path.read_bytes()
    start, end = raw.index(b"PK\1\2"), raw.index(b"PK\5\6")
    entries = b"".join(raw[start:end].replace(b"0000.py", b"%04d.py" % number) for number in range(MAX_ZIP_MEMBERS))
    tail = bytearray(raw[end:])
    tail[8:16] = struct.pack("<HHI", MAX_ZIP_MEMBERS, MAX_ZIP_MEMBERS, len(entries))
    path.write_bytes(raw[:start] + entries + tail)
    submission = load_submission(path)
    assert is_not_gradable(submission)
    assert len(submission.flags) <= MAX_FLAGS + 2


def test_many_flags_are_counted(tmp_path: Path) -> None:
    """A grade does not grow with what can't be used: beyond a limit it is only counted."""
    submission = load_submission(write_zip(tmp_path / "ada.zip", {f"{n:04}.py": b"\0" for n in range(MAX_FLAGS + 7)}))
    assert [flag.kind for flag in submission.flags[MAX_FLAGS:]] == ["ignored_file", "not_gradable"]
    assert submission.flags[MAX_FLAGS].detail == "and 7 more"


def test_member_whose_size_is_a_lie(tmp_path: Path) -> None:
    """A member that claims more bytes than it has, or than the whole zip, costs only itself."""
    for claimed in (7, 2**31, 2**32 - 2):
        path = write_zip(tmp_path / "ada.zip", {"a.py": "A = 1\n", "b.py": "B = 1\n"}, zipfile.ZIP_STORED)
        raw = bytearray(path.read_bytes())
        entry = raw.index(b"PK\1\2")
        raw[entry + 20 : entry + 28] = struct.pack("<II", claimed, claimed)
        path.write_bytes(raw)
        submission = load_submission(path)
        assert submission.files["b.py"] == "B = 1\n"
        assert set(submission.files) | set(flags(submission)) == {"a.py", "b.py"}


@pytest.mark.parametrize(
    "text",
    [
        "import " + ".".join("a" * 90_000),
        "from " + "a." * 90_000 + "b import c",
        "import " + "a.\\\n" * 200 + "b",
        "x = " + "é ." * 500,
    ],
)
def test_endless_dotted_name_is_not_parsed(tmp_path: Path, text: str) -> None:
    """A name that would keep the parser busy for half a minute is refused with its reason, at once."""
    (tmp_path / "ada.py").write_text(text, encoding="utf-8")
    submission = load_submission(tmp_path / "ada.py")
    assert submission.files == {}
    assert "holds a dotted name of more than 100 parts" in submission.flags[0].detail


@pytest.mark.parametrize(
    "text",
    ["x = " + ".".join(["a()"] * 500), "0.5 1.5 " * 500, "a" * 100_000, "a " * 90_000, "... " * 500, "x.y\n" * 9_000],
)
def test_ordinary_dots_are_parsed(tmp_path: Path, text: str) -> None:
    """Chains of calls, numbers, long words and dots of sentences are none of that."""
    (tmp_path / "ada.py").write_text(text, encoding="utf-8")
    assert load_submission(tmp_path / "ada.py").files == {"ada.py": text}
