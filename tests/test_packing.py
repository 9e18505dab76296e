"""The zip, the versions and what is known of modules; the wheel itself is looked at in test_release."""

from __future__ import annotations

import io
import zipfile
from importlib import metadata

import pytest

from grader import PACKAGE
from grader.errors import UsageError
from grader.release import packing
from grader.release.packing import is_of_python, least_python, pinned, wheel, zipped


def test_zip_is_the_same_in_any_order() -> None:
    """The order in which files are given changes no byte; each is there as a plain file that all may read."""
    content = zipped({"b.txt": b"2", "a/c.txt": b"1"})
    assert content == zipped({"a/c.txt": b"1", "b.txt": b"2"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["a/c.txt", "b.txt"]
        assert archive.read("b.txt") == b"2"
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_modules_are_pinned() -> None:
    """What is imported is pinned by the name of its distribution, as installed here; what is not installed is left out."""
    found = pinned(["sympy.parsing", "no_such_module"])
    assert f"sympy=={metadata.version('sympy')}" in found
    assert found == sorted(found)
    assert {line.split("==")[0] for line in found} - {"sympy"} == {line.split("==")[0] for line in pinned([])}


def test_local_versions_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The build of torch for one kind of device is not asked of other computers; markers stay."""
    monkeypatch.setattr(packing, "_version", lambda name: "2.13.0+cpu")
    assert "torch==2.13.0" in pinned([])
    assert "pyseccomp==2.13.0; sys_platform == 'linux'" in pinned([])


def test_modules_of_python() -> None:
    """Modules of Python and of the grader are everybody's."""
    assert [name for name in ("os.path", "torch.nn", "grader.compare", "pytest") if not is_of_python(name)] == [
        "torch.nn",
        "pytest",
    ]
    assert least_python() == "3.11"


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grader that runs from a folder without being installed has nothing to say about itself."""
    monkeypatch.setattr(packing, "DISTRIBUTION", "no-such-distribution")
    with pytest.raises(UsageError, match="the grader is not installed here"):
        wheel()


def test_another_engine_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """If one file of the engine differs, pip sees another version."""
    name, _ = wheel()
    files = list(packing._package_files(PACKAGE))
    monkeypatch.setattr(packing, "_package_files", lambda package: files[1:])
    assert wheel()[0] != name
