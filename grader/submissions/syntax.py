"""What several modules ask of syntax trees: to have one, where a statement begins, what is still to be written."""

from __future__ import annotations

import ast
import warnings

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def tree_of(text: str, what: str = "source") -> ast.Module | SyntaxError:
    """The syntax tree of a text, or why there is none, whatever the text does to the parser."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a student's string is not ours to report
            return ast.parse(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:  # nesting too deep for the parser, or a NUL
        return SyntaxError(f"the {what} can't be parsed ({type(error).__name__})")


def first_line(statement: ast.stmt) -> int:
    """The line that a statement begins in, with its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def is_stub(node: ast.AST) -> bool:
    """Whether a function is as the skeleton has it: nothing but a docstring and `raise NotImplementedError`."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = [statement for statement in node.body if not is_text(statement)]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc.func if isinstance(body[0].exc, ast.Call) else body[0].exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def has_stub(node: ast.AST) -> bool:
    """Whether a function, or any method of a class, is still to be written."""
    return any(map(is_stub, node.body)) if isinstance(node, ast.ClassDef) else is_stub(node)


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring, or another constant that does nothing."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
