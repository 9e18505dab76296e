"""The parts of `derivations` that make numbers of formulas: what they understand, and what they say of the rest."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sympy
import torch

PARTS = Path(__file__).parent.parent / "assignments" / "derivations" / "parts.py"
Z = torch.tensor([0.5, -1.0, 2.0])
P = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]])
Y = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]])
LABELS = torch.tensor([0, 2])
X = torch.tensor([[1.0, -2.0, 0.0], [0.0, -1.0, 3.0]])
W = torch.tensor([[1.0, 0.0, 2.0], [3.0, -1.0, 1.0]])
DZ = torch.tensor([[1.0, -2.0], [0.5, 4.0]])


@pytest.fixture(scope="module")
def parts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("parts_of_derivations", PARTS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def same(got: Any, expected: torch.Tensor) -> bool:
    return torch.allclose(got, expected.double())


@pytest.mark.parametrize(
    "text",
    [
        "p_i - z_j",
        "p[i] - z[j]",
        "-(z_j - p_i)",
        "exp(z_i) / Sum(exp(z_c), c) - z_j",
        "exp(z_i) / Sum(exp(z_c), (c, 1, K)) - z_j",
        "exp(z_i) / sum(exp(z_c) for c in range(K)) - z_j",
        "Sum(delta_ic * p_c, c) − z_j",
        "Sum(KroneckerDelta(c, i) * p_c - z_j / K, c)",
        "p_j - z_j if i == j else p_i - z_j",
        "Piecewise((p_i - z_i, Eq(i, j)), (p_i - z_j, True))",
        "Piecewise((p_i - z_i, i == j), (p_i - z_j, Ne(i, j)))",
        "(p_i^2)^(1/2) - z_j",
        "sqrt(p_i ** 2) - log(E ** z_j)",
        "Max(p_i, -1) - Min(z_j, 10**6)",
        "\n  p_i\n  - z_j\n",
    ],
)
def test_forms_of_one_formula(parts: ModuleType, text: str) -> None:
    """However it is written, the same formula gives the same numbers."""
    assert same(parts.evaluate("softmax_jacobian", text, Z), Z.softmax(0)[:, None] - Z)


def test_sympy_expressions(parts: ModuleType) -> None:
    """A sympy expression is as good as a text, with plain symbols and with indexed ones."""
    i, j, c, K = sympy.symbols("i j c K")
    z = sympy.IndexedBase("z")
    p_i, z_j, delta_ij = sympy.symbols("p_i z_j delta_ij")
    softmax = sympy.exp(z[i]) / sympy.Sum(sympy.exp(z[c]), (c, 1, K))
    for formula in (p_i * (delta_ij - z_j), softmax * (sympy.KroneckerDelta(i, j) - z[j])):
        assert same(parts.evaluate("softmax_jacobian", formula, Z), Z.softmax(0)[:, None] * (torch.eye(3) - Z))
    assert same(parts.evaluate("softmax_jacobian", sympy.Rational(1, 3), Z), torch.full((3, 3), 1 / 3))


def test_the_symbols_of_every_exercise(parts: ModuleType) -> None:
    """Each symbol is what its docstring says, with the indices of the result in their order."""
    ask = parts.evaluate
    assert same(ask("log_likelihood", "Sum(p_nk * y_nk + N + K, n, k)", P, Y), (P * Y + 5).sum())
    assert same(ask("log_likelihood_gradient", "p_nk + Sum(delta_kc * y_nc, c)", P, Y), P + Y)
    assert same(ask("one_hot_log_likelihood", "Sum(p_ny, n)", P, LABELS), torch.tensor(0.8))
    assert same(
        ask("one_hot_log_likelihood", "Sum(t_nk * p_nk, (n, 1, N), (k, 0, K - 1))", P, LABELS), torch.tensor(0.8)
    )
    assert same(
        ask("nll_gradient", "t_nk - z_ny + p_ny", X, LABELS).sum(1),
        torch.tensor([1 - 3.0, 1 - 9.0]) + 3 * X.softmax(1)[[0, 1], LABELS],
    )
    dx, dW, db = ask("linear_gradients", ("x_nm", "Sum(x_nm, n) - W_jm", "Sum(dz_nj, n)"), X, W, DZ)
    assert same(dx, X)
    assert same(dW, X.sum(0) - W)
    assert same(db, DZ.sum(0))
    assert same(ask("relu_gradient", "x * (dz > 0)", X[:, :2], DZ), torch.tensor([[1.0, 0.0], [0.0, -1.0]]))


def test_a_sum_over_what_does_not_depend_on_it(parts: ModuleType) -> None:
    """A constant counts once for each value of the index."""
    assert same(
        parts.evaluate("softmax_jacobian", "Sum(p_i, c) + Sum(1, j)", Z), (3 * Z.softmax(0) + 3)[:, None].expand(3, 3)
    )


def test_where_no_case_holds(parts: ModuleType) -> None:
    """Cases that leave something out leave no number there; what is not chosen does no harm."""
    got = parts.evaluate("relu_gradient", "Piecewise((log(x), x > 0))", X, X)
    assert torch.equal(got.isnan(), X <= 0)


def test_what_can_be_called(parts: ModuleType) -> None:
    """An object that is no plain function is called."""
    assert parts.evaluate("softmax_jacobian", type("F", (), {"__call__": lambda self, z: z + 1})(), 1) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("q_i", "the formula has the symbol q_i, which is none of this exercise's: p_i, p_j, p_c, z_i"),
        ("p[i, j]", "the formula has the symbol p_ij, which is none"),
        ("p[0]", "the formula has the symbol p[0], which is none"),
        ("softmax(z_i)", "the formula uses softmax(...), which is none of the functions known here: exp, log"),
        ("p_i * z_c", "the formula depends on c, but the result has only i and j. Is a Sum over c missing?"),
        ("Sum(p_c)", "a Sum needs the index that it runs over"),
        ("Sum(p_c, d)", "a Sum runs over one of the indices i, j, c, not d"),
        ("Sum(p_c, (c, 0, K))", "the Sum over c has 4 terms, where c takes 3 values"),
        ("Sum(p_c, (c, 1))", "the limits of the Sum over c should be two numbers"),
        ("sum(p_c for c in [1])", "a sum runs over one index"),
        ("Piecewise(p_i)", "Piecewise takes pairs"),
        ("exp(p_i, p_j, z_i)", "exp has 3 arguments"),
        ("p_i %% 2", "can't be read as a formula."),
        ("J_ij = p_i", "can't be read as a formula. Write only what stands right of the equals sign."),
        ("p_i % 2", "only + - * / ** and comparisons"),
        ("p_i is p_j", "only < <= > >= == != compare"),
        ("(lambda: 1)()", "is nothing that a formula may hold"),
        ("'p_i'", "is nothing that a formula may hold"),
        ("p_i.real", "is nothing that a formula may hold"),
        ("-".join(["1"] * 100_000), "nested too deep"),
        ("  ", "softmax_jacobian is an empty text."),
        ([1], "softmax_jacobian is a list; expected a function, a formula as text, or a sympy expression."),
        (True, "softmax_jacobian is a bool; expected"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told(parts: ModuleType, answer: object, said: str) -> None:
    """A formula that can't be evaluated is told by name, with what is wrong and what is allowed."""
    got = parts.evaluate("softmax_jacobian", answer, Z)
    assert isinstance(got, str)
    assert got.startswith("softmax_jacobian")
    assert said in got


def test_what_is_missing_of_several(parts: ModuleType) -> None:
    """One formula of three that is wrong, or not there, does not touch the others."""
    dx, dW, db = parts.evaluate("linear_gradients", {"dW": "Sum(dz_nj * x_nm, n)", "db": "dz_nj"}, X, W, DZ)
    assert same(dW, DZ.T @ X)
    assert dx == 'linear_gradients["dx"] is missing.'
    assert db == 'linear_gradients["db"]: the formula depends on n, but the result has only j. Is a Sum over n missing?'
    assert "expected a function, or a dict" in parts.evaluate("linear_gradients", "dz_nj", X, W, DZ)
