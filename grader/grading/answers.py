"""What the nodes of a cluster answer: claims, until they have the right form, and every text in them made harmless."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from grader.grading import node
from grader.grading.node import Facts
from grader.isolation.levels import PROMISES, Level
from grader.text import clean


def kind_and_text(answer: object) -> tuple[str, str]:
    """The answer of a node to a submission, whatever came: what is no answer counts as a loss."""
    if type(answer) is tuple and len(answer) == 2 and all(type(part) is str for part in answer):
        return answer
    if isinstance(answer, BaseException):
        return node.LOST, f"{type(answer).__name__}: {answer}"
    return node.LOST, f"it sent {type(answer).__name__}, no answer"


def facts_from(answer: object, address: str) -> Facts:
    """The facts that a node has sent, made harmless; of one that can't send them, why not."""
    if type(answer) is str:
        with contextlib.suppress(msgspec.MsgspecError):
            return _clean_facts(msgspec.json.decode(answer, type=Facts))
    if isinstance(answer, ImportError | AttributeError):
        problem = f"it has no backgrade that knows this ({answer})"
    elif isinstance(answer, BaseException):
        problem = f"it can't be asked ({type(answer).__name__}: {answer})"
    else:
        problem = "it did not say what it has"
    return Facts(host=clean(address), grader="unknown", torch="unknown", python="unknown", problem=clean(problem))


def _clean_facts(facts: Facts) -> Facts:
    texts: dict[str, Any] = {
        name: clean(value) for name in facts.__struct_fields__ if isinstance(value := getattr(facts, name), str)
    }
    for name in ("closed", "open"):
        texts[name] = tuple(word for word in getattr(facts, name) if word in PROMISES[Level.FULL])
    if facts.isolation not in ("", *Level):
        texts["problem"] = "it names a level of isolation that there is not"
    elif not facts.isolation and not facts.problem:
        texts["problem"] = "it did not say how well it walls student code in"
    return msgspec.structs.replace(facts, **texts)
