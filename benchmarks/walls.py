"""What the walls around student code cost: workers and whole submissions behind the best walls and behind none."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from classes import right_class
from measuring import ASSIGNMENT, ROOT, Options, Row

from grader.course.assignments import Assignment
from grader.grading.grade import grade_each
from grader.isolation.isolated import Isolated
from grader.isolation.launchers import Launcher
from grader.isolation.levels import Level
from grader.isolation.self_test import self_test
from grader.submissions.loading import load_submission
from grader.untrusted.sandbox import Limits

_SUBMISSIONS = 20


def measure(options: Options) -> Iterator[Row]:
    """The same submissions behind the best walls and behind none, in turns."""

    assignment = Assignment(ROOT, ASSIGNMENT)
    with tempfile.TemporaryDirectory() as folder:
        entries = sorted(right_class(Path(folder) / "inbox", _SUBMISSIONS).iterdir())
        submissions = [load_submission(path, course_files=assignment.course_files) for path in entries]

    def workers(launcher: Launcher, count: int = 50) -> float:
        started = time.perf_counter()
        for _ in range(count):
            launcher.spawn(Limits(2048, 60, 32)).kill()
        return (time.perf_counter() - started) / count

    def grading(launcher: Launcher) -> float:
        started = time.perf_counter()
        grade_each(assignment, submissions, lambda grade: None, launcher=launcher)
        return (time.perf_counter() - started) / len(submissions)

    walled, bare = Isolated(), Isolated(best=Level.PROCESS)
    level = walled.verify().level
    bare.verify()
    figures: dict[str, list[float]] = {}
    for _ in range(options.rounds):
        for name, launcher in ((str(level), walled.launcher), ("process", bare.launcher)):
            figures.setdefault(f"worker {name}", []).append(workers(launcher))
            figures.setdefault(f"grade {name}", []).append(grading(launcher))
        started = time.perf_counter()
        self_test(walled.launcher)
        figures.setdefault("test", []).append(time.perf_counter() - started)
    walled.close()
    bare.close()
    middle = {name: statistics.median(values) for name, values in figures.items()}
    with_walls, without = middle[f"worker {level}"], middle["worker process"]
    yield f"a worker started and ended: level {level}", f"{with_walls * 1000:.1f} ms"
    yield "a worker started and ended: level process", f"{without * 1000:.1f} ms"
    yield "what the walls cost a worker", f"{(with_walls - without) * 1000:.1f} ms", "at most 25 ms"
    throughput = middle["grade process"] / middle[f"grade {level}"]
    yield f"submissions a second at level {level} over level process, one job", f"{throughput:.3f}", "at least 0.9"
    yield "the self-test, once a run", f"{middle['test'] * 1000:.0f} ms"
