"""What a folder of results shows: pages and tables, made from its store and made again at any time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.grade_json import grade_to_json
from grader.grades.results_folder import ResultsFolder
from grader.grades.store import Store
from grader.reports.gradebook import grades_csv
from grader.reports.html import class_html, feedback_html
from grader.reports.markdown import feedback_markdown
from grader.results import Grade, for_student

SIMILARITY_PAGE = "similarity.html"


@contextmanager
def graded(out: Path) -> Iterator[tuple[ResultsFolder, Store]]:
    """The folder of a class that was graded, held for this run. Raises `UsageError` if there are no grades in it."""
    _refuse_without_grades(out)
    with closing(ResultsFolder(out)) as folder, closing(Store(out / "grades.db")) as store:
        yield folder, store


@contextmanager
def grades_of(out: Path) -> Iterator[Store]:
    """The grades of such a folder, to be read, also while a run holds it. Raises `UsageError` if there are none."""
    _refuse_without_grades(out)
    with closing(Store(out / "grades.db")) as store:
        yield store


def _refuse_without_grades(out: Path) -> None:
    if not (out / "grades.db").is_file():
        raise UsageError(f"{out} holds no grades. Grade an inbox first: `grader grade INBOX -a ASSIGNMENT -o {out}`.")


def write_student(folder: ResultsFolder, counting: Grade) -> None:
    """Bring the pages of the student up to the grade that counts, if they show another one."""
    grade = for_student(counting)
    grade_json = grade_to_json(grade) + "\n"
    if not folder.has_pages(grade.student, grade_json):
        folder.write_pages(grade.student, feedback_html(grade), feedback_markdown(grade), grade_json)


def write_class(folder: ResultsFolder, store: Store) -> None:
    """Write the table of the class and its page, which leads to the similarity report if there is one."""
    folder.write("grades.csv", grades_csv(store.newest()))
    title = next((grade.title or grade.assignment for grade in store.newest()), "")
    similarity = SIMILARITY_PAGE if (folder.path / SIMILARITY_PAGE).is_file() else ""
    folder.write("index.html", class_html(title, store.newest(), store.last_run(), similarity))
