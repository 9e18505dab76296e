"""Every sentence that a report says to a student. The page for instructors has its words in `class.html.j2`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from grader.results import Outcome, Status

LABELS: Mapping[Outcome, str] = MappingProxyType(
    {outcome: outcome.words for outcome in Outcome}
    | {
        Outcome.NOT_ATTEMPTED: "not attempted yet",
        Outcome.RAISED: "raised an error",
        Outcome.GRADER_ERROR: "grader error, our fault",
    }
)

# One shape each, so that no outcome is told apart by colour alone. All are in the usual text fonts, none is an emoji.
SYMBOLS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASSED: "✓",
        Outcome.FAILED: "✗",
        Outcome.NOT_ATTEMPTED: "○",
        Outcome.RAISED: "!",
        Outcome.TIMED_OUT: "◷",
        Outcome.CRASHED: "■",
        Outcome.BLOCKED: "‖",
        Outcome.SKIPPED: "–",
        Outcome.GRADER_ERROR: "?",
    }
)

# What a check says when its evidence has no summary.
FALLBACKS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASSED: "",
        Outcome.FAILED: "The result is not the expected one.",
        Outcome.NOT_ATTEMPTED: "",
        Outcome.RAISED: "Your code raised an exception.",
        Outcome.TIMED_OUT: "Your code gave no answer in the time allowed.",
        Outcome.CRASHED: "The Python process that ran your code died.",
        Outcome.BLOCKED: "It waits for something that is missing so far.",
        Outcome.SKIPPED: "It was not run here, and no points depend on it.",
        Outcome.GRADER_ERROR: "The grader could not finish this check. It costs you nothing; your instructor sees it.",
    }
)

NEXT_HEADING = "What to do next"
ALL_PASSED = "Everything passes. That took real understanding, and it is yours now. Well done!"
HIDDEN = "This check runs only when your work is graded, so its numbers are not shown."
HIDDEN_NEXT = "The checks in your copy of the course show whether you are on the way."
NOT_GRADABLE = "Your submission could not be graded."
HAND_IN_AGAIN = (
    "Change that, then hand in again in the same place as before: a folder of .py files, one .py file, "
    "a notebook (.ipynb) or a .zip of these."
)
GRADER_ERROR = (
    "Something went wrong in the grader, not in your code.",
    "Your instructor has to look at it, and it costs you no points. You don't need to hand in again.",
)

STANDINGS: Mapping[Status, str] = MappingProxyType(
    {
        Status.GRADED: "",
        Status.NOT_GRADABLE: "not graded",
        Status.GRADER_ERROR: "not final: your instructor has to look first",
    }
)

# The flags that help a student; all others are for the instructor. The detail continues the name of the place.
REMARKS: Mapping[str, str] = MappingProxyType(
    {
        "module_error": "Module that could not be loaded",
        "ignored_file": "Ignored file",
        "unreadable_file": "File that could not be read",
        "notebook_cell": "In the notebook",
    }
)

MISTAKE = "It looks like this"
HINT = "Hint"
FURTHER_HINT = "Another hint"
EXPECTED = "Expected"
GOT = "Got"
CALLS = "What the check did"
PRINTED = "Your code printed"
CURVES = "The curves"
FIGURES = "The figures"
REMARKS_HEADING = "Also noticed"
RUN = "Try it with"
MORE = "All that this check saw"
WHERE = "Where"


def late_by(days: int, percent: str) -> str:
    """How late a submission came, and what that costs."""
    return f"Late by {days} day{'' if days == 1 else 's'}: {percent} % off"


def handed_in(submitted_at: str, deadline: str) -> str:
    """When a submission came, and when it was due; both are ISO 8601, UTC."""
    came, due = (f"{moment[:10]} {moment[11:16]} UTC" for moment in (submitted_at, deadline))
    return f"Handed in {came}, due {due}."


def earlier_scores(scores: Sequence[str]) -> str:
    """What the submissions before this one earned."""
    return f"Your earlier submissions: {', '.join(scores)}"


def set_to(score: str, points: str) -> str:
    """That an instructor set the score of an exercise."""
    return f"set to {score} of {points} by your instructor"


def open_at(file: str, line_in_file: str) -> str:
    """What to do about an exercise that is still the skeleton."""
    if not file:
        return ""
    return f"Open `{file}`, {line_in_file}." if line_in_file else f"Open `{file}`."


def more_characters(count: int) -> str:
    """The mark at the end of a block that was cut."""
    return f"… and {count:,} more characters"


def more_lines(count: int) -> str:
    """The mark at the end of a list that was cut."""
    return f"… and {count:,} more"
