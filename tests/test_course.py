"""Courses and their manifests: what is wrong is said with the file, the fact and the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.adjustments import LateRule
from grader.course.assignments import Assignment, assignment_names, find_assignment, find_course
from grader.errors import CourseError, UsageError

MANIFEST = """
title = "Digits"
dataset = "mnist"
timeout_seconds = 5

[[exercise]]
name = "linear"
title = "Linear"
file = "linear.py"
defines = ["Linear"]

[[exercise]]
name = "net"
title = "Net"
file = "net.py"
needs = ["linear"]
"""
FILES = {
    "assignments/digits/assignment.toml": MANIFEST,
    "assignments/digits/linear.py": "skeleton",
    "assignments/digits/net.py": "skeleton",
    "assignments/digits/parts.py": "PARTS = 1\n",
    "assignments/digits/test_linear.py": "rubric",
    "assignments/digits/README.md": "lesson",
    "assignments/digits/notes.py": "notes",
    "reference/digits/test_hidden_linear.py": "hidden",
    "reference/digits/linear.py": "solution",
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small course of one assignment."""
    for name, text in FILES.items():
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "course"


def write_manifest(course: Path, text: str) -> Path:
    path = course / "assignments" / "digits" / "assignment.toml"
    path.write_text(text, encoding="utf-8")
    return path


# -- what is read ------------------------------------------------------------------------------------------------------


def test_assignment_is_read(course: Path) -> None:
    """An assignment has the settings of its manifest, and defaults for what it leaves out."""
    digits = find_assignment(course, "digits")
    assert (digits.title, digits.dataset, digits.timeout_seconds, digits.memory_limit_mib) == (
        "Digits",
        "mnist",
        5,
        2048,
    )
    assert [(exercise.name, exercise.defines, exercise.needs) for exercise in digits.exercises] == [
        ("linear", ("Linear",), ()),
        ("net", (), ("linear",)),
    ]


def test_files_of_an_assignment(course: Path) -> None:
    """Public and hidden rubric, parts and the course's own files are found where they belong."""
    digits = find_assignment(course, "digits")
    assert [path.name for path in digits.public_rubric] == ["test_linear.py"]
    assert [path.name for path in digits.hidden_rubric] == ["test_hidden_linear.py"]
    assert digits.parts_source == "PARTS = 1\n"
    assert digits.course_files == {"test_linear.py", "parts.py", "conftest.py"}


def test_students_copy_has_no_hidden_rubric(course: Path) -> None:
    """Without parts and reference an assignment works, with an empty text and no hidden rubric."""
    (course / "assignments/digits/parts.py").unlink()
    (course / "reference/digits/test_hidden_linear.py").unlink()
    digits = find_assignment(course, "digits")
    assert (digits.parts_source, digits.hidden_rubric) == ("", [])


def test_manifest_with_byte_order_mark(course: Path) -> None:
    """A manifest saved by a Windows editor is read."""
    write_manifest(course, "\ufeff" + MANIFEST)
    assert find_assignment(course, "digits").title == "Digits"


def test_exercise_by_name(course: Path) -> None:
    """An exercise is found by its name; for another name the error has the file and the nearest one."""
    digits = find_assignment(course, "digits")
    assert digits.exercise("net").file == "net.py"
    with pytest.raises(CourseError) as caught:
        digits.exercise("liner")
    assert str(caught.value) == f'{digits.manifest_path}: there is no exercise "liner". Did you mean "linear"?'


def test_exercise_of_no_near_name(course: Path) -> None:
    """Where nothing is near, all are named."""
    with pytest.raises(CourseError, match=r'there is no exercise "xyz"\. There are: linear, net\.$'):
        find_assignment(course, "digits").exercise("xyz")


# -- what is wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Digits"', "titel = 1", 'unknown key "titel". Did you mean "title"?'),
        ("timeout_seconds = 5", "timeout = 5", 'unknown key "timeout". Did you mean "timeout_seconds"?'),
        ("timeout_seconds = 5", "zzz = 5", 'unknown key "zzz". There are: '),
        ('defines = ["Linear"]', "define = []", '[[exercise]] number 1: unknown key "define". Did you mean "defines"?'),
        ('needs = ["linear"]', "need = []", '[[exercise]] number 2: unknown key "need". Did you mean "needs"?'),
        ('title = "Digits"', "title = 3", "Expected `str`, got `int`, at `title`."),
        ('title = "Digits"\n', "", "Object missing required field `title`."),
        ('title = "Linear"\n', "", "Object missing required field `title`, at `exercise[0]`."),
        ('file = "net.py"\n', "", "Object missing required field `file`, at `exercise[1]`."),
        ('needs = ["linear"]', 'needs = "linear"', "Expected `array`, got `str`, at `exercise[1].needs`."),
        ("timeout_seconds = 5", "timeout_seconds = 0", "timeout_seconds is "),
        ("timeout_seconds = 5", "timeout_seconds = -1", "timeout_seconds is "),
        ("timeout_seconds = 5", "timeout_seconds = nan", "timeout_seconds is "),
        ("timeout_seconds = 5", "timeout_seconds = inf", "timeout_seconds is "),
        ("timeout_seconds = 5", "memory_limit_mib = 0", "timeout_seconds is "),
        ('name = "net"', 'name = "linear"', 'two exercises are named "linear". Rename one of them.'),
        (
            'needs = ["linear"]',
            'needs = ["liner"]',
            'exercise "net" needs "liner", which is none. Did you mean "linear"?',
        ),
        ('needs = ["linear"]', 'needs = ["xyz"]', 'exercise "net" needs "xyz", which is none. There are: linear, net.'),
        (
            'file = "net.py"',
            'file = "sub/net.py"',
            'exercise "net": file is "sub/net.py", expected the name of a .py file beside the assignment.toml',
        ),
        (
            'file = "net.py"',
            'file = "net.txt"',
            'exercise "net": file is "net.txt", expected the name of a .py file beside the assignment.toml',
        ),
        ('file = "net.py"', 'file = "../net.py"', 'exercise "net": file is "../net.py", expected the name'),
        ('title = "Digits"', "title = ", "can't be read as TOML: Invalid value"),
    ],
)
def test_mistake_in_a_manifest(old: str, new: str, message: str, course: Path) -> None:
    """Each mistake is reported with the file first, then the fact, and the nearest known name if there is one."""
    assert MANIFEST.count(old) == 1
    path = write_manifest(course, MANIFEST.replace(old, new))
    with pytest.raises(CourseError) as caught:
        find_assignment(course, "digits")
    text = str(caught.value)
    assert text.startswith(f"{path}: {message}")
    if message.endswith(("?", ".")):
        assert text == f"{path}: {message}"
    else:
        assert text.endswith(".")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "T"\nexercise = []', "no exercise. Add an [[exercise]] table with name, title and file."),
        ('title = "T"', "Object missing required field `exercise`."),
        ('title = "T"\nexercise = 3', "Expected `array`, got `int`, at `exercise`."),
        ('title = "T"\nexercise = "linear"', "Expected `array`, got `str`, at `exercise`."),
        ('title = "T"\nexercise = [1]', "Expected `object`, got `int`, at `exercise[0]`."),
        ('title = "T"\n[exercise]\nname = "linear"', "Expected `array`, got `object`, at `exercise`."),
        ("", "Object missing required field `title`."),
    ],
)
def test_manifest_without_exercises(text: str, message: str, course: Path) -> None:
    """A manifest whose exercises are missing or of another kind is reported, not raised through."""
    path = write_manifest(course, text)
    with pytest.raises(CourseError) as caught:
        find_assignment(course, "digits")
    assert str(caught.value) == f"{path}: {message}"


def test_manifest_that_is_no_text(course: Path) -> None:
    """A manifest that is not UTF-8 or can't be opened is reported with its path."""
    path = write_manifest(course, MANIFEST)
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(CourseError, match=r"assignment\.toml: is not UTF-8 .*Save it with the encoding UTF-8"):
        find_assignment(course, "digits")
    path.unlink()
    path.mkdir()
    with pytest.raises(CourseError, match=r"assignment\.toml: can't be read: Is a directory"):
        find_assignment(course, "digits")


# -- finding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", [".", "assignments", "assignments/digits", "reference/digits", "assignments/digits/net.py"]
)
def test_course_is_found_from_below(start: str, course: Path) -> None:
    """From the course's folder or any place inside it the course is found."""
    assert find_course(course / start) == course.resolve()


def test_course_is_found_through_a_link(course: Path) -> None:
    """A link into the course leads to it."""
    link = course.parent / "shortcut"
    link.symlink_to(course / "assignments" / "digits")
    assert find_course(link) == course.resolve()


def test_no_course(tmp_path: Path) -> None:
    """Outside of every course the message says what was looked for and what to do."""
    with pytest.raises(UsageError) as caught:
        find_course(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path.resolve()} lies in no course: neither it nor a folder above it holds assignments/. "
        "Go to the course's folder, or name it with --course."
    )


def test_file_named_assignments_is_no_course(tmp_path: Path) -> None:
    """A file of that name makes no course."""
    (tmp_path / "assignments").touch()
    with pytest.raises(UsageError):
        find_course(tmp_path)


def test_unknown_assignment(course: Path) -> None:
    """An unknown assignment is reported with the nearest name."""
    with pytest.raises(UsageError) as caught:
        find_assignment(course, "digit")
    assert str(caught.value) == (f"{course / 'assignments'} has no assignment 'digit'. Did you mean \"digits\"?")


@pytest.mark.parametrize("name", ["", "..", "../course/assignments/digits", "digits/"])
def test_assignment_names_are_not_paths(name: str, course: Path) -> None:
    """A path is no name of an assignment."""
    with pytest.raises(UsageError):
        find_assignment(course, name)


def test_no_assignments(tmp_path: Path) -> None:
    """In an empty course the message says that there is none."""
    (tmp_path / "assignments" / "draft").mkdir(parents=True)
    assert assignment_names(tmp_path) == []
    with pytest.raises(UsageError, match=r"has no assignment 'digits'\. There are: none\.$"):
        find_assignment(tmp_path, "digits")


# -- the version -------------------------------------------------------------------------------------------------------


def version(course: Path) -> str:
    return Assignment(course, "digits").version


def test_version_is_twelve_digits_and_stays(course: Path) -> None:
    """The version is twelve hexadecimal digits, the same each time and wherever the course lies."""
    first = version(course)
    assert len(first) == 12
    assert set(first) <= set("0123456789abcdef")
    moved = course.rename(course.parent / "moved")
    assert version(moved) == first


@pytest.mark.parametrize(
    "name",
    [
        "assignments/digits/assignment.toml",
        "assignments/digits/linear.py",
        "assignments/digits/net.py",
        "assignments/digits/parts.py",
        "assignments/digits/test_linear.py",
        "reference/digits/test_hidden_linear.py",
    ],
)
@pytest.mark.parametrize("change", ["edit", "remove"])
def test_version_changes_with_what_a_grade_depends_on(name: str, change: str, course: Path) -> None:
    """An edit of a rubric, the manifest, the parts or a skeleton changes the version; so does taking one away."""
    before, path = version(course), course / name
    if change == "edit" and path.suffix == ".toml":
        path.write_text(path.read_text(encoding="utf-8").replace("5", "7"), encoding="utf-8")
    elif change == "edit":
        path.write_text(path.read_text(encoding="utf-8") + "\n# changed", encoding="utf-8")
    elif path.suffix == ".py":
        path.unlink()
    else:
        path.write_text(MANIFEST.replace("5", "6"), encoding="utf-8")
    assert version(course) != before


def rename_rubric(course: Path) -> None:
    (course / "assignments/digits/test_linear.py").rename(course / "assignments/digits/test_layer.py")


def swap_skeletons(course: Path) -> None:
    (course / "assignments/digits/linear.py").write_text("rubric", encoding="utf-8")
    (course / "assignments/digits/test_linear.py").write_text("skeleton", encoding="utf-8")


def add_rubric(course: Path) -> None:
    (course / "assignments/digits/test_net.py").touch()


@pytest.mark.parametrize("change", [rename_rubric, swap_skeletons, add_rubric])
def test_version_changes_with_names(change: Callable[[Path], None], course: Path) -> None:
    """A rubric renamed, added, or holding what another file held changes the version."""
    before = version(course)
    change(course)
    assert version(course) != before


@pytest.mark.parametrize(
    "name",
    [
        "assignments/digits/README.md",
        "assignments/digits/notes.py",
        "assignments/digits/__pycache__/test_linear.pyc",
        "assignments/other/test_other.py",
        "reference/digits/linear.py",
        "reference/other/test_hidden_other.py",
        "README.md",
    ],
)
def test_version_does_not_change_with_the_rest(name: str, course: Path) -> None:
    """The lesson, other files, other assignments and the solutions don't change the version."""
    before, path = version(course), course / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed", encoding="utf-8")
    assert version(course) == before


def test_hidden_rubric_salts_the_inputs(course: Path) -> None:
    """Without a hidden rubric there is no salt, so students' own runs show what the grader sees; each one has its own."""
    folder = course / "reference" / "digits"
    for path in folder.glob("test_hidden_*.py"):
        path.unlink()
    assert Assignment(course, "digits").salt == ""
    hidden = folder / "test_hidden_net.py"
    salts = set()
    for text in ("x = 1\n", "x = 2\n"):
        hidden.write_text(text, encoding="utf-8")
        salts.add(Assignment(course, "digits").salt)
    assert len(salts) == 2
    assert "" not in salts


def test_being_late_is_no_part_of_what_is_asked(course: Path) -> None:
    """A table [late], wherever it stands, changes neither the version nor what a recording belongs to."""
    path = course / "assignments/digits/assignment.toml"
    before, text = version(course), path.read_text(encoding="utf-8")
    late = "[late] # decided in May\npercent_per_day = 10\n\n# a quarter of an hour\ngrace_minutes = 15\n"
    head, *tables = text.split("[[exercise]]")
    for changed in (f"{text}\n{late}", "[[exercise]]".join([f"{head}\n{late}\n", *tables])):
        path.write_text(changed, encoding="utf-8")
        assert Assignment(course, "digits").late_rule == LateRule(percent_per_day=10, grace_minutes=15)
        assert version(course) == before
