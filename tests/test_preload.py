"""What an assignment preloads is there in every worker, at every level, and costs the next one nothing."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader.checks.proxy import Names
from grader.checks.session import Session
from grader.course.assignments import assignment_names, find_assignment
from grader.course.catalogue import reference_files
from grader.grading.grade import grade_each
from grader.isolation.launchers import FreshInterpreters, Launcher, Zygote
from grader.isolation.levels import Level
from grader.isolation.walls import way_to
from grader.results import Grade, Status
from grader.submissions.submission import make_submission

ROOT = Path(__file__).parent.parent
CODE = """
import sys
import matplotlib.pyplot as plt

def view(heights):
    figure, (left, right) = plt.subplots(figsize=(6, 9), ncols=2)
    left.imshow([[0, 1], [1, 0]])
    right.barh(range(len(heights)), heights)
    plt.savefig("picture.png")
    plt.show()
    return [bar.get_width() for bar in figure.axes[1].patches]

def has(module):
    return module in sys.modules
"""


def session_of(launcher: Launcher, preload: tuple[str, ...]) -> Session:
    assignment = find_assignment(Path(__file__).parent.parent, "classifier")
    assignment.preload = preload
    return Session(make_submission("ada", {"view.py": CODE}), assignment, launcher, "cpu")


def ask(launcher: Launcher, preload: tuple[str, ...], heights: list[float]) -> tuple[Any, Any, str]:
    session = session_of(launcher, preload)
    session.begin(0, 20.0, (), apart="")
    names = Names(session)
    answers = names.view(heights), names.has("matplotlib.figure")
    printed = session.printed()
    session.close()
    return *answers, printed


@pytest.mark.parametrize("level", [Level.FULL, Level.KERNEL, Level.STRICT, Level.PROCESS])
def test_figures_are_made(level: Level) -> None:
    """A preloaded matplotlib is the real one, even where no worker can open a file; it writes none."""
    start = way_to(level)
    if isinstance(start, str):
        pytest.skip(start)
    launcher = Zygote(start)
    preload = ("matplotlib.pyplot", "matplotlib.backends.backend_agg")
    for _ in range(2):
        widths, is_there, printed = ask(launcher, preload, [1.0, 2.5])
        assert (widths, is_there) == ([1.0, 2.5], True)
        assert "savefig: no file is written while code is checked" in printed
    launcher.close()


SYMBOLS = """
import sympy

p_i, p_j, z_i, z_j, i, j, n, N = sympy.symbols("p_i p_j z_i z_j i j n N")
y, p = sympy.IndexedBase("y"), sympy.IndexedBase("p")

def differentiated():
    slope = sympy.diff(sympy.exp(z_i) / (sympy.exp(z_i) + sympy.exp(z_j)), z_i)
    return str(sympy.simplify(slope.subs({z_i: 0, z_j: 0})))

def printed():
    return str(sympy.Sum(y[n] * sympy.log(p[n]), (n, 1, N)))

def picked():
    return str(sympy.Sum(sympy.KroneckerDelta(i, n) * p[n], (n, 1, 3)).doit().subs(i, 2))

def parsed():
    return float(sympy.sympify("p_i * (1 - p_j)").subs({p_i: 0.5, p_j: 0.5}))

def turned_into_a_function():
    return sympy.lambdify(z_i, sympy.exp(z_i), "math")(0.0)
"""


@pytest.mark.parametrize("level", [Level.FULL, Level.STRICT])
def test_sympy_works(level: Level) -> None:
    """Where formulas are handed in, sympy derives, sums, prints and parses, even where no worker can open a file."""
    start = way_to(level)
    if isinstance(start, str):
        pytest.skip(start)
    launcher = Zygote(start)
    assignment = find_assignment(Path(__file__).parent.parent, "derivations")
    session = Session(make_submission("ada", {"symbols.py": SYMBOLS}), assignment, launcher, "cpu")
    session.begin(0, 20.0, (), apart="")
    names = Names(session)
    assert names.differentiated() == "1/4"
    assert names.printed() == "Sum(log(p[n])*y[n], (n, 1, N))"
    assert names.picked() == "p[2]"
    assert names.parsed() == 0.25
    assert names.turned_into_a_function() == 1.0
    session.close()
    launcher.close()


def test_fresh_interpreters() -> None:
    """A worker that is an interpreter of its own imports it before it is locked down."""
    assert ask(FreshInterpreters(), ("matplotlib.pyplot",), [2.0])[:2] == ([2.0], True)


def test_without_it_nothing_is_drawn(zygote: Launcher) -> None:
    """Where an assignment has nothing to do with figures, `import matplotlib` costs nothing, and gives nothing."""
    session = session_of(zygote, ())
    session.begin(0, 20.0, (), apart="")
    names = Names(session)
    assert len(names.view([1.0])) == 2  # of nothing
    assert names.has("matplotlib.figure") is False
    session.close()


def test_another_assignments_figures_are_not_this_ones() -> None:
    """Workers of one warm process get what their own assignment asked for, whoever came before."""
    with closing(Zygote()) as launcher:
        assert ask(launcher, ("matplotlib.pyplot", "matplotlib.backends.backend_agg"), [1.0])[1] is True
        widths, is_there, _ = ask(launcher, (), [1.0])
        assert (len(widths), is_there) == (2, False)
        assert ask(launcher, ("matplotlib.pyplot",), [1.0])[0] == [1.0]


def test_what_is_not_installed_is_missed_where_it_is_used(zygote: Launcher) -> None:
    """A module that can't be imported stops no worker."""
    widths, _, _ = ask(zygote, ("no_such_module",), [])
    assert len(widths) == 2


@pytest.mark.parametrize("name", assignment_names(ROOT))
def test_model_answers_need_no_file(name: str) -> None:
    """Where a worker can open no file at all, every assignment's answer is still right: all it needs is there before."""
    start = way_to(Level.STRICT)
    if isinstance(start, str):
        pytest.skip(start)
    assignment = find_assignment(ROOT, name)
    grades: list[Grade] = []
    with closing(Zygote(start)) as launcher:
        grade_each(assignment, [make_submission("ada", reference_files(assignment))], grades.append, launcher=launcher)
    (grade,) = grades
    wrong = [
        f"{entry.name}.{check.name}"
        for entry in grade.exercises
        for check in entry.checks
        if check.score < check.points
    ]
    assert (grade.status, wrong) == (Status.GRADED, [])
