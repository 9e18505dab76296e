"""The names of a running session, such as a notebook's kernel, in the place of a submission's files."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

Places = Mapping[str, int]  # the file name that a cell was compiled with -> the line of the text before its first


class Live:
    """Objects that exist already: looked up by name, never loaded. Stand-ins take their names for a while."""

    def __init__(self, names: dict[str, Any], file: str, places: Places) -> None:
        """`file` is what the text of the session is called, `places` where in it each cell is."""
        self.names = names
        self.file = file
        self.places = places
        self.errors: dict[str, BaseException] = {}
        self._replaced: dict[str, Any] = {}
        self._added: set[str] = set()

    @property
    def code_files(self) -> set[str]:
        """The file names that its code was compiled with."""
        return set(self.places)

    def install(self, stand_ins: Mapping[str, object]) -> None:
        """Put the stand-ins in the place of the session's own."""
        self._replaced = {name: self.names[name] for name in stand_ins if name in self.names}
        self._added = set(stand_ins) - set(self._replaced)
        self.names.update(stand_ins)

    def owner_of(self, name: str, file: str) -> object:
        """Something that has the name as an attribute. Raises `NameError`."""
        if name not in self.names:
            raise NameError(f"{name} is not defined in this session")
        return types.SimpleNamespace(**{name: self.names[name]})

    def locate(self, code_file: str, line: int) -> tuple[str, int] | None:
        """The line of the text that a line of compiled code came from; None if it is not of this session."""
        return (self.file, self.places[code_file] + line) if code_file in self.places else None

    def unload(self) -> None:
        """Give the session its own names back, and no others: a part of the course's is no answer to its exercise."""
        self.names.update(self._replaced)
        for name in self._added:
            self.names.pop(name, None)
        self._replaced, self._added = {}, set()
