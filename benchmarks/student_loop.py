"""How long a student waits for a verdict: in `grader watch`, in pytest, in a notebook.

From saving a file to the verdict of `grader watch`, in a terminal; `pytest -k` of one exercise against what it can't do
without; `check(...)` in the kernel of a notebook. Medians; nothing is asserted. Linux, on a quiet machine, with ipykernel.
"""

from __future__ import annotations

import importlib.util
import os
import pty
import re
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import ROOT, CannotMeasure, Options, Row

ASSIGNMENT, EXERCISE, FILE, NAME = "classifier", "linear", "linear.py", "Linear"
RIGHT, WRONG = "dW = dz.T @ self.x", "dW = dz.T @ self.x / len(dz)"
_SAVES = 10  # after a first one that is not counted
SECONDS = 120.0  # until it is given up


def measure(options: Options) -> Iterator[Row]:
    """The rows of the table."""
    if importlib.util.find_spec("ipykernel") is None:
        raise CannotMeasure("ipykernel is not installed: pip install -c constraints.txt ipykernel")
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder))
        yield from watching(course, _SAVES)
        yield from testing(course, max(5, options.rounds))
        yield from in_a_notebook(course, _SAVES)


def make_course(folder: Path) -> Path:
    """What a student has who has solved everything."""
    shutil.copytree(ROOT / "assignments", folder / "assignments", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (ROOT / "reference" / ASSIGNMENT).glob("*.py"):
        if not path.name.startswith("test_"):
            shutil.copy(path, folder / "assignments" / ASSIGNMENT)
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return folder


def watching(course: Path, saves: int) -> Iterator[tuple[str, str, str]]:
    """Saves of one file, right and wrong in turns, each after the verdict of the one before."""
    path = course / "assignments" / ASSIGNMENT / FILE
    right = path.read_text(encoding="utf-8")
    wrong = right.replace(RIGHT, WRONG)
    assert wrong != right
    with Watched(course) as watched:
        began = time.perf_counter()
        watched.until(r"Waiting for the next save")
        yield "`grader watch`: from its start to the verdict on everything", f"{time.perf_counter() - began:.2f} s", ""
        verdicts, rests, cancelled = [], [], []
        for number in range(saves + 1):
            started = time.perf_counter()
            path.write_text(wrong if number % 2 else right, encoding="utf-8")
            watched.until(rf"  {NAME} +\d+ of \d+ ")
            verdicts.append(time.perf_counter() - started)
            watched.until(r"Waiting for the next save")
            rests.append(time.perf_counter() - started)
        for _ in range(3):
            path.write_text(right.replace(RIGHT, "while True: pass"), encoding="utf-8")
            watched.until(rf"checking {NAME}")
            started = time.perf_counter()
            path.write_text(right, encoding="utf-8")
            watched.until(rf"  {NAME} +\d+ of \d+ ")
            cancelled.append(time.perf_counter() - started)
            watched.until(r"Waiting for the next save")
        before = cpu_seconds(watched.process.pid)
        time.sleep(5)
        idle = (cpu_seconds(watched.process.pid) - before) / 5
    yield f"`grader watch`: from saving {FILE} to its verdict", f"{middle(verdicts[1:]):.2f} s", "below 0.3 s"
    yield "`grader watch`: until what rests on it is checked too", f"{middle(rests[1:]):.2f} s", ""
    yield (
        "`grader watch`: to the verdict, where a check that never ends was still running",
        f"{middle(cancelled):.2f} s",
        "",
    )
    yield "`grader watch`: of a processor, while nothing is saved", f"{100 * idle:.1f} %", ""


def testing(course: Path, rounds: int) -> Iterator[tuple[str, str, str]]:
    """`pytest -k` of one exercise and the two imports that it can't do without, in turns."""
    command = [sys.executable, "-m", "pytest", f"assignments/{ASSIGNMENT}", "-k", EXERCISE, "-q"]
    student, bare = [], []
    for number in range(rounds + 1):
        figures = seconds_of(command, course), seconds_of([sys.executable, "-c", "import torch, pytest"], course)
        if number:  # the first finds nothing compiled
            student.append(figures[0])
            bare.append(figures[1])
    yield f"`pytest assignments/{ASSIGNMENT} -k {EXERCISE}`", f"{middle(student):.2f} s", ""
    yield '`python -c "import torch, pytest"`', f"{middle(bare):.2f} s", ""
    yield "ratio of the two", f"{middle(student) / middle(bare):.2f}", "at most 1.3"


def in_a_notebook(course: Path, times: int) -> Iterator[tuple[str, str, str]]:
    """`check` of one class in a kernel, as seen from outside of it."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(course))

    def run(code: str) -> float:
        started = time.perf_counter()
        reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=SECONDS)
        if reply["content"]["status"] != "ok":
            raise SystemExit(f"failed in the kernel: {reply['content']}")
        return time.perf_counter() - started

    try:
        run(f"import sys; sys.path.insert(0, {str(ROOT)!r})")
        run(f"from grader.notebook import check, start\nstart({ASSIGNMENT!r})")
        run((course / "assignments" / ASSIGNMENT / FILE).read_text(encoding="utf-8"))
        first, *others = [run(f"check({NAME})") for _ in range(times + 1)]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    yield f"`check({NAME})` in a notebook, the first time", f"{first:.2f} s", ""
    yield f"`check({NAME})` in a notebook, from then on", f"{middle(others):.2f} s", "at most 0.5 s"


class Watched:
    """`grader watch` in a terminal of its own."""

    def __init__(self, course: Path) -> None:
        self._screen, theirs = pty.openpty()
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from grader.cli import main; sys.exit(main())"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "watch", f"assignments/{ASSIGNMENT}"],
            cwd=course,
            env=os.environ | {"NO_COLOR": "1", "TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._text = ""

    def __enter__(self) -> Watched:
        return self

    def until(self, pattern: str) -> None:
        """Return when the terminal shows it."""
        deadline = time.monotonic() + SECONDS
        while (found := re.search(pattern, self._text)) is None:
            if not select.select([self._screen], [], [], max(0, deadline - time.monotonic()))[0]:
                raise SystemExit(f"{pattern!r} was not shown within {SECONDS:.0f} s:\n{self._text}")
            self._text += os.read(self._screen, 65536).decode()
        self._text = self._text[found.end() :]

    def __exit__(self, *_: object) -> None:
        self.process.terminate()  # no SIGINT: that is ignored by what a shell has started in the background
        self.process.wait()
        os.close(self._screen)


def seconds_of(command: list[str], folder: Path) -> float:
    """Wall seconds of a command. One that fails is no measurement."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def middle(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)
