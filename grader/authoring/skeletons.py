"""The skeletons that students get, made of the model answer, so that there is one source of both.

    def forward(self, x):
        # TODO: remember x, then compute z for the whole batch
        # BEGIN SOLUTION
        self.x = x
        return x @ self.W.T + self.b
        # END SOLUTION

In a function `raise NotImplementedError` takes the place of what stands between the marks; at the top level nothing does. A
line that ends with `# SOLUTION`, an import that only the model answer needs for instance, is left out alone. A file without
marks is nobody's source: its skeleton is written by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.course.assignments import Assignment
from grader.course.catalogue import reference_files
from grader.errors import CourseError

STUB = "raise NotImplementedError"
_MARK = re.compile(r"(?P<indent>\s*)#+\s*(?P<which>BEGIN|END) SOLUTION\s*$")
_MARKED_LINE = re.compile(r"\s*[^#\s].*#+\s*SOLUTION\s*$")


def skeletons(assignment: Assignment) -> dict[Path, str]:
    """Where each skeleton that the model answer makes belongs, and its text. Raises `CourseError` for marks out of place."""
    return {
        assignment.folder / name: skeleton_of(text, assignment.reference_folder / name)
        for name, text in reference_files(assignment).items()
        if has_marks(text)
    }


def has_marks(text: str) -> bool:
    """Whether a file says itself what students are to write."""
    return any(_MARK.match(line) or _MARKED_LINE.match(line) for line in text.splitlines())


def skeleton_of(text: str, place: Path) -> str:
    """The text without what stands between marks. Raises `CourseError`, naming place and line, for marks out of place."""
    kept: list[str] = []
    began: tuple[int, str] | None = None  # in which line, and how far it is indented
    for number, line in enumerate(text.splitlines(), 1):
        mark = _MARK.match(line)
        if mark is None:
            kept += [line] if began is None and not _MARKED_LINE.match(line) else []
        elif mark["which"] == "BEGIN":
            if began is not None:
                raise CourseError(
                    f"{place}, line {number}: BEGIN SOLUTION, but that of line {began[0]} has no END SOLUTION. Add it above."
                )
            began = number, mark["indent"]
            kept += [f"{mark['indent']}{STUB}"] if mark["indent"] else []
        elif began is None:
            raise CourseError(
                f"{place}, line {number}: END SOLUTION without a BEGIN SOLUTION above it. Add one, or take this one out."
            )
        elif mark["indent"] != began[1]:
            raise CourseError(
                f"{place}, line {number}: END SOLUTION is not indented as the BEGIN SOLUTION of line {began[0]}, as expected."
            )
        else:
            began = None
    if began is not None:
        raise CourseError(f"{place}, line {began[0]}: BEGIN SOLUTION without an END SOLUTION below it. Add one.")
    return "".join(f"{line}\n" for line in kept)
