"""What a worker says went wrong while files were loaded, and where autograd was used: claims of student code, at best.

Only what has the right form and is about a file of the submission becomes a flag or a use, and none of it takes points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.checks.policy import Use
from grader.results import Flag
from grader.submissions.submission import Submission
from grader.text import clean

_MAX_CLAIMS = 20
_TORCH_NAME = re.compile(r"torch\.[A-Za-z_.]{1,60}")


def flags_in(notes: object, submission: Submission) -> Iterator[Flag]:
    """A flag for every error that a file of the submission is said to have raised while it was loaded."""
    for file, line, text in _claims(notes, "errors", submission):
        yield Flag("module_error", submission.place(file, line), f"{clean(text, 300)} (the rest of the file was used)")


def uses_in(notes: object, submission: Submission) -> Iterator[Use]:
    """The uses of autograd that were seen at run time, by code of the submission or through other code."""
    for file, line, text in _claims(notes, "uses", submission):
        if _TORCH_NAME.fullmatch(text):
            yield Use(file, line, f"calls {text} when it runs")
    for claim in _listed(notes, "through"):
        match claim:
            case [str(file), int(line), str(text), str(near), int(at)] if {file, near} <= submission.files.keys():
                if _TORCH_NAME.fullmatch(text):
                    yield Use(file, line, f"calls {text} when it runs, through other code", near, at)


def _claims(notes: object, kind: str, submission: Submission) -> Iterator[tuple[str, int, str]]:
    """(file, line, text) for each claim of that kind that has the right form and is about a file of the submission."""
    for claim in _listed(notes, kind):
        match claim:
            case [str(file), int(line), str(text)] if file in submission.files:
                yield file, line, text


def _listed(notes: object, kind: str) -> list[object]:
    """The first claims of that kind that a worker makes; none if they are no list."""
    claims = notes.get(kind) if isinstance(notes, dict) else None
    return claims[:_MAX_CLAIMS] if isinstance(claims, list) else []
