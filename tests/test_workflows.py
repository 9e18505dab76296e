"""What a release has for CI services: valid files, and each of their scripts run as the service would run it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from grader import cli
from grader.release.cut import _workflows

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parent.parent
URL = "https://github.com/teacher/course.git"
GRADE, COMMENT, GITLAB = ".github/workflows/grade.yml", ".github/workflows/comment.yml", ".gitlab-ci.yml"
FILES = {
    "grade": _workflows("github", "")[GRADE],
    "grade-of-a-course": _workflows("github", URL)[GRADE],
    "comment": _workflows("github", "")[COMMENT],
    "gitlab": _workflows("gitlab", "")[GITLAB],
    "gitlab-of-a-course": _workflows("gitlab", "https://gitlab.com/teacher/course")[GITLAB],
    "ours": (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"),
    "publish": (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"),
}


def read(name: str) -> dict[str, Any]:
    """The document. YAML 1.1 takes the key `on` for a truth value."""
    document: dict[str, Any] = yaml.safe_load(FILES[name])
    return {"on" if key is True else key: value for key, value in document.items()}


def steps(name: str) -> list[dict[str, Any]]:
    """All steps of all jobs."""
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


# -- as texts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_valid_by_the_published_schema(name: str, tmp_path: Path) -> None:
    """Every file is valid by the schema that SchemaStore and GitLab publish."""
    pytest.importorskip("check_jsonschema")
    path = tmp_path / f"{name}.yml"
    path.write_text(FILES[name], encoding="utf-8")
    schema = "vendor.gitlab-ci" if name.startswith("gitlab") else "vendor.github-workflows"
    words = ["--builtin-schema", schema, *(["--data-transform", "gitlab-ci"] if name.startswith("gitlab") else [])]
    command = [sys.executable, "-m", "check_jsonschema", *words, str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout.strip()) == (0, "ok -- validation done"), ended.stdout


@pytest.mark.parametrize("name", ["grade", "comment", "ours", "publish"])
def test_least_rights(name: str) -> None:
    """Only the workflow that comments may write, comments alone, and only the last job of a release may say who it is.

    Every job ends; nothing of GitHub's is put into a script.
    """
    document = read(name)
    assert document["permissions"] == (
        {"actions": "read", "pull-requests": "write"} if name == "comment" else {"contents": "read"}
    )
    assert "pull_request_target" not in FILES[name].split("\njobs:")[0]
    assert "secrets." not in FILES[name]
    for title, job in document["jobs"].items():
        assert job.get("permissions") == ({"id-token": "write"} if (name, title) == ("publish", "publish") else None)
        assert job["timeout-minutes"] <= 60
    assert not [step["run"] for step in steps(name) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("name", ["grade", "comment"])
def test_actions_are_pinned(name: str) -> None:
    """What students' repositories run is named by its digest, with the version beside it, and gets no token to keep."""
    for step in steps(name):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
            assert f"{step['uses']} # v" in FILES[name]
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
            assert step["with"]["path"] in ("course", "submission")
            assert step["with"]["ref"]


def test_what_publishes_is_pinned() -> None:
    """A release is made by actions that are named by digests, and leaves no token lying about."""
    for step in steps("publish"):
        if "uses" in step:
            assert re.fullmatch(r"(actions|pypa)/[a-z-]+@[0-9a-f]{40}", step["uses"])
            assert f"{step['uses']} # v" in FILES["publish"]
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_what_may_publish_runs_nothing_else() -> None:
    """The job that may publish fetches what was built and tried, and uploads it: no line of this repository is run there."""
    document = read("publish")
    assert document["on"] == {"push": {"tags": ["v*"]}}
    job = document["jobs"]["publish"]
    assert job["needs"] == ["build", "install"]
    assert job["environment"] == "pypi"
    used = [step["uses"].partition("@")[0] for step in job["steps"]]
    assert used == ["actions/download-artifact", "pypa/gh-action-pypi-publish"]


@pytest.mark.parametrize(
    ("tag", "changelog", "expected"),
    [
        ("v1.2.0", "## 1.2.0 - 2026-11-23\n", [0, 0]),
        ("v1.2.1", "## 1.2.0 - 2026-11-23\n", [1, 1]),
        ("v1.2.0", "## 1.2.0 - unreleased\n", [0, 1]),
    ],
)
def test_tag_is_the_version(tag: str, changelog: str, expected: list[int], tmp_path: Path) -> None:
    """A tag that is not the package's version, or whose heading in the changelog has no day, ends a release at once."""
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader" / "__init__.py").write_text('"""The grader."""\n\n__version__ = "1.2.0"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{changelog}", encoding="utf-8")
    scripts = [
        step["run"] for step in read("publish")["jobs"]["build"]["steps"] if "GITHUB_REF_NAME" in step.get("run", "")
    ]
    environment = os.environ | {"GITHUB_REF_NAME": tag}
    ended = [
        subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, check=False) for script in scripts
    ]
    assert [run.returncode for run in ended] == expected


def test_comment_runs_nothing_of_others() -> None:
    """The workflow with the right to write uses no action, checks nothing out, and listens to the one that grades."""
    assert [sorted(step) for step in steps("comment")] == [["env", "name", "run", "shell"]]
    assert read("comment")["on"]["workflow_run"]["workflows"] == [read("grade")["name"]]


def test_course_is_named() -> None:
    """A release that knows where it goes says so in its files; a name that is no such place is left out."""
    assert read("grade")["env"]["COURSE_REPOSITORY"] == ""
    assert read("grade-of-a-course")["env"]["COURSE_REPOSITORY"] == "teacher/course"
    assert read("gitlab-of-a-course")["grade"]["variables"]["COURSE_URL"] == "https://gitlab.com/teacher/course"
    for url in (
        "https://example.org/a/b",
        "git@github.com:a/b",
        "https://github.com/a/b?x",
        'https://github.com/a/b"\nx: y',
    ):
        assert 'COURSE_REPOSITORY: ""\n' in _workflows("github", url)[GRADE]
    odd = yaml.safe_load(_workflows("gitlab", 'https://x/"\n  script: ["#')[GITLAB])
    assert odd["grade"]["variables"]["COURSE_URL"] == 'https://x/"\n  script: ["#'
    assert _workflows("none", URL) == {}


# -- GitHub, played ----------------------------------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> str:
    """What git says."""
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    ended = subprocess.run(["git", "-C", str(folder), *author, *words], capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def change(repository: Path, branch: str, files: dict[str, str]) -> str:
    """Commit these files on a branch; the digest of the commit."""
    git(repository, "switch", "--quiet", "--force-create", branch)
    for name, text in files.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text, encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "mine")
    return git(repository, "rev-parse", "HEAD")


@pytest.fixture
def released(proved: MiniCourse, tmp_path: Path) -> Callable[..., Path]:
    """A repository with what students get."""

    def cut(*words: str) -> Path:
        proved.forget_rubrics()
        folder = tmp_path / "bundle"
        assert cli.main(["release", "-o", str(folder), "--course", str(proved.root), "--git", *words]) == 0
        return folder

    return cut


RIGHT = "def total(x):\n    return x.sum(dim=0)\n"
HOSTILE = {
    "assignments/mini/total.py": "def total(x):\n    print('\\n::error::forged')\n    raise ValueError('::error::forged')\n",
    "assignments/mini/a%0A::error::.py": "def total(x):\n    return 0\n",
    "assignments/mini/test_total.py": """import pytest

pytestmark = pytest.mark.exercise("total")


@pytest.mark.points(1000)
def test_columns(submission):
    '''Everything is fine.'''
""",
    "assignments/mini/conftest.py": "raise SystemExit('conftest')\n",
    "conftest.py": "raise SystemExit('conftest')\n",
    "grader.py": "raise SystemExit('grader')\n",
    "course/release.json": "{}",
    "requirements.txt": "no-such-package-of-anybody==1\n",
}


@dataclass
class Runner:
    """A runner that plays the steps of a job in a folder: checkouts from `repository`, scripts by bash."""

    workspace: Path
    repository: Path
    known: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    printed: str = ""

    def value(self, text: str) -> str:
        """The text with its expressions worked out."""
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: self.expression(found[1]), str(text))

    def expression(self, text: str) -> str:
        """An expression of names, texts, `&&` and `||`, which give what Python's `and` and `or` give."""
        names = re.sub(
            r"'[^']*'|[\w.-]+", lambda found: found[0] if found[0][0] == "'" else f"known[{found[0]!r}]", text
        )
        return str(eval(names.replace("||", " or ").replace("&&", " and "), {"known": self.known}))

    def run(self, name: str) -> None:
        """Play the one job of a workflow, up to the first step that fails."""
        document = read(name)
        (job,) = document["jobs"].values()
        common = {key: self.value(value) for key, value in document.get("env", {}).items()}
        self.known |= {f"env.{key}": value for key, value in common.items()}
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                place = self.workspace / step["with"]["path"]
                git(self.workspace, "clone", "--quiet", str(self.repository), str(place))
                git(place, "checkout", "--quiet", self.value(step["with"]["ref"]))
            elif "run" in step:
                more = {key: self.value(value) for key, value in step.get("env", {}).items()}
                ended = subprocess.run(
                    ["bash", "-e", "-c", step["run"]],
                    cwd=self.workspace / step.get("working-directory", ""),
                    env=self.environment | common | more,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    timeout=300,
                    check=False,
                )
                self.printed += ended.stdout
                self.statuses[step["name"]] = ended.returncode
                if ended.returncode:
                    return


@pytest.fixture
def commands(tmp_path: Path) -> dict[str, str]:
    """An environment with the grader of this checkout, and a pip that only notes what it is to install."""
    place = tmp_path / "bin"
    place.mkdir()
    start = "from grader.cli import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
    scripts = {
        "grader": f"#!{sys.executable}\nimport sys\nsys.path[0] = {str(ROOT)!r}\n{start}",
        "pip": f'#!/bin/sh\necho "pip $* in $PWD"\ncat "$PWD/requirements.txt" > {tmp_path}/installed\n',
    }
    for name, text in scripts.items():
        (place / name).write_text(text, encoding="utf-8")
        (place / name).chmod(0o755)
    kept = {name: os.environ[name] for name in ("HOME", "OMP_NUM_THREADS", "PYTHONPATH") if name in os.environ}
    return kept | {"PATH": f"{place}:{os.environ['PATH']}"}


@pytest.fixture
def runner(commands: dict[str, str], tmp_path: Path) -> Callable[..., Runner]:
    """Makes a runner of GitHub's for a repository and an event."""

    def make(repository: Path, /, **known: str) -> Runner:
        workspace = tmp_path / "work"
        workspace.mkdir()
        names = ("event.pull_request", "event.pull_request.base.sha", "event.pull_request.head.sha")
        names += ("event.pull_request.user.login", "sha", "actor", "repository")
        given = {f"github.{name}": known.get(name.replace(".", "_").removeprefix("event_"), "") for name in names}
        environment = commands | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
        }
        return Runner(workspace, repository, given, environment)

    return make


def obeyed(printed: str) -> list[str]:
    """The lines of a log that GitHub's runner obeys."""
    found, token = [], ""
    for line in map(str.strip, re.split(r"[\r\n]", printed)):
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.startswith("::"):
            found.append(line)
    return found


def pull_request(repository: Path, head: str) -> dict[str, str]:
    """What GitHub tells of a pull request to main."""
    return {
        "pull_request": "Object",
        "pull_request_base_sha": git(repository, "rev-parse", "main"),
        "pull_request_head_sha": head,
        "pull_request_user_login": "ada",
        "sha": "the merge commit, which holds the pull request",
        "actor": "somebody",
        "repository": "teacher/course",
    }


def test_hostile_pull_request(released: Callable[..., Path], runner: Callable[..., Runner], tmp_path: Path) -> None:
    """Rubric and grader are those of the base, nothing forged is obeyed, and the check fails as it should."""
    repository = released()
    head = change(repository, "mine", HOSTILE)
    job = runner(repository, **pull_request(repository, head))
    job.run("grade")
    assert job.statuses == {"Install the grader": 0, "Grade": 1}
    assert "no-such-package" not in (tmp_path / "installed").read_text(encoding="utf-8")
    assert "conftest'" not in job.printed
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("# 0 of 5 points\n\nThe check does not pass yet: at least 100% is asked for.\n")
    for path in ("assignments/mini/test_total.py`: changed", "conftest.py`: added", "requirements.txt`: changed"):
        assert path in summary
    assert "**ada**" in summary
    commands = obeyed(job.printed)
    assert len(commands) == 5
    assert {re.sub(r"(?<==)[^,:]*", "", line).split("::")[1] for line in commands} == {
        "error file=,line=,title=",
        "warning file=,title=",
    }
    assert (job.workspace / "feedback" / "comment.md").read_text(encoding="utf-8") == summary
    assert (job.workspace / "feedback" / "junit.xml").is_file()


def test_pull_request_that_changes_the_workflow(
    released: Callable[..., Path], runner: Callable[..., Runner], tmp_path: Path
) -> None:
    """It is graded, and the summary says that such a check proves nothing."""
    repository = released()
    text = FILES["grade"].replace('MIN_SCORE: "100%"', 'MIN_SCORE: "0"')
    head = change(repository, "mine", {GRADE: text, "assignments/mini/total.py": RIGHT})
    job = runner(repository, **pull_request(repository, head))
    job.run("grade")
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "> **This changes what the check runs.**" in summary


def test_push(released: Callable[..., Path], runner: Callable[..., Runner], tmp_path: Path) -> None:
    """Without another place for the course, a push is graded with its own files, and the summary says so."""
    repository = released()
    head = change(repository, "main", {"assignments/mini/total.py": RIGHT, "assignments/mini/parts.py": "TIMES = 4\n"})
    job = runner(repository, sha=head, actor="ada", repository="ada/mini")
    job.run("grade")
    assert job.statuses == {"Install the grader": 0, "Grade": 1}
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("# 1 of 5 points\n")
    assert "They were used as they are." in summary
    assert "- `assignments/mini/parts.py`: changed\n" in summary
    assert "The checks came from this same folder." in summary


def test_push_with_a_course_elsewhere(
    released: Callable[..., Path], runner: Callable[..., Runner], tmp_path: Path
) -> None:
    """With the course's own repository named, it is graded with that one's main branch, whatever was pushed."""
    repository = released("--url", URL)
    head = change(
        repository, "student", {"assignments/mini/total.py": RIGHT, "assignments/mini/parts.py": "TIMES = 4\n"}
    )
    job = runner(repository, sha=head, actor="ada", repository="ada/mini")
    job.run("grade-of-a-course")
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert git(job.workspace / "course", "rev-parse", "HEAD") == git(repository, "rev-parse", "main")
    assert "It was graded with the course's own files." in summary
    assert "- `assignments/mini/parts.py`: changed\n" in summary


# -- GitLab, played ----------------------------------------------------------------------------------------------------------


def gitlab(project: Path, environment: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the job as GitLab's runner does: all lines in one shell, which ends at the first that fails."""
    job = read("gitlab")["grade"]
    variables = {name: str(value) for name, value in job["variables"].items()}
    given = {
        "CI_PROJECT_DIR": str(project),
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "",
        "GITLAB_USER_LOGIN": "ada",
        "GITLAB_CI": "true",
    }
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", "\n".join(job["script"])],
        cwd=project,
        env=environment | variables | given | more,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_gitlab_merge_request(released: Callable[..., Path], commands: dict[str, str], tmp_path: Path) -> None:
    """The same hostile tree: rubric and grader of the commit that it began at, reports where GitLab looks for them."""
    project = released("--ci", "gitlab")
    base = git(project, "rev-parse", "main")
    (tmp_path / "elsewhere").mkdir()
    (project / "feedback").symlink_to(tmp_path / "elsewhere")
    change(project, "mine", HOSTILE)
    ended = gitlab(project, commands, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "0 of 5 points. The check does not pass yet: at least 100% is asked for." in ended.stdout
    assert "no-such-package" not in (tmp_path / "installed").read_text(encoding="utf-8")
    named = read("gitlab")["grade"]["artifacts"]["reports"]
    assert "<testsuites" in (project / named["junit"]).read_text(encoding="utf-8")
    quality = json.loads((project / named["codequality"]).read_text(encoding="utf-8"))
    assert quality[0]["location"]["path"] == "assignments/mini/total.py"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_gitlab_push(released: Callable[..., Path], commands: dict[str, str], tmp_path: Path) -> None:
    """A push is graded with its own files, and the summary says so."""
    project = released("--ci", "gitlab")
    change(project, "main", {"assignments/mini/total.py": RIGHT})
    ended = gitlab(project, commands, MIN_SCORE="1")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "The checks came from this same folder." in (project / "feedback" / "feedback.md").read_text(
        encoding="utf-8"
    )


# -- the comment -------------------------------------------------------------------------------------------------------------


@dataclass
class GitHub:
    """A server that answers like GitHub's API, and keeps what it is told."""

    address: str = ""
    artifact: bytes = b""
    size: int | None = None
    heads: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        """The document that a request is answered with."""
        home = "/repos/teacher/course"
        if path == f"{home}/actions/runs/7/artifacts":
            size = len(self.artifact) if self.size is None else self.size
            return {"artifacts": [{"id": 3, "size_in_bytes": size}] if self.artifact else []}
        if path == f"{home}/pulls":
            found = self.heads.get(query["head"][0], [])
            return [{"number": number, "head": {"sha": sha}} for number, sha in found]
        if path == f"{home}/pulls/5/files":
            return self.files if query["page"] == ["1"] else []
        if path == f"{home}/issues/5/comments" and method == "GET":
            first = 100 * (int(query["page"][0]) - 1)
            return self.comments[first : first + 100]
        if path == f"{home}/issues/5/comments":
            self.comments.append({"id": 900, "user": {"login": "github-actions[bot]"}, "body": body["body"]})
            return {}
        number = int(path.removeprefix(f"{home}/issues/comments/"))
        (entry,) = (entry for entry in self.comments if entry["id"] == number)
        entry["body"] = body["body"]
        return {}


@pytest.fixture
def github() -> Iterator[GitHub]:
    """The server; the archive of an artifact is on another address, as GitHub's is on another server."""
    state = GitHub(heads={"ada/x:my branch&1": [(5, "a" * 40), (6, "b" * 40)]})

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            state.asked.append((self.command, parts.path, self.headers.get("Authorization", "")))
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length)) if length else None
            if parts.path.endswith("/artifacts/3/zip"):
                self.send_response(302)
                self.send_header("Location", state.address.replace("127.0.0.1", "localhost") + "/storage")
                self.end_headers()
                return
            content = state.artifact
            if parts.path != "/storage":
                content = json.dumps(state.answer(self.command, parts.path, parse_qs(parts.query), body)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = handle_any

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def comment(github: GitHub, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the script of the workflow that comments, for a run of a fork's branch."""

    def run(sha: str = "a" * 40) -> subprocess.CompletedProcess[str]:
        document = {
            "id": 7,
            "head_sha": sha,
            "head_branch": "my branch&1",
            "head_repository": {"owner": {"login": "ada/x"}},
            "html_url": "https://github.com/teacher/course/actions/runs/7",
            "pull_requests": [],
        }
        (tmp_path / "event.json").write_text(json.dumps({"workflow_run": document}), encoding="utf-8")
        (step,) = steps("comment")
        script = tmp_path / "script.py"
        script.write_text(step["run"], encoding="utf-8")
        environment = {
            "PATH": os.environ["PATH"],
            "GITHUB_TOKEN": "a-token",
            "GITHUB_API_URL": github.address,
            "GITHUB_REPOSITORY": "teacher/course",
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        }
        assert step["shell"] == "python3 -I {0}"
        return subprocess.run(
            [sys.executable, "-I", str(script)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def packed(**members: str) -> bytes:
    """A zip of these texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return stream.getvalue()


def test_comment_of_a_fork(github: GitHub, comment: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """The pull request is the one whose head is the commit; the token does not go where the archive lies."""
    github.artifact = packed(
        comment_md="# 3 of 5 points\n\n<details><summary>Another hint</summary>\n\nx\n\n</details>\n"
    )
    ended = comment()
    assert (ended.returncode, ended.stdout) == (0, "Commented on pull request 5.\n"), ended.stderr
    (written,) = github.comments
    assert written["body"].startswith("<!-- grader ci -->\nGraded at aaaaaaa by [this run](https://github.com/")
    assert "# 3 of 5 points\n\n<details><summary>Another hint</summary>\n\nx\n\n</details>" in written["body"]
    assert "proves nothing" not in written["body"]
    assert {path: token for _, path, token in github.asked if path == "/storage"} == {"/storage": ""}
    assert {token for _, path, token in github.asked if path != "/storage"} == {"Bearer a-token"}


def test_one_comment_is_kept_up_to_date(
    github: GitHub, comment: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """A second run changes the comment of the first, wherever it is among others; nobody else's is taken for it."""
    github.comments = [
        {"id": number, "user": {"login": "ada"}, "body": "<!-- grader ci -->\nmine is the real one"}
        for number in range(150)
    ]
    github.comments[3] |= {"user": None, "body": None}  # of somebody who has left
    for text in ("first", "second"):
        github.artifact = packed(comment_md=text)
        assert comment().returncode == 0
    assert len(github.comments) == 151
    assert github.comments[-1]["body"].endswith("second")
    assert [entry for entry in github.comments[:-1] if "second" in (entry["body"] or "")] == []


def test_comment_is_harmless(github: GitHub, comment: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Whatever the artifact holds: nobody is called, nothing is linked, shown or hidden."""
    text = "@teacher #12 [pay](https://evil.example) ![x](//e) <img src=x> <!-- <a href=x> http://e www.e.org \u202eabc [a]: /b"
    text += " &commat;dean &#64;dean &num;12"
    github.artifact = packed(comment_md=text)
    assert comment().returncode == 0
    body = github.comments[0]["body"].partition("\n\n")[2]
    for harmful in ("@t", "#1", "](", "://", "![", "<i", "<!", "<a", "www.", "\u202e", "]:", "&c", "&#6", "&n"):
        assert harmful not in body
    assert body.replace("\u2060", "") == text.replace("\u202e", "")


@pytest.mark.parametrize("name", ["filename", "previous_filename"])
def test_comment_says_that_workflows_changed(
    github: GitHub, comment: Callable[..., subprocess.CompletedProcess[str]], name: str
) -> None:
    """Whether the run can be believed is found out from GitHub, not from the run."""
    github.artifact = packed(comment_md="# 5 of 5 points")
    github.files = [{"filename": "x"}, {"filename": "y", name: ".github/workflows/grade.yml"}]
    assert comment().returncode == 0
    assert "> **This pull request changes what the check runs" in github.comments[0]["body"]


@pytest.mark.parametrize("length", [66_000, 300_000])
def test_comment_has_a_limit(
    github: GitHub, comment: Callable[..., subprocess.CompletedProcess[str]], length: int
) -> None:
    """GitHub takes 65,536 characters, so what is longer is cut, and that is said."""
    github.artifact = packed(comment_md="@é" * (length // 2))
    assert comment().returncode == 0
    assert len(github.comments[0]["body"]) < 65_536
    assert github.comments[0]["body"].endswith("cut here; the run has all of it.")


@pytest.mark.parametrize(
    ("artifact", "size"),
    [
        (b"", None),
        (b"no zip", None),
        (packed(other_md="x"), None),
        (packed(comment_md=" \n"), None),
        (packed(comment_md="x"), 3_000_000),
        (packed(comment_md="x") + b"x" * 2_000_001, 10),
    ],
)
def test_unusable_artifact(
    github: GitHub, comment: Callable[..., subprocess.CompletedProcess[str]], artifact: bytes, size: int | None
) -> None:
    """None, no zip, one without the text, too large, or larger than GitHub said: no comment, and the log says so."""
    github.artifact, github.size = artifact, size
    ended = comment()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "There is no feedback to comment" in ended.stdout
    assert github.comments == []


def test_commit_that_is_no_head(github: GitHub, comment: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A commit that was overtaken by a newer one gets no comment."""
    github.artifact = packed(comment_md="x")
    ended = comment("c" * 40)
    assert (ended.returncode, github.comments) == (0, [])
    assert "nothing to comment" in ended.stdout
