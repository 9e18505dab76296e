"""Source read as text: definitions, places, sameness; hostile text must cost nothing but an answer."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submissions.cells import Cell, code_of
from grader.submissions.loading import MAX_LINES
from grader.submissions.source import Source, lines_of_code, nearest_name
from grader.submissions.submission import make_submission
from grader.submissions.syntax import is_stub

LAYERS = '''\
import torch


class Linear:
    """A layer."""

    def forward(self, x):
        """The scores."""
        def scale(y):
            return 2 * y
        return scale(x)

    def backward(self, dz):
        raise NotImplementedError


def train(net):
    return []
'''

# What breaks parsers and whatever walks their trees: each must give an answer from every question.
HOSTILE = {
    "NUL": "x = 1\0",
    "surrogate": 'x = "\ud800"',
    "60,000 chained attributes": "def f():\n    return a" + ".b" * 60_000,
    "900 chained attributes": "def f():\n    return a" + ".b" * 900,
    "200,000 unary minuses": "x = " + "-" * 200_000 + "1",
    "500 unary minuses": "def f():\n    return " + "-" * 500 + "1",
    "900 sums": "def f():\n    return 1" + " + 1" * 900,
    "2,000 lambdas": "def f():\n    return " + "lambda: " * 2_000 + "1",
    "200,000 parentheses": "x = " + "(" * 200_000,
    "5,000 calls": "def f():\n    return a" + "()" * 5_000,
    "900 elifs": "def f():\n    if x:\n        pass\n" + "    elif x:\n        pass\n" * 900,
    "900 elifs at the top": "if x:\n    pass\n" + "elif x:\n    pass\n" * 900 + "else:\n    def f(): pass\n",
    "long decimal number": "def f():\n    return " + "1" * 100_000,
    "long hexadecimal number": "def f():\n    return 0x" + "1" * 100_000,
    "95 nested functions": "".join(" " * i + "def f():\n" for i in range(95)) + " " * 95 + "pass\n",
    "invalid escape": 'def f():\n    return "\\d"\n',
    "unknown encoding cookie": "# -*- coding: nonsense -*-\ndef f(): pass\n",
    "unfinished": "def f(",
    "wrong indentation": "def f():\npass\n  x",
    "tabs and spaces": "def f():\n\tif x:\n        pass\n",
    "lone backslash": "x = \\",
    "form feed": "\fdef f():\n    pass\f\n",
    "empty": "",
}


def source(text: str) -> Source:
    return Source("a.py", dedent(text))


def same(one: str, other: str, name: str = "f") -> bool:
    return source(one).is_same(name, source(other))


# -- definitions and places --------------------------------------------------------------------------------------------


def test_definitions_by_qualified_name() -> None:
    """Classes, methods, inner functions and functions are listed by their qualified names, in order."""
    expected = ["Linear", "Linear.forward", "Linear.forward.scale", "Linear.backward", "train"]
    assert list(source(LAYERS).definitions) == expected


@pytest.mark.parametrize(
    "text",
    [
        "if True:\n    def f(): pass",
        "if False:\n    pass\nelse:\n    def f(): pass",
        "try:\n    def f(): pass\nfinally:\n    pass",
        "try:\n    import a\nexcept ImportError:\n    def f(): pass",
        "with a:\n    def f(): pass",
        "for i in a:\n    def f(): pass",
        "while True:\n    def f(): pass",
        "match a:\n    case 1:\n        def f(): pass",
        "async def f(): pass",
    ],
)
def test_definition_inside_a_statement(text: str) -> None:
    """A function inside if, try, except, with, a loop or match is found, as definition and as bound name."""
    assert list(source(text).definitions) == ["f"]
    assert "f" in source(text).bound_names()


def test_last_definition_of_a_name_counts() -> None:
    """Of two functions of one name the last one is it, as in Python."""
    assert source("def f(): return 1\n\ndef f(): return 2\n").definitions["f"].lineno == 3


@pytest.mark.parametrize(
    ("line", "function"),
    [
        (1, ""),
        (3, ""),
        (4, "Linear"),
        (7, "Linear.forward"),
        (10, "Linear.forward.scale"),
        (11, "Linear.forward"),
        (12, "Linear"),
        (14, "Linear.backward"),
        (18, "train"),
        (99, ""),
        (0, ""),
        (-1, ""),
    ],
)
def test_function_at(line: int, function: str) -> None:
    """A line belongs to the innermost definition around it; outside of all there is none."""
    assert source(LAYERS).function_at(line) == function


def test_line_is_stripped_and_cut() -> None:
    """A line comes without white space at its ends and with at most 200 characters; outside it is empty."""
    text = source("a\n    b = 1   \n" + "x" * 500)
    assert [text.line(number) for number in (0, 1, 2, 4, -3)] == ["", "a", "b = 1", "", ""]
    assert len(text.line(3)) == 200
    assert Source("a.py", 'x = "\u202e\x1b"').line(1) == 'x = "\\u202e\\u001b"'


def test_error_has_a_line() -> None:
    """A syntax error is kept with its line; what can't be parsed defines nothing."""
    broken = source("x = 1\ndef f(:\n    pass\n")
    assert broken.error is not None
    assert broken.error.lineno == 2
    assert broken.definitions == {}
    assert broken.bound_names() == set()


def test_bound_names() -> None:
    """Top-level names are bound by definitions, assignments and imports; names inside functions are not."""
    text = """
        import torch, numpy as np
        import a.b
        from helpers import ReLU, Linear as Layer
        from __future__ import annotations
        Net = make(unbound)
        (one, [two, *rest]) = 1, 2
        typed: int = 3
        for index in ():
            from late import Optimizer
        if (walrus := 1): inside = 2
        def train(parameter):
            local = 1
        class Loss:
            attribute = 1
        thing.attribute = 4
    """
    assert source(text).bound_names() == {
        *("torch", "np", "a", "ReLU", "Layer", "annotations", "Net", "one", "two", "rest", "typed", "index"),
        *("Optimizer", "walrus", "inside", "train", "Loss"),
    }


def test_conditional_import_binds() -> None:
    """A name imported inside try is bound."""
    text = "try:\n    from helpers import Linear\nexcept ImportError:\n    Linear = None"
    assert source(text).bound_names() == {"Linear"}


# -- sameness and stubs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return x + 1",
        "def f(x):\n    '''Documented.'''\n    return x + 1",
        "# above\n\ndef f( x ):  # beside\n\n    # inside\n    return (x\n        + 1)\n",
        "import torch\n\ndef g(): pass\n\ndef f(x): return x+1",
        "def f(x):\n\treturn x + 0x1",
    ],
)
def test_layout_comments_and_docstrings_do_not_count(other: str) -> None:
    """Two functions with the same statements are the same, however they are laid out and described."""
    assert same("def f(x):\n    return x + 1", other)


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return x + 2",
        "def f(x):\n    return 1 + x",
        "def f(y):\n    return y + 1",
        "def f(x, y=1):\n    return x + 1",
        "def f(x: int):\n    return x + 1",
        "def f(x):\n    return x + 1.0",
        "def f(x):\n    return x + True",
        "def f(x):\n    'one'\n    'two'\n    return x + 1",
        "def f(x):\n    x\n    return x + 1",
        "@a\ndef f(x):\n    return x + 1",
        "async def f(x):\n    return x + 1",
        "class f:\n    x = 1",
        "def g(x):\n    return x + 1",
        "def f(",
    ],
)
def test_other_statements_are_not_the_same(other: str) -> None:
    """A change of any statement, argument, number or kind makes another function; so does a missing one."""
    assert not same("def f(x):\n    return x + 1", other)
    assert not same(other, "def f(x):\n    return x + 1")


def test_same_class_without_its_docstrings() -> None:
    """Docstrings of a class and of its methods don't count; a string that is a value does."""
    bare = "class f:\n    def m(self):\n        return 'a'"
    assert same(bare, "class f:\n    '''C.'''\n    def m(self):\n        '''M.'''\n        return 'a'")
    assert not same(bare, "class f:\n    def m(self):\n        return 'b'")


def test_sameness_leaves_the_source_alone() -> None:
    """Asking does not change what is known of the source."""
    text = source(LAYERS)
    before = ast.dump(text.definitions["Linear"])
    assert text.is_same("Linear", source(LAYERS))
    assert ast.dump(text.definitions["Linear"]) == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("raise NotImplementedError", True),
        ("'''Doc.'''\n    # TODO\n    raise NotImplementedError", True),
        ("raise NotImplementedError('later')", True),
        ("pass", False),
        ("raise ValueError", False),
        ("raise", False),
        ("x = 1\n    raise NotImplementedError", False),
        ("raise NotImplementedError\n    return 1", False),
        ("return NotImplementedError", False),
    ],
)
def test_stub(body: str, expected: bool) -> None:
    """A stub is a docstring at most and `raise NotImplementedError`; anything beside it is an attempt."""
    assert is_stub(source(f"def f(x):\n    {body}").definitions["f"]) is expected


# -- near names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear", ("Linear", "a.py", 4)),
        ("L_inear", ("Linear", "a.py", 4)),
        ("Linaer", ("Linear", "a.py", 4)),
        ("trian", ("train", "a.py", 17)),
        ("Optimizer", None),
        ("forward", None),
        ("Linear", None),
    ],
)
def test_nearest_name(name: str, expected: tuple[str, str, int] | None) -> None:
    """The definition most like a name is found with its file and line; a method or the name itself is not near."""
    assert nearest_name(name, {"a.py": source(LAYERS)}) == expected


def test_name_that_is_meant_is_near_nothing() -> None:
    """What is asked for under its own name is no other name misspelt."""
    assert nearest_name("trian", {"a.py": source(LAYERS)}, {"train": "a.py"}) is None


# -- hostile source ----------------------------------------------------------------------------------------------------


def answers(text: str) -> tuple[bool, bool]:
    """Ask everything of a source; whether it has an error, and whether `f` is the same as in a second reading."""
    one, two = Source("a.py", text), Source("b.py", text)
    one.line(1)
    one.function_at(2)
    one.bound_names()
    nearest_name("F_", {"a.py": one})
    return one.error is not None, one.is_same("f", two)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_source_is_answered(text: str) -> None:
    """Whatever the text, every question has an answer: it is an error, or f is the same in two readings of it."""
    has_error, is_same = answers(text)
    has_f = "f" in Source("a.py", text).definitions
    assert is_same == has_f
    assert not (has_error and has_f)


@given(st.text(st.sampled_from("def f():\n \tclass=1,'\"\\{}[]#@\0é\u2028"), max_size=80))
def test_any_text_is_answered(text: str) -> None:
    """Text that is hardly Python raises nothing."""
    has_error, is_same = answers(text)
    assert not (has_error and is_same)


def test_warning_of_a_students_source_is_not_ours() -> None:
    """An invalid escape warns nobody: warnings are errors here."""
    assert source('x = "\\d"').error is None


def test_million_lines_are_capped_before_they_are_parsed(tmp_path: object) -> None:
    """A submission never hands on a text of a million lines."""
    from pathlib import Path

    from grader.submissions.loading import load_submission

    path = Path(str(tmp_path)) / "ada.py"
    path.write_text("x\n" * 1_000_000, encoding="utf-8")
    assert load_submission(path).files == {}
    path.write_text("\n" * (MAX_LINES + 1), encoding="utf-8")
    assert load_submission(path).flags[0].detail == f"has more than {MAX_LINES:,} lines, so it was not read"


def test_source_of_prefers_the_declared_file() -> None:
    """A name is looked for in the file it belongs to, then in the others."""
    submission = make_submission("ada", {"a.py": "def f(): pass", "b.py": "def f(): pass", "c.py": "def g(): pass"})
    found = [submission.source_of(name, "b.py") for name in ("f", "g", "h")]
    assert [source.file if source else None for source in found] == ["b.py", "c.py", None]


CODE = '''
"""A text that is no code."""
WIDTH: int = 28 * 28 * 1


def scale(x, factor):
    """x * factor, which is not said here."""
    scaled = x * factor + WIDTH
    print("scaled", scaled)
    x[0] -= 1
    return scaled.reshape(
        -1, 2
    )
'''


def test_lines_of_code() -> None:
    """What statements compute, without white space; texts, definitions and what is short are left out."""
    assert list(lines_of_code(CODE, shortest=8)) == ["x*factor+WIDTH", "print('scaled',scaled)", "scaled.reshape(-1,2)"]


def test_names_alone_are_no_code() -> None:
    """What only hands names on computes nothing."""
    assert list(lines_of_code("def f():\n    return total_loss, num_correct\n", whole=True)) == []


def test_whole_lines_of_code() -> None:
    """Assignments and returns as they stand, and no calls for their own sake."""
    assert list(lines_of_code(CODE, whole=True, shortest=1)) == [
        "WIDTH:int=28*28*1",
        "scaled=x*factor+WIDTH",
        "x[0]-=1",
        "returnscaled.reshape(-1,2)",
    ]


# -- the lines around a place ----------------------------------------------------------------------------------------------

LONG = "def long():\n" + "".join(f"    step_{number} = {number}\n" for number in range(40))


@pytest.mark.parametrize(
    ("text", "line", "first", "last"),
    [
        ("import torch\n\n\ndef f(x):\n    y = x\n    return y\n\n\ndef g(x):\n    return x\n", 6, 4, 6),
        (LONG, 20, 16, 24),
        (LONG, 1, 1, 5),
        (LONG, 41, 37, 41),
        ("x = 1\n", 1, 1, 1),
        ("class A:\n    @property\n    def b(self):\n" + "        x = 1\n" * 9 + "        return x\n", 13, 1, 13),
    ],
)
def test_lines_around_a_place(text: str, line: int, first: int, last: int) -> None:
    """A short class or function is shown whole, of a long one four lines before and after; no blank line begins or ends it."""
    place = Source("a.py", text).location(line)
    assert (place.first_line, place.first_line + len(place.context) - 1) == (first, last)
    assert place.context == tuple(entry.rstrip() for entry in text.split("\n")[first - 1 : last])


@pytest.mark.parametrize("line", [0, 3, 99])
def test_no_lines_around_a_line_that_is_not_there(line: int) -> None:
    """A line that a traceback made up has no lines around it."""
    assert Source("a.py", "x = 1").location(line).context == ()


def test_lines_around_a_place_are_bounded_and_harmless() -> None:
    """A line has 200 characters at most, and no control character."""
    (shown,) = Source("a.py", "x = '\x1b[2J" + "y" * 10_000).location(1).context
    assert "\x1b" not in shown
    assert len(shown) < 220


def test_lines_around_a_place_in_a_notebook_are_of_its_cell() -> None:
    """The lines of other cells are not shown, and the numbers are those within the cell; code left out reads as written."""
    cells = [Cell(1, "import torch\nfirst = 1"), Cell(3, "def f(x):\n    return x\nf(1)"), Cell(4, "last = 2")]
    source = Source("a.ipynb", code_of(cells).text)
    at = next(number for number, text in enumerate(source.lines, 1) if text.endswith("f(1)"))
    place = source.location(at)
    assert (place.cell, place.line, place.first_line) == (3, 3, 1)
    assert place.context == ("def f(x):", "    return x", "f(1)")
