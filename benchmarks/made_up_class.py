"""A class that does not exist: grades of any number of students, with everything in them that a class page shows."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from decimal import Decimal

from grader.results import (
    Attempt,
    CheckResult,
    ExerciseResult,
    Flag,
    Grade,
    Lateness,
    Outcome,
    Override,
    Status,
)

EXERCISES = 10
CHECKS_EACH = 7
_FIRST = (
    "Ada Bruno Chiara Daniel Elif Farid Greta Hugo Ines Jonas Kiran Lena Milan Nora Oskar Priya Quentin Rosa Sami Tom"
)
_LAST = (
    "Brennan Castell Dogan Eriksen Fontaine Grewal Haddad Ivanov Jansen Kowalski Lindqvist Moreau Novak Okafor Petrov"
)
_WHOSE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHERWISE = (Outcome.RAISED, Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.BLOCKED)
_LATE = ("2026-03-03T09:30:00+00:00", "2026-03-02T10:00:00+00:00")


def fake_class(students: int, seed: int = 1) -> Iterator[Grade]:
    """Grades of a class with everything in it: strong and weak, late, overridden, flagged, not gradable, our faults.

    Whoever is strong passes more, except of one check, which has a fault: the weak pass it more often.
    """
    chance = random.Random(seed)
    firsts, lasts = _FIRST.split(), _LAST.split()
    hard = {(e, c): chance.gauss(0, 1) for e in range(EXERCISES) for c in range(CHECKS_EACH)}
    for number in range(students):
        name = f"{firsts[number % 20]} {_WHOSE[number // 300 % 26]}. {lasts[number // 20 % 15]}"
        if students > 300 * 26:
            name += f" {number}"
        yield _fake_grade(name, chance, hard)


def _fake_grade(name: str, chance: random.Random, hard: dict[tuple[int, int], float]) -> Grade:
    ability = chance.gauss(1.2, 1.1)
    reached = EXERCISES if chance.random() < 0.85 else chance.randrange(1, EXERCISES)
    exercises = []
    status = Status.GRADED
    for e in range(EXERCISES):
        checks = []
        broken = chance.random() < 0.0004
        for c in range(CHECKS_EACH):
            is_faulty = (e, c) == (4, 3)
            likely = 1 / (1 + math.exp(-1.7 * ((-ability if is_faulty else ability) - hard[e, c])))
            outcome, mistake = Outcome.PASSED, None
            if e >= reached:
                outcome = Outcome.NOT_ATTEMPTED
            elif broken:
                outcome, status = Outcome.GRADER_ERROR, Status.GRADER_ERROR
            elif chance.random() > likely:
                outcome = Outcome.FAILED if chance.random() < 0.85 else chance.choice(_OTHERWISE)
                if outcome is Outcome.FAILED and chance.random() < 0.6:
                    mistake = f"mistake-{e}-{min(5, int(chance.expovariate(0.8)))}"
            checks.append(
                CheckResult(
                    f"check_{c}",
                    f"What part {c + 1} of exercise {e + 1} answers is right for batches of any size.",
                    outcome,
                    Decimal(1 + c % 2),
                    "hidden" if c == CHECKS_EACH - 1 else "public",
                    mistake=mistake,
                    mistake_line=f"averages twice over the batch in part {mistake[-1]}" if mistake else None,
                    duration_seconds=round(chance.expovariate(200), 4),
                )
            )
        exercises.append(
            ExerciseResult(f"exercise_{e + 1}", f"Exercise {e + 1}", tuple(checks), f"exercise_{e + 1}.py")
        )
    if chance.random() < 0.02:
        decision = Override(Decimal(5), "the derivation on paper was right", "2026-03-05T10:00:00+00:00")
        exercises[1] = ExerciseResult(
            exercises[1].name, exercises[1].title, exercises[1].checks, exercises[1].file, decision
        )
    flags: tuple[Flag, ...] = ()
    if chance.random() < 0.03:
        flags = (Flag("forbidden_name", "exercise_2.py, line 7", "uses torch.nn.functional"),)
    if chance.random() < 0.004:
        status, exercises = Status.NOT_GRADABLE, []
        flags = (Flag("not_gradable", f"{name}.rar", "is not a .py file, a notebook, a .zip or a folder"),)
    return Grade(
        "digits",
        "1",
        name,
        f"{chance.getrandbits(256):064x}",
        status,
        tuple(exercises),
        flags,
        {"isolation": "full"},
        "Digits from scratch",
        0.4 + chance.expovariate(2),
        lateness=Lateness(*_LATE, days=1, percent=Decimal(10)) if chance.random() < 0.05 else None,
        attempts=(Attempt("0" * 64, "2026-03-01T10:00:00+00:00", Decimal(3), Decimal(100)),)
        if chance.random() < 0.1
        else (),
    )
