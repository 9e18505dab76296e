"""Where the commands of a page are run: a copy of a prepared folder, real programs, and stand-ins for a few of them.

A stand-in notes what it was called with; when the page is done, that is held against what the real program takes.
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import io
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
import run as benchmarks
from documented import (
    LEFT_OUT,
    Block,
    blocks_of,
    commands_of,
    differences,
    faults_of,
    headings_of,
    is_excerpt,
    words_of,
)

from grader.authoring.skeletons import has_marks, skeleton_of
from grader.cli import parser
from grader.course.assignments import assignment_names, find_assignment
from grader.errors import CourseError, UsageError
from grader.lms.roster import read_roster

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parent.parent
SECONDS = 300
_LONGEST = 3000  # characters of a fault
_MACHINE = re.compile(r"(?<![^\s=])/(?=(?:opt|srv|grade|course)\b)")  # folders that a page names by their absolute path
_FROM_AN_INDEX = {"build", "dask-jobqueue", "paramiko", "tox"}  # what pages install besides backgrade itself

# Program -> why it can't be run here as the page has it.
STAND_INS = {
    "pip": "there may be no index within reach, and no page may change what the tests run with",
    "tox": "runs the tests, of which this is one",
    "ruff": "tox runs it",
    "mypy": "tox runs it",
    "dask": "the scheduler and the machines of these addresses are not there; test_cluster grades on real ones",
    "docker": "there may be no daemon, and no registry is within reach",
    "helm": "there is no cluster",
    "kubectl": "there is no cluster",
    "systemctl": "changes the machine",
    "sbatch": "there is no Slurm",
    "scancel": "there is no Slurm",
}
# Of these only some calls are noted, the others run for real.
_PARTLY = """
case "$name $* " in
    "grader "*" --scheduler "*) ;;         # there is no cluster
    "grader "*" --device cuda"*) ;;        # there may be no GPU
    "grader calibrate "*) ;;               # takes twenty minutes
    "grader demo "*) exec "$REAL/grader" "$@" --course "$DESK" ;;   # the sample class of this folder, which is a small one
    "pytest "*" --device cuda"*) ;;        # there may be no GPU
    "pytest "*tests*) ;;                   # these tests themselves
    "python "*benchmarks/run.py*) ;;       # takes minutes
    "python -m build "*) mkdir -p dist && touch dist/backgrade.whl ;;  # there may be no index; test_distribution builds
    "python3 -m venv "*)                   # what pip would put there is put there
        mkdir -p "$3/bin" && ln -sf "$STAND_INS"/* "$3/bin/"
        echo "PATH=$(cd "$3" && pwd)/bin:$PATH" >"$3/bin/activate" ;;
    "sbatch "*) bash -n "$1" || exit 1; echo "Submitted batch job 7" ;;
    grader\\ *|pytest\\ *|python\\ *|python3\\ *) exec "$REAL/$name" "$@" ;;
esac
"""
_PROGRAM = f"""#!/bin/bash
name=${{0##*/}}
{_PARTLY.strip()}
{{ printf '%s\\0' "$name" "$PWD" "$@"; printf '\\1\\0'; }} >>"$NOTES"
"""


class Call(NamedTuple):
    """What a stand-in was called with, and where."""

    program: str
    folder: Path
    words: list[str]


class Said(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


class Desk:
    """A folder in which the commands of a page are run one after the other, each where the one before has gone."""

    program = "program.py"  # where a block of Python is put that is no file

    def __init__(self, folder: Path) -> None:
        self.folder = self.place = folder
        self.programs = folder.parent / "programs"
        self.notes = folder.parent / "notes"
        self.programs.mkdir()
        for name in ("grader", "pytest", "python", "python3", *STAND_INS):
            (self.programs / name).write_text(_PROGRAM, encoding="utf-8")
            (self.programs / name).chmod(0o755)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "GITHUB_", "GIT_", "PYTHONSAFEPATH"))
        }
        self.environment = kept | {
            "PATH": os.pathsep.join((str(self.programs), str(Path(sys.executable).parent), os.environ["PATH"])),
            "HOME": str(folder),
            "COLUMNS": "80",
            "REAL": str(Path(sys.executable).parent),
            "DESK": str(folder),
            "STAND_INS": str(self.programs),
            "NOTES": str(self.notes),
            "GIT_CONFIG_COUNT": "4",
            **_git(0, "user.name", "A Teacher"),
            **_git(1, "user.email", "teacher@example.org"),
            **_git(2, f"url.{folder}/hub/.insteadOf", "https://github.com/"),
            **_git(3, "init.defaultBranch", "main"),
        }

    def run(self, command: str, saves: Sequence[Callable[[], object]] = ()) -> Said:
        """Run a command as the page has it. One that goes on until Ctrl-C gets that, after these saves."""
        if command.startswith("grader watch"):
            return self._watch(command, saves)
        here = self.folder.parent / "place"
        script = f"{_MACHINE.sub(f'{self.folder}/machine/', command)}\nstatus=$?\nwait\npwd >'{here}'\nexit $status\n"
        ended = subprocess.run(
            ["bash", "-c", script],
            cwd=self.place,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        self.place = Path(here.read_text(encoding="utf-8").strip())
        return Said(ended.returncode, ended.stdout, ended.stderr)

    def _watch(self, command: str, saves: Sequence[Callable[[], object]]) -> Said:
        keyboard, theirs = pty.openpty()
        process = subprocess.Popen(
            shlex.split(command),
            cwd=self.place,
            env=self.environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        assert process.stdout is not None
        shown = ""
        try:
            for save in (*saves, lambda: os.killpg(process.pid, signal.SIGINT)):
                shown = ""
                for line in process.stdout:
                    shown += line
                    if line.startswith("Waiting for the next save"):
                        break
                save()
            _, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
            os.close(keyboard)
            os.close(theirs)
        status = 0 if process.returncode == 128 + signal.SIGINT else process.returncode or 1
        return Said(status, shown, err)

    def write(self, name: str, text: str) -> None:
        """Write a file where the commands are; one with an absolute path goes to the machine of this desk."""
        path = self.folder / "machine" / name[1:] if name.startswith("/") else self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def calls(self) -> list[Call]:
        """What stand-ins were called with since this was asked last."""
        text = self.notes.read_text(encoding="utf-8") if self.notes.exists() else ""
        self.notes.unlink(missing_ok=True)
        parts = [call.split("\0")[:-1] for call in text.split("\1\0")[:-1]]
        return [Call(program, Path(folder), words) for program, folder, *words in parts]


def _git(number: int, key: str, value: str) -> dict[str, str]:
    return {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}


# -- what a command may be called with -------------------------------------------------------------------------------------


def why_not_parsed(words: Sequence[str]) -> str:
    """What `grader` itself says of the words behind its name; nothing if it takes them.

    Three dots among them stand for what is left out. A word such as FORMAT, which the help has in the place of a value, is one.
    """
    if not words or words == ["--version"] or words[0] == "COMMAND":
        return ""
    whole, shortened = parser(), LEFT_OUT in words
    command = _commands(whole).get(words[0])
    if command is not None:
        command.allow_abbrev = False
        for action in command._actions:
            if shortened:
                action.required = False
                action.nargs = "?" if action.nargs is None and not action.option_strings else action.nargs
            if action.metavar in words:
                action.type = action.choices = None
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            whole.parse_args([word for word in words if word != LEFT_OUT])
    except SystemExit as end:
        return said.getvalue().strip() if end.code else ""
    return ""


def is_mention(words: Sequence[str]) -> bool:
    """Whether a command is named only, perhaps with options of its own and no values: `grader doctor --scheduler`."""
    command = _commands(parser()).get(words[0])
    return command is not None and all(word in command._option_string_actions for word in words[1:])


def options_of_grader() -> set[str]:
    """The options of every command."""
    return {option for command in _commands(parser()).values() for option in command._option_string_actions}


def options_of_dask() -> set[str]:
    """The options of its commands that pages name."""
    entries = [entry for command in _dask_commands().values() for entry in command.params]
    return {option for entry in entries for option in (*entry.opts, *entry.secondary_opts)}


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return commands.choices


def _dask_commands() -> Mapping[str, Any]:
    pytest.importorskip("distributed")
    from distributed.cli import dask_scheduler, dask_ssh, dask_worker

    return {"scheduler": dask_scheduler.main, "worker": dask_worker.main, "ssh": dask_ssh.main}


def fault_of(call: Call, blocks: Sequence[Block]) -> str:
    """What is wrong with a call that a stand-in took; nothing if the real program would begin with it."""
    return _RULES[call.program](call, {block.title: block for block in blocks if block.title})


Titled = Mapping[str, Block]


def _grader(call: Call, titled: Titled) -> str:
    why = why_not_parsed(call.words)
    if why:
        return why
    options = parser().parse_args(call.words)
    for name in filter(None, (getattr(options, "inbox", None),)):
        if not (call.folder / name).exists():
            return f"{name}: no such file"
    if getattr(options, "assignment", None) not in (None, *assignment_names(call.folder)):
        return f"no assignment {options.assignment}"
    scheduler = getattr(options, "scheduler", None)
    if scheduler is None:
        return ""
    if "://" not in scheduler:
        if not (call.folder / scheduler).is_file():
            return f"{scheduler}: no such file"
        scheduler = yaml.safe_load((call.folder / scheduler).read_text(encoding="utf-8"))["scheduler-address"]
    return _why_no_address(scheduler)


def _why_no_address(address: str) -> str:
    pytest.importorskip("distributed")
    from distributed.comm import get_address_host_port

    try:
        get_address_host_port(address)
    except (ValueError, NotImplementedError) as error:
        return str(error)
    return ""


def _pytest(call: Call, titled: Titled) -> str:
    paths = [word for word in call.words if "/" in word or word == "tests"]
    missing = [path for path in paths if not (ROOT / path).exists()]
    return f"{missing[0]}: no such file" if missing else "" if paths else "no path"


def _python(call: Call, titled: Titled) -> str:
    if call.words[:2] == ["-m", "build"]:
        return "" if call.words[2:] == ["-o", "dist", "CLONE"] else "expected python -m build -o dist CLONE"
    if call.words[:2] == ["-m", "venv"]:
        return "" if len(call.words) == 3 else "expected python3 -m venv FOLDER"
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.chdir(ROOT):
            benchmarks.chosen_of(call.words[1:])
    except SystemExit:
        return said.getvalue()
    return ""


def _pip(call: Call, titled: Titled) -> str:
    """Files are there, extras are those of pyproject.toml, and nothing else comes from an index but what is listed."""
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    parser.add_argument("command", choices=["install"])
    parser.add_argument("wanted", nargs="*")
    parser.add_argument("-q", "--quiet", action="store_true")
    for names in (("-c", "--constraint"), ("-r", "--requirement"), ("-e", "--editable"), ("--extra-index-url",)):
        parser.add_argument(*names, action="append", default=[])
    options, unknown = parser.parse_known_intermixed_args(call.words)
    if unknown:
        return f"pip has no {unknown[0]} here"
    for name in (*options.constraint, *options.requirement):
        if not (call.folder / name).is_file():
            return f"{name}: no such file"
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for wanted in (*options.wanted, *options.editable):
        name, _, extra = wanted.removesuffix("==X.Y.Z").rstrip("]").partition("[")
        if re.fullmatch(r"dist/[^/]+\.(whl|tar\.gz)", name):  # what `python -m build` has made
            continue
        if name not in (".", "backgrade", *_FROM_AN_INDEX):
            return f"{name} is nothing that a page may install"
        if name == "." and not (call.folder / "pyproject.toml").is_file():
            return "there is no pyproject.toml in this folder"
        if extra and extra not in extras:
            return f"there is no extra {extra}"
    return ""


def _in_tox(call: Call, titled: Titled) -> str:
    """These words stand in tox.ini, so CI runs them."""
    commands = " ".join((ROOT / "tox.ini").read_text(encoding="utf-8").split())
    words = " ".join((call.program, *call.words))
    return "" if words in commands else f"tox.ini does not run {words}"


def _tox(call: Call, titled: Titled) -> str:
    return "" if (call.folder / "tox.ini").is_file() and not call.words else "expected tox alone, where its tox.ini is"


def _dask(call: Call, titled: Titled) -> str:
    import click

    commands = _dask_commands()
    name, *rest = call.words
    if name not in commands:
        return f"dask has no command {name} that pages use"
    try:
        with contextlib.chdir(call.folder):
            options = commands[name].make_context(name, rest).params
    except click.ClickException as error:
        return error.format_message()
    return _why_no_address(options["scheduler"]) if name == "worker" and options["scheduler"] else ""


def _docker(call: Call, titled: Titled) -> str:
    """An image is built of a Dockerfile of the page; what is run in it is a command of ours."""
    match call.words:
        case ["build", "-t", _, "."]:
            return "" if "Dockerfile" in titled else "the page has no Dockerfile"
        case ["push", _]:
            return ""
        case ["run", "--rm", _, "grader", *words]:
            return why_not_parsed(words)
    return f"docker {call.words[0]} has no rule"


def _kubectl(call: Call, titled: Titled) -> str:
    """A file is one of the page, and holds what is spoken of; a service is the scheduler of a cluster in it."""
    words = [word for word in call.words if word not in ("-n", "grading")]
    clusters = [
        entry["metadata"]["name"]
        for title, block in titled.items()
        if title.endswith((".yaml", ".yml"))
        for entry in yaml.safe_load_all(block.text)
        if entry["kind"] == "DaskCluster"
    ]
    match words:
        case ["create", "namespace"]:
            return ""
        case ["apply" | "delete", "-f", name]:
            return "" if name in titled else f"the page has no {name}"
        case ["port-forward", service, ports]:
            known = [f"service/{cluster}-scheduler" for cluster in clusters]
            return "" if service in known and ports == "8786:8786" else f"expected one of {known}, at port 8786"
    return f"kubectl {words[0]} has no rule"


def _helm(call: Call, titled: Titled) -> str:
    words = [word for word in call.words if not word.startswith("http")]
    expected = ["install", "--repo", "--create-namespace", "-n", "dask-operator", "--generate-name"]
    return "" if words == [*expected, "dask-kubernetes-operator"] else "another call than that of dask-kubernetes"


def _systemctl(call: Call, titled: Titled) -> str:
    *words, unit = call.words
    path = f"/etc/systemd/system/{unit}.service"
    return "" if words == ["enable", "--now"] and path in titled else f"the page has no {path}"


def _anything(call: Call, titled: Titled) -> str:
    return ""  # the stand-in has read the script; no page calls these by itself


_RULES: Mapping[str, Callable[[Call, Titled], str]] = {
    "grader": _grader,
    "pytest": _pytest,
    "python": _python,
    "python3": _python,
    "pip": _pip,
    "tox": _tox,
    "ruff": _in_tox,
    "mypy": _in_tox,
    "dask": _dask,
    "docker": _docker,
    "helm": _helm,
    "kubectl": _kubectl,
    "systemctl": _systemctl,
    "sbatch": _anything,
    "scancel": _anything,
}


# -- commands in running text ----------------------------------------------------------------------------------------------


def options_there_are(config: pytest.Config) -> set[str]:
    """Every option of `grader`, of pytest with the course's plugin, of Dask and of the benchmarks; and one of Slurm's."""
    parser = config._parser
    names = {
        name for group in (parser._anonymous, *parser._groups) for entry in group.options for name in entry.names()
    }
    measured = set(re.findall(r'"(--[a-z-]+)"', (ROOT / "benchmarks" / "run.py").read_text(encoding="utf-8")))
    return names | measured | options_of_grader() | options_of_dask() | {"--mem"}


def faults_of_words(page: str, options: set[str]) -> list[str]:
    """Commands in the text of a page that are none: of `grader` by its own parser, the others by what they name."""
    faults = []
    for code in words_of(page):
        program, *words = _split(code)
        if program == "grader" and words and not is_mention(words):
            why = why_not_parsed(words)
            faults += [f"{code}: {why}"] if why else []
        elif program == "pip" and words[:1] == ["install"] and "-r" not in words:  # such a file is in what students get
            why = fault_of(Call("pip", ROOT, words), ())
            faults += [f"{code}: {why}"] if why else []
        elif program in ("python", "python3") and words and words[0].endswith(".py"):
            is_there = (ROOT / words[0]).is_file() or words[0].endswith(
                "/play.py"
            )  # which lessons tell students to write
            faults += [] if is_there else [f"{code}: no such file"]
        elif program.startswith("--") and program not in options:
            faults.append(f"{code}: no such option")
    return faults


def _split(code: str) -> list[str]:
    try:
        return shlex.split(code) or [""]
    except ValueError:  # a formula, or half a command
        return [""]


# -- a page, followed ------------------------------------------------------------------------------------------------------


def follow(
    page: str,
    desk: Desk,
    *,
    elsewhere: Collection[str] = (),
    status: Mapping[str, int] = MappingProxyType({}),
    scenes: Mapping[str, Callable[[Desk], object]] = MappingProxyType({}),
    saves: Sequence[Callable[[], object]] = (),
) -> list[str]:
    """Do what a page says, block by block; what is not as it says, with the line.

    `elsewhere` are the first lines of blocks that other tests execute, `status` the commands that are to end with another
    status than 0. What `scenes` has for a heading is done where it is reached: what happens meanwhile in the reader's world.
    `saves` are what the reader saves while a command goes on.
    """
    blocks, said, left = blocks_of(page), "", dict(scenes)
    faults = [f"there is no heading {heading}" for heading in scenes if heading and heading not in headings_of(page)]
    faults += faults_of(blocks)
    for block in blocks if not faults else ():
        for heading in ("", block.heading):
            left.pop(heading, lambda desk: None)(desk)
        try:
            if block.text.startswith(tuple(elsewhere)):
                continue
            if block.language in ("sh", "console"):
                said = ""
                for command in commands_of(block):
                    ended = desk.run(command.text, saves)
                    said += ended.out
                    if ended.status != status.get(command.text.partition("  #")[0].rstrip(), 0):
                        faults.append(
                            f"line {command.line}: {command.text}: status {ended.status}\n{ended.out}{ended.err}"
                        )
                    elif command.said and (difference := differences(command.said, ended.out)):
                        faults.append(f"line {command.line}: {difference}")
            elif block.language == "output":
                difference = differences(block.text.rstrip("\n").split("\n"), said)
                faults += [f"line {block.line}: {difference}"] if difference else []
            else:
                if block.title:
                    desk.write(block.title, block.text)
                why = FILES[block.language](block, desk)
                faults += [f"line {block.line}: {why}"] if why else []
        except AssertionError as error:
            faults.append(str(error))
    for call in desk.calls():
        why = fault_of(call, blocks)
        faults += [f"{call.program} {' '.join(call.words)}: {why}"] if why else []
    return [fault if len(fault) < _LONGEST else f"{fault[:_LONGEST]} ..." for fault in faults]


def _text(block: Block, desk: Desk) -> str:
    return ""  # a drawing; `faults_of` has looked for commands in it


def _python_file(block: Block, desk: Desk) -> str:
    """A file that a later command uses, a piece of a shipped file, which other tests run, or a program."""
    try:
        compile(block.text, block.title or "the page", "exec")
        if has_marks(block.text):
            compile(skeleton_of(block.text, desk.place / "page.py"), "its skeleton", "exec")
    except (SyntaxError, CourseError) as error:
        return f"no Python: {error}"
    shipped = [*ROOT.glob("assignments/*/*.py"), *ROOT.glob("reference/**/*.py")]
    if block.title or any(is_excerpt(block.text, path.read_text(encoding="utf-8")) for path in shipped):
        return ""
    desk.write(desk.program, block.text)
    ended = desk.run(f"python {desk.program}")
    return f"no piece of a file of the course's, and as a program it ends with {ended.err}" if ended.status else ""


def _toml(block: Block, desk: Desk) -> str:
    """A manifest, or what is added to one."""
    path = desk.place / (block.title or "assignments/classifier/assignment.toml")
    if not block.title:
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{block.text}", encoding="utf-8")
    try:
        assignment = find_assignment(path.parent.parent.parent, path.parent.name)
        assert assignment.exercises
        assert assignment.late_rule is not None or "[late]" not in block.text
    except CourseError as error:
        return str(error)
    return ""


def _yaml(block: Block, desk: Desk) -> str:
    """Steps of a workflow, which are run; a configuration of Dask's; or a manifest of Kubernetes'."""
    try:
        documents = list(yaml.safe_load_all(block.text))
    except yaml.YAMLError as error:
        return f"no YAML: {error}"
    if isinstance(documents[0], list):
        return _steps(documents[0], desk)
    if "distributed" in documents[0]:
        return _dask_settings(documents[0], "")
    why = [_manifest(document) for document in documents]
    return "; ".join(filter(None, why))


def _steps(steps: Sequence[Mapping[str, Any]], desk: Desk) -> str:
    """The scripts are run as the runner does, and what a later step asks for was told by an earlier one."""
    told, asked = "", set()
    for step in steps:
        asked |= set(re.findall(r"steps\.\w+\.outputs\.(\w+)", str(step.get("env", ""))))
        output = desk.folder / "github_output"
        ended = (
            desk.run(f"export GITHUB_OUTPUT='{output}'\n(\nset -e\n{step['run']}\n)")
            if "run" in step
            else Said(0, "", "")
        )
        if ended.status:
            return f"{step['run']}{ended.err}"
        told += output.read_text(encoding="utf-8")
    missing = [name for name in sorted(asked) if not re.search(rf"^{name}(=|<<)", told, re.MULTILINE)]
    return f"no step tells {missing}" if missing or not asked else ""


def _dask_settings(found: Mapping[str, Any], place: str) -> str:
    """Each is one that Dask has."""
    import dask.config
    import distributed  # its settings are known when it is imported

    assert distributed
    for name, value in found.items():
        path = f"{place}.{name}".lstrip(".")
        if isinstance(value, dict):
            why = _dask_settings(value, path)
            if why:
                return why
        elif path != "scheduler-address" and dask.config.get(path, "unknown") == "unknown":
            return f"Dask has no setting {path}"
    return ""


def _manifest(document: Mapping[str, Any]) -> str:
    if not {"apiVersion", "kind", "metadata", "spec"} <= set(document):
        return "no manifest"
    pods = [part["spec"] for part in document["spec"].values() if isinstance(part, dict) and "spec" in part]
    for program, *words in (container["args"] for pod in pods for container in pod["containers"]):
        why = fault_of(Call(program, Path(), words), ())
        if why:
            return why
    return "" if pods or document["kind"] == "NetworkPolicy" else "no pod in it"


def _csv(block: Block, desk: Desk) -> str:
    if block.title != "roster.csv":
        return 'a table that nothing reads; expected title="roster.csv"'
    try:
        return "" if read_roster(desk.place / block.title).students else "nobody in it"
    except UsageError as error:
        return str(error)


def _ini(block: Block, desk: Desk) -> str:
    """A unit of systemd's: what it starts is a command of Dask's."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(block.text if block.text.startswith("[") else f"[Service]\n{block.text}")
    except configparser.Error as error:
        return str(error)
    program, *words = shlex.split(parser["Service"]["ExecStart"])
    return fault_of(Call(Path(program).name, Path(), words), ())


def _dockerfile(block: Block, desk: Desk) -> str:
    """It begins with a Python that will do; scripts are read by a shell, and what is installed is held against the project."""
    lines = block.text.rstrip("\n").split("\n")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    version = re.fullmatch(r"FROM python:(\d+)\.(\d+)-slim", lines[0])
    if version is None or tuple(map(int, version.groups())) < least:
        return f"{lines[0]}: expected FROM python:{'.'.join(map(str, least))}-slim or newer"
    for line in lines[1:]:
        instruction, _, rest = line.partition(" ")
        if instruction not in ("RUN", "COPY", "WORKDIR", "ENV", "USER"):
            return f"no instruction: {line}"
        if instruction == "RUN" and subprocess.run(["bash", "-nc", rest], capture_output=True, check=False).returncode:
            return f"no shell can read {rest}"
        if rest.startswith("pip "):
            words = [word for word in shlex.split(rest)[1:] if word != "--no-cache-dir"]
            why = _pip(Call("pip", ROOT, words), {})
            if why:
                return why
    return ""


def _markdown(block: Block, desk: Desk) -> str:
    return "" if block.title else "Markdown that is no file"


FILES: Mapping[str, Callable[[Block, Desk], str]] = {
    "text": _text,
    "python": _python_file,
    "toml": _toml,
    "yaml": _yaml,
    "csv": _csv,
    "ini": _ini,
    "dockerfile": _dockerfile,
    "markdown": _markdown,
}
