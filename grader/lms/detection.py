"""What an inbox is: the download of a system, or a plain folder with one entry a student. One way in for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from grader.course.assignments import Assignment
from grader.errors import UsageError
from grader.lms import canvas, git_trees, gradescope, moodle
from grader.lms.arriving import Inbox, Incoming, Reading, with_roster
from grader.lms.downloads import Download, Item, list_download
from grader.lms.roster import read_roster
from grader.submissions.inbox import inbox_entries
from grader.text import clean_name


def open_inbox(inbox: Path, assignment: Assignment, roster: Path | None = None) -> Inbox:
    """The submissions of the inbox, an entry a student, with the roster's keys and times if there is one.

    Raises `UsageError` if there are none, or if it can't be told which of a student's counts.
    """
    known = read_roster(roster) if roster is not None else None
    reading = _read(inbox, assignment)
    if not reading.submissions:
        raise UsageError(
            f"{inbox} holds no submission that could be matched to a student: {'; '.join(reading.unmatched[:3])}. "
            "Give a --roster, or rename them."
        )
    return with_roster(inbox, reading, known)


def _read(inbox: Path, assignment: Assignment) -> Reading:
    listed = list_download(inbox)
    for download in _layers(listed):
        reading = _of_system(download, assignment)
        if reading is not None:
            if download.path != listed.path:
                raise UsageError(
                    f"{inbox} holds nothing but {clean_name(download.path.name)}, which looks like a download of "
                    f"{reading.system}. If it is one, name it: {download.path}. If one student handed it in, put it into a "
                    "zip: else its names would say whose it is."
                )
            return reading
    if listed.is_zip:
        some = ", ".join(clean_name(item.name) for item in listed.items[:3]) or "nothing"
        raise UsageError(
            f"{inbox} is no zip of submissions as Canvas, Moodle or Gradescope make it; it holds {some}. "
            "Unpack it into a folder with one entry a student, and name that."
        )
    return _plain(inbox)


def _of_system(download: Download, assignment: Assignment) -> Reading | None:
    """What the system that made it says of it; None if it is none's."""
    if gradescope.is_export(download):
        return gradescope.read(download)
    if _most(moodle.is_mine, download):
        return moodle.read(download)
    if _most(canvas.is_mine, download):
        return canvas.read(download, wanted_names(assignment))
    if git_trees.is_tree(download):
        return git_trees.read(download, assignment.name)
    return None


def _layers(download: Download) -> Iterator[Download]:
    """The download, and what is in the one folder around everything, if there is one."""
    yield download
    inner = download.unwrapped()
    if inner is not None:
        yield inner


def _most(is_mine: Callable[[Item], bool], download: Download) -> bool:
    return 2 * sum(map(is_mine, download.items)) > len(download.items)


def _plain(inbox: Path) -> Reading:
    entries = inbox_entries(inbox)
    submissions = tuple(
        Incoming(clean_name(entry.path.name), entry.student, entry.arrival, entry.path) for entry in entries
    )
    return Reading("folder", submissions)


def wanted_names(assignment: Assignment) -> frozenset[str]:
    """The names of the files that a submission may consist of."""
    files = {exercise.file for exercise in assignment.exercises}
    return frozenset(files | {f"{assignment.name}{ending}" for ending in (".py", ".ipynb", ".zip")})
