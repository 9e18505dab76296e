"""Grading on a real Dask cluster on this machine: the same grades, whatever dies, and nothing by a node that differs."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("distributed")

from grader import cli
from grader.cli.saying import table
from grader.course.assignments import Assignment, find_assignment
from grader.errors import ClusterError, CourseError, UsageError
from grader.grade_json import grade_to_line
from grader.grades.store import Store
from grader.grading import answers, cluster, node
from grader.grading import scheduler as reaching
from grader.grading.cluster import Cluster
from grader.grading.settings import Settings
from grader.isolation.isolated import Isolated
from grader.isolation.levels import Level
from grader.results import Grade, Status
from grader.submissions.submission import Submission, make_submission

ROOT = Path(__file__).parent.parent
PYTHONPATH = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH", "")])])
SETTINGS = Settings(least_isolation=Level.PROCESS)  # those of doctor: nodes stay as they are from test to test

COURSE = {
    "assignments/doubling/assignment.toml": (
        'title = "Tiny"\ntimeout_seconds = 30\n'
        '[[exercise]]\nname = "double"\ntitle = "double"\nfile = "double.py"\ndefines = ["double"]\n'
    ),
    "assignments/doubling/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/doubling/test_double.py": '''
import os
import signal

import pytest

pytestmark = pytest.mark.exercise("double")


@pytest.mark.points(2)
def test_two(submission):
    """double(2) is 4."""
    got = submission.double(2)
    if got == "kill":  # the rubric is the course's: it does to its node what no student's code can
        os.kill(os.getppid(), signal.SIGKILL)
    assert got == 4


def test_zero(submission):
    """double(0) is 0."""
    assert submission.double(0) == 0
''',
    "reference/doubling/test_hidden_double.py": '''
import pytest

pytestmark = pytest.mark.exercise("double")


def test_minus_one(submission):
    """double works below zero."""
    assert submission.double(-1) == -2
''',
}
ANSWERS = ("2 * x", "x * x", "x + 1", "1 / 0")


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def handed_in(count: int) -> list[Submission]:
    """Submissions in turn right, half right and wrong in two ways."""
    return [answer(f"student{number:02}", ANSWERS[number % len(ANSWERS)]) for number in range(count)]


def answer(student: str, returned: str, before: str = "") -> Submission:
    return make_submission(student, {"double.py": f"{before}\ndef double(x):  # of {student}\n    return {returned}\n"})


class Program:
    """A program of Dask's, with what it has said so far; whoever waits for a word is woken by it."""

    def __init__(self, arguments: list[str], **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env={**os.environ, "PYTHONPATH": PYTHONPATH, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.said = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._more:
                self.said += line
                self._more.notify_all()
        with self._more:
            self.said += "\n(it has ended)"
            self._more.notify_all()

    def wait_for(self, pattern: str) -> str:
        """The first group of the pattern in what it says."""
        with self._more:
            self._more.wait_for(lambda: re.search(pattern, self.said) or "(it has ended)" in self.said, timeout=60)
            found = re.search(pattern, self.said)
        assert found is not None, self.said
        return found.group(1)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def end(self) -> None:
        """End it and what it has started, in order if it can be."""
        for number in (signal.SIGCONT, signal.SIGTERM):
            if self.process.poll() is None:
                os.killpg(self.process.pid, number)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()


class Lab:
    """A scheduler, and nodes that a test starts."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = environment
        self.programs: list[Program] = []
        secure = ["--protocol", "tls"] if environment else []
        self.scheduler = Program(
            ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *secure],
            **environment,
        )
        self.address = self.scheduler.wait_for(r"Scheduler at: +(\S+)")

    def start(self, *options: str, course: Path | None = None, **environment: str) -> Program:
        """A node, once it has joined; without a nanny it is the process that is started."""
        alone = ("--no-nanny", "--nthreads", "1")
        here = {"DASK_TEMPORARY_DIRECTORY": str(self.folder), **({node.COURSE_VARIABLE: str(course)} if course else {})}
        program = Program(
            ["distributed.cli.dask_worker", self.address, "--no-dashboard", "--host", "127.0.0.1", *(options or alone)],
            **{**self.environment, **here, **environment},
        )
        self.programs.append(program)
        program.wait_for(r"(Registered to)")
        return program

    def end_nodes(self) -> None:
        for program in self.programs:
            program.end()
        self.programs.clear()

    def end(self) -> None:
        self.end_nodes()
        self.scheduler.end()

    def cluster(
        self, assignment: Assignment, tell: Callable[[str], None] = lambda text: None, patience: float = 60
    ) -> Cluster:
        return Cluster(self.address, assignment, SETTINGS, (), tell, patience)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one quick assignment."""
    return write(tmp_path_factory.mktemp("course"), COURSE)


@pytest.fixture(scope="module")
def tiny(course: Path) -> Assignment:
    """Its assignment."""
    return find_assignment(course, "doubling")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A scheduler with a node of two threads, under a nanny as `dask worker` starts it, for tests that leave it alive."""
    lab = Lab(tmp_path_factory.mktemp("shared"))
    try:
        lab.start("--nthreads", "2")
        yield lab
    finally:
        lab.end()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A scheduler alone."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.end()


@pytest.fixture
def lab(scheduler: Lab) -> Iterator[Lab]:
    """A scheduler without nodes; those that the test starts end with it."""
    yield scheduler
    scheduler.end_nodes()


@contextmanager
def joining(lab: Lab, *options: str, course: Path | None = None, **environment: str) -> Iterator[Program]:
    """One more node for a while."""
    program = lab.start(*options, course=course, **environment)
    try:
        yield program
    finally:
        lab.programs.remove(program)
        program.end()


def plain(grade: Grade) -> Grade:
    """Without what differs between any two runs."""
    exercises = tuple(
        dataclasses.replace(
            exercise, checks=tuple(dataclasses.replace(check, duration_seconds=0.0) for check in exercise.checks)
        )
        for exercise in grade.exercises
    )
    return dataclasses.replace(grade, exercises=exercises, duration_seconds=0.0)


def statuses(grades: list[Grade]) -> dict[str, str]:
    """Who got what; a student who got two grades is an error."""
    assert len({grade.student for grade in grades}) == len(grades)
    return {grade.student: grade.status.value for grade in grades}


def all_graded(count: int) -> dict[str, str]:
    return {f"student{number:02}": "graded" for number in range(count)}


# -- the same as on one machine ----------------------------------------------------------------------------------------


def test_same_grades_as_on_one_machine(
    shared: Lab, tiny: Assignment, zygote: Isolated, grade_all: Callable[..., dict[str, Grade]]
) -> None:
    """Every grade is that of one machine, whichever thread of a node it comes from."""
    here = grade_all(handed_in(8), tiny)
    there: list[Grade] = []
    with closing(shared.cluster(tiny)) as nodes:
        isolation = nodes.isolation()
        nodes.grade_all(handed_in(8), there.append)
    assert (isolation.level, isolation.closed) == (zygote.verify().level, zygote.verify().closed)
    assert {grade.student: plain(grade) for grade in there} == {name: plain(grade) for name, grade in here.items()}
    assert len(there) == 8


def test_few_at_a_time(shared: Lab, tiny: Assignment) -> None:
    """Submissions are read as they are needed: one for each thread, and one that waits."""
    ahead: list[int] = []
    taken = delivered = 0

    def submissions() -> Iterator[Submission]:
        nonlocal taken
        for submission in handed_in(12):
            taken += 1
            ahead.append(taken - delivered)
            yield submission

    def deliver(grade: Grade) -> None:
        nonlocal delivered
        delivered += 1

    with closing(shared.cluster(tiny)) as nodes:
        nodes.grade_all(submissions(), deliver)
    assert delivered == 12
    assert max(ahead) <= 5  # two of them graded, but not delivered


# -- never mixed ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def other_course(tmp_path: Path) -> Path:
    """The course with another hidden rubric."""
    hidden = COURSE["reference/doubling/test_hidden_double.py"].replace("-2", "-3")
    return write(tmp_path / "other", {**COURSE, "reference/doubling/test_hidden_double.py": hidden})


def test_node_with_another_course(
    shared: Lab, course: Path, tiny: Assignment, other_course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`doctor` shows it with status 3, a run refuses with the same words, and the node itself refuses, too."""
    other = find_assignment(other_course, "doubling").version
    different = f"the course's version is {other}, expected {tiny.version}"
    with joining(shared, course=other_course), closing(shared.cluster(tiny)) as nodes:
        with pytest.raises(UsageError) as refused:
            nodes.isolation()
        (address,) = (at for at, known in nodes.examined().items() if known.version == other)
        asked = nodes._client.submit(node.grade, nodes._order_text, answer("ada", "2 * x"), workers=[address])
        assert asked.result(60) == (node.REFUSED, different)
        status = cli.main(["doctor", "-a", "doubling", "--course", str(course), "--scheduler", shared.address])
    printed = capsys.readouterr().out
    rows = [line.split() for line in printed.splitlines()]
    assert rows[0] == ["node", "address", "course", "grader", "torch", "Python", "isolation", "device"]
    assert rows[1][:3] == ["this", "machine", tiny.version]
    assert sorted(row[2] for row in rows[2:4]) == sorted([tiny.version, other])
    assert (status, sum(f"({address}): {different}" in line for line in printed.splitlines())) == (3, 1)
    assert str(refused.value).startswith("1 of 2 nodes can't grade as this machine would, so none is asked to:\n")
    assert f"({address}): {different}\n" in str(refused.value)


def test_nodes_that_are_the_same(shared: Lab, course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`doctor` says so, with status 0 where the walls are those that grading asks for."""
    status = cli.main(["doctor", "-a", "doubling", "--course", str(course), "--scheduler", shared.address])
    printed = capsys.readouterr().out
    has_walls = re.search(r" (full|kernel) +cpu$", printed, re.MULTILINE) is not None
    assert (status, "1 node; all have what this machine has." in printed) == ((0, True) if has_walls else (3, False))


def test_nodes_as_json(shared: Lab, tiny: Assignment, course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The document of `doctor` has every node with what the table has, and this machine."""
    words = ["doctor", "-a", "doubling", "--course", str(course), "--scheduler", shared.address]
    assert cli.main(words) == cli.main([*words, "--json"])
    printed = capsys.readouterr().out
    said, document = printed[: printed.index("{")].splitlines(), json.loads(printed[printed.index("{") :])
    (node,) = document["nodes"]
    columns = ("host", "address", "course", "grader", "torch", "python", "isolation", "device")
    assert said[2].split() == " ".join(node[name] for name in columns).split()
    assert document["this_machine"]["course"] == node["course"] == tiny.version


def test_table_on_a_narrow_terminal() -> None:
    """Who it is stands in a line of its own where columns would be torn apart."""
    rows = [
        ("node", "address", "course", "device"),
        ("this machine", "", "d9d1", ""),
        ("pc01", "tcp://10.0.0.11:4021", "77ab", "cpu"),
    ]
    assert list(table(rows, 45, lead=2)) == [
        "node  address",
        "  course  device",
        "this machine",
        "  d9d1",
        "pc01  tcp://10.0.0.11:4021",
        "  77ab    cpu",
    ]
    wide = [
        "node          address               course  device",
        "this machine                        d9d1",
        "pc01          tcp://10.0.0.11:4021  77ab    cpu",
    ]
    assert list(table(rows, 50, lead=2)) == list(table(rows, None, lead=2)) == wide


def test_node_that_joins_with_another_course(shared: Lab, tiny: Assignment, other_course: Path) -> None:
    """In the middle of a run it gets nothing to grade; the instructor is told, and the others go on."""
    told: list[str] = []
    grades: list[Grade] = []
    is_told = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        is_told.set()

    def submissions() -> Iterator[Submission]:
        yield from handed_in(1)
        shared.start(course=other_course)
        for submission in (one for number, one in enumerate(handed_in(300)) if number > 0):
            if is_told.is_set() and len(grades) > 4:
                return
            yield submission

    try:
        with closing(shared.cluster(tiny, tell)) as nodes:
            nodes.grade_all(submissions(), grades.append)
    finally:
        shared.programs.pop().end()
    other = find_assignment(other_course, "doubling").version
    assert len(told) == 1
    assert re.fullmatch(
        rf"node \S+ \(tcp://.*\) joined and is not used: the course's version is {other}, expected {tiny.version}",
        told[0],
    )
    assert statuses(grades) == all_graded(len(grades))
    assert {grade.assignment_version for grade in grades} == {tiny.version}


LIE = """
from grader.grading import node

def grade(order_text, submission, grade=node.grade):  # this file is loaded twice
    kind, text = grade(order_text, submission)
    return kind, text.replace(submission.student, "somebody-else")
node.grade = grade
"""


def test_node_that_lies(shared: Lab, tiny: Assignment, tmp_path: Path) -> None:
    """A grade of another student is not taken: its node gets no more, and an honest one grades the submission."""
    write(tmp_path, {"lie.py": LIE})
    told: list[str] = []
    grades: list[Grade] = []
    with (
        joining(shared, "--no-nanny", "--nthreads", "1", "--preload", str(tmp_path / "lie.py")),
        closing(shared.cluster(tiny, told.append)) as nodes,
    ):
        nodes.grade_all(handed_in(9), grades.append)
    assert statuses(grades) == all_graded(9)
    (line,) = told
    assert line.endswith("is not used any more: it sent something else than the grade of that submission")


@pytest.mark.parametrize(
    "change",
    [{"student": "eve"}, {"submission_sha256": "0" * 64}, {"assignment": "other"}, {"assignment_version": "0" * 12}],
    ids=lambda change: next(iter(change)),
)
def test_grade_of_something_else(shared: Lab, tiny: Assignment, change: dict[str, str]) -> None:
    """Only the grade of that student, submission and version is one."""
    submission = answer("ada", "2 * x")
    grade = Grade(tiny.name, tiny.version, submission.student, submission.sha256, Status.GRADED, ())
    with closing(shared.cluster(tiny)) as nodes:
        assert nodes._grade_in(grade_to_line(grade), submission) == grade
        assert nodes._grade_in(grade_to_line(dataclasses.replace(grade, **change)), submission) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"schema_version": 1}', "{" * 9], ids=repr)
def test_no_grade(shared: Lab, tiny: Assignment, text: str) -> None:
    """What is no grade is none, whatever it is."""
    with closing(shared.cluster(tiny)) as nodes:
        assert nodes._grade_in(text, answer("ada", "2 * x")) is None


@pytest.mark.parametrize("sent", [None, "graded", ("graded",), ("graded", b"{}"), ["graded", "{}"], Grade], ids=repr)
def test_no_answer(sent: object) -> None:
    """What is not exactly two texts counts as a submission that was lost there."""
    assert answers.kind_and_text(sent)[0] == node.LOST


def test_facts_that_are_hostile() -> None:
    """Whatever a node says it has is one harmless text each, and a level that there is not is a reason not to grade."""
    facts = node.Facts("a\x1b[31m", "g", "t", "p", isolation="best", device="cpu\x07")
    found = answers.facts_from(msgspec.json.encode(facts).decode(), "tcp://somewhere:1")
    assert (found.host, found.device) == ("a\\u001b[31m", "cpu\\u0007")
    assert found.problem == "it names a level of isolation that there is not"


# -- the command -----------------------------------------------------------------------------------------------------------


def test_command(shared: Lab, course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`grader grade --scheduler` grades a class into a folder, and skips what is graded when it is run again."""
    inbox = write(tmp_path / "inbox", {f"{one.student}.py": one.files["double.py"] for one in handed_in(4)})
    arguments = ["grade", str(inbox), "-a", "doubling", "-o", str(tmp_path / "out"), "--course", str(course)]
    arguments += ["--scheduler", shared.address, "--allow-isolation", "process"]
    assert cli.main(arguments) == 0
    first = capsys.readouterr()
    assert first.err.startswith("isolation: ")
    assert "4 graded in" in first.out
    assert cli.main(arguments) == 0
    assert "0 graded in" in capsys.readouterr().out
    store = Store(tmp_path / "out" / "grades.db")
    assert statuses(list(store.newest())) == all_graded(4)
    store.close()


# The real command, which gets Ctrl-C when the first grade is on disk.
INTERRUPTED = """
import os, signal, sys
from grader import cli
from grader.grades.store import Store

add = Store.add

def add_and_interrupt(store, grade):
    added = add(store, grade)
    os.kill(os.getpid(), signal.SIGINT)
    return added

Store.add = add_and_interrupt
sys.exit(cli.main(sys.argv[1:]))
"""


def test_ctrl_c(shared: Lab, course: Path, tmp_path: Path) -> None:
    """It ends the run as on one machine, in the same words; the same command goes on with the rest."""
    inbox = write(tmp_path / "inbox", {f"{one.student}.py": one.files["double.py"] for one in handed_in(6)})
    arguments = ["grade", str(inbox), "-a", "doubling", "-o", str(tmp_path / "out"), "--course", str(course)]
    arguments += ["--scheduler", shared.address, "--allow-isolation", "process"]
    try:
        ran = subprocess.run(
            [sys.executable, "-c", INTERRUPTED, *arguments], env={**os.environ, "PYTHONPATH": PYTHONPATH},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as waited:  # for a node that is gone: its own words say why
        pytest.fail("\n".join([str(waited.stderr), *(program.said for program in shared.programs)]))
    said = "grader: stopped. What is graded is kept; the same command goes on with the rest."
    assert (ran.returncode, ran.stdout, ran.stderr.splitlines()[1:]) == (130, "", ["", said])
    assert cli.main(arguments) == 0
    store = Store(tmp_path / "out" / "grades.db")
    assert statuses(list(store.newest())) == all_graded(6)
    store.close()


def test_rubric_that_can_not_be_run(shared: Lab, tmp_path: Path) -> None:
    """A broken rubric ends the run with what is wrong, as on one machine."""
    root = write(
        tmp_path / "course", {**COURSE, "assignments/doubling/test_double.py": "import nothing_of_that_name\n"}
    )
    with (
        closing(shared.cluster(find_assignment(root, "doubling"))) as nodes,
        pytest.raises(CourseError, match="nothing_of_that_name"),
    ):
        nodes.grade_all(handed_in(1), lambda grade: None)


# -- what dies -----------------------------------------------------------------------------------------------------------


def test_node_that_is_killed(lab: Lab, tiny: Assignment) -> None:
    """What it was grading is graded elsewhere, once, and the instructor is told."""
    victim = lab.start()
    lab.start()
    told: list[str] = []
    grades: list[Grade] = []

    def deliver(grade: Grade) -> None:
        grades.append(grade)
        if len(grades) == 2:
            victim.signal(signal.SIGKILL)

    with closing(lab.cluster(tiny, told.append)) as nodes:
        nodes.grade_all(handed_in(12), deliver)
    assert statuses(grades) == all_graded(12)
    assert len(told) == 1
    assert re.match(r"node \S+ \(tcp://.*\) is gone", told[0])


def test_all_nodes_die(lab: Lab, tiny: Assignment) -> None:
    """The run ends with one line after the time of patience; before that, a new node is enough to go on."""
    victim = lab.start()
    grades: list[Grade] = []

    def deliver(grade: Grade) -> None:
        grades.append(grade)
        victim.signal(signal.SIGKILL)

    with closing(lab.cluster(tiny, patience=1)) as nodes, pytest.raises(ClusterError) as ended:
        nodes.grade_all(handed_in(3), deliver)
    assert str(ended.value) == (
        f"no node is left at {lab.address}, and none joined within 1 s. "
        "Every grade before this is kept. Mend that, then run the same command: it goes on with the rest."
    )
    assert len(grades) == 1


def test_scheduler_dies(tiny: Assignment, tmp_path: Path) -> None:
    """The run ends with one line at once."""
    lab = Lab(tmp_path)
    try:
        lab.start()
        grades: list[Grade] = []

        def deliver(grade: Grade) -> None:
            grades.append(grade)
            lab.scheduler.signal(signal.SIGKILL)

        with closing(lab.cluster(tiny)) as nodes, pytest.raises(ClusterError) as ended:
            nodes.grade_all(handed_in(4), deliver)
    finally:
        lab.end()
    assert str(ended.value) == (
        f"the connection to {lab.address} was lost. "
        "Every grade before this is kept. Mend that, then run the same command: it goes on with the rest."
    )
    assert len(grades) < 4


def test_node_that_hangs(lab: Lab, tiny: Assignment) -> None:
    """A node that does not answer in time loses its submission to another, and what it says later is not taken."""
    stopped = lab.start()
    told: list[str] = []
    grades: list[Grade] = []

    def deliver(grade: Grade) -> None:
        grades.append(grade)
        if len(grades) == 1:
            stopped.signal(signal.SIGSTOP)
            nodes.limit_seconds = -cluster._MORE_SECONDS  # its time is up at once
        if len(grades) == 2:
            stopped.signal(signal.SIGCONT)

    def tell(text: str) -> None:
        told.append(text)
        nodes.limit_seconds = 600
        lab.start()

    with closing(lab.cluster(tiny, tell)) as nodes:
        nodes.grade_all(handed_in(5), deliver)
    assert statuses(grades) == all_graded(5)
    assert [re.sub(r"\(tcp.*\)|\d+ s", "*", text).split(" ", 2)[2] for text in told] == [
        "* is not used any more: it has not answered for *"
    ]


def test_submission_that_kills_nodes(lab: Lab, tiny: Assignment) -> None:
    """It is given to two nodes, then it is a grader_error; a nanny starts them anew, and nobody else loses."""
    lab.start("--nthreads", "1")
    told: list[str] = []
    grades: list[Grade] = []
    with closing(lab.cluster(tiny, told.append)) as nodes:
        nodes.grade_all([answer("killer", '"kill"'), *handed_in(2)], grades.append)
    assert statuses(grades) == {"killer": "grader_error", **all_graded(2)}
    (killer,) = (grade for grade in grades if grade.student == "killer")
    assert [flag.detail for flag in killer.flags] == ["grading it failed on 2 nodes: the node died"]
    assert len(told) == 2


# -- where there is nobody ------------------------------------------------------------------------------------------------


def test_no_nodes(lab: Lab, course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scheduler without nodes is bad usage, told in one line."""
    assert cli.main(["doctor", "--course", str(course), "--scheduler", lab.address, "--patience", "1"]) == 2
    assert capsys.readouterr().err == (
        f"grader: {lab.address} has no node: nobody joined within 1 s. Start some with `dask worker {lab.address}`.\n"
    )


def test_no_scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no scheduler, no file or no Dask configuration is told in one line."""
    monkeypatch.setattr(reaching, "_CONNECT_SECONDS", 0.1)
    write(tmp_path, {"none.yml": "distributed: {}\n", "broken.yml": "a: [\n", "list.yml": "- a\n"})
    for where, message in (
        ("tcp://127.0.0.1:1", r"tcp://127\.0\.0\.1:1 can't be reached: .+ Is `dask scheduler` running there, .+"),
        ("http://127.0.0.1:1", r"http://127\.0\.0\.1:1: expected an address such as tcp://host:8786; unknown .+"),
        ("tcp://127.0.0.1", r"tcp://127\.0\.0\.1: expected an address such as tcp://host:8786; missing port .+"),
        ("nowhere", "--scheduler nowhere: expected an address such as tcp://host:8786, or a file that is there."),
        (str(tmp_path / "none.yml"), r".*none\.yml: expected scheduler-address: tls://host:8786, got ''\."),
        (
            str(tmp_path / "broken.yml"),
            r"--scheduler .*broken\.yml: A dask config file at .*broken\.yml' is malformed.*",
        ),
        (str(tmp_path / "list.yml"), r"--scheduler .*list\.yml: A dask config file at .*list\.yml' is malformed.*"),
    ):
        with pytest.raises(UsageError, match=f"^{message}$") as refused:
            Cluster(where, None, SETTINGS)
        assert "\n" not in str(refused.value)


# The real command, which gets Ctrl-C when Dask's client has tried for some time.
INTERRUPTED_WHILE_CONNECTING = """
import asyncio, os, signal, sys
from grader import cli

sleep = asyncio.sleep

async def interrupt_and_sleep(seconds, times=[]):
    times.append(seconds)
    if len(times) == 8:
        os.kill(os.getpid(), signal.SIGINT)
    await sleep(seconds)

asyncio.sleep = interrupt_and_sleep
sys.exit(cli.main(["doctor", "--scheduler", "tcp://127.0.0.1:1"]))
"""


def test_ctrl_c_before_the_scheduler_answers() -> None:
    """The command ends, although Dask's client would wait a minute for a connection that it never had."""
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_CONNECTING], capture_output=True, text=True, timeout=40, check=False
    )
    stopped = "grader: stopped. What is graded is kept; the same command goes on with the rest."
    assert (ran.returncode, ran.stderr.strip()) == (130, stopped)


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Dask is not installed, the message says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        UsageError, match=r"^--scheduler needs Dask, .* Install it: pip install 'backgrade\[cluster\]'\.$"
    ):
        Cluster("tcp://127.0.0.1:1", None, SETTINGS)


# -- security --------------------------------------------------------------------------------------------------------------

CONNECT = """
import socket

def reaches_the_scheduler():
    try:
        socket.create_connection(("{host}", {port}), timeout=5).close()
    except OSError:
        return False
    return True
"""


def test_student_code_can_not_reach_the_scheduler(shared: Lab, tiny: Assignment) -> None:
    """Behind walls it gets no connection; at level process it does, so this is a real try."""
    host, _, port = shared.address.removeprefix("tcp://").partition(":")
    submission = answer("eve", "0 if reaches_the_scheduler() else 2 * x", CONNECT.format(host=host, port=port))
    scores: dict[Level, int] = {}
    for best in (Level.FULL, Level.PROCESS):
        settings = dataclasses.replace(SETTINGS, best_isolation=best)
        with closing(Cluster(shared.address, tiny, settings)) as nodes:
            nodes.grade_all([submission], lambda grade: scores.update({nodes.isolation().level: int(grade.score)}))
    assert scores.pop(Level.PROCESS) == 1  # only zero
    assert set(scores.values()) <= {4}


def test_tls(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With certificates in a Dask configuration file the cluster is reached; without them it is not."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab-ca -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=lab -keyout lab.key -out lab.csr",
        "x509 -req -days 2 -in lab.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out lab.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    own = f"{{cert: {tmp_path}/lab.pem, key: {tmp_path}/lab.key}}"
    of_all = "".join(f"      {who}: {own}\n" for who in ("scheduler", "worker", "client"))
    tls = f"distributed:\n  comm:\n    require-encryption: true\n    tls:\n      ca-file: {tmp_path}/ca.pem\n{of_all}"
    write(tmp_path, {"config/tls.yaml": tls})
    lab = Lab(tmp_path, DASK_CONFIG=str(tmp_path / "config"))
    try:
        assert lab.address.startswith("tls://")
        write(tmp_path, {"dask.yml": f"scheduler-address: {lab.address}\n{tls}"})
        lab.start()
        where = ["doctor", "-a", "doubling", "--course", str(course), "--scheduler"]
        assert cli.main([*where, str(tmp_path / "dask.yml")]) in (0, 3)
        assert re.search(
            rf"^\S+ +tls://\S+ +{find_assignment(course, 'doubling').version} ", capsys.readouterr().out, re.MULTILINE
        )
        assert cli.main([*where, lab.address]) == 2
        assert f"{lab.address} needs certificates, and Dask's configuration names none." in capsys.readouterr().err
        write(tmp_path, {"gone.yml": f"scheduler-address: {lab.address}\n{tls.replace('ca.pem', 'gone.pem')}"})
        assert cli.main([*where, str(tmp_path / "gone.yml")]) == 2
        assert "names in distributed.comm.tls can't be used: [Errno 2] No such file" in capsys.readouterr().err
        assert cli.main([*where, lab.address.replace("tls://", "tcp://")]) == 2
    finally:
        lab.end()
