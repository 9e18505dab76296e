"""Which submissions are alike: copies are found, honest work is not; the report is fair, inert and the instructor's."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader import cli
from grader.course.assignments import Assignment
from grader.grades.store import Store
from grader.reports.alike import (
    CodeFile,
    CodeLine,
    Pair,
    Side,
    Similarity,
    excerpts,
    similarity_csv,
    similarity_html,
    similarity_json,
)
from grader.reports.html import feedback_html
from grader.reports.markdown import feedback_markdown
from grader.results import Grade, Status
from grader.submissions.arrivals import Arrival
from grader.submissions.loading import load_submission
from grader.submissions.submission import make_submission

pytest.importorskip("copydetect")
from grader.grades.similarity import compare  # after what it needs is known to be there

ROOT = Path(__file__).parent.parent
INBOX = ROOT / "examples" / "inbox"
HONEST = ("ada-brennan", "bruno-castell.py", "chiara-dogan", "daniel-eriksen.zip")
HOSTILE = "</mark></pre><script>alert(1)</script> \"' onload=x {{ 7*7 }} \x1b[2J \u202eb & -->"
Files = Mapping[str, str]


def hand_in(store: Store, student: str, files: Files) -> None:
    """The submission, kept and graded as if by a run."""
    submission = make_submission(student, files)
    store.take_in(submission, Arrival())
    store.add(Grade("classifier", "v1", student, submission.sha256, Status.GRADED, (), title="Digits"))


def files_of(name: str) -> Files:
    """A submission of the sample class."""
    return load_submission(INBOX / name).files


def compared(tmp_path: Path, assignment: Assignment, class_of: Mapping[str, Files], **settings: int) -> Similarity:
    """What a class with these submissions comes to."""
    with closing(Store(tmp_path / "grades.db")) as store:
        for student, files in class_of.items():
            hand_in(store, student, files)
        return compare(store, assignment, **settings)


def names_of(found: Similarity) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(pair.left.students, pair.right.students) for pair in found.pairs]


class _Renamed(ast.NodeTransformer):
    """Another name for each variable and argument, as somebody gives who hides something."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if not hasattr(__import__("builtins"), node.id) and node.id not in ("self", "torch"):
            node.id = f"my_{node.id[::-1]}"
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        if node.arg != "self":
            node.arg = f"my_{node.arg[::-1]}"
        return node


def disguised(text: str) -> str:
    """The same code with other names, without comments, its definitions the other way round."""
    module = ast.parse(text)
    imports = [node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
    others = [node for node in module.body if node not in imports]
    return ast.unparse(_Renamed().visit(ast.Module([*imports, *reversed(others)], [])))


# --- what is found


def test_copy_is_found_under_other_names_and_in_another_order(tmp_path: Path, classifier: Assignment) -> None:
    """A copy with every variable renamed and all definitions moved is the one pair; nearly all of it is alike."""
    [(_, text)] = files_of("bruno-castell.py").items()
    copied = disguised(text)
    assert copied.splitlines()[3:9] != text.splitlines()[3:9]
    students = {name: files_of(name) for name in HONEST} | {"copied": {"mine.py": copied}}
    found = compared(tmp_path, classifier, students)
    assert names_of(found) == [(("bruno-castell.py",), ("copied",))]
    assert min(found.pairs[0].left.percent, found.pairs[0].right.percent) >= 90


def test_part_of_a_copy_is_found(tmp_path: Path, classifier: Assignment) -> None:
    """Who wrote half of it themselves shares half; the passages are those that are alike, under the same numbers."""
    theirs = "".join(
        f"def part_{n}(x, y):\n    for i in range(len(x)):\n        y[i] = x[i] * {n} + y[i - {n}] ** {n + 2}\n    return y\n\n"
        for n in range(12)
    )
    mine = "".join(
        f"def other_{n}(a):\n    while a > {n}:\n        a = a // 2 - max(a, {n}, key=abs)\n    yield a, {n}\n\n"
        for n in range(12)
    )
    halves = theirs.split("\n\n")
    students = {"ada": {"a.py": theirs}, "bo": {"b.py": "\n\n".join([mine, *halves[6:], *halves[:3]])}}
    found = compared(tmp_path, classifier, students)
    [pair] = found.pairs
    assert names_of(found) == [(("ada",), ("bo",))]
    assert pair.left.percent > 65
    assert 30 < pair.right.percent < 60
    marked = {
        side.students[0]: [(e.text, e.passage) for f in side.files for e in f.lines if e.passage]
        for side in (pair.left, pair.right)
    }
    assert not [text for text, _ in marked["bo"] if "other_" in text or "while" in text]
    of_line = dict(marked["ada"])
    same = [of_line[text] == passage for text, passage in marked["bo"] if "**" in text]
    assert len(same) >= 8
    assert all(same)


def test_honest_different_solutions_are_no_pair(tmp_path: Path, classifier: Assignment) -> None:
    """Four people who solved the same exercises in their own ways are not alike."""
    found = compared(tmp_path, classifier, {name: files_of(name) for name in HONEST})
    assert (found.compared, found.pairs, found.same, found.more) == (4, (), (), 0)


def test_skeletons_are_no_pair(tmp_path: Path, classifier: Assignment, skeleton_files: Files) -> None:
    """Who handed in what was given has too little of their own: neither a pair nor the very same submission."""
    changed = dict(skeleton_files) | {"notes.py": "# nothing yet\n"}
    found = compared(tmp_path, classifier, {"ada": skeleton_files, "bo": skeleton_files, "cy": changed})
    assert (found.compared, found.too_little, found.pairs, found.same) == (3, 3, (), ())


def test_what_was_given_is_never_marked(tmp_path: Path, classifier: Assignment, skeleton_files: Files) -> None:
    """Signatures, docstrings and imports of the skeleton are no passage, also where a copied answer stands between them."""
    answers = files_of("ada-brennan")
    copied = {name: re.sub(r"\b(largest|shifted|images)\b", r"\1_too", text) for name, text in answers.items()}
    found = compared(tmp_path, classifier, {"ada": answers, "bo": copied})
    given = {line.strip() for text in skeleton_files.values() for line in text.splitlines()}
    [pair] = found.pairs
    for side in (pair.left, pair.right):
        marked = [entry.text.strip() for file in side.files for entry in file.lines if entry.passage]
        assert len(marked) > 50
        assert [text for text in marked if text in given and text not in ("", "return self")] == []


def test_what_many_have_is_no_ones_own(tmp_path: Path, classifier: Assignment) -> None:
    """Code that more than the set share has makes no pair; what two of them have beside it does."""
    common = "".join(
        f"def shared_{n}(x):\n    return [x[i] * {n} + i ** {n} for i in range({n}, len(x))]\n\n" for n in range(15)
    )
    rare = "".join(
        f"def rare_{n}(x, y):\n    while x < y - {n}:\n        x += y % {n + 2}\n    return x / {n + 1}\n\n"
        for n in range(15)
    )
    students = {f"s{n:02}": {"a.py": f"{common}\nNUMBER = {n}\n"} for n in range(12)}
    students["s03"] = {"a.py": common + rare}
    students["s07"] = {"a.py": rare + common}
    found = compared(tmp_path, classifier, students)
    assert names_of(found) == [(("s03",), ("s07",))]
    assert found.too_little >= 9


def test_small_group_in_a_small_class_is_not_common(tmp_path: Path, classifier: Assignment) -> None:
    """Five of six with the same code are more than any share; they are found all the same."""
    code = "".join(
        f"def shared_{n}(x):\n    return [x[i] * {n} + i ** {n} for i in range({n}, len(x))]\n\n" for n in range(15)
    )
    found = compared(
        tmp_path,
        classifier,
        {f"s{n}": {"a.py": f"{code}\nNUMBER = {n}\n"} for n in range(5)} | {"other": files_of("chiara-dogan")},
    )
    assert len(found.pairs) == 10


def test_same_submission_is_said_once(tmp_path: Path, classifier: Assignment) -> None:
    """A group that handed in the very same is one line, and one side of a pair with a third."""
    answers = files_of("bruno-castell.py")
    [(name, text)] = answers.items()
    found = compared(tmp_path, classifier, {"ada": answers, "bo": answers, "cy": {name: text + "\nMORE = 1\n"}})
    assert found.same == (("ada", "bo"),)
    assert names_of(found) == [(("ada", "bo"), ("cy",))]


def test_earlier_attempts_are_not_compared(tmp_path: Path, classifier: Assignment) -> None:
    """Only the submission that counts: neither with one's own earlier ones, nor others with those."""
    with closing(Store(tmp_path / "grades.db")) as store:
        hand_in(store, "ada", files_of("bruno-castell.py"))
        hand_in(store, "ada", {"a.py": files_of("bruno-castell.py")["bruno-castell.py"] + "\nMORE = 1\n"})
        hand_in(store, "ada", files_of("chiara-dogan"))
        hand_in(store, "bo", files_of("bruno-castell.py"))
        found = compare(store, classifier)
    assert (found.compared, found.pairs) == (2, ())


def test_model_answer_is_said(tmp_path: Path, classifier: Assignment, reference_files: Files) -> None:
    """Of two that look like the model answer it is said how much of what they share is in it; of others that it isn't."""
    theirs = {"a.py": files_of("bruno-castell.py")["bruno-castell.py"]}
    found = compared(
        tmp_path,
        classifier,
        {
            "ada": reference_files,
            "bo": dict(reference_files) | {"x.py": "X = 1"},
            "cy": theirs,
            "dee": theirs | {"x.py": "Y = 1"},
        },
    )
    assert {pair.left.students: (pair.in_model_answer or 0) > 90 for pair in found.pairs} == {
        ("ada",): True,
        ("cy",): False,
    }


@pytest.mark.parametrize(
    "text",
    ["", "\n\n\n", "x", "'''never closed\n" * 50, "é\t\x0b" * 200, "def f(:\n" * 30, "\n\n\nclass A:\n    pass\n"],
)
def test_odd_code_is_compared_too(tmp_path: Path, classifier: Assignment, text: str) -> None:
    """What is empty, broken or no Python at all stops nothing."""
    found = compared(tmp_path, classifier, {"ada": {"a.py": text}, "bo": {"a.py": text + " "}})
    assert found.compared == 2


def test_lexer_gets_nothing_that_keeps_it_busy(
    tmp_path: Path, classifier: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs of white space and unclosed names of characters, for which it takes the square of their length, never reach it."""
    import copydetect

    seen: list[str] = []
    take = copydetect.CodeFingerprint

    def recorded(name: str, *rest: Any, fp: io.StringIO, **more: Any) -> Any:
        seen.append(fp.getvalue())
        return take(name, *rest, fp=fp, **more)

    monkeypatch.setattr(copydetect, "CodeFingerprint", recorded)
    text = "\n \t\n" + "\n " * 1_000 + "match" + " " * 1_000 + "x\n'" + "\\N{" * 1_000 + "'"
    compared(tmp_path, classifier, {"eve": {"a.py": text}})
    assert " match x\n'" + "\\n{" * 1_000 + "'" in seen


def test_leading_blank_lines_shift_no_mark(tmp_path: Path, classifier: Assignment) -> None:
    """Lines are those of the file, whatever blank ones and comments it begins with and wherever classes stand in it."""
    code = "".join(
        f"class Part{n}(Base):\n    def run(self, x):\n        return x * {n} - self.sum(x, {n}) ** {n + 1}\n\n"
        for n in range(15)
    )
    found = compared(
        tmp_path,
        classifier,
        {"ada": {"a.py": code}, "bo": {"b.py": "\n" * 7 + "# mine alone, and longer than any name\n" + code}},
    )
    [pair] = found.pairs
    lines = [[e.text for f in side.files for e in f.lines if e.passage] for side in (pair.left, pair.right)]
    assert lines[0] == lines[1] == [line for line in code.splitlines() if line]
    assert [e.number for e in pair.right.files[0].lines if e.passage][:2] == ["9", "10"]


# --- the report


def sample() -> Similarity:
    """A report in which every text is hostile."""
    lines = tuple(CodeLine(str(n), f"{HOSTILE} {n}", 1 if 10 <= n < 14 else 0) for n in range(1, 40))
    sides = [Side((f"{HOSTILE}{who}", "=1+1"), 80, (CodeFile(HOSTILE, lines), CodeFile("b.py", ()))) for who in "ab"]
    return Similarity(HOSTILE, 5, 1, 1, 50, 25, (("ada", "bo"),), (Pair(sides[0], sides[1], 97),), 3)


def test_excerpts_leave_out_what_is_not_alike() -> None:
    """Two lines around a passage are shown; how many are left out before, between and after stands there."""
    lines = tuple(CodeLine(str(n), "x", n in (5, 20)) for n in range(1, 31))
    found = excerpts(CodeFile("a.py", lines))
    assert [(left_out, [entry.number for entry in shown]) for left_out, shown in found] == [
        (2, ["3", "4", "5", "6", "7"]),
        (10, ["18", "19", "20", "21", "22"]),
        (8, []),
    ]
    assert excerpts(CodeFile("a.py", lines[:4])) == []


def test_report_is_inert_and_needs_no_network(tmp_path: Path, browser: Any) -> None:
    """Names and code of students start nothing; without a script the page shows both sides with their marks."""
    path = tmp_path / "similarity.html"
    path.write_text(similarity_html(sample()), encoding="utf-8")
    with browser.open(path) as opened:
        assert opened.page.locator("script").count() == 0
        sides = opened.page.locator(".side")
        assert [side.locator("mark").count() for side in sides.all()] == [4, 4]
        assert "<script>alert(1)</script>" in sides.first.inner_text()
        assert opened.page.locator("mark").first.inner_text().startswith("</mark></pre>")
        assert (opened.requests, opened.complaints) == ([], [])


@pytest.mark.parametrize(
    "context",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 800}}],
    ids=["light", "dark", "narrow"],
)
def test_report_keeps_nobody_out(tmp_path: Path, browser: Any, context: dict[str, Any]) -> None:
    """axe-core finds nothing serious, and the page never scrolls sideways."""
    path = tmp_path / "similarity.html"
    path.write_text(similarity_html(sample()), encoding="utf-8")
    assert browser.barriers(path, **context) == []
    with browser.open(path, **context) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_report_stays_fair() -> None:
    """It says alike, and that alike is not copied; it accuses nobody."""
    text = re.sub(r"<style>.*?</style>", "", similarity_html(sample()), flags=re.S).lower()
    assert "alike is not copied" in text
    assert not [word for word in ("plagiar", "cheat", "guilty", "suspect", "offen", "culprit") if word in text]


def test_pairs_as_csv_run_no_formula() -> None:
    """One row a pair after the groups, numbers as numbers, and no cell that a spreadsheet would run."""
    rows = list(csv.DictReader(io.StringIO(similarity_csv(sample()))))
    assert [(row["percent_a"], row["lines_b"], row["percent_in_model_answer"]) for row in rows] == [
        ("100", "", ""),
        ("80", "4", "97"),
    ]
    found = Similarity("T", 2, 0, 0, 50, 25, (("=1+1", "@x"),))
    assert similarity_csv(found).splitlines()[1].startswith("'=1+1,'@x,")


def test_pairs_as_json_say_which_lines() -> None:
    """Of each side the students, the share, and the lines of each file."""
    [pair] = json.loads(similarity_json(sample()))["pairs"]
    assert pair["percent_in_model_answer"] == 97
    assert [(side["percent"], side["lines"]) for side in pair["sides"]] == [
        (80, {HOSTILE: ["10", "11", "12", "13"]})
    ] * 2


# --- the command


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder of results in which two of three are alike."""
    folder = tmp_path / "out"
    folder.mkdir()
    with closing(Store(folder / "grades.db")) as store:
        store.note_run({"Device": "cpu", "Last run": "3 graded in 1.0 s"})
        for name in ("bruno-castell.py", "chiara-dogan"):
            hand_in(store, name.removesuffix(".py"), files_of(name))
        hand_in(store, "zoe", {"mine.py": disguised(files_of("bruno-castell.py")["bruno-castell.py"])})
    return folder


def test_command_writes_the_report_and_links_it(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Page, CSV and JSON lie in the folder; the class page has a link to the page and keeps what it said of the run."""
    assert cli.main(["similarity", str(out), "--course", str(ROOT)]) == 0
    told = capsys.readouterr()
    assert re.sub(r"in [\d.]+ s", "in 1 s", told.out).splitlines() == [
        "3 submissions compared in 1 s: 1 pair is alike, 0 groups handed in the very same.",
        f"The report: {out}/similarity.html; the pairs: {out}/similarity.csv, {out}/similarity.json",
    ]
    assert told.err == ""
    text = (out / "similarity.html").read_text(encoding="utf-8")
    assert 'href="students/zoe/feedback.html"' in text
    assert 'href="index.html"' in text
    index = (out / "index.html").read_text(encoding="utf-8")
    assert '<a href="similarity.html">Similarity report</a>' in index
    assert "3 graded in 1.0 s" in index
    assert sorted(path.name for path in out.iterdir() if not path.name.startswith("grades.db")) == [
        "grades.csv",
        "index.html",
        "similarity.csv",
        "similarity.html",
        "similarity.json",
    ]


def test_command_writes_where_it_is_told(out: Path, tmp_path: Path) -> None:
    """With -o the report lies elsewhere, its links lead back, and the class page does not promise what isn't there."""
    (tmp_path / "kept apart").mkdir()
    file = tmp_path / "kept apart" / "alike.html"
    assert cli.main(["similarity", str(out), "-o", str(file), "--course", str(ROOT)]) == 0
    assert 'href="../out/students/zoe/feedback.html"' in file.read_text(encoding="utf-8")
    assert len(json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["pairs"]) == 1
    assert "imilarity" not in (out / "index.html").read_text(encoding="utf-8")


def test_report_is_the_same_in_every_process(out: Path) -> None:
    """Python hashes text differently in every process; the report does not depend on it, and no library prints anything."""
    reports = []
    for seed in ("1", "2"):
        ran = subprocess.run(
            [str(Path(sys.executable).with_name("grader")), "similarity", str(out), "--course", str(ROOT)],
            env=os.environ | {"PYTHONHASHSEED": seed, "MPLCONFIGDIR": str(out / "matplotlib" / seed)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        assert ran.stderr == ""
        assert len(ran.stdout.splitlines()) == 2
        reports.append((out / "similarity.html").read_text(encoding="utf-8"))
    assert reports[0] == reports[1]


def test_shares_are_set(out: Path) -> None:
    """--least and --common are percentages, kept in the report."""
    command = ["similarity", str(out), "--course", str(ROOT)]
    assert cli.main([*command, "--least", "100", "--common", "40"]) == 0
    document = json.loads((out / "similarity.json").read_text(encoding="utf-8"))
    assert (document["least_percent"], document["common_percent"]) == (100, 40)
    for share in ("0", "101", "half", "-3"):
        with pytest.raises(SystemExit, match="2"):
            cli.main([*command, "--least", share])


def test_missing_library_is_said_in_one_line(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without copydetect the command says how to install it, and writes nothing."""
    monkeypatch.setitem(sys.modules, "copydetect", None)
    assert cli.main(["similarity", str(out), "--course", str(ROOT)]) == 2
    assert capsys.readouterr().err == (
        "grader: comparing submissions needs the library copydetect, which is not installed here. Install it: "
        "pip install 'backgrade[similarity]'.\n"
    )
    assert not (out / "similarity.html").exists()


def test_wrong_use_is_said_in_one_line(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without grades, and a file that would be overwritten by its own table."""
    assert cli.main(["similarity", str(tmp_path), "--course", str(ROOT)]) == 2
    assert "holds no grades. Grade an inbox first" in capsys.readouterr().err
    assert cli.main(["similarity", str(out), "-o", str(out / "pairs.csv"), "--course", str(ROOT)]) == 2
    assert "expected one that ends in .html" in capsys.readouterr().err


def test_submissions_that_were_not_kept_are_counted(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Grades from before submissions were kept are said, not passed over."""
    with closing(Store(out / "grades.db")) as store:
        store.add(Grade("classifier", "v1", "old", "f" * 64, Status.GRADED, ()))
    assert cli.main(["similarity", str(out), "--course", str(ROOT)]) == 0
    assert "1 could not be compared" in capsys.readouterr().out
    assert "1 could not be compared" in (out / "similarity.html").read_text(encoding="utf-8")


def test_students_pages_never_mention_it(out: Path) -> None:
    """After a comparison a student's pages are what they were: nothing in them says alike or similar."""
    assert cli.main(["similarity", str(out), "--course", str(ROOT)]) == 0
    with closing(Store(out / "grades.db")) as store:
        grade = store.counting("zoe")
    for text in (feedback_html(grade), feedback_markdown(grade)):
        assert not re.search("similar|alike|bruno", text)
    assert not (out / "students").exists()
