"""The wheel and the sdist of this checkout: what is in them and what is not, by rule, and what they say of themselves."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from email.message import Message
from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
if not (ROOT / ".git").exists() or not (ROOT / "grader").is_dir():
    pytest.skip("this is no checkout of the repository: `tox -e dist` looks at what is built", allow_module_level=True)
pytest.importorskip("build")
pytest.importorskip("hatchling")

COURSE = ("assignments", "examples", "reference")
LARGEST = 3 * 2**20  # the pictures of Fashion-MNIST take 2.2 MB
LARGEST_OF_ALL = 8 * 2**20
SECRETS = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|github_pat_\w{22}|glpat-[\w-]{20}|"
    rb"pypi-AgEIcHlwa[S]|xox[abp]-\d{8})"
)
NEVER = re.compile(
    r"(^|/)(__pycache__|\.(tox|venv|git|grader|\w+_cache)|\.env|\.netrc|\.pypirc|id_[a-z0-9]+)(/|$)|\.(pyc|db|pem|key)$"
)
Files = dict[str, bytes]


def run(*command: str, cwd: Path = ROOT) -> str:
    """What a command said; it must succeed."""
    ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def built(kind: str, place: Path, source: Path) -> Path:
    """A distribution of a folder, built with what is installed here."""
    run(sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "-o", str(place), str(source))
    [path] = place.iterdir()
    return path


def in_wheel(path: Path) -> Files:
    """The files of a wheel."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def tracked() -> set[str]:
    """The files that Git tracks, or would track if they were added."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return {name for name in listed if name and (ROOT / name).exists()}


@pytest.fixture(scope="module")
def wheel_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout."""
    return built("wheel", tmp_path_factory.mktemp("wheel"), ROOT)


@pytest.fixture(scope="module")
def sdist_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist of the checkout."""
    return built("sdist", tmp_path_factory.mktemp("sdist"), ROOT)


@pytest.fixture(scope="module")
def wheel(wheel_path: Path) -> Files:
    """Its files."""
    return in_wheel(wheel_path)


@pytest.fixture(scope="module")
def sdist(sdist_path: Path) -> Files:
    """The files of the sdist, by their names in its one folder."""
    with tarfile.open(sdist_path) as archive:
        entries = archive.getmembers()
        assert {entry.name.split("/")[0] for entry in entries} == {sdist_path.name.removesuffix(".tar.gz")}
        assert [entry.name for entry in entries if not entry.isfile()] == []
        contents = {entry: archive.extractfile(entry) for entry in entries}
        return {entry.name.split("/", 1)[1]: file.read() for entry, file in contents.items() if file is not None}


@pytest.fixture(scope="module")
def said(wheel: Files) -> Message:
    """What the wheel says of itself."""
    [name] = [name for name in wheel if name.endswith(".dist-info/METADATA")]
    return message_from_bytes(wheel[name])


def test_wheel_holds_the_package(wheel: Files, tracked: set[str]) -> None:
    """Of the package the wheel has what Git tracks, all of it and nothing else."""
    assert {name for name in wheel if name.startswith("grader/")} == {n for n in tracked if n.startswith("grader/")}


def test_wheel_holds_the_course(wheel: Files, tracked: set[str]) -> None:
    """The course that comes along is whole: what students get, model answers, the sample class."""
    course = {f"backgrade_course/{name}" for name in tracked if name.split("/")[0] in COURSE}
    assert {name for name in wheel if name.startswith("backgrade_course/")} == course


def test_wheel_holds_nothing_else(wheel: Files) -> None:
    """Beside the package and the course there are only the wheel's own notes, with the two licences."""
    rest = {name for name in wheel if not name.startswith(("grader/", "backgrade_course/"))}
    [folder] = {name.split("/")[0] for name in rest}
    notes = ["METADATA", "RECORD", "WHEEL", "entry_points.txt"]
    licences = [f"licenses/{name}" for name in ("LICENSE", "grader/datasets/PROVENANCE.md")]
    assert rest == {f"{folder}/{name}" for name in [*notes, *licences]}


def test_wheel_is_as_in_the_checkout(wheel: Files) -> None:
    """Every file of the package and of the course is, byte for byte, that of the checkout."""
    paths = {name: ROOT / name.removeprefix("backgrade_course/") for name in wheel if ".dist-info/" not in name}
    assert [name for name, path in paths.items() if wheel[name] != path.read_bytes()] == []


def test_sdist_holds_what_git_tracks(sdist: Files, tracked: set[str]) -> None:
    """The sdist is the checkout: with tests, documentation and the files of CI, so all of it can be run from there."""
    assert sdist.keys() == tracked | {"PKG-INFO"}


def test_wheel_of_the_sdist_is_the_same(wheel: Files, sdist_path: Path, tmp_path: Path) -> None:
    """Built from the unpacked sdist, far from Git, the wheel has the same files with the same bytes."""
    with tarfile.open(sdist_path) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    [folder] = (tmp_path / "source").iterdir()
    assert in_wheel(built("wheel", tmp_path / "wheel", folder)) == wheel


def test_no_file_is_large(wheel: Files, sdist: Files, wheel_path: Path, sdist_path: Path) -> None:
    """No file is so large that it came along by mistake, and neither are both as a whole."""
    assert [name for files in (wheel, sdist) for name, content in files.items() if len(content) > LARGEST] == []
    assert max(wheel_path.stat().st_size, sdist_path.stat().st_size) < LARGEST_OF_ALL


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_nothing_left_over_and_no_secret(kind: str, request: pytest.FixtureRequest) -> None:
    """No caches, no results, no environments; no file that is named or looks like a key or a token."""
    files: Files = request.getfixturevalue(kind)
    assert [name for name in files if NEVER.search(name)] == []
    assert [name for name, content in files.items() if SECRETS.search(content)] == []


def test_notebooks_hold_no_outputs(wheel: Files) -> None:
    """The notebooks that students get were never run."""
    notebooks = [name for name in wheel if name.startswith("backgrade_course/assignments/") and name.endswith(".ipynb")]
    cells = [(name, cell) for name in notebooks for cell in json.loads(wheel[name])["cells"]]
    assert len(notebooks) == len({PurePosixPath(name).parent for name in wheel if name.endswith("/assignment.toml")})
    assert [name for name, cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


# -- what they say of themselves -------------------------------------------------------------------------------------------


def test_index_takes_them(wheel_path: Path, sdist_path: Path) -> None:
    """The package index will take both: their metadata is valid and the description can be shown."""
    pytest.importorskip("twine")
    said = run(sys.executable, "-m", "twine", "--no-color", "check", "--strict", str(wheel_path), str(sdist_path))
    assert said.count("PASSED") == 2


def test_version_is_one(said: Message, wheel_path: Path, sdist_path: Path) -> None:
    """The version of the metadata, of the file names, and of the package is one, and the changelog has its heading."""
    version = said["Version"]
    assert wheel_path.name == f"backgrade-{version}-py3-none-any.whl"
    assert sdist_path.name == f"backgrade-{version}.tar.gz"
    assert f'__version__ = "{version}"' in (ROOT / "grader" / "__init__.py").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\S+) - ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == version


def pythons(said: Message) -> list[str]:
    """The versions of Python that the classifiers name."""
    names = (name.removeprefix("Programming Language :: Python :: ") for name in said.get_all("Classifier", []))
    return [name for name in names if re.fullmatch(r"3\.\d+", name)]


def test_pythons_are_those_that_are_tested(said: Message) -> None:
    """The versions that the classifiers name are those of CI and of tox, from the oldest that pip lets in."""
    yaml = pytest.importorskip("yaml")
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == pythons(said)
    assert re.findall(r"\bpy3(\d+)-", tox) == [version.removeprefix("3.") for version in pythons(said)]
    assert said["Requires-Python"] == f">={pythons(said)[0]}"


def test_what_is_imported_is_required(said: Message) -> None:
    """What any module of the package needs as soon as it is imported comes with the package, without an extra."""
    lines = [line for line in said.get_all("Requires-Dist", []) if "extra ==" not in line]
    required = {normal(re.split(r"[^\w.-]", line)[0]) for line in lines}
    owners = metadata.packages_distributions()
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "grader").rglob("*.py")]
    names = set().union(*(imported(module.body) for module in modules)) - sys.stdlib_module_names - {"grader"}
    assert {normal(owners.get(name, [name])[0]) for name in names} - required == set()


def normal(name: str) -> str:
    """The name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(statements: list[ast.stmt]) -> set[str]:
    """The packages that these statements import."""
    whole = {alias.name for node in statements if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module for node in statements if isinstance(node, ast.ImportFrom) and not node.level and node.module}
    return {name.split(".")[0] for name in whole | parts}


def test_commands_are_there(wheel: Files) -> None:
    """The entry points name functions and modules that the wheel has."""
    [notes] = [content.decode() for name, content in wheel.items() if name.endswith("entry_points.txt")]
    targets = re.findall(r"^\w+ = ([\w.]+)(?::(\w+))?$", notes, re.MULTILINE)
    assert len(targets) == 2
    for module, function in targets:
        path = module.replace(".", "/")
        [source] = [wheel[name] for name in (f"{path}.py", f"{path}/__init__.py") if name in wheel]
        assert not function or f"def {function}(" in source.decode()
