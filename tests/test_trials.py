"""Trials of the course's own submissions: what comes of them, and that only what has changed is run again."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.authoring import trials as trials_module
from grader.authoring.record import reference_submission
from grader.authoring.trials import Trials, Tried, trial_of
from grader.submissions.submission import make_submission

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

JOBS = 1000  # so many that trials are run by this process
KEPT = ".grader/mini.msgpack"


def run(course: MiniCourse, *exercises: str, salt: str = "", own_draw: int = 0, **how: bool) -> tuple[Tried, int]:
    """What came of the model answer, and how many trials had to be run for it."""
    course.forget_rubrics()
    trials = Trials(course.assignment, JOBS)
    trial = trial_of(reference_submission(course.assignment), salt, *exercises, own_draw=own_draw, **how)
    (tried,) = trials.run([trial])
    trials.keep()
    return tried, trials.ran


def outcomes(tried: Tried) -> dict[str, str]:
    return {entry.check: entry.outcome for entry in tried.checks}


# -- what comes of a trial ---------------------------------------------------------------------------------------------


def test_model_answer(proved: MiniCourse) -> None:
    """All checks of all exercises, in the order of the rubric, each with its trace whether it passed or not."""
    tried, _ = run(proved)
    assert outcomes(tried) == dict.fromkeys(["start", "forward", "backward", "columns", "learns", "one_row"], "passed")
    assert [entry.visibility for entry in tried.checks] == ["public"] * 5 + ["hidden"]
    assert [entry.trace is not None for entry in tried.checks] == [True] * 6
    assert (tried.faults, tried.measured) == ((), {})
    assert [entry.check for entry in tried.of("total")] == ["columns", "one_row"]


def test_some_exercises(proved: MiniCourse) -> None:
    """Only the checks of the exercises asked for are run."""
    assert list(outcomes(run(proved, "total")[0])) == ["columns", "one_row"]


def test_how_a_check_ends(proved: MiniCourse) -> None:
    """A check that fails has its summary and its relation."""
    trials = Trials(proved.assignment, JOBS)
    wrong = make_submission("wrong", {"total.py": "def total(x):\n    return x.sum(0) * 5\n"})
    (tried,) = trials.run([trial_of(wrong, "", "total", in_process=True)])
    entry = tried.checks[0]
    assert (entry.outcome, entry.relation) == ("failed", "It is 5 times too large.")
    assert entry.summary.startswith("total(x) is not what it should be: 3 of 3 entries differ")
    assert (tried.checks[1].outcome, tried.checks[1].summary) == ("failed", "")  # a hidden one


def test_worker_and_process_see_the_same(proved: MiniCourse) -> None:
    """With the same draw of all random numbers a worker and this process answer alike; with another draw they don't."""
    here, there = (run(proved, "layer", in_process=in_process)[0] for in_process in (True, False))
    other = run(proved, "layer", own_draw=1)[0]
    salted = run(proved, "layer", salt="salt")[0]
    assert [entry.trace for entry in here.checks] == [entry.trace for entry in there.checks]
    assert [entry.trace == seen.trace for entry, seen in zip(here.checks, other.checks, strict=True)] == [
        False,  # start draws a random number of its own
        True,
        True,
    ]
    assert [entry.trace == seen.trace for entry, seen in zip(here.checks, salted.checks, strict=True)] == [False] * 3


def test_measuring(proved: MiniCourse) -> None:
    """A measuring trial notes the values that thresholds are for, whether there are thresholds or not."""
    (proved.root / "assignments/mini/calibration.json").unlink()
    tried, _ = run(proved, "together", measure=True)
    assert outcomes(tried) == {"learns": "passed"}
    assert list(tried.measured) == ["share"]
    assert 0.9 < tried.measured["share"].value < 0.95


def test_check_that_breaks(proved: MiniCourse) -> None:
    """What breaks in the rubric itself is among the faults, and the next trial is not touched by it."""
    proved.replace("assignments/mini/test_total.py", "x = numbers.normal(4, 3)", "x = 1 / 0")
    tried, _ = run(proved, "total")
    assert outcomes(tried) == {"columns": "grader_error", "one_row": "passed"}
    assert len(tried.faults) == 1
    assert "ZeroDivisionError" in tried.faults[0]
    assert run(proved, "layer")[0].faults == ()


def test_several_processes(proved: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many trials are shared out among processes, and come back in the order they were asked for in."""
    monkeypatch.setenv("PYTHONSAFEPATH", os.environ.get("PYTHONSAFEPATH", ""))
    factors = range(2, 7)
    wrong = [
        make_submission("ada", {"total.py": f"def total(x):\n    return x.sum(0) * {factor}\n"}) for factor in factors
    ]
    chosen = [trial_of(submission, "", "total", in_process=number > 0) for number, submission in enumerate(wrong)]
    with closing(Trials(proved.assignment, 2)) as trials:
        tried = trials.run(chosen)
    assert [entry.checks[0].relation for entry in tried] == [f"It is {factor} times too large." for factor in factors]
    assert trials.ran == 5


# -- what is kept ------------------------------------------------------------------------------------------------------


def test_nothing_is_run_twice(proved: MiniCourse) -> None:
    """The second time all is known, with the same result; another trial is not."""
    first, ran = run(proved, "total", own_draw=5)
    again, ran_again = run(proved, "total", own_draw=5)
    assert (ran, ran_again) == (1, 0)
    assert again == first
    assert run(proved, "total", own_draw=6)[1] == 1


def test_same_trial_in_one_run(proved: MiniCourse) -> None:
    """Asked for twice at once, or one after the other, a trial is run once."""
    trials = Trials(proved.assignment, JOBS)
    trial = trial_of(reference_submission(proved.assignment), "new", "total")
    one, other = trials.run([trial, trial])
    (third,) = trials.run([trial])
    assert (trials.ran, one == other == third) == (1, True)


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("assignments/mini/test_total.py", "(4, 3)", "(5, 3)", {"total"}),
        ("assignments/mini/test_total.py", '"total"', "'total'", {"total"}),
        ("reference/mini/test_hidden_total.py", "(1, 3)", "(1, 4)", {"total"}),
        ("assignments/mini/test_together.py", "- 3", "- 4", {"together"}),
        ("assignments/mini/parts.py", "3", "4", {"layer", "total", "together"}),
        (
            "assignments/mini/assignment.toml",
            "timeout_seconds = 5",
            "timeout_seconds = 6",
            {"layer", "total", "together"},
        ),
        ("assignments/mini/calibration.json", '"seeds":10', '"seeds":11', {"together"}),
        ("reference/mini/total.py", "dim=0", "axis=0", {"layer", "total", "together"}),
        ("assignments/mini/README.md", "Mini", "Maxi", set()),
        ("assignments/mini/total.py", "raise NotImplementedError", "pass", set()),
        ("reference/mini/mistakes/total.py", "x.mean(0)", "x.mean(1)", set()),
    ],
)
def test_what_has_changed_is_run_again(proved: MiniCourse, file: str, old: str, new: str, again: set[str]) -> None:
    """A change runs those trials again whose result may depend on it, and no other."""

    def ran() -> set[str]:
        proved.forget_rubrics()
        trials = Trials(proved.assignment, JOBS)
        submission = reference_submission(proved.assignment)
        found = set()
        for exercise in ("layer", "total", "together"):
            before = trials.ran
            trials.run([trial_of(submission, "", exercise)])
            if trials.ran > before:
                found.add(exercise)
        trials.keep()
        return found

    ran()
    assert ran() == set()
    proved.replace(file, old, new)
    assert ran() == again
    assert ran() == set()


def test_another_engine_runs_all_again(proved: MiniCourse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What an older engine found is not believed."""
    run(proved, "total")
    monkeypatch.setattr(trials_module, "PACKAGE", tmp_path / "no_engine")
    assert [run(proved, "total")[1] for _ in range(2)] == [1, 0]


def test_measuring_asks_for_no_thresholds(proved: MiniCourse) -> None:
    """What was measured stays known when the thresholds change."""
    run(proved, "together", measure=True)
    proved.replace("assignments/mini/calibration.json", '"seeds":10', '"seeds":11')
    assert run(proved, "together", measure=True)[1] == 0


def test_rubric_with_other_quotes_is_looked_at(proved: MiniCourse) -> None:
    """A rubric that names its exercise in single quotes is run again after a change as well."""
    proved.replace("assignments/mini/test_total.py", '"total"', "'total'")
    assert run(proved, "total")[1] == 1
    proved.replace("assignments/mini/test_total.py", "x.sum(0)", "x.sum(0) + 1")
    assert outcomes(run(proved, "total")[0])["columns"] == "failed"


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"{}", msgspec.msgpack.encode({"tried": {"x": [1]}})])
def test_unreadable_file_is_ignored(proved: MiniCourse, content: bytes) -> None:
    """What was kept and can't be read is run again, and kept anew."""
    run(proved, "total")
    (proved.root / KEPT).write_bytes(content)
    assert run(proved, "total")[1] == 1
    assert run(proved, "total")[1] == 0


def test_what_one_command_found_serves_the_next(proved: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run did not ask for is kept for others, up to a limit: then only what it used is."""
    run(proved)
    full = (proved.root / KEPT).stat().st_size
    run(proved, "total")
    assert (proved.root / KEPT).stat().st_size >= full
    assert run(proved)[1] == 0
    monkeypatch.setattr("grader.authoring.trials._MOST_KEPT", 1)
    run(proved, "total")
    assert (proved.root / KEPT).stat().st_size < full
    names = sorted(path.name for path in (proved.root / ".grader").iterdir())
    assert names == [".gitignore", "mini.html", "mini.msgpack"]


def test_folder_that_can_not_be_written(proved: MiniCourse) -> None:
    """Where nothing can be kept, all is run each time, and that is no error."""
    shutil.rmtree(proved.root / ".grader")
    (proved.root / ".grader").write_text("a file is in the way", encoding="utf-8")
    assert run(proved, "total")[1] == 1
    assert run(proved, "total")[1] == 1
