"""Inside a peer's kernel: the rubric, run once on the names of this session. Each test of the peer asks for one result.

The checks are the course's own functions, on the student's objects in the same process, as a pytest that loads the code
would run them: no worker, no walls, no diagnosis.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.course.assignments import Assignment
from grader.grading.grade import Runner, run_rubric
from grader.grading.settings import Settings
from grader.results import CheckResult, Outcome
from grader.submissions.submission import LiveSubmission, make_submission

_ROOT = Path(__file__).resolve().parents[2]
_results: dict[tuple[str, str], CheckResult] = {}


def passes(exercise: str, check: str) -> None:
    """Raise `AssertionError` unless the code of this session passes the check."""
    if not _results:
        _run()
    result = _results[exercise, check]
    assert result.outcome is Outcome.PASSED, f"{result.outcome}: {result.title}"


def _run() -> None:
    from IPython import get_ipython

    names: dict[str, Any] = get_ipython().user_ns
    made = make_submission("student", {"session.ipynb": "\n\n".join(names["In"])})
    submission = LiveSubmission(made.student, made.files, made.sha256, (), names)

    def run(runner: Runner) -> None:
        runner.run(submission)
        for (_, exercise, check), result in runner.bench.results.items():
            _results[exercise, check] = result
        runner.bench.clear()

    run_rubric(Assignment(_ROOT, "classifier"), run, settings=Settings("cpu"), in_process=True)
