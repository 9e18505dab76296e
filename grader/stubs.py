"""What a skeleton leaves to be written, known by its syntax tree."""

from __future__ import annotations

import ast


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
