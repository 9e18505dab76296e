"""Trusted stand-ins for what lives in a worker: attribute access and calls go there, plain values come back.

submission.Linear(5, 3).backward(dz)   ->   find Linear, call it, get .backward, call that   ->   (dx, dW, db)
"""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

from grader.errors import CheckFailed, NotAttempted
from grader.results import Evidence, Location
from grader.showing import InWorker
from grader.untrusted import wire

__tracebackhide__ = True  # a debugger or traceback shows the check and the student's code, not the way between

_FUNCTIONS = frozenset({"function", "builtin_function_or_method", "method", "type"})
_NOTHING = {"NoneType": "None", "ellipsis": "..."}


class Answering(Protocol):
    """What stand-ins ask: `session.Session` is one."""

    def find(self, name: str, *, provided: bool = False) -> Remote:
        """The class or function of that name."""

    def hold(self, name: str) -> tuple[Remote, str]:
        """What the submission binds the name to, and the name of its exact class."""

    def place_of(self, name: str) -> Location | None:
        """The line of the submission that binds the name."""

    def has_method(self, class_name: str, method: str) -> bool:
        """Whether the source of the class has that method as a plain function."""

    def ask(self, request: wire.Request, text: str, function: str) -> Any:
        """The answer to the request."""

    def tell(self, target: Remote, name: str, value: object) -> None:
        """Set an attribute."""

    def call(self, target: Remote, method: str, arguments: tuple[object, ...], keywords: dict[str, object]) -> Any:
        """What the call of `target`, or of its method, returns."""


class Remote(InWorker):
    """An object in the worker. Only its attributes, calls and entries can be asked for; it has no value here."""

    __slots__ = ("_handle", "_label", "_qualified_name", "_session")

    def __init__(self, session: Answering, handle: int, label: str, qualified_name: str) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_label", label)
        object.__setattr__(self, "_qualified_name", qualified_name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # Python's own protocols are asked of this object, not of the student's
            raise AttributeError(name)
        if self._session.has_method(self._qualified_name, name):
            return _Method(self, name)  # only ever called: saves asking for it first
        label, qualified = f"{self._label}.{name}", f"{self._qualified_name}.{name}"
        return self._session.ask(wire.Get(self._handle, name), label, qualified)

    def __setattr__(self, name: str, value: object) -> None:
        self._session.tell(self, name, value)

    def __call__(self, *arguments: object, **keywords: object) -> Any:
        """Call it in the worker."""
        return self._session.call(self, "", arguments, keywords)

    def __getitem__(self, key: str | int) -> Any:
        if not isinstance(key, str | int):
            raise CheckFailed(f"Where a list is needed, your code has {self._as_value()}.")
        return self._session.ask(wire.Item(self._handle, key), f"{self._label}[{key!r}]", self._qualified_name)

    def __repr__(self) -> str:
        return f"<{self._label}, in the worker>"

    def _as_argument(self) -> str:
        return str(self._label)

    def _as_value(self) -> str:
        return f"an object of the class {self._qualified_name}"


class _Method(InWorker):
    """A method that the submission's source defines, on an object in the worker."""

    __slots__ = ("_name", "_owner")

    def __init__(self, owner: Remote, name: str) -> None:
        self._owner = owner
        self._name = name

    def __call__(self, *arguments: object, **keywords: object) -> Any:
        """Call it in the worker."""
        return self._owner._session.call(self._owner, self._name, arguments, keywords)

    def _as_argument(self) -> str:
        return f"{self._owner._label}.{self._name}"

    def _as_value(self) -> str:
        return "a method"


class Names:
    """The public names of the submission, or of the course's provided parts, as attributes."""

    __slots__ = ("_provided", "_session")

    def __init__(self, session: Answering, *, provided: bool = False) -> None:
        self._session = session
        self._provided = provided

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._session.find(name, provided=self._provided)


class Answers:
    """The names of the submission that may be bound to a function or to something that stands for one, a formula say.

    `answers.slope(x)` calls a function. Anything else stays in the worker too: there `evaluate("slope", value, x)` of the
    course's parts makes a value of it, or a text that says what is wrong with it.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Answering) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value, type_name = self._session.hold(name)
        if type_name in _NOTHING:
            summary = f"{name} is still to be written: it is {_NOTHING[type_name]}."
            raise NotAttempted(summary, evidence=Evidence(location=self._session.place_of(name)))
        return value if type_name in _FUNCTIONS else partial(self._evaluate, name, value)

    def _evaluate(self, name: str, value: Remote, *arguments: object) -> Any:
        answer = self._session.find("evaluate", provided=True)(name, value, *arguments)
        if isinstance(answer, str):
            raise CheckFailed(answer, evidence=Evidence(location=self._session.place_of(name)))
        return answer
