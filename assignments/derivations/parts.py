"""Makes numbers of an answer that is written as a formula, in the worker, beside your code.

A formula is an expression in the symbols of its exercise: a text, or a sympy expression, which is read as the text that it
prints. Every index is an axis: `p_nk` is a tensor that depends on n and k, `Sum(p_nk, k)` one that depends on n alone.
"""

import ast
import sys

import torch


class Unclear(Exception):
    """Why a formula can't be evaluated, in one sentence."""


def evaluate(name, answer, *arguments):
    """What an answer that is no plain function says at these numbers; a text if it can't be understood."""
    try:
        if callable(answer) and not is_expression(answer):
            return answer(*arguments)
        make_table, axes = EXERCISES[name]
        table = make_table(*arguments)
        if isinstance(axes, dict):
            formulas = several_formulas(name, answer, list(axes))
            return tuple(one_of_several(table, f'{name}["{key}"]', formulas.get(key), axes[key]) for key in axes)
        value = table.value(name, answer, axes)
        return value.reshape(arguments[0].shape) if make_table is relu_table else value
    except Unclear as problem:
        return str(problem)
    except RecursionError:
        return f"{name}: the formula is nested too deep."


def several_formulas(name, answer, keys):
    """A formula for each key; a tuple of as many is taken in that order."""
    if isinstance(answer, tuple | list) and len(answer) == len(keys):
        answer = dict(zip(keys, answer, strict=True))
    if not isinstance(answer, dict):
        wanted = ", ".join(f'"{key}": ...' for key in keys)
        raise Unclear(f"{name} is a {type(answer).__name__}; expected a function, or a dict {{{wanted}}}.")
    return answer


def one_of_several(table, name, answer, axes):
    """Its value, or what is wrong with it: that is no matter of the others."""
    try:
        return table.value(name, answer, axes)
    except Unclear as problem:
        return str(problem)


# -- the symbols of the exercises, and their numbers ------------------------------------------------------------------


class Table:
    """Symbols and their numbers. Each letter of `axes` is an index with its size."""

    def __init__(self, **axes):
        self.axes = axes
        self.symbols = {}
        self.shown = []
        for index, size in axes.items():
            self.symbols[index] = self.spread(torch.arange(size), index)

    def spread(self, tensor, indices):
        """The tensor with one axis for every index of the table, in float64."""
        order = sorted(range(len(indices)), key=lambda place: list(self.axes).index(indices[place]))
        sizes = [size if index in indices else 1 for index, size in self.axes.items()]
        return tensor.double().permute(order).reshape(sizes)

    def add(self, base, tensor, *indices):
        """`base` with each of these indices, such as p with "i" and "j": p_i and p_j."""
        for index in indices:
            self.name(f"{base}_{index}", self.spread(tensor, index))

    def add_delta(self, *pairs):
        """The Kronecker deltas of these pairs of indices, in either order."""
        for first, second in pairs:
            equal = (self.symbols[first] == self.symbols[second]).double()
            self.name(f"delta_{first}{second}", equal)
            self.symbols[f"delta_{second}{first}"] = equal

    def name(self, symbol, value):
        """A symbol and its value."""
        self.symbols[symbol] = value
        self.shown.append(symbol)

    def numbers(self, **values):
        """Symbols of single numbers."""
        for symbol, value in values.items():
            self.name(symbol, torch.tensor(float(value), dtype=torch.float64))

    def listed(self):
        """All symbols, as they are told to who used another."""
        indices = [index for index in self.axes if index in self.symbols]
        return ", ".join(self.shown) + (f", and the indices {', '.join(indices)}" if indices else "")

    def value(self, name, answer, result):
        """The formula's value for each entry of the result, whose axes are `result`."""
        value = Formula(name, text_of(name, answer), self).value()
        value = value.expand([1] * len(self.axes)) if value.dim() == 0 else value
        for place, index in enumerate(self.axes):
            if index not in result and value.shape[place] > 1:
                wanted = f"has only {' and '.join(result)}" if result else "is one number"
                raise Unclear(
                    f"{name}: the formula depends on {index}, but the result {wanted}. Is a Sum over {index} missing?"
                )
        value = value.expand([size if index in result else 1 for index, size in self.axes.items()])
        return value.reshape([size for index, size in self.axes.items() if index in result]).contiguous()


def likelihood_table(p, y):
    """p and y of a batch."""
    table = Table(n=p.shape[0], k=p.shape[1])
    table.add("p", p, "nk")
    table.add("y", y, "nk")
    table.numbers(N=p.shape[0], K=p.shape[1])
    return table


def likelihood_gradient_table(p, y):
    """The same, where n and k are the entry, and c is a class to sum over."""
    table = Table(n=p.shape[0], k=p.shape[1], c=p.shape[1])
    table.add("p", p, "nk", "nc")
    table.add("y", y, "nk", "nc")
    table.add_delta("kc")
    table.numbers(N=p.shape[0], K=p.shape[1])
    return table


def label_table(p, labels):
    """p and the labels of a batch."""
    table = Table(n=p.shape[0], k=p.shape[1])
    table.add("p", p, "nk")
    table.name("p_ny", table.spread(p[torch.arange(len(p)), labels], "n"))
    table.add("t", torch.eye(p.shape[1])[labels], "nk")
    table.numbers(N=p.shape[0], K=p.shape[1])
    return table


def softmax_table(z):
    """The scores of one observation and their softmax."""
    table = Table(i=len(z), j=len(z), c=len(z))
    table.add("p", z.double().softmax(0), "i", "j", "c")
    table.add("z", z, "i", "j", "c")
    table.add_delta("ij", "ic", "jc")
    table.numbers(K=len(z))
    return table


def score_table(z, labels):
    """The scores of a batch, their softmax, and the labels."""
    table = Table(n=z.shape[0], k=z.shape[1], c=z.shape[1])
    rows, p = torch.arange(len(z)), z.double().softmax(1)
    table.add("p", p, "nk", "nc")
    table.name("p_ny", table.spread(p[rows, labels], "n"))
    table.add("z", z, "nk", "nc")
    table.name("z_ny", table.spread(z[rows, labels], "n"))
    table.add("t", torch.eye(z.shape[1])[labels], "nk", "nc")
    table.add_delta("kc")
    table.numbers(N=z.shape[0], K=z.shape[1])
    return table


def linear_table(x, W, dz):
    """What a linear layer is given."""
    table = Table(n=dz.shape[0], j=dz.shape[1], m=x.shape[1])
    table.add("x", x, "nm")
    table.add("W", W, "jm")
    table.add("dz", dz, "nj")
    table.numbers(N=len(x), dim_in=x.shape[1], dim_out=W.shape[0])
    return table


def relu_table(x, dz):
    """Entries of x and dz, in a row."""
    table = Table(n=x.numel())
    table.name("x", table.spread(x.reshape(-1), "n"))
    table.name("dz", table.spread(dz.reshape(-1), "n"))
    del table.symbols["n"]
    return table


# What an answer is evaluated with, and the indices of its result.
EXERCISES = {
    "log_likelihood": (likelihood_table, ""),
    "one_hot_log_likelihood": (label_table, ""),
    "log_likelihood_gradient": (likelihood_gradient_table, "nk"),
    "softmax_jacobian": (softmax_table, "ij"),
    "nll_gradient": (score_table, "nk"),
    "linear_gradients": (linear_table, {"dx": "nm", "dW": "jm", "db": "j"}),
    "relu_gradient": (relu_table, "n"),
}


# -- formulas ---------------------------------------------------------------------------------------------------------


def is_expression(answer):
    """Whether it is one of sympy's."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(answer, sympy.Basic)


def text_of(name, answer):
    """The formula as text."""
    if answer is None:
        raise Unclear(f"{name} is missing.")
    if isinstance(answer, str):
        text = " ".join(answer.split())
        for sign, written in (
            ("^", "**"),
            ("δ", "delta"),
            ("·", "*"),
            ("×", "*"),
            ("−", "-"),
            ("Σ", "Sum"),
            ("∑", "Sum"),
        ):
            text = text.replace(sign, written)
        if not text:
            raise Unclear(f"{name} is an empty text.")
        return text
    if is_expression(answer) or (isinstance(answer, (int, float)) and not isinstance(answer, bool)):
        return str(answer)
    raise Unclear(
        f"{name} is a {type(answer).__name__}; expected a function, a formula as text, or a sympy expression."
    )


class Formula:
    """An expression in the symbols of a table."""

    def __init__(self, name, text, table):
        self.name = name
        self.table = table
        self.functions = {
            "exp": torch.exp,
            "log": torch.log,
            "ln": torch.log,
            "sqrt": torch.sqrt,
            "abs": torch.abs,
            "Abs": torch.abs,
            "sign": torch.sign,
            "max": self.largest,
            "Max": self.largest,
            "min": self.smallest,
            "Min": self.smallest,
            "Heaviside": self.step,
            "KroneckerDelta": self.equal,
            "delta": self.equal,
            "Eq": self.equal,
            "Ne": lambda a, b: 1 - self.equal(a, b),
        }
        try:
            self.root = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, MemoryError):
            more = " Write only what stands right of the equals sign." if "=" in text.replace("==", "") else ""
            raise Unclear(f"{name}: {text[:200]!r} can't be read as a formula.{more}") from None

    @staticmethod
    def largest(*values):
        result = values[0]
        for value in values[1:]:
            result = torch.maximum(*torch.broadcast_tensors(result, value))
        return result

    @staticmethod
    def smallest(*values):
        return -Formula.largest(*(-value for value in values))

    @staticmethod
    def step(x, at_zero=None):
        """sympy's own: 1/2 at zero if nothing else is said."""
        at_zero = torch.tensor(0.5, dtype=torch.float64) if at_zero is None else at_zero
        return torch.where(x > 0, 1.0, torch.where(x < 0, 0.0, at_zero)).double()

    @staticmethod
    def equal(a, b):
        return (a == b).double()

    def value(self):
        """The value, for each value of the indices it depends on."""
        return self.of(self.root)

    def of(self, node):
        """The value of a part. Everything is a float64 tensor; what is true is 1."""
        match node:
            case ast.Constant(value=int() | float() as number):
                return torch.tensor(float(number), dtype=torch.float64)
            case ast.Name() | ast.Subscript():
                return self.of_symbol(symbol_of(node))
            case ast.BinOp(left=left, op=op, right=right):
                return self.of_operation(op, self.of(left), self.of(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.of(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.of(operand)
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                return (self.of(operand) == 0).double()
            case ast.Compare(left=left, ops=ops, comparators=others):
                values = [self.of(part) for part in (left, *others)]
                result = torch.tensor(1.0, dtype=torch.float64)
                for place, op in enumerate(ops):
                    result = result * self.compared(op, values[place], values[place + 1])
                return result
            case ast.BoolOp(op=op, values=parts):
                values = [(self.of(part) != 0).double() for part in parts]
                return self.smallest(*values) if isinstance(op, ast.And) else self.largest(*values)
            case ast.IfExp(test=test, body=body, orelse=other):
                return torch.where(self.of(test) != 0, self.of(body), self.of(other))
            case ast.Call(func=ast.Name(id=function), args=args, keywords=[]):
                return self.of_call(function, args)
        raise self.unclear(f"{ast.unparse(node)[:100]!r} is nothing that a formula may hold")

    def unclear(self, why):
        return Unclear(f"{self.name}: {why}.")

    def of_symbol(self, symbol):
        if symbol in ("E", "pi"):
            return torch.tensor(torch.e if symbol == "E" else torch.pi, dtype=torch.float64)
        if symbol not in self.table.symbols:
            raise self.unclear(
                f"the formula has the symbol {symbol[:60]}, which is none of this exercise's: {self.table.listed()}"
            )
        return self.table.symbols[symbol]

    def of_operation(self, op, left, right):
        match op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
            case ast.Pow():
                return left**right
            case ast.BitAnd():
                return ((left != 0) & (right != 0)).double()
            case ast.BitOr():
                return ((left != 0) | (right != 0)).double()
        raise self.unclear("only + - * / ** and comparisons may stand between two parts of a formula")

    def compared(self, op, left, right):
        match op:
            case ast.Gt():
                return (left > right).double()
            case ast.GtE():
                return (left >= right).double()
            case ast.Lt():
                return (left < right).double()
            case ast.LtE():
                return (left <= right).double()
            case ast.Eq():
                return (left == right).double()
            case ast.NotEq():
                return (left != right).double()
        raise self.unclear("only < <= > >= == != compare")

    def of_call(self, function, args):
        if function in ("Sum", "sum"):
            return self.of_sum(args)
        if function == "Piecewise":
            return self.of_cases(args)
        if function not in self.functions:
            known = ", ".join([*self.functions, "Sum", "Piecewise"])
            raise self.unclear(
                f"the formula uses {function[:60]}(...), which is none of the functions known here: {known}"
            )
        try:
            return self.functions[function](*(self.of(part) for part in args))
        except TypeError:
            raise self.unclear(f"{function} has {len(args)} arguments") from None

    def of_cases(self, args):
        """Piecewise((value, condition), ..., (value, True)); where no condition holds, not a number."""
        result = torch.tensor(float("nan"), dtype=torch.float64)
        for case in reversed(args):
            if not (isinstance(case, ast.Tuple) and len(case.elts) == 2):
                raise self.unclear("Piecewise takes pairs: (value, condition)")
            result = torch.where(self.of(case.elts[1]) != 0, self.of(case.elts[0]), result)
        return result

    def of_sum(self, args):
        """Sum(term, k), Sum(term, (k, 1, K)), with several indices too, or sum(term for k in range(K))."""
        match args:
            case [ast.GeneratorExp(elt=term, generators=loops)]:
                ranges = [self.range_of(loop) for loop in loops]
            case [term, _, *_]:
                ranges = [limit.elts if isinstance(limit, ast.Tuple) else [limit] for limit in args[1:]]
            case _:
                raise self.unclear("a Sum needs the index that it runs over: Sum(term, k)")
        value = self.of(term)
        value = value.expand([1] * len(self.table.axes)) if value.dim() == 0 else value
        for index, *limits in ranges:
            value = self.summed(value, index, limits)
        return value

    def range_of(self, loop):
        match loop:
            case ast.comprehension(target=ast.Name(), iter=ast.Call(func=ast.Name(id="range"), args=[count]), ifs=[]):
                return [loop.target, ast.Constant(1), count]
        raise self.unclear("a sum runs over one index: sum(term for k in range(K))")

    def summed(self, value, index, limits):
        name = index.id if isinstance(index, ast.Name) else ""
        if name not in self.table.axes:
            raise self.unclear(
                f"a Sum runs over one of the indices {', '.join(self.table.axes)}, not {ast.unparse(index)[:60]}"
            )
        place, size = list(self.table.axes).index(name), self.table.axes[name]
        if limits:
            bounds = [self.of(limit) for limit in limits]
            if len(bounds) != 2 or any(bound.numel() != 1 for bound in bounds):
                raise self.unclear(f"the limits of the Sum over {name} should be two numbers")
            count = (bounds[1] - bounds[0]).item() + 1
            if count != size:
                raise self.unclear(f"the Sum over {name} has {count:g} terms, where {name} takes {size} values")
        sizes = list(value.shape)
        sizes[place] = size
        return value.expand(sizes).sum(place, keepdim=True)


def symbol_of(node):
    """The name of a symbol; p[n, k] is p_nk."""
    if isinstance(node, ast.Name):
        return node.id
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if isinstance(node.value, ast.Name) and all(isinstance(part, ast.Name) for part in parts):
        return f"{node.value.id}_{''.join(part.id for part in parts)}"
    return ast.unparse(node)
