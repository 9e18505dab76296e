"""The page of all commands and their options, made of the parsers that read them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from grader import cli
from grader.cli.statuses import statuses_of
from making.markdown import code, flowed, page, prose, table

_INTRODUCTION = """\
What is in capitals stands for something of yours. `grader --help` lists the commands, `grader COMMAND --help` says what
stands here, and `grader --version` tells the version. For pytest's own options see
[fixtures and markers](fixtures-and-markers.md#options-of-pytest)."""


_STATUS = re.compile(r"^(\d+(?: and the .* number)?) (?:when )?(.+)$")


def commands_page() -> str:
    """The page."""
    commands = dict(_commands(cli.parser()))
    overview = table(
        ("command", "what it does"),
        ((f"[`grader {name}`](#grader-{name})", prose(what)) for name, (what, _) in commands.items()),
    )
    sections = (part for name, (what, parser) in commands.items() for part in _section(name, what, parser))
    return page("Commands", _INTRODUCTION, overview, "## Exit status", _statuses(cli.__doc__ or ""), *sections)


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, tuple[str, argparse.ArgumentParser]]]:
    [group] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for shown in group._choices_actions:
        yield shown.dest, (shown.help or "", group.choices[shown.dest])


def _statuses(documentation: str) -> str:
    """The table of exit statuses: the docstring of the command says them in a sentence."""
    [sentence] = [part for part in flowed(documentation).split("\n\n") if part.startswith("Exit status:")]
    statuses = re.split(r",\s+(?=\d)", sentence.removeprefix("Exit status:").strip().rstrip("."))
    return table(("status", "when"), (_STATUS.findall(status)[0] for status in statuses))


def _section(name: str, what: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    actions = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    yield f"## grader {name}"
    yield f"{prose(what[0].upper() + what[1:])}."
    required = [_words(action)[0] for action in actions if action.option_strings and action.required]
    places = [_placed(action) for action in actions if not action.option_strings]
    yield code(" ".join(["grader", name, *places, *required]))
    if actions:
        yield table(
            ("argument", "what it is", "without it"),
            ((", ".join(map(code, _words(action))), _help(action), _without(action, parser)) for action in actions),
        )
    yield table(("exit status", "when"), ((str(status), prose(when)) for status, when in statuses_of(name).items()))


def _placed(action: argparse.Action) -> str:
    """An argument that is known by its place, as a line of usage has it."""
    name = str(action.metavar or action.dest)
    return {"?": f"[{name}]", "*": f"[{name} ...]"}.get(str(action.nargs), name)


def _words(action: argparse.Action) -> list[str]:
    """The ways to write an argument, the shortest first, each with the name of its value."""
    if not action.option_strings:
        return [_placed(action)]
    value = ""
    if action.nargs != 0:
        choices = "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
        value = f" {action.metavar or choices}"
    return [f"{option}{value}" for option in sorted(action.option_strings, key=len)]


def _help(action: argparse.Action) -> str:
    return prose((action.help or "").replace("%%", "%"))


def _without(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    """What counts where the argument is not given; empty if there is nothing then, or the help says it."""
    if action.required:
        return "required" if action.option_strings or action.nargs not in ("?", "*") else ""
    default = parser.get_default(action.dest)
    if action.dest == "jobs":
        return "as many as there are processors"
    if isinstance(default, StrEnum | Path | str) and str(default):
        return code(default)
    return code(f"{default:g}") if isinstance(default, int | float) and not isinstance(default, bool) else ""
