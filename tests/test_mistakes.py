"""Recordings of known mistakes, and which mistake a submission is told to have made: only one that is certain."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.checks.mistakes import Known, RecordedForm, Recording, Reference, load_recording
from grader.checks.traces import Difference, Trace, fingerprint
from grader.course.recording import rubric_digest, why_no_mistakes
from grader.errors import CourseError
from grader.grading.grade import grade_each
from grader.isolation.launchers import Launcher
from grader.results import Grade, for_student
from grader.submissions.submission import make_submission

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

ANSWERS = (1.0, 2.0, 3.0)  # the model answer's, in every check


def trace(*answers: float) -> Trace:
    """A failed check that was answered so."""
    return Trace(tuple(map(fingerprint, answers)), "failed")


def known(name: str, exercise: str = "layer") -> Known:
    return Known(name, exercise, f"the line of {name}", "Ask?", "Idea.", "1. Layer")


def form(name: str, checks: Mapping[str, tuple[float, ...]]) -> RecordedForm:
    reference = tuple(map(fingerprint, ANSWERS))
    return RecordedForm(name, {check: Difference.between(trace(*seen), reference) for check, seen in checks.items()})


def recording(*forms: RecordedForm, exercises: Mapping[str, str] = {}) -> Recording:
    names = dict.fromkeys(form.mistake for form in forms)
    references = [
        Reference(exercise, check, tuple(map(fingerprint, ANSWERS)))
        for exercise in ("layer", "total")
        for check in ("a", "b", "c")
    ]
    return Recording("rubric", [known(name, exercises.get(name, "layer")) for name in names], references, list(forms))


def named(
    recorded: Recording,
    failed: Mapping[str, tuple[float, ...]],
    passed: Set[str] = frozenset(),
    exercise: str = "layer",
) -> dict[str, str]:
    found = recorded.name_mistakes(exercise, set(passed), {check: trace(*seen) for check, seen in failed.items()})
    return {check: mistake.id for check, mistake in found.items()}


# -- which mistake is named --------------------------------------------------------------------------------------------

SIGN, MEAN = form("sign", {"a": (1, -2, 3)}), form("mean", {"a": (1, 2, 0.5)})


def test_the_one_that_answers_alike() -> None:
    """A failed check that answers as one mistake does, and no other, names that one."""
    assert named(recording(SIGN, MEAN), {"a": (1, -2, 3)}) == {"a": "sign"}
    assert named(recording(SIGN, MEAN), {"a": (1, 2, 0.5)}) == {"a": "mean"}


def test_what_nobody_recorded() -> None:
    """Other wrong answers, another check, another exercise and another end name nothing."""
    recorded = recording(SIGN, MEAN)
    assert named(recorded, {"a": (1, -2.5, 3)}) == {}
    assert named(recorded, {"b": (1, -2, 3)}) == {}
    assert named(recorded, {"a": (1, -2, 3)}, exercise="total") == {}
    raised = {"a": Trace(trace(1, -2, 3).answers, "raised ValueError")}
    assert recorded.name_mistakes("layer", set(), raised) == {}


def test_the_one_that_fits_all_checks() -> None:
    """Of two that answer alike in one check, the one that explains the other failures too is named in both."""
    recorded = recording(SIGN, form("both", {"a": (1, -2, 3), "b": (9, 2, 3)}))
    assert named(recorded, {"a": (1, -2, 3), "b": (9, 2, 3)}) == {"a": "both", "b": "both"}
    assert named(recorded, {"a": (1, -2, 3)}, passed={"b"}) == {"a": "sign"}


def test_a_tie_names_none() -> None:
    """Two that leave the same unexplained are both possible, so none is named; two forms of one mistake are one."""
    assert named(recording(SIGN, form("twin", {"a": (1, -2, 3)})), {"a": (1, -2, 3)}) == {}
    assert named(recording(SIGN, form("sign", {"a": (1, -2, 3)})), {"a": (1, -2, 3)}) == {"a": "sign"}


def test_a_check_that_passed_speaks_against_it() -> None:
    """A mistake that fails a check which this submission passes was not made."""
    recorded = recording(form("both", {"a": (1, -2, 3), "b": (9, 2, 3)}))
    assert named(recorded, {"a": (1, -2, 3)}, passed={"b"}) == {}
    assert named(recorded, {"a": (1, -2, 3)}, passed={"c"}) == {"a": "both"}
    assert named(recorded, {"a": (1, -2, 3)}) == {"a": "both"}  # b was blocked, or timed out


def test_the_one_that_leaves_least_unexplained() -> None:
    """Of two whose differences are all there, the one that has more of them is named."""
    recorded = recording(SIGN, form("two", {"a": (1, -2, -3)}), form("last", {"a": (1, 2, -3)}))
    assert named(recorded, {"a": (1, -2, -3)}) == {"a": "two"}


def test_a_vague_check_speaks_for_a_mistake() -> None:
    """A check that a mistake fails with random numbers names nothing, and is no failure that the mistake leaves open."""
    vague = Difference(3, "failed", {0: fingerprint(5.0)}, is_vague=True)
    both = RecordedForm("both", {**SIGN.checks, "b": vague})
    assert named(recording(SIGN, both), {"a": (1, -2, 3), "b": (5, 2, 3)}) == {"a": "both"}
    assert named(recording(SIGN, both), {"a": (1, -2, 3)}, passed={"b"}) == {"a": "sign"}


def test_another_difference_prevents_nothing() -> None:
    """A place that differs besides - a freedom that the rubric allows - does not keep a mistake from being named."""
    assert named(recording(SIGN, MEAN), {"a": (7, -2, 3)}) == {"a": "sign"}


def test_two_mistakes_in_two_checks() -> None:
    """Two mistakes in methods with checks of their own are both named."""
    recorded = recording(SIGN, form("late", {"b": (1, 2, 30)}))
    assert named(recorded, {"a": (1, -2, 3), "b": (1, 2, 30)}, passed={"c"}) == {"a": "sign", "b": "late"}


def test_mistakes_of_other_exercises_are_not_asked() -> None:
    """A mistake is named in its own exercise only, though the check of another has the same name and answers."""
    recorded = recording(SIGN, form("total-sign", {"a": (1, -2, 3)}), exercises={"total-sign": "total"})
    assert named(recorded, {"a": (1, -2, 3)}) == {"a": "sign"}
    assert named(recorded, {"a": (1, -2, 3)}, exercise="total") == {"a": "total-sign"}


# -- the file ----------------------------------------------------------------------------------------------------------


def test_round_trip(tmp_path: Path) -> None:
    """A recording comes back from its file as it was, a line a thing, and names the same."""
    recorded = recording(SIGN, MEAN, form("sign", {"b": (1.25, 2, 3)}))
    recorded.write(tmp_path / "mistakes.jsonl")
    read = Recording.read(tmp_path / "mistakes.jsonl")
    assert (read.rubric, read.known, read.references, read.forms) == (
        recorded.rubric,
        recorded.known,
        recorded.references,
        recorded.forms,
    )
    assert read.is_same(recorded)
    assert named(read, {"a": (1, 2, 0.5)}) == {"a": "mean"}
    assert len((tmp_path / "mistakes.jsonl").read_bytes().splitlines()) == 1 + 2 + 6 + 3


def test_recordings_that_differ() -> None:
    """Another rubric, text, form, check or answer is another recording; rounding is not."""
    base = recording(SIGN, MEAN)
    others = [
        recording(SIGN),
        recording(MEAN, SIGN),
        recording(SIGN, form("mean", {"a": (1, 2, 0.6)})),
        recording(SIGN, form("mean", {"b": (1, 2, 0.5)})),
        recording(SIGN, MEAN, exercises={"mean": "total"}),
        Recording("other", list(base.known.values()), [], base.forms),
    ]
    assert [other.is_same(base) for other in others] == [False] * 6
    assert recording(SIGN, form("mean", {"a": (1, 2, 0.5 + 1e-8)})).is_same(base)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no recording of mistakes"),
        (b"\xff\n", "is no recording of mistakes"),
        (b"{}\n", "is no recording of mistakes"),
        (b'{"type":"recording","format":1,"rubric":"x"}\n{"type":"mistake"}\n', "is no recording of mistakes"),
        (
            b'{"type":"recording","format":2,"rubric":"x"}\n',
            "is a recording of another kind. Make it anew: `grader record`.",
        ),
        (b'{"type":"form","mistake":"x","checks":{}}\n', "is a recording of another kind"),
    ],
)
def test_file_that_is_no_recording(tmp_path: Path, content: bytes, reason: str) -> None:
    """Anything else is an error of the course that names the file."""
    path = tmp_path / "mistakes.jsonl"
    path.write_bytes(content)
    with pytest.raises(CourseError) as caught:
        Recording.read(path)
    assert str(caught.value).startswith(f"{path} {reason}")


def test_digest_of_a_rubric(mini: MiniCourse) -> None:
    """The digest changes with all that decides what checks ask, and with nothing else."""
    before = rubric_digest(mini.assignment, salt="")
    mini.write({"assignments/mini/total.py": "", "reference/mini/total.py": "", "assignments/mini/README.md": ""})
    assert rubric_digest(mini.assignment, salt="") == before
    digests = {before, rubric_digest(mini.assignment, salt="x")}
    manifest = mini.read("assignments/mini/assignment.toml")
    changed = {"assignment.toml": manifest.replace('title = "', 'title = "My ', 1)}
    changed |= {name: mini.read(f"assignments/mini/{name}") + "\n" for name in ("parts.py", "test_total.py")}
    for name, text in changed.items():
        mini.write({f"assignments/mini/{name}": text})
        digests.add(rubric_digest(mini.assignment, salt=""))
    assert len(digests) == 5


def test_recording_of_another_rubric_is_not_used(proved: MiniCourse) -> None:
    """The instructor's recording is loaded; after a change of the rubric, public or hidden, there is none."""
    loaded = load_recording(proved.assignment)
    assert loaded is not None
    assert ("total", "one_row") in loaded.references
    for name in ("reference/mini/test_hidden_total.py", "assignments/mini/test_total.py"):
        text = proved.read(name)
        proved.write({name: text + "\n"})
        assert load_recording(proved.assignment) is None
        proved.write({name: text})
        assert load_recording(proved.assignment) is not None


def test_it_is_said_why_no_mistakes_are_named(proved: MiniCourse) -> None:
    """A recording of an earlier rubric, one that is broken and a missing one are told of, with what to do; grading goes on."""
    assert why_no_mistakes(proved.assignment) == ""
    own, public = proved.assignment.own_recording, proved.assignment.public_recording
    kept = own.read_bytes()
    public.unlink()
    proved.write({"assignments/mini/test_total.py": proved.read("assignments/mini/test_total.py") + "\n"})
    again = "Record them: grader record mini"
    assert why_no_mistakes(proved.assignment) == f"mistakes are not named: {own} belongs to an earlier rubric. {again}"
    own.write_bytes(b"\xff{")
    assert f"{own} is no recording of mistakes" in why_no_mistakes(proved.assignment)
    assert load_recording(proved.assignment) is None
    own.unlink()
    assert why_no_mistakes(proved.assignment) == f"mistakes are not named: none are recorded. {again}"
    own.write_bytes(kept)


# -- from a submission to a name ---------------------------------------------------------------------------------------

RIGHT_LAYER = """
import torch

class Layer:
    def start(self):
        return torch.rand(()).item()

    def forward(self, x):
        return x * 3 - 1

    def backward(self, dz):
        return dz + dz + dz
"""
RIGHT_TOTAL = "def total(x):\n    return sum(row for row in x)\n"


@pytest.fixture
def grade(proved: MiniCourse, zygote: Launcher) -> Callable[..., Grade]:
    """The grade of right code in its own style, changed in some places."""

    def grade(*changes: tuple[str, str]) -> Grade:
        layer, total = RIGHT_LAYER, RIGHT_TOTAL
        for old, new in changes:
            assert old in layer + total
            layer, total = layer.replace(old, new), total.replace(old, new)
        grades: list[Grade] = []
        submission = make_submission("ada", {"layer.py": layer, "total.py": total})
        proved.forget_rubrics()
        grade_each(proved.assignment, [submission], grades.append, launcher=zygote)
        return grades[0]

    return grade


def mistakes_of(grade: Grade) -> dict[str, str | None]:
    return {check.name: check.mistake for check in grade.checks if check.outcome != "passed"}


NO_SHIFT, PASSES_ON = ("return x * 3 - 1", "return x + x + x"), ("return dz + dz + dz", "return dz")
MEAN_OF_ROWS = ("sum(row for row in x)", "x.mean(dim=0)")


def test_submission_with_a_mistake(grade: Callable[..., Grade]) -> None:
    """Code that is written in another way and goes wrong alike is told the mistake, with hints that say ever more."""
    [check] = [check for check in grade(PASSES_ON).checks if check.outcome != "passed"]
    assert (check.name, check.mistake, check.mistake_line) == (
        "backward",
        "layer-passes-on",
        "dz is passed on as it came",
    )
    assert (check.hint, *check.further_hints) == (
        "What does a step of x do to z?",
        "Each step of x is one of three times its size in z.",
        "In the lesson: 1. Layer: Backward.",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], {}),
        ([PASSES_ON, MEAN_OF_ROWS], {"backward": "layer-passes-on", "columns": "total-mean"}),
        ([PASSES_ON, NO_SHIFT], {"backward": "layer-passes-on", "forward": "layer-no-shift"}),
        ([("return x * 3 - 1", "return x * 3 - 2")], {"forward": None}),
        ([("torch.rand(()).item()", "torch.zeros(2)")], {"start": None, "learns": None}),
        ([("torch.rand(()).item()", "torch.randn(2) * 7")], {"start": "layer-two-starts", "learns": None}),
        ([("sum(row for row in x)", "-sum(row for row in x)")], {"columns": "total-times", "one_row": "total-times"}),
        ([("sum(row for row in x)", "sum(x) * (-1 if len(x) > 1 else 1)")], {"columns": None}),
    ],
)
def test_mistakes_of_a_submission(
    grade: Callable[..., Grade], changes: list[tuple[str, str]], expected: dict[str, str | None]
) -> None:
    """Each mistake is named where it shows, in two exercises or two methods of one; what is not certain is not named."""
    assert mistakes_of(grade(*changes)) == expected


def test_students_copy_names_the_same(proved: MiniCourse, grade: Callable[..., Grade]) -> None:
    """A copy of the course without the instructor's folder names the same mistakes in its checks."""
    shutil.rmtree(proved.root / "reference")
    assert mistakes_of(grade(PASSES_ON, MEAN_OF_ROWS)) == {"backward": "layer-passes-on", "columns": "total-mean"}
    assert mistakes_of(grade(("sum(row for row in x)", "-sum(row for row in x)"))) == {"columns": "total-times"}


def test_without_a_recording(proved: MiniCourse, grade: Callable[..., Grade]) -> None:
    """After a change of the rubric nothing is named: the author's hint is there, and the relation's question."""
    proved.write({"assignments/mini/test_total.py": proved.read("assignments/mini/test_total.py") + "\n"})
    [check] = [check for check in grade(PASSES_ON).checks if check.outcome != "passed"]
    assert (check.mistake, check.mistake_line) == (None, None)
    assert (check.hint, check.further_hints) == (
        "Which factor is in it once too often?",
        ("What does one entry of x do to one entry of z?",),
    )


@pytest.mark.parametrize(
    "broken",
    [
        "grader.checks.bench.trace_of",
        "grader.checks.bench.relation_to_calls",
        "grader.checks.mistakes.Recording.name_mistakes",
    ],
)
def test_what_is_said_decides_nothing(
    proved: MiniCourse, grade: Callable[..., Grade], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """If telling a mistake fails, which is our fault, the verdict and the score are the same, and the instructor sees it."""
    change = ("sum(row for row in x)", "sum(row for row in x) ** 3")
    before = grade(change)

    def breaks(*arguments: object) -> None:
        raise RuntimeError("not today")

    monkeypatch.setattr(broken, breaks)
    after = grade(change)
    assert [(check.outcome, check.score) for check in after.checks] == [
        (check.outcome, check.score) for check in before.checks
    ]
    assert {flag.kind for flag in after.flags} == {"diagnosis_failed"}
    assert for_student(after).flags == ()


def test_header_says_the_kind(proved: MiniCourse) -> None:
    """The first line of a recording names the rubric that it belongs to."""
    header = msgspec.json.decode(proved.read("assignments/mini/mistakes.jsonl").splitlines()[0])
    assert header == {"type": "recording", "format": 1, "rubric": rubric_digest(proved.assignment, salt="")}
