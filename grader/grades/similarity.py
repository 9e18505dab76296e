"""Which submissions of a class are alike, whatever their names, comments and order. Text only: nothing of them is executed.

Code becomes a string in which every name is one letter (copydetect's filter), and every 25 characters of that string in a
row are a fingerprint. What was given, and what many have, is no one's own; of the rest it is counted how much two share.
All fingerprints are kept, not the sample that winnowing takes: Python's hash of a text is another one in every process,
so a sample would be, too, and the report would change from run to run.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.course.assignments import Assignment
from grader.course.catalogue import reference_files
from grader.errors import UsageError
from grader.grades.store import Store
from grader.reports.alike import CodeFile, CodeLine, Pair, Side, Similarity
from grader.submissions.cells import CellMap
from grader.submissions.loading import load_submission
from grader.submissions.submission import Submission

LEAST_PERCENT = 50
COMMON_PERCENT = 25
MOST_PAIRS = 500
_CHARACTERS = 25  # of a fingerprint: two or three short statements
_FEWEST_COMMON = 5  # what so few have is never common: a small class must not hide a small group
_LEAST_ALIKE = 250  # characters of filtered code, about a dozen lines: less than that proves nothing
_MOST_CANDIDATES = 2_000  # pairs that are looked at closely
_COLUMNS = 4096  # of the matrix that is multiplied at a time

_SPACE = re.compile(r"[^\S\n]+")
_SPACE_AT_END = re.compile(r" (?=\n|\Z)")

Numbers = npt.NDArray[np.int64]
Characters = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Print:
    """The fingerprints of one file: each begins at a character of the filtered code, which is on a line of the file.

    `is_given` are the characters on lines that are word for word in what was given: some are too short for a fingerprint.
    """

    name: str
    fingerprints: Numbers
    line_of: Numbers
    is_given: Characters

    def covered(self, wanted: Numbers) -> Characters:
        """Which characters of the filtered code lie in one of the fingerprints `wanted`."""
        steps = np.zeros(len(self.line_of) + 1, dtype=np.int64)
        starts = np.flatnonzero(np.isin(self.fingerprints, wanted))
        np.add.at(steps, starts, 1)
        np.add.at(steps, starts + _CHARACTERS, -1)
        return np.cumsum(steps[:-1]) > 0


@dataclass(frozen=True)
class _Work:
    """A submission, and all who handed in the very same. `own` are the fingerprints that are theirs alone or few others'.

    `prints` gives those of its files. Most are taken anew when they are asked for: a class of thousands has too many to keep.
    """

    students: tuple[str, ...]
    sha256: str
    own: Numbers
    nobodys: Numbers
    prints: Callable[[str], Sequence[_Print]]

    def alike(self, shared: Numbers) -> list[Characters]:
        """Of each file, which characters are in these fingerprints. What is nobody's own at their ends is not."""
        return [
            taken.covered(shared) & ~taken.covered(self.nobodys) & ~taken.is_given for taken in self.prints(self.sha256)
        ]

    def amount(self, shared: Numbers) -> int:
        """How many characters are in these fingerprints."""
        return sum(int(found.sum()) for found in self.alike(shared))


class _Match(NamedTuple):
    """Two submissions that are alike, the fingerprints that they share, and how much of each one's own that is."""

    left: _Work
    right: _Work
    shared: Numbers
    shares: tuple[float, float]


def compare(
    store: Store,
    assignment: Assignment,
    least_percent: int = LEAST_PERCENT,
    common_percent: int = COMMON_PERCENT,
) -> Similarity:
    """Compare the submissions that count, each with each. Raises `UsageError` where copydetect is not installed."""
    given_files = load_submission(assignment.folder).files  # skeletons, the notebook, provided parts
    given_lines = {line.strip() for text in given_files.values() for line in text.split("\n")}
    fingerprint = _fingerprinter(given_lines)
    owners: dict[str, list[str]] = {}
    not_kept = 0
    for grade in store.newest():
        if store.submission(grade.student, grade.submission_sha256) is None:
            not_kept += 1
        else:
            owners.setdefault(grade.submission_sha256, []).append(grade.student)

    @lru_cache(maxsize=400)
    def prints(sha256: str) -> list[_Print]:
        return [fingerprint(name, text) for name, text in _submission(store, sha256).files.items()]

    given = _all_of(fingerprint(name, text) for name, text in given_files.items())
    everything = {sha256: _all_of(prints(sha256)) for sha256 in owners}
    nobodys = np.union1d(given, _common(everything.values(), common_percent))
    works = [
        _Work(tuple(owners[sha256]), sha256, np.setdiff1d(found, nobodys, assume_unique=True), nobodys, prints)
        for sha256, found in everything.items()
    ]
    with_own = [work for work in works if len(work.own) >= _LEAST_ALIKE]
    answer = reference_files(assignment) if assignment.reference_folder.is_dir() else {}
    model_answer = _all_of(fingerprint(name, text) for name, text in answer.items())

    candidates = _candidates(with_own, least_percent)
    found: list[_Match] = []
    for left, right in candidates[:_MOST_CANDIDATES]:
        shared = np.intersect1d(left.own, right.own, assume_unique=True)
        amounts = (left.amount(shared), right.amount(shared))
        shares = (amounts[0] / max(1, left.amount(left.own)), amounts[1] / max(1, right.amount(right.own)))
        if max(shares) >= least_percent / 100 and min(amounts) >= _LEAST_ALIKE:
            found.append(_Match(left, right, shared, shares))
    found.sort(key=lambda match: (-sum(match.shares), match.left.students, match.right.students))
    return Similarity(
        assignment.title,
        compared=sum(map(len, owners.values())),
        too_little=sum(len(work.students) for work in works if len(work.own) < _LEAST_ALIKE),
        not_kept=not_kept,
        least=least_percent,
        common=common_percent,
        same=tuple(sorted(work.students for work in with_own if len(work.students) > 1)),
        pairs=tuple(
            Pair(
                *_sides(store, match),
                round(100 * float(np.isin(match.shared, model_answer).mean())) if answer else None,
            )
            for match in found[:MOST_PAIRS]
        ),
        more=max(0, len(found) - MOST_PAIRS) + max(0, len(candidates) - _MOST_CANDIDATES),
    )


def _fingerprinter(given_lines: Set[str]) -> Callable[[str, str], _Print]:
    """The function that takes the fingerprints of a file's text."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # comes with copydetect, and is not needed here
    try:
        from copydetect import CodeFingerprint
    except ImportError:
        raise UsageError(
            "comparing submissions needs the library copydetect, which is not installed here. Install it: "
            "pip install 'backgrade[similarity]'."
        ) from None

    def fingerprint(name: str, text: str) -> _Print:
        code = _quick_to_read(text).lstrip("\n")  # as the lexer does, without telling
        taken = CodeFingerprint(name, _CHARACTERS, 1, fp=io.StringIO(code), language="python")
        length = len(taken.filtered_code)
        fingerprints = np.zeros(max(0, length - _CHARACTERS + 1), dtype=np.int64)
        for value, places in taken.hash_idx.items():
            fingerprints[places] = value
        line_of = _lines(code, length, taken.offsets) + text.count("\n") - code.count("\n")
        is_given = np.array([line.strip() in given_lines for line in text.split("\n")])
        return _Print(name, fingerprints, line_of, is_given[line_of])

    return fingerprint


def _quick_to_read(text: str) -> str:
    """The same lines without what the lexer takes the square of its length for, and the filter drops anyway.

    White space is nothing to it but what separates, and a string, with the names of characters in it, is one letter.
    """
    return _SPACE_AT_END.sub("", _SPACE.sub(" ", text)).replace("\\N{", "\\n{")


def _lines(code: str, length: int, offsets: Numbers) -> Numbers:
    """The line, from 0, of each character of the filtered code; `offsets` say how much was left out before which place.

    The entry of a class's name has only its own length, so what was left out until there is taken from before it.
    """
    if not length:
        return np.zeros(0, dtype=np.int64)
    left_out = np.maximum.accumulate(offsets[:, 1])
    places = np.arange(length)
    entries = np.clip(np.searchsorted(offsets[:, 0], places), 0, len(offsets) - 1)
    ends = np.flatnonzero(np.fromiter((character == "\n" for character in code), dtype=bool, count=len(code)))
    return np.searchsorted(ends, places + left_out[entries])


def _submission(store: Store, sha256: str) -> Submission:
    found = store.submission("", sha256)
    assert found is not None
    return found


def _all_of(prints: Iterable[_Print]) -> Numbers:
    """All different fingerprints of some files, sorted."""
    every = [taken.fingerprints for taken in prints]
    return np.unique(np.concatenate(every)) if every else np.zeros(0, dtype=np.int64)


def _common(everything: Iterable[Numbers], percent: int) -> Numbers:
    """The fingerprints that more than this share of the submissions have."""
    every = list(everything)
    values, counts = np.unique(np.concatenate([*every, np.zeros(0, dtype=np.int64)]), return_counts=True)
    return values[counts > max(_FEWEST_COMMON, len(every) * percent / 100)]


def _candidates(works: Sequence[_Work], least_percent: int) -> list[tuple[_Work, _Work]]:
    """The pairs that are worth a close look, the likeliest first: they share half the fingerprints of a pair that is listed."""
    if len(works) < 2:
        return []
    values, counts = np.unique(np.concatenate([work.own for work in works]), return_counts=True)
    values = values[counts > 1]
    places = [np.searchsorted(values, np.intersect1d(work.own, values, assume_unique=True)) for work in works]
    shared = np.zeros((len(works), len(works)), dtype=np.float32)
    for first in range(0, len(values), _COLUMNS):
        has = np.zeros((len(works), min(_COLUMNS, len(values) - first)), dtype=np.float32)
        for row, found in enumerate(places):
            low, high = np.searchsorted(found, [first, first + _COLUMNS])
            has[row, found[low:high] - first] = 1
        shared += has @ has.T
    sizes = np.array([len(work.own) for work in works])
    ratio = np.triu(shared / np.minimum.outer(sizes, sizes), 1)
    found = np.argwhere(ratio >= least_percent / 200)
    likeliest = np.argsort(-ratio[found[:, 0], found[:, 1]], kind="stable")
    return [(works[left], works[right]) for left, right in found[likeliest]]


def _sides(store: Store, match: _Match) -> tuple[Side, Side]:
    """Both submissions with their passages: numbered in the left one, and in the right one as what they are alike to."""
    in_passage: dict[int, int] = {}  # each fingerprint of the left one; 0 for what is in several passages
    sides: list[Side] = []
    shared = match.shared
    for work, share in zip((match.left, match.right), match.shares, strict=True):
        is_left, passages = not sides, 0
        submission = _submission(store, work.sha256)
        files = []
        for taken, alike in zip(work.prints(work.sha256), work.alike(shared), strict=True):
            passage_of = np.zeros(len(taken.line_of), dtype=np.int64)
            for start, end in _runs(taken.covered(shared)):
                inside = taken.fingerprints[start : end - _CHARACTERS + 1].tolist()
                if is_left:
                    passages += 1
                    passage_of[start:end] = passages
                    for value in inside:
                        in_passage[value] = passages if in_passage.get(value, passages) == passages else 0
                else:
                    found = _filled(np.array([in_passage.get(value, 0) for value in inside]))
                    passage_of[start : start + len(found)] = found
                    passage_of[start + len(found) : end] = found[-1]
            files.append(_marked(submission, taken, passage_of * alike))
        sides.append(Side(work.students, round(100 * share), tuple(files)))
    return sides[0], sides[1]


def _filled(numbers: Numbers) -> Numbers:
    """The numbers, each 0 as the one before it that is none, at the beginning as the first one; 1 where all are."""
    known = np.flatnonzero(numbers)
    if not len(known):
        return np.ones_like(numbers)
    latest = np.searchsorted(known, np.arange(len(numbers)), side="right") - 1
    filled: Numbers = numbers[known[np.maximum(latest, 0)]]
    return filled


def _runs(covered: Characters) -> list[tuple[int, int]]:
    """Where each stretch of true values begins and ends."""
    edges = np.flatnonzero(np.diff(covered.astype(np.int8), prepend=0, append=0))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _marked(submission: Submission, taken: _Print, passage_of: Numbers) -> CodeFile:
    """A file, each line with the passage that half of it or more belongs to."""
    source = submission.sources[taken.name]
    found: dict[int, Counter[int]] = {}
    for place, passage in zip(taken.line_of.tolist(), passage_of.tolist(), strict=True):
        found.setdefault(place, Counter())[passage] += 1
    lines = []
    for place, text in enumerate(source.lines):
        counted = found.get(place, Counter())
        others = counted.pop(0, 0)
        passage = counted.most_common(1)[0][0] if counted and counted.total() >= others else 0
        location = source.location(place + 1)
        number = str(location.line) if location.cell is None else f"{location.cell}:{location.line}"
        lines.append(CodeLine(number, text if location.cell is None else CellMap.as_written(text), passage))
    return CodeFile(taken.name, tuple(lines))
