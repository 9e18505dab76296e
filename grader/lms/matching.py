"""Whose row of an instructor's file a grade belongs into: by ids first, then by name, and never by a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from grader.lms.handed import Handed
from grader.lms.roster import run_together, same_id, same_name
from grader.results import Grade, Status
from grader.text import clean_name

MAX_LISTED = 20
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class FileStudent:
    """A student's row: its place in the file, the ids in it, strongest first, and the name."""

    row: int
    ids: Mapping[str, str]
    name: str


def matched(handed: Sequence[Handed], rows: Sequence[FileStudent]) -> tuple[dict[int, Handed], list[str]]:
    """The grade of each row that has one, and for each grade without a row the reason."""
    index = _Index(rows)
    found: dict[int, list[Handed]] = {}
    notes: list[str] = []
    for one in handed:
        row, why = index.row_of(one)
        if row is None:
            notes.append(f"{one.grade.student}: {why}; not filled in")
        else:
            found.setdefault(row.row, []).append(one)
    certain: dict[int, Handed] = {}
    for row_number, several in found.items():
        if len(several) == 1:
            certain[row_number] = several[0]
        else:
            names = " and ".join(sorted(one.grade.student for one in several))
            notes.append(f"{names} would both fill row {row_number + 1}; not filled in")
    return certain, notes


class _Index:
    """The rows by every id and name, so that a class of thousands is quick to look up."""

    def __init__(self, rows: Sequence[FileStudent]) -> None:
        self.by_id: dict[str, dict[str, list[FileStudent]]] = {}
        self.by_login: dict[str, list[FileStudent]] = {}
        self.by_name: dict[str, list[FileStudent]] = {}
        for row in rows:
            for kind, value in row.ids.items():
                self.by_id.setdefault(kind, {}).setdefault(same_id(value), []).append(row)
            for login in {same_id(value) for value in _logins(row)}:
                self.by_login.setdefault(login, []).append(row)
            for name in {same_name(row.name), same_name(run_together(row.name))} - {""}:
                self.by_name.setdefault(name, []).append(row)

    def row_of(self, one: Handed) -> tuple[FileStudent | None, str]:
        """The row of the student by the strongest id that both have, else by name; None and why, if that is not one."""
        mine = dict(one.arrival.ids) if one.arrival is not None else {}
        for kind, rows in self.by_id.items():
            same = rows.get(same_id(mine[kind]), []) if mine.get(kind) else []
            if len(same) > 1:
                return None, f"{len(same)} rows have the {_words(kind)} {clean_name(mine[kind])}"
            if same:
                other = _contradiction(mine, same[0].ids)
                return (None, other) if other else (same[0], "")
        return self._row_by_name(one, mine)

    def _row_by_name(self, one: Handed, mine: Mapping[str, str]) -> tuple[FileStudent | None, str]:
        """By the name that the student goes by in the system or here; the key may be a login, too."""
        key = one.grade.student
        wanted = {same_name(one.arrival.name if one.arrival is not None else ""), same_name(key)}
        by_name = {row.row: row for name in wanted for row in self.by_name.get(name, [])}
        for candidates in (self.by_login.get(same_id(key), []), list(by_name.values())):
            agreeing = [row for row in candidates if not _contradiction(mine, row.ids)]
            if len(agreeing) == 1:
                return agreeing[0], ""
            if agreeing:
                return None, f"{len(agreeing)} rows go by that name"
            if candidates:
                return None, _contradiction(mine, candidates[0].ids)
        return None, "no row has this id or name"


def _logins(row: FileStudent) -> list[str]:
    return [row.ids[kind] for kind in ("login", "sis_id", "email") if row.ids.get(kind)]


def _contradiction(mine: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """What speaks against two being the same student; empty if nothing does."""
    for kind, value in theirs.items():
        if value and mine.get(kind) and same_id(value) != same_id(mine[kind]):
            return (
                f"the row that fits otherwise has the {_words(kind)} {clean_name(value)}, not {clean_name(mine[kind])}"
            )
    return ""


def _words(kind: str) -> str:
    return {
        "canvas_user": "Canvas ID",
        "sis_id": "SIS ID",
        "login": "login",
        "moodle_participant": "participant number",
        "email": "address",
    }.get(kind, kind)


def usable_score(grade: Grade, most: Decimal | None, scale: bool) -> tuple[Decimal | None, str]:
    """The score to hand on, brought to `most` points if `scale` asks for it; None and why, if there is none."""
    if grade.status is Status.GRADER_ERROR:
        return None, "the grader failed, so there is no score; look at it first"
    if not scale or most is None or most == grade.points or not grade.score:
        return grade.score, ""
    if not grade.points:
        return None, "is of 0 points, which can't be scaled"
    return (grade.score * most / grade.points).quantize(_HUNDREDTH, ROUND_HALF_UP), ""


def listed(names: Sequence[str]) -> str:
    """The names, the first of them if there are many; between names such as `Gödel, Kurt` stand semicolons."""
    between = "; " if any("," in name for name in names) else ", "
    shown = between.join(clean_name(name) for name in names[:MAX_LISTED])
    return f"{shown} and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else shown
