"""How a submission came in: from which system, whose it is there, when. Kept beside its grade, for handing the grade back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from grader.errors import UsageError


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission on its way in. Times are ISO 8601 with a zone, empty where nothing is known.

    `system` is where it was downloaded from, such as `canvas`, or `folder`. `name` is the student's as people write it.
    `ids` are what systems call the student, such as `{"canvas_user": "4711", "email": "..."}`. `members` are the names of
    its files in the download, as they were. `is_late` is what the system says, None if it says nothing. `deadline` is the
    student's own, if it is another one than the class's.
    """

    system: str = "folder"
    name: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    submitted_at: str = ""
    is_late: bool | None = None
    deadline: str = ""


def moment(text: str, what: str) -> str:
    """A date and time as people write it, as ISO 8601 in UTC. Without a zone it is this machine's time.

    A date alone is the end of that day. Raises `UsageError` that names `what` it is of.
    """
    text = text.strip()
    try:
        read = datetime.fromisoformat(f"{text}T23:59:59" if len(text) <= len("2026-12-31") else text).astimezone(UTC)
    except (ValueError, OverflowError):  # the last day of the year 9999 is beyond it in other zones
        raise UsageError(
            f"{what} is {text!r}; expected a date or a date and a time, such as 2026-12-31 23:59."
        ) from None
    return read.isoformat(timespec="seconds")
