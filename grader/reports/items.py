"""What a class's results say about each check: how many pass it, how long it takes, whether it tells strong from weak work."""

from __future__ import annotations

import math
import statistics
from array import array
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from grader.reports.inert import line
from grader.results import CheckResult, Outcome

FEW_STUDENTS = 20
_UNCOUNTED = (Outcome.SKIPPED, Outcome.GRADER_ERROR)
_NOT_RUN = (*_UNCOUNTED, Outcome.NOT_ATTEMPTED, Outcome.BLOCKED)
_GOOD, _LOW = 0.3, 0.2  # the usual marks of item analysis, for the correlation of an item with the rest of a test


@dataclass(slots=True)
class CheckStatistics:
    """A check over a class: counts and sums only, so that no result is kept.

    `counted` are the submissions in which it ran to a verdict. Discrimination rests on `students`: those whose every check
    was judged, so that the score in the other checks is whole.
    """

    title: str
    is_hidden: bool
    points: Decimal
    passed: int = 0
    counted: int = 0
    mistakes: Counter[str] = field(default_factory=Counter)
    students: int = 0
    _seconds: array[float] = field(default_factory=lambda: array("f"))
    _passes: int = 0
    _rest: Decimal = Decimal(0)
    _rest_squared: Decimal = Decimal(0)
    _rest_of_passes: Decimal = Decimal(0)

    def count(self, check: CheckResult, earned: Decimal | None) -> None:
        """Take a result in; `earned` is all that the submission earned, None where that is not whole."""
        if check.outcome not in _NOT_RUN:
            self._seconds.append(check.duration_seconds)
        if check.outcome in _UNCOUNTED:
            return
        has_passed = check.outcome is Outcome.PASSED
        self.counted += 1
        self.passed += has_passed
        if check.mistake:
            self.mistakes[line(check.mistake)] += 1
        if earned is not None:
            rest = earned - check.score
            self.students += 1
            self._passes += has_passed
            self._rest += rest
            self._rest_squared += rest * rest
            self._rest_of_passes += rest * has_passed

    @property
    def percent(self) -> int:
        """The share that passed; 100 only when all did."""
        return 100 * self.passed // self.counted if self.counted else 0

    @property
    def commonest(self) -> list[tuple[str, int]]:
        """The two known mistakes seen most often, with their numbers."""
        return self.mistakes.most_common(2)

    @property
    def discrimination(self) -> float | None:
        """The correlation of passing this check with the score in all others (point-biserial, corrected for overlap).

        None where it is not defined: all passed or none did, or all have the same score in the others.
        """
        spread_of_check = self._passes * (self.students - self._passes)
        spread_of_rest = self.students * self._rest_squared - self._rest * self._rest
        if not spread_of_check or not spread_of_rest:
            return None
        together = self.students * self._rest_of_passes - self._passes * self._rest
        return float(together) / math.sqrt(spread_of_check * float(spread_of_rest))

    @property
    def verdict(self) -> str:
        """The discrimination in a word; empty where it is not defined."""
        value = self.discrimination
        if value is None:
            return ""
        if value < 0:
            return "negative"
        return "low" if value < _LOW else "fair" if value < _GOOD else "good"

    @property
    def rests_on_few(self) -> bool:
        """Whether the discrimination would change a lot with a few students more."""
        return self.students < FEW_STUDENTS

    @property
    def median_seconds(self) -> float | None:
        """The median time of those in which it ran; None if it ran in none."""
        return statistics.median(self._seconds) if self._seconds else None
