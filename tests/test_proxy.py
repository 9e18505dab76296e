"""A session with a submission: calls go out, plain values come back, and what goes wrong is told in the student's terms."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from grader.checks.bench import Bench
from grader.checks.check import Check
from grader.checks.proxy import Answers, Names, Remote
from grader.checks.session import Session
from grader.course.assignments import Assignment, find_assignment
from grader.errors import (
    Blocked,
    CheckEnd,
    CheckFailed,
    NotAttempted,
    StudentCodeRaised,
    WorkerCrashed,
    WorkerTimedOut,
)
from grader.grading.grade import grade_each
from grader.isolation.launchers import Zygote
from grader.isolation.workers import InProcess, Worker
from grader.results import Grade, Outcome
from grader.submissions.loading import load_submission
from grader.submissions.submission import make_submission

Files = dict[str, str]
Open = Callable[..., Session]

MANIFEST = """
title = "Shapes"
timeout_seconds = 5

[[exercise]]
name = "box"
title = "Box"
file = "box.py"
defines = ["Box", "area"]

[[exercise]]
name = "ball"
title = "Ball"
file = "ball.py"
defines = ["Ball"]
stand_ins = ["Box"]
"""
PARTS = """
import torch

class Box:
    name = "the course's box"

    def volume(self):
        return 1

    def fill(self, tensor):
        tensor.fill_(7.0)

def make_box():
    return Box()

def evaluate(name, value, x):
    if not isinstance(value, str):
        return f"{name} is a {type(value).__name__}"
    return eval(value, {"x": x})
"""
BOX = '''
import random

import torch


class Box:
    count = 0

    def __init__(self, width, depth=2.0, *, label="box"):
        self.width, self.depth, self.label = width, depth, label
        self.entries = {"a": 1, 2: [3, (4, None)]}
        Box.count += 1

    def area(self, times=1):
        return self.width * self.depth * times

    def __getitem__(self, key):
        return self.entries[key]

    def nested(self):
        return {"tensors": [torch.ones(2), (torch.zeros(1), 5)], "text": "ünï", "none": None, 3: True}

    def itself(self):
        return self

    def fail(self):
        print("so far so good")
        return helper(0)

    def todo(self):
        """Still to be written."""
        raise NotImplementedError

    def left_over(self):
        answer = 5
        raise NotImplementedError
        return answer


def helper(x):
    return 1 / x


def area(box):
    return box.area()


def draw():
    return [random.random(), torch.rand(1).item()]


def loop():
    while True:
        pass


def spoil(tensor):
    tensor += 1


def shout():
    print("\\x1b[31mred\\ud800\\u202e")
    raise ValueError("\\x1b[2J\\ud800 bad\\u202e")
'''


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """An assignment of two exercises."""
    root = tmp_path_factory.mktemp("course")
    folder = root / "assignments" / "shapes"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "parts.py").write_text(PARTS, encoding="utf-8")
    return find_assignment(root, "shapes")


@pytest.fixture
def open_session(shapes: Assignment, zygote: Zygote) -> Iterator[Open]:
    """Opens sessions with files, a check begun, and closes them."""
    sessions: list[Session] = []

    def opened(files: Files | str, *, seconds: float = 5.0, in_process: bool = False) -> Session:
        files = {"box.py": files} if isinstance(files, str) else files
        session = Session(make_submission("ada", files), shapes, None if in_process else zygote)
        session.begin(1, seconds)
        sessions.append(session)
        return session

    yield opened
    for session in sessions:
        session.close()


def end_of(action: Callable[[], object]) -> CheckEnd:
    """How a check that does this ends."""
    with pytest.raises(CheckEnd) as caught:
        action()
    return caught.value


# -- what goes out and comes back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_process", [False, True])
def test_objects_of_the_submission(open_session: Open, in_process: bool) -> None:
    """Classes are called, attributes got and set, methods called with keywords, entries asked for."""
    names = Names(open_session(BOX, in_process=in_process))
    box = names.Box(3.0, depth=4.0)
    assert (box.width, box.depth, box.label) == (3.0, 4.0, "box")
    assert (box.area(), box.area(2), box.area(times=3)) == (12.0, 24.0, 36.0)
    box.width = 5.0
    assert box.area() == 20.0
    assert (box["a"], box[2]) == (1, [3, (4, None)])
    assert names.area(box) == 20.0
    assert isinstance(box.itself(), Remote)
    assert box.itself().width == 5.0


@pytest.mark.parametrize("in_process", [False, True])
def test_nested_answers(open_session: Open, in_process: bool) -> None:
    """Lists, tuples, dicts and tensors come back as they are, whatever is in them."""
    got = Names(open_session(BOX, in_process=in_process)).Box(1).nested()
    assert list(got) == ["tensors", "text", "none", 3]
    assert torch.equal(got["tensors"][0], torch.ones(2))
    assert torch.equal(got["tensors"][1][0], torch.zeros(1))
    assert (got["tensors"][1][1], got["text"], got["none"], got[3]) == (5, "ünï", None, True)


@pytest.mark.parametrize("in_process", [False, True])
def test_done_later_is_done_before(open_session: Open, monkeypatch: pytest.MonkeyPatch, in_process: bool) -> None:
    """Values kept and parts made go along with the next question, in their order, and with what they held when asked for."""
    asked: list[str] = []
    for kind in (Worker, InProcess):
        ask = kind.ask
        monkeypatch.setattr(
            kind,
            "ask",
            lambda self, request, *rest, ask=ask: (asked.append(type(request).__name__), ask(self, request, *rest))[1],
        )
    session = open_session(BOX, in_process=in_process)
    tensor = torch.zeros(2)
    kept = session.put(tensor, "x")
    held = session.put({"x": kept}, "held")
    tensor += 5.0  # the worker has the value of before
    provided = Names(session, provided=True)
    box = provided.Box()
    box.fill(kept)
    assert asked == ["Load", "CallMethod"]
    assert session.fetch(held).keys() == {"x"}
    assert torch.equal(session.fetch(kept), torch.full((2,), 7.0))
    session.begin(2, 5.0)
    again = session.put(tensor, "x")
    assert torch.equal(session.fetch(again), torch.full((2,), 5.0))
    assert isinstance(provided.Box(), Remote)  # what a check asked for last and never used does no harm to the next
    session.begin(3, 5.0)
    assert Names(session).Box(2.0).area() == 4.0
    assert provided.make_box().volume() == 1


def test_nothing_printed_before_the_first_question(open_session: Open) -> None:
    """A check that has not asked anything yet shows nothing of what the one before has printed."""
    session = open_session("def talk():\n    print('earlier')\n")
    Names(session).talk()
    assert session.printed() == "earlier\n"
    session.begin(2, 5.0)
    session.put(1, "x")
    assert session.printed() == ""


def test_kept_values(open_session: Open) -> None:
    """What is put there can be changed in place there, and fetched; the value here stays as it was."""
    session = open_session(BOX)
    tensor = torch.zeros(3)
    kept = session.put(tensor, "tensor")
    Names(session).spoil(kept)
    assert torch.equal(session.fetch(kept), torch.ones(3))
    assert torch.equal(tensor, torch.zeros(3))
    Names(session, provided=True).Box().fill(kept)
    assert torch.equal(session.fetch(kept), torch.full((3,), 7.0))


def test_provided_parts_are_not_the_submissions(open_session: Open) -> None:
    """The course's parts and the submission may use the same names; neither is taken for the other."""
    session = open_session(BOX)
    assert Names(session, provided=True).Box().name == "the course's box"
    assert Names(session, provided=True).make_box().volume() == 1
    assert Names(session).Box(2.0).area() == 4.0


ANSWERS = """
from functools import partial

class str(int):
    pass

def slope(x):
    return x + 1

def stub(x):
    raise NotImplementedError

area = "x + 2"
number = str(5)
curried = partial(slope, 3)
nothing = None
later = ...
todo = slope
area_of_all = None
"""


@pytest.mark.parametrize("in_process", [False, True])
def test_answers_may_be_no_functions(open_session: Open, in_process: bool) -> None:
    """A function is called; what else a name is bound to stays in the worker, for the course's parts to evaluate."""
    session = open_session(ANSWERS, in_process=in_process)
    answers = Answers(session)
    assert (answers.slope(1), answers.todo(1), answers.area(1)) == (2, 2, 3)
    assert session.answers == [2, 2, 3]
    assert session.calls() == ("slope(1)", "todo(1)", "evaluate('area', area, 1)")
    end = end_of(lambda: answers.curried(1))
    assert (type(end), end.summary) == (CheckFailed, "curried is a partial")
    assert end.evidence.location is not None
    assert end.evidence.location.source == "curried = partial(slope, 3)"
    answers.area(1)
    assert session.last_location() == session.place_of("area")
    place = session.place_of("area")
    assert place is not None
    assert place.source == 'area = "x + 2"'


@pytest.mark.parametrize("name", ["slope", "area", "number", "curried", "nothing"])
def test_held_whatever_it_is(open_session: Open, name: str) -> None:
    """Nothing that a name is bound to comes over but the name of its exact class."""
    kinds = {"slope": "function", "area": "str", "number": "str", "curried": "partial", "nothing": "NoneType"}
    session = open_session(ANSWERS)
    held, kind = session.hold(name)
    assert isinstance(held, Remote)
    assert kind == kinds[name]
    assert session.answers == []


@pytest.mark.parametrize(
    ("name", "why", "line"),
    [
        ("nothing", "nothing is still to be written: it is None.", "nothing = None"),
        ("later", "later is still to be written: it is ....", "later = ..."),
        ("stub", "stub is still to be written.", "raise NotImplementedError"),
    ],
)
def test_answers_still_to_be_written(open_session: Open, name: str, why: str, line: str) -> None:
    """None, an ellipsis and a stub are no attempts."""
    end = end_of(lambda: getattr(Answers(open_session(ANSWERS)), name)(1))
    assert (type(end), end.summary) == (NotAttempted, why)
    assert end.evidence.location is not None
    assert end.evidence.location.source == line


def test_answers_that_are_missing(open_session: Open) -> None:
    """A misspelt name suggests the near one, be it that of a function or of a value."""
    end = end_of(lambda: Answers(open_session("import aera\narae = 5\n")).area(1))
    assert (type(end), end.summary) == (Blocked, "area is not defined; box.py, line 2, defines arae.")


def test_answers_of_a_file_that_hangs(open_session: Open) -> None:
    """When loading comes to no end, the definitions alone are used."""
    session = open_session("area = 'x + 2'\nwhile True:\n    pass\n", seconds=1.0)
    assert Answers(session).area(1) == 3
    assert [flag.kind for flag in session.pool.flags] == ["top_level_code"]


def test_calls_are_told_as_people_write_them(open_session: Open) -> None:
    """The evidence lists the calls of the check, tensors by their shape."""
    session = open_session(BOX)
    box = Names(session).Box(2.0)
    box.width = 3
    box.area(times=2)
    Names(session).spoil(torch.ones(2, 3))
    assert session.calls() == ("Box(2.0)", "box.width = 3", "box.area(times=2)", "spoil(tensor (2, 3))")


# -- what the code raises ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_process", [False, True])
def test_exception_has_the_students_line(open_session: Open, in_process: bool) -> None:
    """An exception comes with its text, and the innermost line of the student's own, with file, function and source."""
    end = end_of(lambda: Names(open_session(BOX, in_process=in_process)).Box(1).fail())
    assert isinstance(end, StudentCodeRaised)
    assert end.summary == "ZeroDivisionError: division by zero"
    place = end.evidence.location
    assert place is not None
    assert (place.file, place.function, place.source) == ("box.py", "helper", "return 1 / x")
    assert BOX.split("\n")[place.line - 1].strip() == "return 1 / x"


def test_stub_is_not_attempted(open_session: Open) -> None:
    """A stub that is called is not attempted; one left above or below an answer is an error with its line."""
    box = Names(open_session(BOX)).Box(1)
    end = end_of(box.todo)
    assert (type(end), end.summary) == (NotAttempted, "Box.todo is still to be written.")
    end = end_of(box.left_over)
    assert isinstance(end, StudentCodeRaised)
    assert end.hint is not None
    assert "still raises NotImplementedError. Take that line out" in end.hint


def test_foreign_text_is_clean(open_session: Open) -> None:
    """Control characters, surrogates and text direction in exceptions and print-outs arrive spelt out."""
    session = open_session(BOX)
    end = end_of(lambda: Names(session).shout())
    for text in (end.summary, session.printed()):
        assert not any(character in text for character in "\x1b\ud800\u202e")
        assert "\\u001b" in text
    assert "bad" in end.summary
    assert "red" in session.printed()


# -- names -----------------------------------------------------------------------------------------------------------------

MISSING = {
    "nothing like it": ({"box.py": "x = 1\n"}, Blocked, "Box is not defined in box.py."),
    "no file": ({"other.py": "x = 1\n"}, Blocked, "box.py is not among the files"),
    "misspelt": ({"box.py": "\n\nclass box:\n    pass\n"}, Blocked, "box.py, line 3, defines box"),
    "near": ({"box.py": "class Boxx:\n    pass\n"}, Blocked, "defines Boxx"),
    "a number": ({"box.py": "Box = 5\n"}, CheckFailed, "Box is the number 5, expected a class or a function."),
    "a text": ({"box.py": "Box = 'box'\n"}, CheckFailed, "Box is the text 'box'"),
    "a syntax error": ({"box.py": "x = 1\nclass Box(:\n    pass\n"}, Blocked, "box.py can't be read as Python"),
    "a failing line": ({"box.py": "Box = 1 / 0\n"}, StudentCodeRaised, "ZeroDivisionError"),
    "an import that fails": ({"box.py": "from nowhere import Box\n"}, StudentCodeRaised, "No module named 'nowhere'"),
}


@pytest.mark.parametrize("case", MISSING)
def test_missing_names(open_session: Open, case: str) -> None:
    """What is missing is told with the nearest name, the file, or the line that kept it from being there."""
    files, kind, message = MISSING[case]
    end = end_of(lambda: Names(open_session(files)).Box(1))
    assert isinstance(end, kind)
    assert message in end.summary


def test_line_of_a_syntax_error(open_session: Open) -> None:
    """A syntax error is shown with its line."""
    place = end_of(lambda: Names(open_session("x = 1\nclass Box(:\n    pass\n")).Box(1)).evidence.location
    assert place is not None
    assert (place.file, place.line, place.source) == ("box.py", 2, "class Box(:")


FOUND: dict[str, Files] = {
    "in another file": {"mine.py": BOX},
    "imported": {"box.py": "from mine import Box, area\n", "mine.py": BOX},
    "imported under another name": {"box.py": "import mine as m\nBox = m.Box\n", "mine.py": BOX},
    "imported with a star": {"box.py": "from mine import *\nBox = Box\n", "mine.py": BOX},
    "below a line that fails": {"box.py": "import nowhere\nprint(1 / 0)\nraise SystemExit\nexit()\n" + BOX},
    "above a line that fails": {"box.py": BOX + "\nraise KeyboardInterrupt\n"},
    "in an if": {"box.py": "if True:\n" + textwrap.indent(BOX, "    ")},
    "twice": {"box.py": "class Box:\n    pass\n" + BOX},
    "in a package": {
        "shapes/__init__.py": "from .box import Box\nfrom . import extra\n",
        "shapes/box.py": BOX,
        "shapes/extra.py": "from .. import nothing\n",
        "box.py": "from shapes import Box\n",
    },
    "in a package with relative imports": {
        "shapes/__init__.py": "",
        "shapes/deep/__init__.py": "from ..base import Box\n",
        "shapes/base.py": BOX,
        "box.py": "from shapes.deep import Box\n",
    },
    "read from a package directly": {
        "shapes/__init__.py": "",
        "shapes/base.py": "from . import sizes\n" + BOX.replace("depth=2.0", "depth=sizes.DEPTH"),
        "shapes/sizes.py": "DEPTH = 2.0\n",
    },
    "in a package's __init__": {
        "shapes/__init__.py": "from . import sizes\n" + BOX.replace("depth=2.0", "depth=sizes.DEPTH"),
        "shapes/sizes.py": "from . import Box\nDEPTH = 2.0\n",
    },
    "in a package without __init__": {"box.py": "from lib.base import Box\n", "lib/base.py": BOX},
    "beside modules named like others": {
        "box.py": BOX,
        "numbers.py": "raise RuntimeError\n",
        "random.py": "def random(): return 'mine'\n",
        "torch.py": "raise RuntimeError\n",
        "typing.py": "1 / 0\n",
    },
    "in a circle of imports": {"box.py": "import mine\n" + BOX, "mine.py": "import box\nfrom box import Nothing\n"},
}


@pytest.mark.parametrize("case", FOUND)
def test_names_are_found_wherever_they_are(open_session: Open, case: str) -> None:
    """A name is found in another file, through imports and packages, and beside lines that fail."""
    assert Names(open_session(FOUND[case])).Box(3.0).area() == 6.0


@pytest.mark.parametrize(
    ("line", "kind"),
    [("while True: pass", "loop"), ("import os; os._exit(0)", "end"), ("import ctypes; ctypes.string_at(0)", "crash")],
)
def test_top_level_that_does_not_end(open_session: Open, line: str, kind: str) -> None:
    """When loading ends the worker, the definitions alone are loaded, and the instructor is told."""
    session = open_session({"box.py": BOX + f"\nif True: pass\nfor _ in range(1):\n    {line}\n"}, seconds=1.0)
    assert Names(session).Box(3.0).area() == 6.0
    assert [(flag.kind, flag.where) for flag in session.pool.flags] == [("top_level_code", "box.py")]


def test_errors_while_loading_are_noted(open_session: Open) -> None:
    """A line that failed while the file was loaded is a flag with its place, once the session is closed."""
    session = open_session("import nowhere\n" + BOX)
    Names(session).Box(1)
    session.close()
    assert [(flag.kind, flag.where) for flag in session.pool.flags] == [("module_error", "box.py, line 1")]
    assert "No module named 'nowhere'" in session.pool.flags[0].detail


# -- checks follow one another ---------------------------------------------------------------------------------------------


def test_seeds(open_session: Open) -> None:
    """The same check draws the same numbers every time, another check others."""
    session = open_session(BOX)
    drawn = []
    for seed in (1, 1, 2):
        session.begin(seed, 5.0)
        drawn.append(Names(session).draw())
    assert drawn[0] == drawn[1] != drawn[2]


def test_objects_end_with_their_check(open_session: Open) -> None:
    """An object of an earlier check is gone; classes and functions stay."""
    session = open_session(BOX)
    kind, box = Names(session).Box, Names(session).Box(1.0)
    session.begin(2, 5.0)
    assert kind(2.0).area() == 4.0
    with pytest.raises(StudentCodeRaised):
        box.area()


@pytest.mark.parametrize(("name", "kind"), [("loop", WorkerTimedOut), ("os._exit(1)", WorkerCrashed)])
def test_next_check_gets_a_fresh_worker(open_session: Open, name: str, kind: type[CheckEnd]) -> None:
    """After a worker was killed the next check has a new one, in which everything is loaded anew."""
    session = open_session(BOX + f"\ndef die():\n    import os\n    {name if '(' in name else 'loop()'}\n", seconds=0.5)
    Names(session).Box(1)
    end = end_of(lambda: Names(session).die())
    assert type(end) is kind
    assert end.evidence.location is not None
    assert end.evidence.location.function == "die"
    session.begin(2, 5.0)
    box = Names(session).Box(3.0)
    assert (box.area(), box.count) == (6.0, 1)


def test_deadline_is_of_the_whole_check(open_session: Open) -> None:
    """The deadline starts with the first request and is one for all of a check's calls."""
    session = open_session("import time\n\ndef area(seconds):\n    time.sleep(seconds)\n    return 1\n", seconds=1.0)
    assert Names(session).area(0.4) == 1
    end = end_of(lambda: [Names(session).area(0.4) for _ in range(3)])
    assert isinstance(end, WorkerTimedOut)


def test_deadline_of_quick_answers(open_session: Open) -> None:
    """Answers that never keep anybody waiting share the deadline too: entries without end are no way round it."""
    session = open_session("class Box:\n    def __getitem__(self, key):\n        return self\n", seconds=0.2)
    box = Names(session).Box()
    end = end_of(lambda: [box[0] for _ in range(200_000)])
    assert isinstance(end, WorkerTimedOut)


FALSE_HANDLE = """
import sys

def area():
    return object()

sys.modules["untrusted.host"].Host._keep = lambda *_: sys.modules["untrusted.wire"].HandleValue(NUMBER, "Box")
"""


def test_handles_of_the_graders_are_not_the_workers_to_give(open_session: Open) -> None:
    """An object under a number that only the grader gives, which stands for a part of the course's, is no answer."""
    assert repr(Names(open_session(FALSE_HANDLE.replace("NUMBER", "5"))).area()) == "<box, in the worker>"
    end = end_of(lambda: Names(open_session(FALSE_HANDLE.replace("NUMBER", "-1"))).area())
    assert isinstance(end, WorkerCrashed)
    assert "sent what is not an answer" in end.summary


def test_class_that_is_called_like_a_part(open_session: Open) -> None:
    """What hangs in it is the submission's, and so given up after a while, whatever its class says it is."""
    source = (
        "class Box:\n    def volume(self):\n        while True:\n            pass\n\nBox.__name__ = 'provided Box'\n"
    )
    session = open_session(source, seconds=0.3)
    box = Names(session).Box()
    assert isinstance(end_of(lambda: box.volume()), WorkerTimedOut)
    assert session.died_in == "Box.volume"


def test_stand_ins(open_session: Open) -> None:
    """With stand-ins the submission's files use the course's parts; without them, its own again."""
    files = {"box.py": BOX, "ball.py": "from box import Box\n\nclass Ball:\n    def name(self): return Box.name\n"}
    session = open_session(files)
    assert isinstance(end_of(lambda: Names(session).Ball().name()), StudentCodeRaised)
    session.begin(1, 5.0, ("Box",))
    assert Names(session).Ball().name() == "the course's box"
    session.begin(1, 5.0)
    assert isinstance(end_of(lambda: Names(session).Ball().name()), StudentCodeRaised)


@pytest.mark.parametrize(
    ("what", "ask"),
    [("loop", lambda names: names.loop()), ("Slow.parameters", lambda names: names.Slow().parameters)],
)
def test_hopeless_function_is_waited_for_twice(
    shapes: Assignment, zygote: Zygote, what: str, ask: Callable[[Names], object]
) -> None:
    """A function or attribute that hung in two checks is not asked for a third time, and the check says so."""
    bench = Bench(device="cpu", launcher=zygote)
    slow = "\nclass Slow:\n    @property\n    def parameters(self):\n        while True: pass\n"
    bench.lay(make_submission("ada", {"box.py": BOX + slow}))
    summaries = []
    for number in range(3):
        check = Check(shapes, shapes.exercises[0], f"check{number}", "It ends.", 1, 0.3, "public")  # type: ignore[arg-type]
        bench.begin(check, with_stand_ins=False)
        result = bench.result(check, end_of(lambda: ask(Names(bench.session))))
        assert (result.outcome, result.evidence is not None) == (Outcome.TIMED_OUT, True)
        summaries.append(result.evidence.summary if result.evidence is not None else "")
    assert [summary.startswith(f"{what} ended the same way in two earlier checks") for summary in summaries] == [
        False, False, True,
    ]  # fmt: skip
    bench.clear()


# -- in process --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", ["ada-brennan", "hugo-ivanov.py", "kiran-lindqvist.py", "sami-tanaka"])
def test_in_process_judges_alike(classifier: Assignment, zygote: Zygote, student: str) -> None:
    """The whole rubric comes to the same outcomes whether the code is in a worker or in this process."""
    submission = load_submission(Path(__file__).parent.parent / "examples/inbox" / student)
    grades: list[Grade] = []
    grade_each(classifier, [submission], grades.append, launcher=zygote)
    grade_each(classifier, [submission], grades.append, in_process=True)

    def told(grade: Grade) -> list[tuple[Any, ...]]:
        return [
            (check.name, check.outcome, check.evidence and (check.evidence.summary, check.evidence.location))
            for check in grade.checks
        ]

    assert told(grades[0]) == told(grades[1])
