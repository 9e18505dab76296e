"""What a student handed in, in one normal form: Python files as text, which nothing here executes."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.results import Flag
from grader.submissions.source import Source
from grader.submissions.syntax import has_stub


@dataclass(frozen=True)
class Submission:
    """What one student handed in: Python files by their path, a digest of them, and what could not be used."""

    student: str
    files: Mapping[str, str]
    sha256: str
    flags: tuple[Flag, ...] = ()

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The files, ready to be asked about."""
        return {file: Source(file, text) for file, text in self.files.items()}

    @cached_property
    def bound_names(self) -> dict[str, set[str]]:
        """The names that each file binds at its top level."""
        return {file: source.bound_names() for file, source in self.sources.items()}

    def has_method(self, class_name: str, method: str) -> bool:
        """Whether a class of that name is defined with that method, written as a plain function."""
        name = f"{class_name}.{method}"
        nodes = (source.definitions.get(name) for source in self.sources.values())
        return any(isinstance(node, ast.FunctionDef) and not node.decorator_list for node in nodes)

    def home_of(self, name: str, declared: str) -> str | None:
        """The file that counts of those that bind `name` at their top level: `declared`, else the first other one.

        A file in which the name is still the skeleton's gives way to one that has the answer, such as a notebook beside it.
        A skeleton elsewhere does not make up for `declared` where that is there without the name, or is no Python; nor does
        a file that imports the name from it.
        """
        binding = [file for file, names in self.bound_names.items() if name in names]
        binding.sort(key=lambda file: file != declared)
        stubs = {file for file in binding if self._is_stub(file, name)}
        if declared in self.files and declared not in binding:
            itself = declared.removesuffix(".py")
            others = (file for file in binding if file not in stubs)
            return next((file for file in others if name not in self.sources[file].names_imported_from(itself)), None)
        if len(binding) > 1:
            defining = [file for file in binding if name in self.sources[file].defined_names()]
            if len(stubs) < len(defining):
                binding = [file for file in binding if file not in stubs]
        return binding[0] if binding else None

    def _is_stub(self, file: str, name: str) -> bool:
        node = self.sources[file].definitions.get(name)
        return node is not None and has_stub(node)

    def source_of(self, name: str, declared: str) -> Source | None:
        """The file that counts for `name`, if it defines it as a class or function."""
        file = self.home_of(name, declared)
        source = self.sources.get(file) if file is not None else None
        return source if source is not None and name in source.definitions else None

    def place(self, file: str, line: int) -> str:
        """`file, line 3`, or in a notebook `file, cell 7, line 3`."""
        return self.sources[file].location(line).place if file in self.sources else f"{file}, line {line}"


@dataclass(frozen=True)
class LiveSubmission(Submission):
    """The objects of a running session, such as a notebook's kernel: the student's own, in the student's own process.

    Its one file is the text of what was executed there; `code_lines` says of each compiled cell at which line it begins.
    """

    names: dict[str, Any] = field(default_factory=dict)
    code_lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """What its text is called."""
        return next(iter(self.files))

    def home_of(self, name: str, declared: str) -> str | None:
        """The one file, if the session has the name."""
        return self.file if name in self.names else None


def make_submission(student: str, files: Mapping[str, str], flags: tuple[Flag, ...] = ()) -> Submission:
    """A submission of these files, in the order of their paths."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name.encode())} {name} {len(files[name].encode())}\n{files[name]}".encode())
    for flag in flags:
        digest.update(f"\0{flag.kind} {flag.where} {flag.detail}".encode(errors="replace"))
    return Submission(student, {name: files[name] for name in sorted(files)}, digest.hexdigest(), flags)
