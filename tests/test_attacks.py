"""A corpus of hostile submissions, each graded at every level of isolation: nobody gains, learns, keeps or spoils anything.

`tests/attacks/NAME/` holds the files of one submission. The first one begins with a header, TOML in comments:

    # kind = "leak"          forge, leak, escape, deny or inject
    # does = "reads the hidden rubric and shows it as an exception"
    # exercise = "relu"      whose checks meet the attack
    # outcome = "raised"     of at least one of them at the walled levels, where that is certain
    # score = 0              what an honest submission of the same merit gets, and so what this one must get
    # base = "reference"     the model answer, all points, of which the attack replaces files; nothing without it
    # open_at = ["process"]  the levels that do not prevent it; there it must be seen to work, unless `quiet` is true
    # flag = "..."           a kind of flag that the instructor must see
    # known = "..."          why it gains points that honest work of the same merit would not, and always will
    # pending = "..."        the defence that it waits for
    # student = "..."        the name it is handed in under
    # names = { "stored.py" = "handed in as.py" }

An attack that works says so: by a secret, or by its own {{breach}}, in what its student gets or at the harness's listener,
or by a file left behind. Its targets: {{drop}}, a folder that it may write to, {{shm}} and {{tmp}}, files to leave,
{{port}}, {{unix}} and {{abstract}}, where somebody listens, {{grader_pid}}, and the paths {{secret_file}},
{{hidden_rubric}}, {{reference}}, {{inbox}}, {{out}} and {{leavings}}. {{word}} may be read, but never as markup.

`python tests/test_attacks.py --table` puts the table into docs/security.md.
"""

from __future__ import annotations

import csv
import ctypes
import functools
import io
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "attacks"
PAGE = ROOT / "docs" / "security.md"
ASSIGNMENT = "classifier"
KINDS = ("forge", "leak", "escape", "deny", "inject")
LEVELS = ("full", "kernel", "namespaces", "strict", "process")
NOBODY = 65534
CHECK_SECONDS = 1  # the deadline of a check; those that hang are waited for twice
RUN_SECONDS = 400
NEIGHBOURS_EVERY = 7
PRIVATE = "tests", "examples", "docs", "benchmarks"


# -- the corpus ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """One folder of the corpus: its header and its files, in which the placeholders are not filled in yet."""

    name: str
    files: dict[str, str]
    kind: str
    does: str
    exercise: str
    score: int
    base: str = ""
    outcome: str = ""
    open_at: tuple[str, ...] = ()
    quiet: bool = False
    flag: str = ""
    known: str = ""
    pending: str = ""
    student: str = ""
    names: dict[str, str] = field(default_factory=dict)


@functools.cache
def corpus() -> tuple[Attack, ...]:
    """Every attack, sorted by kind and name."""
    attacks = [read_attack(folder) for folder in CORPUS.iterdir() if folder.is_dir() and any(folder.glob("*.py"))]
    return tuple(sorted(attacks, key=lambda attack: (KINDS.index(attack.kind), attack.name)))


def read_attack(folder: Path) -> Attack:
    """The attack in a folder. Raises if its header has a key that is not known, or lacks one."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if path.is_file()}
    first = files["attack.py"] if "attack.py" in files else next(iter(files.values()))
    lines = []
    for line in first.splitlines():
        if not line.startswith("# "):
            break
        lines.append(line.removeprefix("# "))
    header = tomllib.loads("\n".join(lines))
    header["open_at"] = tuple(header.get("open_at", ()))
    return Attack(name=folder.name, files=files, **header)


ATTACKS = corpus()


# -- one run of all attacks, in a process of its own -------------------------------------------------------------------------


class World:
    """What a run needs around it: a course with a hidden rubric, an inbox, secrets, and somebody who listens."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.course, self.inbox, self.out, self.home = (root / name for name in ("course", "inbox", "out", "home"))
        self.drops = root / "drops"
        self.secrets = {
            name: f"SECRET-{name}-{secrets.token_hex(8)}"
            for name in ("environment", "home", "hidden-rubric", "other-student", "out", "reference", "leavings")
        }
        # the kernel shows the environment that a process was started with, not what it has set since
        self.secrets["environment"] = os.environ.setdefault("GRADER_SECRET", self.secrets["environment"])
        self.secrets["hidden-input"] = str(10**7 + secrets.randbelow(6 * 10**6))  # float32 holds it exactly
        self.breaches = {attack.name: f"BREACH-{secrets.token_hex(8)}" for attack in ATTACKS}
        self.traces = {attack.name: f"trace-{secrets.token_hex(8)}" for attack in ATTACKS}  # names of files
        self.words = {attack.name: f"word{secrets.token_hex(4)}" for attack in ATTACKS}
        self.mark = secrets.token_hex(6)
        self.received = bytearray()
        self.leavings = [Path(place, f"attacks-leavings-{self.mark}") for place in ("/tmp", "/dev/shm")]

    def build(self, attacks: tuple[Attack, ...]) -> list[Path]:
        """Write everything; returns the entries of the inbox, with honest ones between the others."""
        for folder in (self.inbox, self.out, self.home, self.drops):
            folder.mkdir()
        shutil.copytree(ROOT / "assignments" / ASSIGNMENT, self.course / "assignments" / ASSIGNMENT)
        shutil.copytree(ROOT / "reference" / ASSIGNMENT, self.course / "reference" / ASSIGNMENT)
        self._arm_course()
        (self.home / "notes.txt").write_text(self.secrets["home"])
        (self.out / "notes.txt").write_text(self.secrets["out"])
        for path in self.leavings:
            path.write_text(self.secrets["leavings"])
        self._open_to_all(self.root)
        os.environ["HOME"] = str(self.home)
        port = self._listen()
        entries = [self._honest("honest-0"), self._honest("half-0")]
        for number, attack in enumerate(attacks, 1):
            entries.append(self._hostile(attack, port))
            if number % NEIGHBOURS_EVERY == 0:
                entries.append(self._honest(f"{('half', 'honest')[number % 2]}-{number}"))
        return entries

    def _arm_course(self) -> None:
        manifest = self.course / "assignments" / ASSIGNMENT / "assignment.toml"
        text = manifest.read_text()
        manifest.write_text(re.sub(r"timeout_seconds = \S+", f"timeout_seconds = {CHECK_SECONDS}", text))
        together = manifest.with_name("test_together.py")
        together.write_text(together.read_text().replace("pytest.mark.timeout(60)", "pytest.mark.timeout(5)"))
        folder = self.course / "reference" / ASSIGNMENT
        for path in folder.glob("test_hidden_*.py"):
            path.unlink()  # this run's own is enough, and worth nothing
        with (folder / "relu.py").open("a") as file:
            file.write(f"# {self.secrets['reference']}\n")
        hidden = HIDDEN.replace("TOKEN", self.secrets["hidden-rubric"]).replace("NUMBER", self.secrets["hidden-input"])
        (folder / "test_hidden_relu.py").write_text(hidden)

    def _honest(self, name: str) -> Path:
        files = base_files("reference")
        if name.startswith("half"):
            files |= {file: base_files("skeleton")[file] for file in HALF}
        files["optimizer.py"] += f"\n# {self.secrets['other-student']}\n"
        return self._hand_in(name, files)

    def _hostile(self, attack: Attack, port: int) -> Path:
        drop = self.drops / attack.name
        drop.mkdir()
        drop.chmod(0o777)
        targets = {
            "breach": self.breaches[attack.name],
            "drop": str(drop),
            "word": self.words[attack.name],
            "shm": f"/dev/shm/{self.traces[attack.name]}",
            "tmp": f"/tmp/{self.traces[attack.name]}",
            "port": str(port),
            "unix": str(self.drops / "socket"),
            "abstract": f"attacks-{self.mark}",
            "grader_pid": str(os.getpid()),
            "secret_file": str(self.home / "notes.txt"),
            "hidden_rubric": str(self.course / "reference" / ASSIGNMENT / "test_hidden_relu.py"),
            "reference": str(self.course / "reference" / ASSIGNMENT / "relu.py"),
            "inbox": str(self.inbox),
            "out": str(self.out),
            "leavings": str([str(path) for path in self.leavings]),
        }
        files = base_files(attack.base)
        for stored, text in attack.files.items():
            files[self.word_in(attack, attack.names.get(stored, stored))] = fill_in(text, targets)
        return self._hand_in(self.entry(attack), files)

    def entry(self, attack: Attack) -> str:
        """The name of its folder in the inbox."""
        return self.word_in(attack, attack.student or attack.name)

    def word_in(self, attack: Attack, text: str) -> str:
        """The text with the attack's word."""
        return fill_in(text, {"word": self.words[attack.name]})

    def _hand_in(self, name: str, files: dict[str, str]) -> Path:
        folder = self.inbox / name
        for file, text in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self._open_to_all(folder)
        return folder

    @staticmethod
    def _open_to_all(root: Path) -> None:
        """No secret is kept by its mode: only a wall is to keep a worker out."""
        for path in (root, *root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def _listen(self) -> int:
        tcp = socket.create_server(("127.0.0.1", 0))
        port = int(tcp.getsockname()[1])
        udp = socket.socket(type=socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", port))
        listening = [tcp, udp]
        for address in (str(self.drops / "socket"), f"\0attacks-{self.mark}"):
            unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            unix.bind(address)
            listening.append(unix)
        (self.drops / "socket").chmod(0o777)
        for one in listening:
            threading.Thread(target=self._hear, args=(one, one is tcp), daemon=True).start()
        return port

    def _hear(self, listening: socket.socket, is_stream: bool) -> None:
        while True:
            if is_stream:
                with listening.accept()[0] as connection:
                    connection.settimeout(2)
                    self.received += connection.recv(65536)
            else:
                self.received += listening.recv(65536)

    def effects(self, attack: Attack) -> list[str]:
        """What the attack is seen to have reached."""
        breach = self.breaches[attack.name]
        found = []
        shown = student_texts(self.out, student_of(self.entry(attack)))
        artefacts = "\n".join(shown.values())
        found += [
            f"its student was shown the secret of {name}" for name, text in self.secrets.items() if text in artefacts
        ]
        if breach in artefacts:
            found.append("it says that it succeeded")
        if breach.encode() in self.received:
            found.append("it reached the listener")
        files = [*(self.drops / attack.name).iterdir()]
        for place in ("/dev/shm", "/tmp", tempfile.gettempdir()):
            files += Path(place).glob(f"*{self.traces[attack.name]}*")
        found += [f"it left the file {path.name}" for path in files]
        tables = {
            path.name: path.read_text(encoding="utf-8")
            for path in self.out.iterdir()
            if path.suffix in (".html", ".csv")
        }
        for name, text in (shown | tables).items():
            found += [f"{what} in {name}" for what in dangers(name, text, self.words[attack.name])]
        return found

    def clear(self) -> None:
        """Take away what lies outside the run's own folder."""
        names = [self.mark, *self.traces.values()]
        for folder in (Path("/dev/shm"), Path("/tmp")):
            for path in folder.iterdir():
                if any(name in path.name for name in names) and path.is_file():
                    path.unlink()


HALF = ("relu.py", "optimizer.py", "evaluation.py")  # what the half-right student has not written
HIDDEN = '''"""Hidden checks, worth nothing: what they hold must not get out."""

import pytest
import torch

from grader.compare import assert_close

pytestmark = [pytest.mark.exercise("relu"), pytest.mark.points(0)]
SECRET = "TOKEN"


def test_hidden_forward(submission):
    """A hidden check."""
    x = torch.tensor([[NUMBER.0, -NUMBER.0]])
    assert_close("TOKEN", submission.ReLU().forward(x), x.clamp(min=0))  # TOKEN
'''


def fill_in(text: str, values: dict[str, str]) -> str:
    """The text with a value for each {{name}}."""
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def base_files(base: str) -> dict[str, str]:
    """The files of the skeleton or of the reference, or none."""
    if not base:
        return {}
    names = [path.name for path in (ROOT / "reference" / ASSIGNMENT).glob("*.py") if not path.name.startswith("test_")]
    folder = ROOT / {"skeleton": "assignments", "reference": "reference"}[base] / ASSIGNMENT
    return {name: (folder / name).read_text(encoding="utf-8") for name in names if (folder / name).is_file()}


def student_of(entry: str) -> str:
    """The student that an entry of the inbox is named after."""
    from grader.submissions.loading import student_name

    return student_name(Path(entry))


def student_texts(out: Path, student: str) -> dict[str, str]:
    """What a student gets: file -> text."""
    return {path.name: path.read_text(encoding="utf-8") for path in (out / "students" / student).iterdir()}


HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)


class Page(HTMLParser):
    """What a page holds of a word where a browser would act on it, not show it."""

    def __init__(self, text: str, word: str) -> None:
        super().__init__()
        self.word = word
        self.found: list[str] = []
        self.element = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.element = tag
        for name, value in attrs:
            shown = name in ("title", "aria-label", "id") or (
                name == "href" and (value or "").startswith(("students/", "#"))
            )
            if self.word in name or (self.word in (value or "") and not shown):
                self.found.append(f"an attribute {name} of <{tag}>")

    def handle_data(self, data: str) -> None:
        if self.word in data and self.element in ("script", "style"):
            self.found.append(f"text of <{self.element}>")


def dangers(name: str, text: str, word: str) -> list[str]:
    """What in a file acts on whoever opens it, of what holds the word, and control characters of anybody's."""
    from markdown_it import MarkdownIt

    text = text.replace("\r\n", "\n").replace("@\u2060", "@")  # the grader's own, so that nobody is mentioned
    found = ["a control character"] if HARMFUL.search(text) else []
    if name.endswith(".html"):
        found += Page(text, word).found
    if name.endswith(".md"):
        tokens = [one for token in MarkdownIt().parse(text) for one in (token, *(token.children or ()))]
        found += [one.type for one in tokens if one.type.startswith("html") and word in one.content]
        found += [one.type for one in tokens if word in str(one.attrs)]
    if name.endswith(".csv"):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        found += ["a formula" for cell in cells if word in cell and cell.lstrip().startswith(tuple("=+-@"))]
    return found


def run(level: str, root: Path, attacks: tuple[Attack, ...]) -> dict[str, Any]:
    """Grade the whole class at a level, in this process; what came of it, as plain values."""
    from grader.course.assignments import find_assignment
    from grader.grading.batch import Batch
    from grader.grading.settings import Settings
    from grader.isolation.levels import Isolation, Level
    from grader.results import Grade
    from grader.submissions.inbox import Entry

    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # orphans become children of this process, where they are seen
    world = World(root)
    zygotes: list[int] = []
    deaths: list[str] = []

    def began(isolation: Isolation) -> None:
        zygotes.extend(pid for pid in descendants(os.getpid()) if is_zygote(pid))

    def moved_on(grade: Grade) -> None:
        if not all(Path(f"/proc/{pid}").exists() for pid in zygotes):
            deaths.append(grade.student)

    try:
        entries = world.build(attacks)
        inbox = [Entry(student_of(path.name), path) for path in entries]
        batch = Batch(find_assignment(world.course, ASSIGNMENT), inbox, world.out)
        os.chdir(world.inbox)  # where an instructor may stand, and where Python may look for modules
        settings = Settings("cpu", least_isolation=Level(level), best_isolation=Level(level))
        started = time.monotonic()
        batch.run(2, settings, moved_on, began)
        seconds = time.monotonic() - started
        batch.close()
        left = wait_for_the_end()
        names = {world.entry(attack): attack.name for attack in attacks}
        grades = {
            names.get(entry.name, entry.name): json.loads(
                student_texts(world.out, student_of(entry.name))["grade.json"]
            )
            for entry in entries
        }
        return {
            "level": level,
            "seconds": seconds,
            "grades": grades,
            "effects": {attack.name: world.effects(attack) for attack in attacks},
            "received": [name for name, text in world.secrets.items() if text.encode() in world.received],
            "zygotes": len(zygotes),
            "deaths": deaths,
            "left": left,
        }
    finally:
        for pid in descendants(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        world.clear()


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in parents.items() if its_parent == parent]
    return found[1:]


def command_of(pid: int) -> str:
    """How the process was started; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def is_zygote(pid: int) -> bool:
    """Whether it is the process that forks workers, or its bubblewrap; a worker has the command of its parent."""
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return False
    return " zygote " in command_of(pid) != command_of(parent)


def wait_for_the_end() -> list[str]:
    """What is still there of the run after a while, but for the servers of multiprocessing."""
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        while True:  # orphans that have ended wait for their parent, this process
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                break
        left = [command_of(pid) for pid in descendants(os.getpid())]
        left = [command for command in left if command and "multiprocessing" not in command]
        if not left:
            return []
        time.sleep(0.05)
    return left


# -- the fixtures: one run a level -------------------------------------------------------------------------------------------


Run = dict[str, Any]


@pytest.fixture(scope="module", params=[*LEVELS, "full as nobody", "kernel as nobody"])
def graded(request: pytest.FixtureRequest) -> Run:
    """The class, graded at a level by whoever runs the tests; as root also by an ordinary user.

    One run holds the whole corpus. In the others are the attacks that walls decide about, all of them with ALL_ATTACKS=1.
    """
    level, _, user = request.param.partition(" as ")
    is_whole = request.param == "full" or os.environ.get("ALL_ATTACKS") == "1"
    return graded_at(level, bool(user), kinds=KINDS if is_whole else ("leak", "escape"))


@pytest.fixture(scope="module")
def alone() -> Run:
    """The honest neighbours, without any attack."""
    return graded_at("process", False, with_attacks=False)


def graded_at(level: str, as_nobody: bool, *, kinds: tuple[str, ...] = KINDS, with_attacks: bool = True) -> Run:
    """What a run says, made in a process of its own; skips where this machine can't reach the level."""
    from grader.errors import UsageError
    from grader.isolation.isolated import Isolated
    from grader.isolation.levels import Level

    if as_nobody and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    try:
        Isolated(best=Level(level), least=Level(level)).close()
    except UsageError as refused:
        pytest.skip(str(refused))
    root = Path(tempfile.mkdtemp(prefix="attacks-"))
    user = NOBODY if as_nobody else None
    try:
        if as_nobody:
            os.chown(root, NOBODY, NOBODY)
            if not can_grade_as(NOBODY):
                pytest.skip("another user can't run this Python, or read this repository")
        command = [sys.executable, __file__, "--run", level, str(root), "" if with_attacks else "--without-attacks"]
        some = " ".join(attack.name for attack in ATTACKS if attack.kind in kinds)
        secret = f"SECRET-environment-{secrets.token_hex(8)}"
        ended = subprocess.run(
            command, cwd=root, env={"ATTACKS": some} | environment() | {"GRADER_SECRET": secret},
            user=user, group=user, extra_groups=[] if as_nobody else None,
            capture_output=True, text=True, timeout=RUN_SECONDS, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, f"the run ended with status {ended.returncode}: {ended.stderr[-3000:]}"
        result: Run = json.loads((root / "result.json").read_text())
        return result
    finally:
        shutil.rmtree(root, ignore_errors=True)


def environment() -> dict[str, str]:
    """That of this process, with the package on the path."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}


@functools.cache
def can_grade_as(user: int) -> bool:
    """Whether another user can run this interpreter with everything that grading needs."""
    command = [sys.executable, "-c", "import torch, msgspec, pytest_timeout, jinja2, grader.grading.batch"]
    try:
        return (
            subprocess.run(
                command, env=environment() | {"GRADER_SECRET": f"SECRET-environment-{secrets.token_hex(8)}"},
            user=user, group=user, extra_groups=[], cwd="/", check=False,
                capture_output=True,
            ).returncode
            == 0
        )  # fmt: skip
    except OSError:
        return False


def main(arguments: list[str]) -> None:
    """`--table` puts the table into the page; `--run LEVEL FOLDER` grades the class and writes FOLDER/result.json."""
    if arguments[0] == "--table":
        start, _, end = re.split(r"(?s)(?<=<!-- table -->\n)(.*)(?=<!-- /table -->)", PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(f"{start}{table()}\n{end}", encoding="utf-8")
        return
    _, level, root, *more = arguments
    attacks = () if "--without-attacks" in more else ATTACKS
    wanted = os.environ.get("ATTACKS", "").split()  # a few by name, while one is written
    attacks = tuple(attack for attack in attacks if not wanted or attack.name in wanted)
    result = run(level, Path(root), attacks)
    Path(root, "result.json").write_text(json.dumps(result), encoding="utf-8")


# -- what must hold ----------------------------------------------------------------------------------------------------------


OUTCOMES = {"passed", "failed", "not_attempted", "raised", "timed_out", "crashed", "blocked", "skipped"}
ids: Callable[[Attack], str] = lambda attack: attack.name  # noqa: E731


def waits(attack: Attack) -> Any:
    """The attack as a parameter; one whose defence is still to come is expected to fail."""
    marks = [pytest.mark.xfail(reason=attack.pending, strict=False)] if attack.pending else []
    return pytest.param(attack, marks=marks, id=attack.name)


every_attack = pytest.mark.parametrize("attack", [waits(attack) for attack in ATTACKS])


def outcomes(grade: dict[str, Any], exercise: str = "") -> list[str]:
    """How the checks of an exercise, or all of them, ended."""
    return [
        check["outcome"]
        for one in grade["exercises"]
        for check in one["checks"]
        if not exercise or one["name"] == exercise
    ]


@every_attack
def test_score(graded: Run, attack: Attack) -> None:
    """The grade is the one that honest work of the same merit gets, and it is a grade."""
    grade = graded["grades"].get(attack.name)
    if grade is None:
        pytest.skip("not among the attacks of this run")
    assert (grade["status"], grade["score"]) == ("graded", attack.score), outcomes(grade, attack.exercise)
    assert set(outcomes(grade)) <= OUTCOMES
    if attack.outcome and graded["level"] not in attack.open_at:
        assert attack.outcome in outcomes(grade, attack.exercise)
    if attack.flag:
        assert attack.flag in {flag["kind"] for flag in grade["flags"]}


@every_attack
def test_effect(graded: Run, attack: Attack) -> None:
    """Nothing is read, reached or left behind; where a level does not prevent it, the attack is seen to be a real one."""
    effects = graded["effects"].get(attack.name)
    if effects is None:
        pytest.skip("not among the attacks of this run")
    if graded["level"] not in attack.open_at:
        assert effects == []
    elif not attack.quiet:
        assert effects != [], "it works nowhere, so it proves nothing"


@pytest.mark.parametrize("kind", ["honest", "half"])
def test_neighbours(graded: Run, alone: Run, kind: str) -> None:
    """Honest students graded between and beside the attacks get, check by check, what they get without them."""
    expected = alone["grades"][f"{kind}-0"]
    copies = {name: grade for name, grade in graded["grades"].items() if re.fullmatch(rf"{kind}-\d+", name)}
    assert len(copies) > len(graded["effects"]) // NEIGHBOURS_EVERY // 3
    for name, grade in copies.items():
        assert (name, grade["score"], outcomes(grade)) == (name, expected["score"], outcomes(expected))


def test_nothing_is_left(graded: Run) -> None:
    """No secret reached the listener, the process that forks workers lived to the end, and no process is left."""
    if graded["level"] != "process":
        assert (graded["received"], graded["left"]) == ([], [])
    assert graded["zygotes"] > 0
    assert graded["deaths"] == []


# -- the corpus itself, and the page that shows it -----------------------------------------------------------------------------


def test_corpus() -> None:
    """The headers make sense, and every kind is there many times."""
    assert len(ATTACKS) >= 50
    for attack in ATTACKS:
        assert attack.base in ("", "skeleton", "reference"), attack.name
        assert set(attack.open_at) <= set(LEVELS), attack.name
        assert attack.outcome in {"", *OUTCOMES}, attack.name
    assert all(sum(attack.kind == kind for attack in ATTACKS) >= 6 for kind in KINDS)
    assert len({attack.does for attack in ATTACKS}) == len(ATTACKS)


def table() -> str:
    """The attacks by kind and what each level does about them, in Markdown."""
    lines = [f"| attack | {' | '.join(LEVELS)} |", f"|---|{'---|' * len(LEVELS)}"]
    for attack in ATTACKS:
        usual = "gains points" if attack.known else "not yet" if attack.pending else "holds"
        words = ["open" if level in attack.open_at else usual for level in LEVELS]
        lines.append(f"| {attack.kind}: {attack.does} | {' | '.join(words)} |")
    return "\n".join(lines)


def test_page_shows_the_corpus() -> None:
    """The table of docs/security.md is the one that the headers make."""
    assert table() in PAGE.read_text(encoding="utf-8"), "python tests/test_attacks.py --table"


if __name__ == "__main__":
    main(sys.argv[1:])
