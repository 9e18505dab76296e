"""Every command and every example of the pages, executed as it is printed: nothing in a page is believed.

`documented` reads a page, `desk` has the folder in which it is followed, and the stand-ins for what can't be run here. A page
that is new is found by itself, and followed on the same desk; a block that no rule knows fails.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import pytest
from desk import ROOT, Call, Desk, fault_of, faults_of_words, follow, options_there_are, why_not_parsed
from documented import blocks_of, commands_of, differences, faults_of, words_of

from grader import cli
from grader.authoring.scaffold import new_assignment
from grader.course import adjustments
from grader.grades.store import Store
from grader.submissions.arrivals import Arrival

GENERATED = "docs/reference/"  # made of the code: what stands there must parse, and is not followed
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), ROOT / "examples" / "README.md", *ROOT.glob("docs/**/*.md")])
    if path.name != "CHANGELOG.md"  # what was true once
}
LESSONS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("assignments/*/README.md"))
}
STUDENTS = ("ada-brennan", "elif-fontaine", "farid-grewal.py")

# Page and how a block begins -> the test that executes it, here or in a file beside this one.
ELSEWHERE = {
    ("CONTRIBUTING.md", "        ({"): "test_docs_examples.py::test_first_change",
    ("README.md", "  ada-brennan "): "test_docs_examples.py::test_sample_class_of_the_readme",
    ("docs/cluster.md", "node "): "test_docs_examples.py::test_table_of_nodes",
    ("docs/formats.md", "import os\n"): "test_autograder.py::test_autograder_of_classroom50",
    ("docs/slurm.md", "import signal\n"): "test_docs_examples.py::test_program_for_slurm",
    ("docs/slurm.md", "#!/usr/bin/env bash\n"): "test_docs_examples.py::test_program_for_slurm",
}
# Pages that a test of their own follows, with the same rules.
FOLLOWED = {"docs/tutorial.md": "test_tutorial.py::test_followed_literally"}
# Command -> the exit status that its page tells.
STATUS: Mapping[str, Mapping[str, int]] = {
    "docs/authors.md": {"grader validate NAME": 1},
    "docs/students.md": {  # on skeletons
        "pytest assignments/classifier": 1,
        "pytest assignments/classifier -k relu": 1,
        "pytest assignments/classifier -k relu --hints 3": 1,
    },
}


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is on every desk: a course, and all that pages call INBOX, OUT, NAME and so on."""
    folder = tmp_path_factory.mktemp("drawer") / "desk"
    for name in ("constraints.txt", "pyproject.toml", "tox.ini", "examples/class.toml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for part in ("assignments", "reference"):
        for name in ("classifier", "derivations"):
            shutil.copytree(ROOT / part / name, folder / part / name, ignore=shutil.ignore_patterns("__pycache__"))
    inbox, course = ROOT / "examples" / "inbox", folder
    for place, names in (("INBOX", STUDENTS[:2]), ("examples/inbox", STUDENTS[1:])):
        (folder / place).mkdir(parents=True)
        for name in names:
            copy = shutil.copytree if (inbox / name).is_dir() else shutil.copy
            copy(inbox / name, folder / place / name)
    shutil.copytree(inbox / "elif-fontaine", folder / "SUBMISSION")
    shutil.copytree(inbox / "elif-fontaine", folder / "machine" / "grade" / "student")
    (folder / "machine" / "grade" / "results").mkdir()
    (folder / "machine" / "course").symlink_to(course)
    shutil.copy(inbox / "elif-fontaine" / "relu.py", folder / "relu.py")
    (folder / "pcs.txt").write_text("pc01\npc02\n", encoding="utf-8")
    [settings] = [block for block in blocks_of(PAGES["docs/cluster.md"]) if block.title == "dask.yml"]
    (folder / "dask.yml").write_text(settings.text, encoding="utf-8")
    _downloads(folder)
    words = ["grade", str(folder / "INBOX"), "-a", "classifier", "-o", str(folder / "OUT"), "--course", str(course)]
    subprocess.run([sys.executable, "-c", _GRADER, *words], check=True, capture_output=True, timeout=300)
    return folder


_GRADER = "import sys; from grader.cli import main; sys.exit(main())"


def _downloads(folder: Path) -> None:
    """A zip of Canvas' with one student, and the gradebooks that pages fill in."""
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for number, path in enumerate(sorted((folder / "SUBMISSION").glob("*.py"))):
            archive.write(path, f"fontaineelif_4711_{900 + number}_{path.name}")
    for name in ("gradebook.csv", "Grades-CS101.csv"):
        (folder / name).write_text(
            "Student,ID,SIS Login ID,Section,Classifier (77)\n    Points Possible,,,,82\n"
            '"Fontaine, Elif",4711,elif,A,\n"Brennan, Ada",4712,ada,A,\n',
            encoding="utf-8",
        )
    for name in ("worksheet.csv", "Grades-C-Classifier-99.csv"):
        (folder / name).write_text(
            '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
            '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
            'Participant 41,"Elif Fontaine",e@x.org,"Submitted for grading - ",,100.00,Yes,"Monday, 2 March 2026, 9:00 AM",-,\n'
            'Participant 42,"Ada Brennan",a@x.org,"Submitted for grading - ",,100.00,Yes,"Monday, 2 March 2026, 9:00 AM",-,\n',
            encoding="utf-8",
        )


@pytest.fixture
def desk(drawer: Path, tmp_path: Path) -> Desk:
    """A desk for one page."""
    return Desk(Path(shutil.copytree(drawer, tmp_path / "desk", symlinks=True)))


# -- pages -----------------------------------------------------------------------------------------------------------------


def _only_a_small_assignment(desk: Desk) -> None:
    """To release all of a course takes long if there is much of it."""
    for part in ("assignments", "reference"):
        shutil.rmtree(desk.folder / part / "classifier")


def _a_change_to_commit(desk: Desk) -> None:
    """The reader has cloned the repository, and changed a file."""
    for words in ("init -q", "add tox.ini", "commit -qm begun"):
        subprocess.run(["git", *words.split()], cwd=desk.folder, check=True, env=desk.environment)
    (desk.folder / "tox.ini").write_text((desk.folder / "tox.ini").read_text(encoding="utf-8") + "\n", encoding="utf-8")


def _at_github(desk: Desk) -> None:
    """A course is released into a new folder, and there is a repository to push it to."""
    _only_a_small_assignment(desk)
    shutil.rmtree(desk.folder / "bundle")
    subprocess.run(["git", "init", "-q", "--bare", desk.folder / "hub" / "my-course" / "network"], check=True)


def _worth_more(desk: Desk) -> None:
    """A check is worth three points where it was worth one: the rubric was mended after grading."""
    path = desk.folder / "assignments" / "classifier" / "test_linear.py"
    before, marker, after = path.read_text(encoding="utf-8").partition("def test_bias_gradient")
    head, points, hint = before.rpartition("@pytest.mark.points(1)")
    assert points
    path.write_text(f"{head}@pytest.mark.points(3){hint}{marker}{after}", encoding="utf-8")


def _begin_name(desk: Desk) -> None:
    """An assignment called NAME, as `grader new` begins one."""
    new_assignment(desk.folder, "name")
    for part in ("assignments", "reference"):
        (desk.folder / part / "name").rename(desk.folder / part / "NAME")


def _another_day(*names: str) -> Callable[[Desk], None]:
    """What an earlier section of the page left is taken away."""

    def take_away(desk: Desk) -> None:
        for name in names:
            path = desk.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return take_away


def _a_class_on_moodle(desk: Desk) -> None:
    """The same student, handed in by Moodle."""
    _another_day("upload.csv", "feedback.zip", "results")(desk)
    (desk.folder / "results").mkdir()
    with closing(Store(desk.folder / "OUT" / "grades.db")) as graded:
        grade = graded.counting("elif-fontaine")
        submission = graded.submission(grade.student, grade.submission_sha256)
    assert submission is not None
    with closing(Store(desk.folder / "results" / "grades.db")) as store:
        store.take_in(submission, Arrival("moodle", "Elif Fontaine", {"moodle_participant": "41"}))
        store.add(grade)


def _a_clone_of_the_course(desk: Desk) -> None:
    """What the page calls COURSE is a repository."""
    subprocess.run(["git", "init", "-q", desk.folder / "COURSE"], check=True, env=desk.environment)


def _nearly_done(desk: Desk) -> None:
    """A student has written all but Net."""
    for path in (desk.folder / "reference" / "classifier").glob("[!nt]*.py"):
        shutil.copy(path, desk.folder / "assignments" / "classifier")
    for name in ("nll_loss.py", "training.py"):
        shutil.copy(desk.folder / "reference" / "classifier" / name, desk.folder / "assignments" / "classifier")


def _save_a_mistake(desk: Desk) -> None:
    """The student saves a Linear that averages once more than it should."""
    path = desk.folder / "assignments" / "classifier" / "linear.py"
    text = path.read_text(encoding="utf-8")
    assert "dz.T @ self.x" in text
    path.write_text(text.replace("dz.T @ self.x", "dz.T @ self.x / len(dz)"), encoding="utf-8")


# Page -> heading -> what happens in the reader's world meanwhile; below "" before the page begins.
SCENES: Mapping[str, Mapping[str, Callable[[Desk], object]]] = {
    "CONTRIBUTING.md": {"": _a_change_to_commit},
    "docs/after-grading.md": {"": _worth_more},
    "docs/authors.md": {"": _begin_name, "Releasing": _only_a_small_assignment},
    "docs/lab.md": {"": _a_clone_of_the_course},
    "docs/lms.md": {"Canvas": _another_day("upload.csv"), "Moodle": _a_class_on_moodle},
    "docs/pull-requests.md": {"With GitHub": _at_github},
    "docs/watching.md": {"": _nearly_done},
}


# Page -> the package without which a command of it would say that this is missing.
NEEDS = {"docs/class-page.md": "copydetect"}
# Page -> what is saved while a command of it goes on.
SAVES = {"docs/watching.md": (_save_a_mistake,)}


@pytest.mark.parametrize("page", [page for page in PAGES if page not in FOLLOWED and not page.startswith(GENERATED)])
def test_page_is_as_it_says(page: str, desk: Desk) -> None:
    """Every block of the page is executed, in its order, and says what the page shows."""
    if page in NEEDS:
        pytest.importorskip(NEEDS[page])
    elsewhere = {first for name, first in ELSEWHERE if name == page}
    faults = follow(
        PAGES[page],
        desk,
        elsewhere=elsewhere,
        status=STATUS.get(page, {}),
        scenes=SCENES.get(page, {}),
        saves=[partial(save, desk) for save in SAVES.get(page, ())],
    )
    assert not faults, "\n".join([page, *faults])


def block_of(page: str, begin: str) -> str:
    """The text of the one block that begins like this."""
    [text] = [block.text for block in blocks_of(PAGES[page]) if block.text.startswith(begin)]
    return text


def test_what_is_executed_elsewhere() -> None:
    """Each block that is left to another test is there, as is that test, which names the page; so does a page's own test."""
    for (page, begin), test in ELSEWHERE.items():
        assert block_of(page, begin)
        _assert_names(test, page)
    for page, test in FOLLOWED.items():
        assert page in PAGES
        _assert_names(test, page)
    for page, scenes in SCENES.items():
        assert page in PAGES
        assert scenes


def _assert_names(test: str, page: str) -> None:
    file, _, name = test.partition("::")
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    assert f"def {name}(" in text
    assert page.removeprefix("docs/") in text


# -- what can't be followed ------------------------------------------------------------------------------------------------


def test_sample_class_of_the_readme() -> None:
    """The demo of README.md grades 21, which takes long: tox.ini runs it, and the scores are those of the golden table."""
    golden = json.loads((Path(__file__).parent / "corpus" / "examples.json").read_text(encoding="utf-8"))
    said = "".join(f"  {student:<15}  {grade['score']:>5} of 82\n" for student, grade in sorted(golden.items()))
    said += f"\n{len(golden)} graded in 16.0 s. Results: demo/grades.csv, demo/index.html\n"
    assert not differences(block_of("README.md", "  ada-brennan ").rstrip("\n").split("\n"), said)
    assert "    grader demo -o {env_tmp_dir}/demo\n" in (ROOT / "tox.ini").read_text(encoding="utf-8")


def test_first_change(tmp_path: Path) -> None:
    """The first change of CONTRIBUTING.md: what is broken as it says fails four tests, and the added line makes them 29."""
    tests = (ROOT / "tests" / "test_adjustments.py").read_text(encoding="utf-8")
    place = "    ],\n)\ndef test_days_begun_count_after_the_grace("
    assert tests.count(place) == 1
    more = tests.replace(place, block_of("CONTRIBUTING.md", "        ({") + place)
    source = Path(adjustments.__file__).read_text(encoding="utf-8")
    assert "math.ceil(" in source
    broken = source.replace("math.ceil(", "math.floor(")
    use_it = f"import grader.course.adjustments as found\nexec(compile({broken!r}, 'broken', 'exec'), vars(found))\n"
    for name, text, conftest, said in (
        ("broken", tests, use_it, "4 failed, 24 passed"),
        ("more", more, "", "29 passed"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "conftest.py").write_text(conftest, encoding="utf-8")
        (tmp_path / name / "test_changed.py").write_text(text, encoding="utf-8")
        program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "."]
        ended = subprocess.run(program, cwd=tmp_path / name, capture_output=True, text=True, check=False)
        assert said in ended.stdout


def test_table_of_nodes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The table of docs/cluster.md is what `grader doctor --scheduler` says of two machines, one with another course."""
    pytest.importorskip("distributed")
    from grader.grading import cluster
    from grader.grading.node import Facts, Order

    order = Order("0.1.0 (59fa2305)", "2.13.0", "3.11", "classifier", "d9d11404121e")
    same = Facts("pc01", order.grader, order.torch, order.python, order.version, "full", device="cpu")
    found = {
        "tcp://10.0.0.11:4021": same,
        "tcp://10.0.0.12:3877": msgspec.structs.replace(same, host="pc02", version="77ab01c9e2f0"),
    }

    class TwoMachines(cluster.Cluster):
        def __init__(self, *_: object, **__: object) -> None:
            self.order, self._isolation = order, None

        def examined(self) -> dict[str, Facts]:
            return found

        def close(self) -> None:
            pass

    monkeypatch.setattr(cluster, "Cluster", TwoMachines)
    assert cli.main(["doctor", "--scheduler", "tcp://10.0.0.5:8786"]) == 3
    shown = block_of("docs/cluster.md", "node ").rstrip("\n")
    assert capsys.readouterr().out.rstrip("\n") == shown


def test_program_for_slurm(desk: Desk) -> None:
    """The program of docs/slurm.md makes the script that the page shows, with a certificate and a port of this test's."""
    pytest.importorskip("dask_jobqueue")
    for words in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=grading -keyout grading.key -out grading.csr",
        "x509 -req -days 2 -in grading.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out grading.pem",
    ):
        subprocess.run(["openssl", *words.split()], cwd=desk.folder, check=True, capture_output=True)
    settings = block_of("docs/cluster.md", "scheduler-address").partition("\n")[2].replace("/etc/grading/", "")
    desk.write(".config/dask/tls.yaml", settings)
    desk.write("nodes.py", block_of("docs/slurm.md", "import signal").replace('"port": 8786', '"port": 0'))
    process = subprocess.Popen(
        [sys.executable, "nodes.py"],
        cwd=desk.folder,
        env=desk.environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout is not None
    said, address = [], ""
    try:
        for line in process.stdout:
            if line.startswith("tls://"):
                address = line.strip()
                break
            said.append(line)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # what it has started, too
        process.wait()
        process.stdout.close()
    script = "".join(said)
    assert subprocess.run(["bash", "-n"], input=script, encoding="utf-8", check=False).returncode == 0
    assert address
    shortened = script.replace(sys.executable, "python").replace(address, "tls://10.1.0.2:8786")
    assert not differences(block_of("docs/slurm.md", "#!/usr/bin/env bash").rstrip("\n").split("\n"), shortened)
    *_, command = script.rstrip("\n").split("\n")
    program, _, words = command.partition(" -m distributed.cli.dask_worker ")
    assert program == sys.executable
    assert not fault_of(Call("dask", desk.folder, ["worker", *shlex.split(words)]), ())


# -- commands in running text ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def options(pytestconfig: pytest.Config) -> set[str]:
    """Every option that there is."""
    return options_there_are(pytestconfig)


@pytest.mark.parametrize("page", [*PAGES, *LESSONS])
def test_commands_in_the_text(page: str, options: set[str]) -> None:
    """Every command of `grader` in the text of a page parses, and every option that stands alone is one."""
    assert faults_of_words({**PAGES, **LESSONS}[page], options) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith(GENERATED)])
def test_generated_page_parses(page: str) -> None:
    """Of a page that is made of the code every block has a language, and every command of `grader` parses."""
    blocks = blocks_of(PAGES[page])
    assert faults_of(blocks) == []
    commands = [
        command.text for block in blocks if block.language in ("sh", "console") for command in commands_of(block)
    ]
    for program, *words in map(shlex.split, commands):
        assert program != "grader" or not why_not_parsed(words), words


def test_selections_find_something() -> None:
    """`pytest assignments/NAME -k WORD` in a page or a lesson, run by pytest itself, finds a check; so does it without `-k`."""
    said = sorted(
        {code for page in (*PAGES.values(), *LESSONS.values()) for code in words_of(page)}
        | {line for page in LESSONS.values() for block in blocks_of(page) for line in block.text.split("\n")}
    )
    commands = [shlex.split(code)[1:] for code in said if code.startswith("pytest assignments/")]
    commands = [[str(ROOT) if word == "FILE" else word for word in words] for words in commands]
    assert len(commands) > 30
    program = [sys.executable, "-c", _COLLECT, json.dumps(commands)]
    ended = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    statuses = json.loads(ended.stdout.rpartition("\n")[2])
    assert [words for words, status in zip(commands, statuses, strict=True) if status] == []


_COLLECT = """
import json, sys, pytest
print("\\n" + json.dumps([pytest.main([*words, "--collect-only", "-q"]) for words in json.loads(sys.argv[1])]), end="")
"""


# -- each rule can fail ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("```\ngrader doctor\n```\n", "a block of the language ''"),
        ("    grader doctor\n", "a block of the language ''"),
        ("```bash\ngrader doctor\n```\n", "a block of the language 'bash'"),
        ("```text\n  grader doctor\n```\n", "a command in a drawing: grader doctor"),
        ("```output\n21 graded\n```\n", "an output, and no block of sh before it"),
        ("```console\n21 graded\n```\n", "an output, and no command before it"),
        ("```sh\necho 'open\n```\n", "a command that does not end"),
        ("```sh\nfalse && true\n```\n", "false && true: status 1"),
        ("```sh\nfalse\ntrue\n```\n", "false: status 1"),
        ("```sh\ngrader grade INBOX --asignment classifier\n```\n", "the following arguments are required: -a"),
        ("```sh\ngrader export OUT --format canvas\n```\n", "there is no 'canvas'"),
        ("```sh\necho 82 of 82 && echo in 3.1 s\n```\n```output\n82 of 84\nin 3.1 s\n```\n", "the page shows\n82 of 84"),
        ("```console\n$ echo one && echo two\none\n```\n", "the page shows\none"),
        ("```sh\ngrader grade INBOX -a classifier -o OUT --scheduler 10.0.0.5:8786\n```\n", "no such file"),
        ("```sh\ngrader grade INBOX -a clasifier -o OUT --device cuda\n```\n", "no assignment clasifier"),
        ("```sh\ngrader grade OUTBOX -a classifier -o OUT --device cuda\n```\n", "OUTBOX: no such file"),
        ("```sh\npytest assignments/clasifier --device cuda\n```\n", "assignments/clasifier: no such file"),
        ("```sh\npytest tests/test_compared.py\n```\n", "tests/test_compared.py: no such file"),
        ("```sh\npython benchmarks/run.py clusters\n```\n", "there is no family clusters"),
        ("```sh\npip install 'backgrade[clusters]'\n```\n", "there is no extra clusters"),
        ("```sh\npip install backgrades\n```\n", "backgrades is nothing that a page may install"),
        ("```sh\npip install -c constraint.txt .\n```\n", "constraint.txt: no such file"),
        ("```sh\nruff check --fix .\n```\n", "tox.ini does not run ruff check --fix ."),
        ("```sh\ntox -e all\n```\n", "expected tox alone"),
        ("```sh\ndask worker tcp://10.0.0.5:8786 --nworker 2\n```\n", "No such option"),
        ("```sh\ndocker run --rm image grader doktor\n```\n", "there is no 'doktor'"),
        ("```sh\nkubectl apply -f grading.yaml\n```\n", "the page has no grading.yaml"),
        ("```sh\nkubectl get pods\n```\n", "kubectl get has no rule"),
        ("```sh\nhelm install dask\n```\n", "another call than that of dask-kubernetes"),
        ("```sh\nsystemctl enable --now grading-node\n```\n", "the page has no /etc/systemd/system/grading-node.service"),
        ("```python\nimport no_such_module\n```\n", "as a program it ends with"),
        ("```python\ndef forward(\n```\n", "no Python"),
        ("```toml\n[late]\npercent_a_day = 10\n```\n", "percent_a_day"),
        ("```yaml\n- run: 'exit 4'\n```\n", "exit 4"),
        ("```yaml\n- run: echo a=1 >> $GITHUB_OUTPUT\n- env: {R: '${{ steps.x.outputs.b }}'}\n```\n", "no step tells ['b']"),
        ("```yaml\ndistributed: {comm: {tls: {key-file: x}}}\n```\n", "no setting distributed.comm.tls.key-file"),
        ("```yaml\na: [\n```\n", "no YAML"),
        ("```yaml\nkind: DaskCluster\n```\n", "no manifest"),
        ('```csv title="roster.csv"\nstudent,canvas\nada,1\nada,2\n```\n', "roster.csv"),
        ("```csv\na,b\n```\n", "a table that nothing reads"),
        ("```ini\nExecStart=/bin/dask worker --threads 1\n```\n", "unexpected extra argument"),
        ("```dockerfile\nFROM python:3.8-slim\n```\n", "expected FROM python:3.11-slim or newer"),
        ("```dockerfile\nFROM python:3.12-slim\nRUN pip install '.[clusters]'\n```\n", "there is no extra clusters"),
        ("```dockerfile\nFROM python:3.12-slim\nCOPPY . /x\n```\n", "no instruction: COPPY . /x"),
        ("```markdown\n# Lesson\n```\n", "Markdown that is no file"),
    ],
)  # fmt: skip
def test_broken_page_fails(page: str, fault: str, bare_desk: Desk) -> None:
    """What is wrong in a page is found, whatever rule it is against."""
    faults = follow(page, bare_desk)
    assert len(faults) == 1, faults
    assert fault in faults[0]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a broken page needs: a manifest, and an inbox without anybody."""
    folder = tmp_path_factory.mktemp("bare") / "desk"
    for name in ("assignment.toml", "linear.py"):
        (folder / "assignments" / "classifier").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "assignments" / "classifier" / name, folder / "assignments" / "classifier" / name)
    (folder / "INBOX").mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def bare_desk(bare: Path, tmp_path: Path) -> Desk:
    """A desk with hardly anything on it."""
    return Desk(Path(shutil.copytree(bare, tmp_path / "desk")))


def test_scene_without_a_heading_fails(bare_desk: Desk) -> None:
    """A heading that has gone is missed: what was to happen there would happen nowhere."""
    assert follow("# Grade\n", bare_desk, scenes={"Graded": print}) == ["there is no heading Graded"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("`grader grade INBOX -a classifier --ot OUT`", "--ot"),
        ("`grader grades`", "grades"),
        ("`grader doctor --schedulers`", "--schedulers"),
        ("`grader show OUT`", "--student"),
        ("`grader show OUT --student ada --hint 3`", "--hint"),
        ("`grader export OUT --format excel`", "excel"),
        ("| a | `--no-hiden` |\n| --- | --- |\n| b | `--hint 2` |", "--no-hiden"),
        ("`--hint 2`", "no such option"),
        ("`pip install 'backgrade[clusters]'`", "there is no extra clusters"),
        ("`python benchmarks/runs.py`", "no such file"),
    ],
)
def test_broken_text_fails(text: str, fault: str, options: set[str]) -> None:
    """So is what is wrong in running text and in tables."""
    faults = faults_of_words(text, options)
    assert faults
    assert fault in faults[0]


@pytest.mark.parametrize(
    "text",
    ["`grader`", "`grader doctor --scheduler`", "`grader export OUT --format FORMAT`", "`grader grade ... --jobs 2`"],
)
def test_what_text_may_say(text: str, options: set[str]) -> None:
    """A command may be named alone, with an option of its own, with the help's word for a value, or with a part left out."""
    assert faults_of_words(text, options) == []
