"""What the exit status of each command says, beside 0 for done; for its help, and for the page of all commands."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

ANY = {
    2: "bad usage, or a course that can't be read",
    3: "something failed that is no fault of yours, or results could not be kept",
}
STATUSES: Mapping[str, Mapping[int, str]] = {
    "grade": {
        0: "every submission has a grade",
        3: "some need you, or the results could not be kept; with --dry-run: something is nobody's",
    },
    "demo": {0: "every submission has a grade", 3: "some need you, or the results could not be kept"},
    "doctor": {
        0: "this machine will do for students' code",
        3: "it will not, or with --scheduler: a node has something else than this machine",
    },
    "watch": {130: "ended by Ctrl-C, as it should be"},
    "regrade": {3: "somebody could not be graded again, and keeps the grade of before"},
    "feedback-notebook": {3: "a notebook could not be handed back"},
    "export": {3: "somebody should have a score there and has none, or nothing was exported"},
    "ci": {0: "the check passes", 1: "the score is below what is asked for", 3: "the grader failed"},
    "grade-one": {0: "there is a score", 3: "there is none, since the grader failed"},
    "validate": {0: "nothing is to be mended", 1: "something is"},
    "exercises": {0: "the page is written, or current", 1: "with --check: it is out of date"},
}


def add_statuses(commands: Mapping[str, argparse.ArgumentParser]) -> None:
    """Have the help of each command end with its exit statuses."""
    for name, parser in commands.items():
        statuses = statuses_of(name)
        words = "; ".join(f"{status} {when}" for status, when in statuses.items())
        parser.epilog = f"Exit status: {words}.".replace("%", "%%")


def statuses_of(command: str) -> Mapping[int, str]:
    """Each exit status of a command with what it says, but for those of signals that stop it."""
    return dict(sorted(({0: "done"} | ANY | dict(STATUSES.get(command, {}))).items()))
