"""JUnit XML of everything that a job graded: the suites of its grades in one file."""

from __future__ import annotations

from xml.etree import ElementTree

from grader.reports.job_summary import OUR_FAULT, JobResult, Verdict
from grader.reports.junit import junit_xml

_COUNTS = ("failures", "errors", "tests")


def job_junit(result: JobResult) -> str:
    """One suite an assignment. Where the grader failed before there was a grade, one error: no tests would be a success."""
    whole = ElementTree.Element("testsuites", {"name": "grader ci"})
    suites = [
        suite
        for grade in result.grades
        for suite in ElementTree.fromstring(junit_xml(grade).encode())  # noqa: S314 - our own text
    ]
    if not suites and result.verdict is Verdict.GRADER_ERROR:
        suite = ElementTree.Element("testsuite", dict(zip(_COUNTS, ("0", "1", "1"), strict=True)) | {"name": "grader"})
        case = ElementTree.SubElement(suite, "testcase", {"classname": "grader", "name": "grading", "time": "0.000"})
        ElementTree.SubElement(case, "error", {"type": "grader_error", "message": "The grader failed"}).text = OUR_FAULT
        suites.append(suite)
    for count in _COUNTS:
        whole.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    whole.set("time", f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}")
    whole.extend(suites)
    ElementTree.indent(whole, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(whole, encoding="unicode")}\n'
