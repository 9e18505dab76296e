"""The code of a Jupyter notebook as one text of Python source, a block a cell. Read as data; nothing of it is executed.

What a submission is graded from are its imports, definitions and plain assignments, in the order of the cells. Everything
else at the top level - training runs, plots, prints, magics and shell lines - is left out. It stays in the text, as comments
with a mark, so that every line of a cell has its place and can be shown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from grader.submissions.definitions import Names, defined_by
from grader.submissions.syntax import Definition, first_line, has_stub, tree_of

MAX_NOTEBOOK_BYTES = 25_000_000  # most of it are pictures, in outputs
MAX_CELLS = 2_000

_MARKER = re.compile(r"^# %% cell (\d+)$")
_LEFT_OUT = "#~ "
_BROKEN = "#! "
_MAGIC = re.compile(r"^\s*([%!?]|\w[\w.]*\?{1,2}\s*$|[\w.,\s]+=\s*[%!])")
_PIECE = re.compile(r"\\.|\"{3}|'{3}|[\"'#()\[\]{}]")
_PYTHON_MAGICS = ("%%time", "%%capture", "%%timeit", "%%prun")
_OTHER_KERNELS = ("ir", "julia", "bash", "javascript", "octave", "xcpp", "scala")


class NotebookError(Exception):
    """Why a file is no notebook that can be read, as a sentence that goes on after its name."""


@dataclass(frozen=True)
class Cell:
    """A cell: its place among all cells, counted from 1, and the lines of its code."""

    number: int
    text: str
    tags: tuple[str, ...] = ()


@dataclass
class Code:
    """The code of a notebook as one text, and what there is to be said about it: (cell, what)."""

    text: str
    notes: list[tuple[int, str]] = field(default_factory=list)


# -- from the file to its cells --------------------------------------------------------------------------------------------


class _CellForm(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""  # in the formats before 4
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


class _Worksheet(msgspec.Struct):
    cells: list[_CellForm] = []


class _Notebook(msgspec.Struct):
    nbformat: int = 4
    cells: list[_CellForm] | None = None
    worksheets: list[_Worksheet] = []  # in the formats before 4
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


class _Kernel(msgspec.Struct):
    language: str = ""
    name: str = ""
    display_name: str = ""


class _Metadata(msgspec.Struct):
    kernelspec: _Kernel = msgspec.field(default_factory=_Kernel)
    language_info: _Kernel = msgspec.field(default_factory=_Kernel)


class _Tagged(msgspec.Struct):
    tags: list[str] = []


def read_cells(raw: bytes) -> list[Cell]:
    """The code cells of a notebook file. Raises `NotebookError`."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        raise NotebookError("is an empty file, not a notebook")
    if re.search(rb"^<{7} ", raw, re.MULTILINE) and re.search(rb"^>{7} ", raw, re.MULTILINE):
        raise NotebookError("holds a conflict of a merge (<<<<<<<), so it is no notebook; resolve that first")
    try:
        notebook = msgspec.json.decode(raw, type=_Notebook)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotebookError(
            f"is no notebook that can be read: {_why(error, raw)}; open it in Jupyter and save it again"
        ) from None
    sheets = [sheet.cells for sheet in notebook.worksheets] if notebook.cells is None else [notebook.cells]
    forms = [form for cells in sheets for form in cells]
    if len(forms) > MAX_CELLS:
        raise NotebookError(f"has {len(forms):,} cells; at most {MAX_CELLS:,} are read")
    _refuse_other_languages(notebook.metadata)
    return [
        Cell(number, _joined(form.source or form.input), _tags(form.metadata))
        for number, form in enumerate(forms, 1)
        if form.cell_type == "code"
    ]


def _why(error: Exception, raw: bytes) -> str:
    place = re.search(r"\(byte (\d+)\)", str(error))
    if place is None:
        if "truncated" in str(error):
            return "it breaks off in the middle"
        return (
            "its JSON is nested too deep" if isinstance(error, RecursionError) else str(error).replace(" - at ", " at ")
        )
    line = raw[: int(place[1])].count(b"\n") + 1
    return f"its JSON is broken in line {line}"


def _refuse_other_languages(metadata: msgspec.Raw) -> None:
    try:
        known = msgspec.json.decode(metadata, type=_Metadata)
    except (msgspec.DecodeError, RecursionError):
        return  # without a kernel that can be known, it is read as Python
    language = known.language_info.name or known.kernelspec.language
    if not language and known.kernelspec.name.lower().startswith(_OTHER_KERNELS):
        language = known.kernelspec.display_name or known.kernelspec.name
    if language and "python" not in language.lower():
        raise NotebookError(f"is a notebook in {language}, not in Python; choose the kernel Python 3 and save it again")


def _tags(metadata: msgspec.Raw) -> tuple[str, ...]:
    try:
        return tuple(msgspec.json.decode(metadata, type=_Tagged).tags)
    except (msgspec.DecodeError, RecursionError):
        return ()


def _joined(source: str | list[str]) -> str:
    text = source if isinstance(source, str) else "".join(source)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ").rstrip("\n")


# -- from the cells to one text --------------------------------------------------------------------------------------------


def code_of(cells: Sequence[Cell], *, executed: bool = False) -> Code:
    """The definitions of all cells as one text: in the order of the cells, so the last of a name counts.

    Cells that were `executed` one after the other, as in a kernel, are its history: what was defined anew is left out.
    """
    entries = [_Parsed(cell) for cell in cells]
    left_out = Names()
    notes = [(entry.cell.number, entry.problem) for entry in entries if entry.problem]
    for entry in entries:
        entry.choose(left_out)
    if executed:
        _keep_newest(entries)
    else:
        notes += _drop_stubs_that_are_answered(entries)
    text = "\n".join(line for entry in entries for line in entry.lines())
    return Code(text + "\n" if text else "", sorted(notes))


class _Parsed:
    """A cell with its statements, and which of them are kept."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.text = cell.text
        self.problem = ""
        self.is_broken = False
        self.statements: list[ast.stmt] = []
        self.kept: list[ast.stmt] = []
        self._parse()

    def _parse(self) -> None:
        lines = self.text.split("\n")
        number, first = next(((number, line) for number, line in enumerate(lines) if line.strip()), (0, ""))
        if first.startswith("%%"):
            is_python = first.startswith(_PYTHON_MAGICS)
            self.text = "\n".join([*lines[:number], "pass", *lines[number + 1 :]]) if is_python else ""
            if first.startswith("%%writefile"):
                self.problem = (
                    f"writes a file ({first[:60].strip()}), which is not read; put the code itself into the cell"
                )
        text, tree = self.text, tree_of(self.text, "cell")
        for everywhere in (False, True):
            if isinstance(tree, SyntaxError):
                self.text = "\n".join(_without_magic(text.split("\n"), everywhere=everywhere))
                tree = tree_of(self.text, "cell")
        if isinstance(tree, SyntaxError):
            self.is_broken = bool(self.cell.text.strip())
            if self.is_broken:
                self.problem = f"is no Python that can be read ({tree.msg}), so it was left out"
        else:
            self.statements = tree.body

    def choose(self, names: Names) -> None:
        """Keep the statements that define something."""
        self.kept = [statement for statement in self.statements if names.keep(statement)]

    def lines(self) -> Iterator[str]:
        """The marker, then every line of the cell: as it is, or as a comment."""
        yield f"# %% cell {self.cell.number}"
        code = self.text.split("\n")
        kept = {line for statement in self.kept for line in _lines(statement)}
        shared = {
            line for statement in self.statements if statement not in self.kept for line in _lines(statement)
        } & kept
        shared |= {statement.lineno for statement in self.kept if statement.col_offset}  # after `train(); \\`
        for number, line in enumerate(self.cell.text.split("\n"), 1):
            if self.is_broken:
                yield _BROKEN + line
            elif number in shared:  # `import torch; train()`
                yield "; ".join(
                    _part_of(code[number - 1], number, statement)
                    for statement in self.kept
                    if number in _lines(statement)
                )
            elif number in kept:
                yield f"{code[number - 1]} " if _MARKER.match(code[number - 1]) else code[number - 1]
            else:
                yield _LEFT_OUT + line if line.strip() else ""


def _without_magic(lines: list[str], *, everywhere: bool = True) -> Iterator[str]:
    """The lines, with `pass` in the place of what is no Python but IPython's; and without a common indent, as IPython has it.

    Unless it is looked for `everywhere`, what begins within a text or between brackets is Python, whatever it looks like.
    """
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    is_continued, depth, quote = False, 0, ""
    for line in (line.removeprefix(indent) for line in lines):
        is_inside = not everywhere and (depth > 0 or quote != "")
        is_magic = _MAGIC.match(line) is not None and not is_continued and not is_inside
        if is_continued:
            yield ""
        else:
            yield f"{line[: len(line) - len(line.lstrip())]}pass" if is_magic else line
        if not (is_magic or is_continued):
            depth, quote = _open_after(line, depth, quote)
        is_continued = (is_magic or is_continued) and line.endswith("\\")


def _open_after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How many brackets are open after a line, and the quote of a text that goes on, from what they were before it."""
    for piece in _PIECE.findall(line):
        if quote:
            quote = "" if piece.startswith(quote) else quote
        elif piece == "#":
            break
        elif piece[0] in "\"'":
            quote = piece
        elif piece[0] != "\\":
            depth = max(0, depth + (1 if piece in "([{" else -1))
    return depth, quote if len(quote) == 3 or line.endswith("\\") else ""


def _lines(statement: ast.stmt) -> range:
    return range(first_line(statement), (statement.end_lineno or statement.lineno) + 1)


def _part_of(line: str, number: int, statement: ast.stmt) -> str:
    """What of a line is the statement's. Positions count bytes."""
    raw = line.encode()
    start = statement.col_offset if statement.lineno == number else 0
    end = statement.end_col_offset if statement.end_lineno == number else None
    return raw[start:end].decode(errors="replace")


# -- several definitions of one name ---------------------------------------------------------------------------------------


def _keep_newest(parsed: Sequence[_Parsed]) -> None:
    seen: set[str] = set()
    for entry in reversed(parsed):
        named = [statement for statement in entry.kept if isinstance(statement, Definition)]
        entry.kept = [
            statement for statement in entry.kept if not (isinstance(statement, Definition) and statement.name in seen)
        ]
        seen.update(statement.name for statement in named)


def _drop_stubs_that_are_answered(parsed: Sequence[_Parsed]) -> list[tuple[int, str]]:
    """Leave a skeleton's stub out where another cell has the answer; say of answers which of them counts."""
    defined: dict[str, list[tuple[_Parsed, ast.stmt]]] = {}
    for entry in parsed:
        for statement in entry.kept:
            for name in defined_by(statement):
                defined.setdefault(name, []).append((entry, statement))
    notes = []
    for name, places in defined.items():
        answers = [(entry, statement) for entry, statement in places if not has_stub(statement)]
        if answers:
            for entry, statement in places:
                if has_stub(statement):
                    entry.kept.remove(statement)
        cells = list(
            dict.fromkeys(entry.cell.number for entry, statement in answers if isinstance(statement, Definition))
        )
        if len(cells) > 1:
            earlier = ", ".join(map(str, cells[:-1]))
            notes.append((cells[-1], f"defines {name}, as cell {earlier} does; the last one counts"))
    return notes


# -- back from a line of the text to its cell --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unreadable:
    """A cell that is no Python: the line of the text at which it breaks, why, and its code."""

    line: int
    why: str
    text: str


class CellMap:
    """Which lines of a text are of which cell."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._starts = [
            (number, int(found[1])) for number, line in enumerate(lines, 1) if (found := _MARKER.match(line))
        ]

    def first_lines(self) -> dict[int, int]:
        """Cell -> the line of the text before its first."""
        return {cell: start for start, cell in self._starts}

    def place(self, line: int) -> tuple[int, int]:
        """(cell, line in the cell), both counted from 1."""
        start, cell = next(((start, cell) for start, cell in reversed(self._starts) if start <= line), (0, 1))
        return cell, max(1, line - start)

    @staticmethod
    def as_written(line: str) -> str:
        """A line of the text as the notebook has it."""
        return line.removeprefix(_LEFT_OUT).removeprefix(_BROKEN)

    def unreadable(self) -> list[Unreadable]:
        """The cells that could not be read."""
        ends = [*(start for start, _ in self._starts[1:]), len(self._lines) + 1]
        found = []
        for (start, _), end in zip(self._starts, ends, strict=False):
            block = [line for line in self._lines[start : end - 1] if line.startswith(_BROKEN)]
            if block:
                text = "\n".join(line.removeprefix(_BROKEN) for line in block)
                error = tree_of("\n".join(_without_magic(text.split("\n"))), "cell")
                line, why = (
                    (error.lineno or 1, error.msg) if isinstance(error, SyntaxError) else (1, "it can't be read")
                )
                found.append(Unreadable(start + line, why, text))
        return found

    def left_out(self, name: str) -> int | None:
        """The cell in which code that was left out binds the name."""
        binds = re.compile(
            rf"{_LEFT_OUT}[^=#]*\b{re.escape(name)}\b[^=#]*=[^=]|{_LEFT_OUT}\s*(for|with)\b.*\b{re.escape(name)}\b"
        )
        numbers = [number for number, line in enumerate(self._lines, 1) if binds.match(line)]
        return self.place(numbers[-1])[0] if numbers else None
