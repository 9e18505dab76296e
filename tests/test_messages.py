"""Every text that a person can come to read: the list of them is current, and each keeps the rules for messages.

An exception from a rule stands here with its reason. `python tests/messages.py` makes the list anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from messages import (
    COMMAND,
    ENDINGS,
    ENGINE,
    LIST,
    READERS,
    STUDENT,
    Message,
    error_classes,
    listed,
    messages,
    messages_of,
)

FOUND = messages()
# What is a sentence of its own, and what continues the name of the place that it is about: `linear.py: is not UTF-8`.
SENTENCES = {
    *(
        "Blocked",
        "CheckFailed",
        "ClusterError",
        "CourseError",
        "Evidence.relation",
        "Evidence.summary",
        "IsolationError",
    ),
    *("NotAttempted", "Relation", "StorageError", "UsageError", "WallBroken", "WorkerCrashed", "WorkerTimedOut"),
    *("Blocked.hint", "CheckFailed.hint", "WorkerCrashed.hint", "WorkerTimedOut.hint", "say_problem"),
}
CONTINUED = {
    "ArgumentTypeError",
    "DeviceError",
    "Flag",
    "NotExpressible",
    "NotebookError",
    "_Refused",
    "find",
    "refuse",
}
# A person is to do something about it, in general where the message says what.
OF_USE = {"ArgumentTypeError", "ClusterError", "CourseError", "StorageError", "UsageError"}

WHOLE = "|".join(map(re.escape, ENDINGS.values()))
_STEPS = (
    "add|ask|begin|bring|call|choose|clear|define|don't|download|end|fill|get|give|go|grade|have|install|leave|let|look|"
    "make|measure|mend|name|put|record|remove|rename|repeat|resolve|restart|run|save|say|see|set|start|take|unpack|use|"
    "wait|work|write"
)
NEXT_STEP = re.compile(
    rf"(^|[.?:;,)}}] |or |and )({_STEPS})\b|`[^`]+`|\bexpected\b|\?$|\{{({WHOLE})\}}$", re.IGNORECASE
)
NEVER = (
    *(
        "invalid",
        "illegal",
        "please",
        "oops",
        "sorry",
        "failed to",
        "unable to",
        "unexpected",
        "fatal",
        "abort",
        "cannot",
    ),
    *("could not find", "error occurred", "unknown error", "bad", "wrongly", "simply", "just", "obviously", "must not"),
)
# One word a thing, as in the README's "Words".
ONE_WORD: Mapping[str, str] = {
    "directory": "folder",
    "directories": "folders",
    "dir": "folder",
    "filename": "name of a file",
    "homework": "assignment",
    "test case": "check",
    "testcase": "check",
    "unit test": "check",
    "pupil": "student",
    "learner": "student",
    "mark": "score, or points",
    "solution": "model answer",
    "repo": "repository",
    "subprocess": "process",
    "sandbox": "worker, or walls",
    "autograder error": "grader error",
    "ungraded": "not graded",
    "plugin": "grader",
    "stack trace": "traceback",
    "threw": "raised",
    "timeout": "gave no answer within",
}
LONGEST = 330  # characters: four lines of a terminal
# Text -> why the rule is not for it.
EXCEPTIONS: Mapping[str, dict[str, str]] = {
    "sentence": {
        "grader: {error}": "the error is a sentence",
        "grader: {problem}": "the problem is a sentence",
        "note: {note}": "the note is a sentence",
        "not matched: {reason}": "it names an entry and what is odd about it",
        "{path}: a file of the course, {difference} here": "it names a file and what is odd about it",
        "note: {text}": "the text is a sentence",
        "{folder}: the rubric can't be run: {problem}": "the problem is a sentence, with a next step",
        "grader: {told}": "it ends with a next step",
        "{gradebook}: {error}": "the error is a sentence",
        "{path}: can't be written: {strerror}. {advice}": "the advice is a sentence",
    },
    "continued": {},
    "place": {
        "got an empty text; name a file or a folder, or . for this folder": "argparse names the option",
        "stopped, so nothing was checked. Run the cell again.": "Ctrl-C in a notebook's cell, which is the place",
        "the worksheet: no column holds participants, such as Participant 4242. Download the grading worksheet from the "
        "assignment's submissions; quick grading or offline grading must be on there.": "it is the one that was named",
        "the course that comes with the grader is not installed here: what students get has no model answers. Install "
        "backgrade itself, or work in a clone of its repository.": "it is about the grader that was started",
        "comparing submissions needs the library copydetect, which is not installed here. Install it: "
        "pip install 'backgrade[similarity]'.": "it is about this Python",
        "completion needs the library argcomplete, which is not installed here. Install it: "
        "pip install 'backgrade[completion]'.": "it is about this Python",
    },
    "step": {
        "what is printed here can't be written: {strerror}. Grades and pages are kept all the same.": "nothing has to be done",
        "{folder}: the rubric can't be run: {problem}": "the problem says it",
        "{path}: {error}.": "the error says what was expected, and what was got",
        "{gradebook}: {error}": "the error says it",
        "{path}: can't be written: {strerror}. {advice}": "the advice says it",
        "{folder}: no check asks for a calibrated threshold; there is nothing to measure. docs/authors.md says how a check "
        "asks for one.": "nothing has to be done",
        "{calibration_path}: {problem} {name}.": "the problem ends with the command that mends it",
    },
    "words": {"bad usage, or a course that can't be read": "the usual words for an exit status of 2"},
    "terms": {"it holds no check. Mark each with @pytest.mark.exercise(...).": "with a marker of pytest"},
    "length": {
        message.text: "the text at the top of a notebook"
        for message in FOUND
        if message.text.startswith("**How this notebook")
    },
}


def broken(rule: str, found: list[Message]) -> list[str]:
    """The messages that break a rule, but those that may; the exceptions must all be needed."""
    texts = {message.text for message in found}
    assert set(EXCEPTIONS[rule]) - texts == set(), "an exception that nothing needs any more"
    return sorted(
        f"{message.module}: {message.kind}: {message.text}" for message in found if message.text not in EXCEPTIONS[rule]
    )


def own_words(text: str) -> str:
    """The message without what is filled in, what stands in backticks or quotes, decorators and words in capitals."""
    return re.sub(r"\{[^{}]*\}|`[^`]*`|\"[^\"]*\"|@[\w.]+|\b[A-Z]{2,}\b", "{}", text)


def test_list_is_current() -> None:
    """The list that is checked in is what the source says; else make it anew, and look at what has changed."""
    assert LIST.read_text(encoding="utf-8") == listed(FOUND), f"make it anew: {COMMAND}"


def test_every_exception_has_a_reader() -> None:
    """It is known of every exception of the engine who reads it, so that none is missing in the list."""
    assert error_classes() - set(READERS) == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('raise UsageError(f"{path}: no such folder")', [("UsageError", "{path}: no such folder")]),
        ('raise UsageError("a" if x else "b")', [("UsageError", "a"), ("UsageError", "b")]),
        ("raise UsageError(problem)", [("UsageError", "{problem}")]),
        (
            "raise UsageError(f\"{len(names)} folder{'' if one else 's'}\")",
            [("UsageError", "{number of names} folder[|s]")],
        ),
        ('raise Blocked("It waits.", hint="Work on it.")', [("Blocked", "It waits."), ("Blocked.hint", "Work on it.")]),
        ('Flag("odd", where, f"did {what}")', [("Flag", "did {what}")]),
        ('hint = "Does it return something?"', [("part", "Does it return something?")]),
        ('"""Of a module, of a class"""\n"""alone"""\nx = "short"\nd.execute("SELECT it from all")', []),
    ],
)
def test_texts_are_found(source: str, expected: list[tuple[str, str]]) -> None:
    """A text is found wherever it is handed to somebody, as a template; what is not for people is left out."""
    assert [(message.kind, message.text) for message in messages_of(source, "x.py")] == expected


def test_sentences_end() -> None:
    """What is a sentence ends as one."""
    found = [message for message in FOUND if message.kind in SENTENCES and message.text not in ("", "None")]
    assert (
        broken(
            "sentence",
            [message for message in found if not re.search(rf"([.?!]|^\{{[^{{}}]*\}}|\{{({WHOLE})\}})$", message.text)],
        )
        == []
    )


def test_continuations_do_not_end() -> None:
    """What continues the name of its place begins small, and ends without a full stop."""
    found = [message for message in FOUND if message.kind in CONTINUED]
    assert broken("continued", [message for message in found if not re.search(r"^[a-z{'(].*[^.]$", message.text)]) == []


def test_places_are_named() -> None:
    """What somebody has to mend is named: there is a value in the text, or an option."""
    found = [message for message in FOUND if message.kind in OF_USE]
    assert broken("place", [message for message in found if not re.search(r"\{|--\w", message.text)]) == []


def test_next_step_is_said() -> None:
    """What somebody has to mend says how: what was expected, what to do, or a command."""
    found = [message for message in FOUND if message.kind in OF_USE and not re.fullmatch(r"\{[^{}]*\}", message.text)]
    assert broken("step", [message for message in found if not NEXT_STEP.search(message.text)]) == []


def test_no_word_blames_or_begs() -> None:
    """A message says what is the matter, not that something is invalid, and does not ask to please."""
    words = re.compile(rf"\b({'|'.join(NEVER)})\b", re.IGNORECASE)
    assert (
        broken(
            "words",
            [message for message in FOUND if message.reader != ENGINE and words.search(own_words(message.text))],
        )
        == []
    )


def test_one_word_a_thing() -> None:
    """A thing has the same name in every message."""
    words = re.compile(rf"\b({'|'.join(ONE_WORD)})s?\b", re.IGNORECASE)
    assert (
        broken(
            "terms",
            [message for message in FOUND if message.reader != ENGINE and words.search(own_words(message.text))],
        )
        == []
    )


def test_exceptions_are_told_in_sentences() -> None:
    """No message is the form that Python gives an exception, or a class."""
    assert [
        message for message in FOUND if re.search(r"\{(error|exception|type of \w+|name of [\w ]+)!r\}", message.text)
    ] == []


def test_messages_are_short() -> None:
    """A message is four lines of a terminal at most, and one line but for lists."""
    assert broken("length", [message for message in FOUND if len(message.text) > LONGEST]) == []


def test_students_see_no_command_of_the_instructor() -> None:
    """No message to students tells them to use what only instructors have."""
    found = [message.text for message in FOUND if message.reader == STUDENT and message.kind != "part"]
    assert [
        text for text in found if re.search(r"grader (grade|validate|record|calibrate|release|doctor)\b", text)
    ] == []
