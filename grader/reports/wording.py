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
        "graded_on_cpu": "Graded on the CPU, which changes no verdict",
    }
)

MISTAKE = "It looks like this"
HINT = "Hint"
FURTHER_HINT = "Another hint"
HINT_LEVELS = ("Hint 1: a question", "Hint 2: the idea", "Hint 3: where to read")
EXPECTED = "Expected"
GOT = "Got"
CALLS = "What the check did"
PRINTED = "Your code printed"
CURVES = "The curves"
FIGURES = "The figures"
PICTURES = "What it looks like"
INDEX = "index"
DIFFERENCE = "Difference"
NUMBERS = "The numbers"
FIRST_ENTRIES = "The first wrong entries"
RIGHT_RUNS = "right runs"
MARKS = "What is wrong is crossed or has a dark corner. Got and expected share one scale; blue is too small, orange too large."
SAID = "your net said"
PREDICTIONS = "What your net said"
LABEL_AND_PREDICTION = "is \\ said"
CONFUSION = "How often each class was taken for which"
MISCLASSIFIED = "Some that it got wrong"
DECISION = "Your instructor decided"
LATE = "Late"
COUNTED = "What counts"
HISTORY_HEADING = "Since your last submission"
GAINED = "Passes now"
LOST = "No longer passes"
NOTICE = "Before anything else"
PRAISE = "All right"
SKIP = "Skip to what to do next"
SKIP_TO_MAIN = "Skip to the results"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)
REMARKS_HEADING = "Also noticed"
RUN = "Try it with"
MORE = "All that this check saw"
WHERE = "Where"
SOURCE_ABOVE = "the lines are shown above"


def late_by(days: int, percent: str) -> str:
    """How late a submission came, and what that costs."""
    if days == 0:
        return "Late, within the time of grace: nothing is taken off"
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


def hints_left(count: int) -> str:
    """How many hints are not told yet."""
    return "There is one hint more." if count == 1 else f"There are {count} hints more."


def more_characters(count: int) -> str:
    """The mark at the end of a block that was cut."""
    return f"… and {count:,} more characters"


def more_lines(count: int) -> str:
    """The mark at the end of a list that was cut."""
    return f"… and {count:,} more"


def late(arrived: str, due: str, days: int, percent: str, points: str) -> str:
    """How late it came, and what that costs."""
    begun = (
        "within the time of grace"
        if days == 0
        else "1 day late"
        if days == 1
        else f"{days} days late, each day begun counting"
    )
    cost = f"{percent} % off, which is {points} {_points(points)}" if percent != "0" else "nothing is taken off"
    return f"Handed in {arrived}; the deadline was {due}. That is {begun}: {cost}."


def decided(score: str, points: str, earned: str, why: str) -> str:
    """An instructor's decision on an exercise."""
    reason = f" Why: {why}" if why else ""
    return f"{score} of {points} points; the checks alone gave {earned}.{reason}"


def earned_and_counted(earned: str, counted: str) -> str:
    """The two sums side by side."""
    return f"The checks gave {earned} {_points(earned)}; {counted} {'counts' if counted == '1' else 'count'}."


def since(before: str, now: str) -> str:
    """The score of the last submission and of this one, both before anything was taken off or decided."""
    return f"{before} → {now} {_points(now)} from the checks"


def all_attempts(scores: Sequence[str], count: int) -> str:
    """Every submission's score, oldest first."""
    left_out = "… → " if count > len(scores) else ""
    return f"{count} submissions: {left_out}{' → '.join(scores)}"


def recognised(right: int, total: int, confusions: Sequence[tuple[int, str, str]]) -> str:
    """How many images were recognised, and what was most often taken for what."""
    most = ", ".join(f"{label} taken for {other} ({count})" for count, label, other in confusions)
    share = f" ({right / total:.1%})" if total else ""
    return f"{right:,} of {total:,} right{share}" + (f"; most often {most}." if most else ".")


def shape(sizes: Sequence[int]) -> str:
    """The sizes of a tensor: `3 x 5`; of one dimension, how many entries."""
    return f"{sizes[0]} entries" if len(sizes) == 1 else " x ".join(map(str, sizes))


def taken_for(label: str, prediction: str) -> str:
    """What an image is, and what the net said."""
    return f"{label}, taken for {prediction}"


def block_of(rows: int, columns: int) -> str:
    """What a cell of a large tensor's picture stands for."""
    return f"Each cell is a block of {rows} x {columns} entries, and shows the one that is off most."


def _points(count: str) -> str:
    return "point" if count == "1" else "points"
