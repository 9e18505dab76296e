"""Which rubric a recording of mistakes belongs to. Nothing heavy is imported here: it is asked before a run begins."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from grader.course.assignments import Assignment

FORMAT = 1


class Header(msgspec.Struct, frozen=True, tag="recording"):
    """The first line of a recording: the rubric that it belongs to."""

    format: int
    rubric: str


def rubric_digest(assignment: Assignment, *, salt: str) -> str:
    """Twelve hexadecimal digits over all that decides what a check asks: a recording with others belongs to another rubric.

    `salt` is the assignment's own, or empty for a student's copy, which has no hidden rubric.
    """
    digest = hashlib.sha256(f"{FORMAT} {salt}".encode() + assignment.asking)
    for path in (assignment.parts_path, *assignment.public_rubric):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def find_recording(assignment: Assignment) -> tuple[Path | None, str]:
    """The recording for this assignment as it is now; if there is none, what is wrong with the one that is there."""
    problem = ""
    for path in (assignment.own_recording, assignment.public_recording):
        if path.exists():
            wrong = why_unusable(assignment, path, salt=assignment.salt)
            if not wrong:
                return path, ""
            problem = problem or wrong
    return None, problem


def why_unusable(assignment: Assignment, path: Path, *, salt: str) -> str:
    """What is wrong with a recording, asked with that salt; empty if nothing is."""
    try:
        with path.open("rb") as lines:
            header = msgspec.json.decode(lines.readline(10_000), type=Header)
    except FileNotFoundError:
        return f"{path} is missing"
    except (OSError, ValueError) as error:
        return f"{path} is no recording of mistakes: {error}"
    if header.format != FORMAT or header.rubric != rubric_digest(assignment, salt=salt):
        return f"{path} belongs to an earlier rubric"
    return ""


def why_no_mistakes(assignment: Assignment) -> str:
    """Why no mistakes will be named though the assignment has known ones; empty if they will be, or there are none."""
    path, problem = find_recording(assignment)
    if path is not None or not (problem or assignment.mistake_files):
        return ""
    return f"mistakes are not named: {problem or 'none are recorded'}. Record them: grader record {assignment.name}"
