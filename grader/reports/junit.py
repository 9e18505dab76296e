"""JUnit XML of the family `xunit2`, which Jenkins, GitLab and most other services read."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

from grader.reports import wording
from grader.reports.content import present
from grader.reports.inert import line, shown
from grader.reports.text import check_text
from grader.results import CheckResult, ExerciseResult, Grade, Outcome, Status, for_student

_BLOCK_LIMIT = 1_500
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What an outcome is in JUnit: an error where the code, or the grader, did not come to an end.
_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.NOT_ATTEMPTED: "failure",
    Outcome.BLOCKED: "failure",
    Outcome.RAISED: "error",
    Outcome.TIMED_OUT: "error",
    Outcome.CRASHED: "error",
    Outcome.GRADER_ERROR: "error",
    Outcome.SKIPPED: "skipped",
}


def junit_xml(grade: Grade, *, hidden: bool = False) -> str:
    """The grade as JUnit XML: one suite, a case a check, scores and mistakes in the properties of the suite.

    The cases are those that the student may know of; with `hidden`, for the instructor, all. The properties `score` and
    `points` are of the whole grade either way. There is no `score` where the grader failed.
    """
    kept = grade if hidden else for_student(grade)
    views = present(kept, _BLOCK_LIMIT)
    counted: Counter[str] = Counter()
    cases: list[ElementTree.Element] = []
    properties = _of_grade(kept)
    for exercise, view in zip(kept.exercises, views.exercises, strict=True):
        properties += _of_exercise(kept, exercise)
        for check, seen in zip(exercise.checks, view.checks, strict=True):
            if check.visibility != "public" and not hidden:
                continue
            properties += _of_check(grade, exercise, check)
            case = _case(f"{grade.assignment}.{exercise.name}", check.name, check.duration_seconds)
            element = _ELEMENTS.get(check.outcome, "")
            if element:
                _add(case, element, check.outcome, seen.summary or seen.label, check_text(seen))
            counted[element] += 1
            cases.append(case)
    if not cases and grade.status is not Status.GRADED:  # a report of nothing would count as a success
        case = _case(grade.assignment, "grading", 0.0)
        _add(case, "error", Outcome.GRADER_ERROR, views.standing, "\n".join(views.notices))
        counted["error"] += 1
        cases.append(case)
    counts = {"failures": str(counted["failure"]), "errors": str(counted["error"]), "tests": str(len(cases))}
    time = {"time": f"{grade.duration_seconds:.3f}"}
    suites = ElementTree.Element("testsuites", {"name": line(grade.title or grade.assignment)} | counts | time)
    counts["skipped"] = str(counted["skipped"])
    suite = ElementTree.SubElement(suites, "testsuite", {"name": grade.assignment} | counts | time)
    listed = ElementTree.SubElement(suite, "properties")
    for name, value in properties:
        ElementTree.SubElement(listed, "property", {"name": name, "value": value})
    suite.extend(cases)
    ElementTree.indent(suites, " ")
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_only_xml(text)}\n'


Properties = list[tuple[str, str]]


def _of_grade(grade: Grade) -> Properties:
    told = [("student", line(grade.student)), ("status", grade.status.value)]
    if grade.status is not Status.GRADER_ERROR:
        told += [("score", shown(grade.score)), ("earned", shown(grade.earned)), ("deduction", shown(grade.deduction))]
    told += [("points", shown(grade.points)), ("submission_sha256", grade.submission_sha256)]
    if grade.lateness is not None:
        told.append(("late", wording.late_by(grade.lateness.days, shown(grade.lateness.percent))))
    return [*told, ("assignment_version", grade.assignment_version)]


def _of_exercise(grade: Grade, exercise: ExerciseResult) -> Properties:
    told = [(f"{exercise.name}.points", shown(exercise.points))]
    if grade.status is not Status.GRADER_ERROR:
        told.insert(0, (f"{exercise.name}.score", shown(exercise.score)))
    if exercise.override is not None:
        told.append((f"{exercise.name}.override", shown(exercise.override.score)))
    return told


def _of_check(grade: Grade, exercise: ExerciseResult, check: CheckResult) -> Properties:
    name = f"{exercise.name}/{check.name}"
    told = [(f"{name}.outcome", check.outcome.value), (f"{name}.points", shown(check.points))]
    if grade.status is not Status.GRADER_ERROR:
        told.insert(1, (f"{name}.score", shown(check.score)))
    if check.visibility != "public":
        told.append((f"{name}.visibility", check.visibility))
    if check.mistake:
        told.append((f"{name}.mistake", check.mistake))
    return told


def _case(classname: str, name: str, seconds: float) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"classname": classname, "name": name, "time": f"{seconds:.3f}"})


def _add(case: ElementTree.Element, element: str, outcome: Outcome, message: str, text: str) -> None:
    attributes = {"type": outcome.value, "message": line(message)}
    ElementTree.SubElement(case, element, attributes).text = text


def _only_xml(text: str) -> str:
    """`text` with every character that XML 1.0 has no way to hold as `#x1B`."""
    return _NOT_XML.sub(lambda found: f"#x{ord(found[0]):02X}", text)
