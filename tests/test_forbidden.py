"""Names that an assignment forbids are found where they are used, and nowhere else, with the exercises they belong to."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.checks.forbidden import Finding, Reading, forbidden_flags
from grader.course.assignments import Assignment, find_assignment
from grader.results import Flag
from grader.submissions.loading import load_submission
from grader.submissions.source import Source
from grader.submissions.submission import Submission, make_submission

ROOT = Path(__file__).parent.parent
FORBIDS = (
    "torch.nn",
    "torch.autograd",
    "torch.optim",
    "torch.func",
    "torch.enable_grad",
    "torch.Tensor.requires_grad_",
    "torch.Tensor.requires_grad",
    "torch.Tensor.grad_fn",
)


def forbidding(*forbids: str, **of_one: Sequence[str]) -> Assignment:
    """The assignment of this repository, with other names forbidden."""
    assignment = find_assignment(ROOT, "classifier")
    assignment.exercises = tuple(
        msgspec.structs.replace(exercise, forbids=tuple(of_one.get(exercise.name, forbids)))
        for exercise in assignment.exercises
    )
    return assignment


ASSIGNMENT = forbidding(*FORBIDS)


def found(files: str | dict[str, str], assignment: Assignment = ASSIGNMENT) -> list[Finding]:
    files = {"linear.py": files} if isinstance(files, str) else files
    for text in files.values():
        ast.parse(text)
    return Reading(assignment, make_submission("s", files)).findings()


def uses(files: str | dict[str, str], assignment: Assignment = ASSIGNMENT) -> list[tuple[str, tuple[str, ...]]]:
    """The names that are used, and by which exercises."""
    return sorted({(finding.name, finding.exercises) for finding in found(files, assignment) if finding.is_use})


def inside(code: str) -> str:
    """The code in a method of Linear."""
    return "class Linear:\n    def forward(self, x):\n" + "".join(f"        {line}\n" for line in code.split("\n"))


NN = [
    ("import torch", "return torch.nn.functional.relu(x)"),
    ("import torch", "torch.nn"),
    ("import torch.nn", "return torch.nn.functional.relu(x)"),
    ("import torch.nn as nn", "return nn.functional.relu(x)"),
    ("import torch.nn.functional as F", "return F.relu(x)"),
    ("import torch.nn.functional", "return torch.nn.functional.relu(x)"),
    ("from torch import nn", "return nn.functional.relu(x)"),
    ("from torch import nn as layers", "return layers.ReLU()(x)"),
    ("from torch import nn", "return apply(nn, x)"),
    ("from torch.nn import functional", "return functional.relu(x)"),
    ("from torch.nn.functional import relu", "return relu(x)"),
    ("from torch.nn.functional import relu as r", "return list(map(r, x))"),
    ("from torch import *", "return nn.functional.relu(x)"),
    ("", "import torch\nreturn torch.nn.functional.relu(x)"),
    ("", "import torch.nn.functional as F\nreturn F.relu(x)"),
    ("import torch as t", "return t.nn.ReLU"),
    ("import torch; t = torch", "return t.nn.ReLU"),
    ("import torch; t = u = torch", "return t.nn.ReLU"),
    ("import torch; a, t = 1, torch", "return t.nn.ReLU"),
    ("import torch; t: object = torch", "return t.nn.ReLU"),
    ("import torch; F = torch.nn.functional", "return F.relu(x)"),
    ("import torch; (F := torch.nn.functional)", "return F.relu(x)"),
    ("import torch; t = torch; n = t.nn; F = n.functional", "return F.relu(x)"),
    ("import torch", "n = torch.nn\nreturn n.functional.relu(x)"),
    ("import torch", "global G\nG = torch.nn\nreturn G.functional.relu(x)"),
    ("try:\n    from torch import nn\nexcept ImportError:\n    nn = None", "return nn.ReLU()(x)"),
    ("import torch", "return getattr(torch, 'nn').ReLU()"),
    ("import torch", "return getattr(torch, 'nn', None)"),
    ("import torch; g = getattr", "return g(torch, 'nn')"),
    ("import builtins, torch", "return builtins.getattr(torch, 'nn')"),
    ("import torch", "return getattr(torch, 'n' + 'n')"),
    ("import torch", "return getattr(torch, f\"n{'n'}\")"),
    ("import torch", "return getattr(torch, f'{\"n\"}n')"),
    ("import torch", "return getattr(torch, ''.join(['n', 'n']))"),
    ("import torch; NAME = 'nn'", "return getattr(torch, NAME)"),
    ("import torch", "return torch.__getattribute__('nn')"),
    ("", "return __import__('torch.nn').nn.ReLU()"),
    ("", "return __import__('torch.nn', fromlist=['nn']).ReLU()"),
    ("", "return __import__('torch').nn.ReLU()"),
    ("import importlib", "return importlib.import_module('torch.nn')"),
    ("import importlib", "return importlib.import_module('.nn', 'torch')"),
    ("import importlib", "return importlib.import_module('.nn', package='torch')"),
    ("import importlib as i", "return i.import_module('torch.nn.functional').relu(x)"),
    ("from importlib import import_module as load", "return load('torch.nn')"),
    ("from importlib import import_module as load", "return load('torch').nn"),
    ("import importlib; F = importlib.import_module('torch.nn.functional')", "return F.relu(x)"),
    ("import sys", "return sys.modules['torch.nn']"),
    ("import sys", "return sys.modules['torch'].nn"),
    ("from sys import modules as m", "return m.get('torch.nn')"),
    ("import torch", "return vars(torch)['nn']"),
    ("import torch", "return torch.__dict__['nn'].ReLU()"),
    ("import torch", "return torch.__dict__.get('nn')"),
    ("import operator, torch", "return operator.attrgetter('nn')(torch)"),
    ("import torch; from operator import attrgetter", "return attrgetter('nn.functional')(torch)"),
    ("import torch; from operator import attrgetter as a; get = a('nn')", "return get(torch)"),
    ("import torch", "return eval('torch.nn.functional.relu(x)')"),
    ("import torch as t", "return eval('t.nn.functional.relu(x)')"),
    ("", "exec('from torch import nn as z')\nreturn z.ReLU()"),
    ("", "exec('import torch; f = torch.nn.functional.relu')"),
    ("", "return compile('torch.nn.ReLU()', '', 'eval')"),
    ("CODE = 'import torch\\ntorch.nn.ReLU()'", "exec(CODE)"),
    ("", "return eval(f'torch.nn.{\"ReLU\"}')"),
    ("import torch", "return (torch if x else None).nn"),
    ("import torch", "return [t for t in torch.nn.modules]"),
    ("import torch", "return torch.nn.Module(x)"),
    ("import torch", "torch.nn.functional.relu = x"),
    ("import torch", "f = lambda: torch.nn\nreturn f()"),
    ("import torch", "def f(nn=torch.nn):\n    return nn\nreturn f()"),
    ("from torch import nn", "return [nn.ReLU() for layer in x]"),
    ("import torch", "match x:\n    case torch.nn.ReLU():\n        pass"),
    ("import torch", "class Inner(torch.nn.Module):\n    pass"),
    (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    from torch import nn",
        "return nn.ReLU()",
    ),
    ("from x import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import nn", "return nn.ReLU()"),
    ("import x as typing\nif typing.TYPE_CHECKING:\n    from torch import nn", "return nn.ReLU()"),
    ("import typing\ntyping.TYPE_CHECKING = 1\nif typing.TYPE_CHECKING:\n    from torch import nn", "return nn.ReLU()"),
    ("import torch", "return __builtins__['getattr'](torch, 'nn')"),
    ("TYPE_CHECKING = True\nif TYPE_CHECKING:\n    from torch import nn", "return nn.ReLU()"),
]


@pytest.mark.parametrize(("top", "code"), NN)
def test_use_is_found(top: str, code: str) -> None:
    """However torch.nn is named in code of an exercise, it is a use of that exercise, and the only one."""
    findings = found(f"{top}\n{inside(code)}")
    assert [(f.name, f.exercises) for f in findings if f.is_use] == [("torch.nn", ("linear",))] * len(findings)
    assert findings


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("x.requires_grad_()", "torch.Tensor.requires_grad_"),
        ("x.requires_grad = True", "torch.Tensor.requires_grad"),
        ("return x.a.b.grad_fn", "torch.Tensor.grad_fn"),
        ("return f(x)[0].grad_fn.next", "torch.Tensor.grad_fn"),
        ("return getattr(x, 'grad_fn')", "torch.Tensor.grad_fn"),
        ("return x.__getattribute__('grad_fn')", "torch.Tensor.grad_fn"),
        ("return object.__getattribute__(x, 'grad_fn')", "torch.Tensor.grad_fn"),
        ("setattr(x, 'requires_grad', True)", "torch.Tensor.requires_grad"),
        ("import operator\noperator.methodcaller('requires_grad_')(x)", "torch.Tensor.requires_grad_"),
        ("import operator\noperator.attrgetter('a.grad_fn')(x)", "torch.Tensor.grad_fn"),
        ("return torch.randn(3, requires_grad=True)", "torch.Tensor.requires_grad"),
        ("return torch.randn(3, requires_grad=flag)", "torch.Tensor.requires_grad"),
        ("return torch.randn(3, **{'requires_grad': True})", "torch.Tensor.requires_grad"),
        ("return eval('x.requires_grad_()')", "torch.Tensor.requires_grad_"),
        ("with torch.enable_grad():\n    pass", "torch.enable_grad"),
        ("return torch.autograd.grad(x, y)", "torch.autograd"),
        ("return torch.func.grad(f)(x)", "torch.func"),
    ],
)
def test_other_names_are_found(code: str, name: str) -> None:
    """Members of tensors are found on anything, and asked for by name; keyword arguments count too."""
    assert uses("import torch\n" + inside(code)) == [(name, ("linear",))]


@pytest.mark.parametrize(
    "text",
    [
        "import torch; import torch.utils.data",
        "import torch; y = torch.nnz, torch.autograd_off, torch.functional",
        "nn = 3; y = nn + 1",
        "nn = 3\n" + inside("return nn.weight"),
        "class torchlike:\n    nn = 1\n    y = nn",
        "class Linear:\n    nn = 1\n    def f(self):\n        return self.nn.weight",
        "# import torch.nn",
        "text = 'torch.nn'",
        '"""Like torch.nn.Linear."""\nclass Linear:\n    """torch.nn.Linear."""\n    # torch.nn\n    x = "torch.nn"',
        "import torch\ndef f(x: torch.nn.Module, *a: torch.nn.Module) -> torch.nn.Module: ...",
        "import torch\nclass Linear:\n    x: torch.nn.Module\n    y: torch.nn.Module = None",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import nn\n" + inside("y: nn.Module = x"),
        "import typing\nif typing.TYPE_CHECKING:\n    import torch.nn",
        "import typing as t\nif t.TYPE_CHECKING:\n    import torch.nn",
        "import torch\n" + inside("with torch.no_grad():\n    torch.set_grad_enabled(False)"),
        "import torch\n" + inside("return torch.randn(3, requires_grad=False)"),
        "import torch\n" + inside("return torch.randn(3, **{'requires_grad': False})"),
        "import re\n" + inside("return re.compile('torch.nn')"),
        inside("return print('torch.nn', 'requires_grad')"),
        inside("return x['requires_grad'], x.get('grad_fn')"),
        inside("requires_grad = True\ngrad_fn = requires_grad\nreturn grad_fn"),
        "import torch\n" + inside("torch = x\nreturn torch.nn"),
        "import torch\n" + inside("return getattr(x, 'nn'), getattr(torch, x), getattr(torch, 'no_grad')"),
        inside("return importlib.import_module('torch.utils'), __import__('torch')"),
        "from .torch import nn\n" + inside("return nn.x"),
        "import numpy as torch\n" + inside("return torch.nn"),
        "import torch\nclass Linear:\n    def backward(self, d): ...\n    def forward(self, x): self.backward(x)",
        "from helpers import nn\n" + inside("return nn.x"),
        "",
    ],
)
def test_nothing_else_is_found(text: str) -> None:
    """Names that only look alike, hints, comments, texts and what is allowed are left alone."""
    assert found(text) == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(nn): return nn.weight",
        "def f(*, nn=None): return nn.weight",
        "def f(*nn): return nn.weight",
        "f = lambda nn: nn.weight",
        "def f():\n    nn = 3\n    return nn.weight",
        "def f(x):\n    for nn in x:\n        nn.weight",
        "def f(x):\n    with x as nn:\n        return nn.weight",
        "def f(x):\n    return [nn.weight for nn in x]",
        "def f(x):\n    try:\n        pass\n    except ValueError as nn:\n        return nn.args",
        "def f(x):\n    match x:\n        case [nn, *rest]:\n            return nn.weight",
        "def f(nn):\n    def g():\n        return nn.weight\n    return g",
        "def f(nn):\n    def g():\n        nonlocal nn\n        nn = nn.weight\n    return g",
        "class C:\n    nn = 3\n    x = nn",
        "def f(x: nn.Module) -> nn.Module: ...",
        "x: nn.Module",
        "",
    ],
)
def test_import_that_nothing_refers_to(code: str) -> None:
    """An import is mentioned if nothing uses it; parameters and local variables of the same name are others."""
    assert found("from torch import nn\n" + code) == [Finding("linear.py", 1, "torch.nn", False, ())]


@pytest.mark.parametrize(
    "text",
    [
        "import torch.nn",
        "import torch.nn as nn",
        "import torch.nn.functional as F",
        "from torch import nn as layers",
        "from torch.nn import functional",
        "import torch; F = torch.nn.functional",
        "import torch; F = getattr(torch, 'nn')",
    ],
)
def test_import_is_told_from_use(text: str) -> None:
    """An import or an alias at the top level that nothing uses is mentioned as such."""
    assert found(text) == [Finding("linear.py", 1, "torch.nn", False, ())]


def test_import_inside_an_exercise_is_still_no_use() -> None:
    """It has the exercise, though."""
    text = inside("import torch.nn\nreturn x")
    assert found(text) == [Finding("linear.py", 3, "torch.nn", False, ("linear",))]


def test_alias_may_be_bound_further_down() -> None:
    """A function runs after the whole file was read."""
    text = inside("return later.relu(x)") + "import torch\nlater = near.functional\nnear = torch.nn\n"
    assert uses(text) == [("torch.nn", ("linear",))]


def test_a_class_scope_hides_nothing_from_its_methods() -> None:
    """A method sees the module's name, not the class's; the class's body sees its own."""
    text = "from torch import nn\nclass Linear:\n    nn = 3\n    def f(self):\n        return nn.ReLU()"
    assert found(text) == [Finding("linear.py", 5, "torch.nn", True, ("linear",))]


def test_gradients_may_be_switched_off() -> None:
    """`set_grad_enabled(False)` is fine where it is forbidden, and an import for it as well; True is not."""
    assignment = forbidding("torch.set_grad_enabled")
    off = "from torch import set_grad_enabled\n" + inside("set_grad_enabled(False)\nset_grad_enabled(mode=False)")
    assert found(off, assignment) == []
    assert found("import torch\n" + inside("torch.set_grad_enabled(False)"), assignment) == []
    for argument in ("True", "x", "mode=True", "not False", "*x"):
        text = "import torch\n" + inside(f"torch.set_grad_enabled({argument})")
        assert uses(text, assignment) == [("torch.set_grad_enabled", ("linear",))]


LINEAR = "class Linear:\n    pass\n"
USES_NN = "import torch\ndef f(x):\n    return torch.nn.functional.relu(x)\n"


@pytest.mark.parametrize(
    ("files", "exercises"),
    [
        pytest.param({"linear.py": "import torch\nclass Linear(torch.nn.Module): ..."}, ("linear",), id="base"),
        pytest.param({"linear.py": "import torch\nLinear = torch.nn.Linear"}, ("linear",), id="alias-defines"),
        pytest.param({"linear.py": "from torch.nn import Linear"}, ("linear",), id="import-defines"),
        pytest.param({"linear.py": LINEAR + "from torch.nn import Linear"}, ("linear",), id="import-replaces"),
        pytest.param({"other.py": "import torch\nclass Linear(torch.nn.Module): ..."}, ("linear",), id="elsewhere"),
        pytest.param({"linear.py": USES_NN + LINEAR}, (), id="nobody's helper"),
        pytest.param({"linear.py": USES_NN + inside("return f(x)")}, ("linear",), id="helper"),
        pytest.param({"linear.py": USES_NN + "def g(x): return f(x)\n" + inside("g(x)")}, ("linear",), id="transitive"),
        pytest.param({"linear.py": USES_NN + "class C:\n    h = f\n" + inside("C()")}, ("linear",), id="through-class"),
        pytest.param(
            {"linear.py": "import torch\nr = torch.nn.ReLU()\n" + inside("return r(x)")}, ("linear",), id="object"
        ),
        pytest.param(
            {"linear.py": "import torch\nif 1:\n    r = torch.nn.ReLU()\n" + inside("return r(x)")}, ("linear",), id="if"
        ),
        pytest.param({"linear.py": LINEAR, "helpers.py": USES_NN}, (), id="unreached-file"),
        pytest.param(
            {"linear.py": "from helpers import f\n" + inside("return f(x)"), "helpers.py": USES_NN},
            ("linear",),
            id="from-import",
        ),
        pytest.param(
            {"linear.py": "from helpers import f as g\n" + inside("return g(x)"), "helpers.py": USES_NN},
            ("linear",),
            id="from-import-as",
        ),
        pytest.param(
            {"linear.py": "import helpers\n" + inside("return helpers.f(x)"), "helpers.py": USES_NN},
            ("linear",),
            id="module",
        ),
        pytest.param(
            {"linear.py": "from . import helpers as h\n" + inside("return h.f(x)"), "helpers.py": USES_NN},
            ("linear",),
            id="relative-module",
        ),
        pytest.param(
            {"linear.py": "from .helpers import f\n" + inside("return f(x)"), "helpers.py": USES_NN},
            ("linear",),
            id="relative",
        ),
        pytest.param(
            {"linear.py": "from helpers import *\n" + inside("return f(x)"), "helpers.py": USES_NN},
            ("linear",),
            id="own-star",
        ),
        pytest.param(
            {"linear.py": inside("import helpers\nreturn getattr(helpers, 'f')(x)"), "helpers.py": USES_NN},
            ("linear",),
            id="getattr-of-module",
        ),
        pytest.param(
            {
                "linear.py": "from a import f\n" + inside("return f(x)"),
                "a.py": "from helpers import f",
                "helpers.py": USES_NN,
            },
            ("linear",),
            id="passed-on",
        ),
        pytest.param(
            {"linear.py": "from tools.helpers import f\n" + inside("return f(x)"), "tools/helpers.py": USES_NN},
            ("linear",),
            id="package",
        ),
        pytest.param(
            {"linear.py": "import tools.helpers\n" + inside("tools.helpers.f(x)"), "tools/helpers.py": USES_NN},
            ("linear",),
            id="package-module",
        ),
        pytest.param(
            {"linear.py": USES_NN + inside("f(x)"), "relu.py": "from linear import f\nclass ReLU:\n    g = f"},
            ("linear", "relu"),
            id="shared",
        ),
        pytest.param(
            {
                "linear.py": "import torch\n" + inside("return torch.nn"),
                "net.py": "from linear import Linear\nclass Net:\n    f = Linear",
            },
            ("linear",),
            id="stops-at-another",
        ),
        pytest.param(
            {"linear.py": LINEAR, "net.py": "import torch\nclass Linear(torch.nn.Linear): ...\nclass Net:\n    f = Linear"},
            ("net",),
            id="own-copy",
        ),
        pytest.param(
            {"linear.py": "from torch.nn.functional import *\nclass Linear: ...\nclass ReLU: ..."},
            ("linear", "relu"),
            id="star",
        ),
        pytest.param({"linear.py": LINEAR, "helpers.py": "from torch.nn import *"}, (), id="star-elsewhere"),
        pytest.param(
            {"linear.py": "from helpers import relu\n" + inside("relu(x)"), "helpers.py": "from torch.nn.functional import *"},
            ("linear",),
            id="through-star",
        ),
        pytest.param(
            {
                "linear.py": "from helpers import f\n" + inside("f(x)"),
                "helpers.py": "from torch.nn.functional import *\ndef f(x): return relu(x)\n",
            },
            ("linear",),
            id="helper-with-star",
        ),
        pytest.param(
            {
                "linear.py": "from helpers import f\n" + inside("f(x)"),
                "helpers.py": "from torch.nn.functional import *\ndef f(x): return len(x)\n",
            },
            (),
            id="helper-without-star",
        ),
        pytest.param(
            {"linear.py": LINEAR + "import torch\nLinear.forward = torch.nn.functional.linear"}, ("linear",), id="patch"
        ),
        pytest.param(
            {"linear.py": LINEAR + "import torch\nsetattr(Linear, 'forward', torch.nn.functional.linear)"},
            ("linear",),
            id="setattr",
        ),
        pytest.param(
            {"linear.py": LINEAR, "x.py": "import linear, torch\nlinear.Linear.f = torch.nn.functional.linear"},
            ("linear",),
            id="patch-from-elsewhere",
        ),
        pytest.param(
            {"linear.py": LINEAR, "x.py": "from linear import Linear as L\nimport torch\nL.f = torch.nn.ReLU()"},
            ("linear",),
            id="patch-by-alias",
        ),
        pytest.param({"linear.py": USES_NN + LINEAR + "Linear.forward = f"}, ("linear",), id="patch-with-helper"),
        pytest.param({"linear.py": LINEAR + "import torch\nprint(torch.nn)"}, (), id="no-definition"),
        pytest.param(
            {"linear.py": "from helpers import F\n" + inside("F.relu(x)"), "helpers.py": "import torch.nn.functional as F"},
            ("linear",),
            id="alias-of-another-file",
        ),
        pytest.param(
            {"linear.py": "import helpers\n" + inside("helpers.t.nn"), "helpers.py": "import torch as t"},
            ("linear",),
            id="module-of-another-file",
        ),
    ],
)  # fmt: skip
def test_whose_code_it_is(files: dict[str, str], exercises: tuple[str, ...]) -> None:
    """A use belongs to the exercises that define or reach the code it is in."""
    assert uses(files) == [("torch.nn", exercises)]
    assert all(finding.is_use for finding in found(files))


def test_each_exercise_has_names_of_its_own() -> None:
    """An exercise that doesn't forbid a name isn't charged for it; outside of exercises, what all forbid is looked for."""
    assignment = forbidding(linear=["torch.nn"])
    text = USES_NN + "class Linear:\n    g = f\n"
    shared = {"linear.py": text, "relu.py": "from linear import f\nclass ReLU:\n    g = f"}
    assert uses(shared, assignment) == [("torch.nn", ("linear",))]
    assert uses({"relu.py": "import torch\nclass ReLU(torch.nn.Module): ..."}, assignment) == []
    assert uses({"x.py": USES_NN}, assignment) == []
    assert uses({"x.py": USES_NN}) == [("torch.nn", ())]


def test_code_of_no_exercise() -> None:
    """What only some exercises must not use may stand where no exercise reaches it; what none may use is found there too."""
    text = "import torch\nimport torch.optim\nPair = tuple[torch.Tensor, torch.Tensor]\ntorch.optim.Adam\n"
    names = [exercise.name for exercise in find_assignment(ROOT, "classifier").exercises]
    others = dict.fromkeys(names, ("torch.optim",)) | {"linear": ("torch", "torch.optim")}
    assert uses(text, forbidding(**others)) == [("torch.optim", ())]
    assert uses(text + inside("return torch.relu(x)"), forbidding(**others)) == [
        ("torch", ("linear",)),
        ("torch.optim", ()),
    ]


def test_findings_are_sorted_and_single() -> None:
    """One of a name in a line, sorted by file, line and name."""
    text = "import torch\nclass ReLU:\n    a = torch.nn.x, torch.nn, torch.autograd\n    b = torch.nn\n"
    assert found({"relu.py": text, "linear.py": "import torch.optim"}) == [
        Finding("linear.py", 1, "torch.optim", False, ()),
        Finding("relu.py", 3, "torch.autograd", True, ("relu",)),
        Finding("relu.py", 3, "torch.nn", True, ("relu",)),
        Finding("relu.py", 4, "torch.nn", True, ("relu",)),
    ]


def test_whose_code_a_line_is() -> None:
    """For what is found while code runs: the exercises of a line, decorators included, and none outside."""
    text = (
        "import torch\n\n@decorated\nclass Linear:\n    x = helper()\n\ndef helper(): return 1\ndef other(): return 1"
    )
    submission = make_submission(
        "s", {"linear.py": text, "relu.py": "import linear\nclass ReLU:\n  x = linear.helper()"}
    )
    lines = [Reading(ASSIGNMENT, submission).exercises_at("linear.py", line) for line in range(10)]
    linear, both = ("linear",), ("linear", "relu")
    assert lines == [(), (), (), linear, linear, linear, (), both, (), ()]
    assert Reading(ASSIGNMENT, submission).exercises_at("none.py", 1) == ()


def test_flags_say_use_or_import() -> None:
    """A submission gets one flag for a name in a file, used or imported, with the first line that has it."""
    findings = [
        Finding("relu.py", 4, "torch.nn", True, ("relu",)),
        Finding("relu.py", 5, "torch.nn", True, ()),
        Finding("relu.py", 6, "torch.optim", False, ()),
        Finding("x.py", 1, "torch.nn", False, ()),
    ]
    assert forbidden_flags(make_submission("ada", {}), findings) == [
        Flag("forbidden_name", "relu.py, line 4", "uses torch.nn, which this assignment forbids"),
        Flag("forbidden_name", "relu.py, line 6", "imports torch.optim, which this assignment forbids, and does not use it"),
        Flag("forbidden_name", "x.py, line 1", "imports torch.nn, which this assignment forbids, and does not use it"),
    ]  # fmt: skip


RIGHT = [ROOT / "reference" / "classifier", *sorted((ROOT / "examples" / "inbox").iterdir())]


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.name)
def test_nothing_is_found_in_honest_work(path: Path) -> None:
    """The model answer and the sample class, right or wrong, use nothing that is forbidden."""
    submission = load_submission(path, course_files=ASSIGNMENT.course_files)
    assert submission.files
    assert Reading(ASSIGNMENT, submission).findings() == []


class Built(Source):
    """A source whose tree is deeper than a parser makes it."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__("linear.py", "")
        self._built = tree

    @property
    def tree(self) -> ast.Module:
        return self._built


def chained(kind: str, depth: int) -> ast.expr:
    where: dict[str, Any] = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
    node: ast.expr = ast.Attribute(ast.Name("torch", ast.Load(), **where), "nn", ast.Load(), **where)
    for _ in range(depth):
        if kind == "attributes":
            node = ast.Attribute(node, "a", ast.Load(), **where)
        elif kind == "operators":
            node = ast.BinOp(node, ast.Add(), ast.Constant("a", **where), **where)
        else:
            node = ast.Call(node, [], [], **where)
    return node


@pytest.mark.parametrize("kind", ["attributes", "operators", "calls"])
def test_depth_is_no_obstacle(kind: str) -> None:
    """Expressions nested 100,000 deep are read like any other."""
    where: dict[str, Any] = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
    target = ast.Name("Linear", ast.Store(), **where)
    node = chained(kind, 100_000)
    pair = ast.Tuple([node, node], ast.Load(), **where)
    submission = make_submission("s", {"linear.py": ""})
    vars(submission)["sources"] = {"linear.py": Built(ast.Module([ast.Assign([target], pair, **where)], []))}
    assert Reading(ASSIGNMENT, submission).findings() == [Finding("linear.py", 1, "torch.nn", True, ("linear",))]
    vars(pair).clear()
    while isinstance(node, ast.Attribute | ast.BinOp | ast.Call):  # freed in one go, it might recurse
        inner = node.func if isinstance(node, ast.Call) else node.left if isinstance(node, ast.BinOp) else node.value
        vars(node).clear()
        node = inner


HOSTILE = {
    "syntax": "class Linear(:\nimport torch.nn",
    "null": "import torch.nn\0",
    "deep attributes": "import torch\nx = torch" + ".a" * 99_000,
    "deep operators": "x = 1" + "+1" * 99_000,
    "deep calls": "x = f" + "()" * 99_000,
    "deep lambdas": "x = " + "lambda: " * 20_000 + "1",
    "deep else": "if x: pass\n" + "elif x: pass\n" * 15_000,
    "many aliases": "import torch as a0\n" + "".join(f"a{n + 1} = a{n}\n" for n in range(10_000)),
    "many helpers": "".join(f"def f{n}(): f{n + 1}()\n" for n in range(8_000)) + "Linear = f0()",
    "many uses": "import torch\nclass Linear:\n" + "    x = torch.nn\n" * 10_000,
    "many stars": "from torch.nn import *\n" * 4_000 + "def f(): g()\n" * 4_000 + "class Linear: x = f()\n",
    "many of a name": "def f(): f()\n" * 12_000 + "Linear = f()\n",
    "many meanings": "import torch\n" + "x = 'a'\n" * 10_000 + "x = torch\n" * 5_000 + "x = x.nn\n" * 3_000,
    "one text executed often": "c = " + repr("import torch\n" * 4_000) + "\n" + "def f(): exec(c)\n" * 7_000,
    "odd executions": "exec('import torch' + '(')\nexec('\\0')\nexec('x' * 9)\neval()\nexec(*x)\ngetattr()\nsetattr(x)",
    "odd imports": "from ..... import x\nfrom . import y\nfrom .. import *\n__import__()\n__import__('')\nx = __import__('.')",
    "odd names": "class C: global nn; nn = 3\ndel nn, x.y, z[0]\nnonlocal q\nglobal g",
    "in circles": "from linear import x\nimport linear\nfrom linear import *\nx = linear.x = x.linear.x\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_source_does_no_harm(text: str) -> None:
    """Whatever is in a file, there is an answer."""
    submission = make_submission("s", {"linear.py": text, "odd/__init__.py": text[:200], "__init__.py": ""})
    assert isinstance(Reading(ASSIGNMENT, submission).findings(), list)
    assert isinstance(Reading(ASSIGNMENT, submission).exercises_at("linear.py", 2), tuple)


def test_files_that_cannot_be_read_give_nothing() -> None:
    """A syntax error in one file leaves the others as they are."""
    files = {
        "linear.py": "import torch.nn\nclass Linear(:",
        "relu.py": "import torch\nclass ReLU(torch.nn.Module): ...",
    }
    submission: Submission = make_submission("s", files)
    assert Reading(ASSIGNMENT, submission).findings() == [Finding("relu.py", 2, "torch.nn", True, ("relu",))]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import torch\nW = 0\nclass Linear:\n    def f(self): return torch.nn.Parameter(W)", []),
        ("from torch.nn import Parameter\nclass Linear:\n    def f(self): return Parameter(1)", []),
        ("from torch import nn\nclass Linear:\n    def f(self): return nn.Parameter(1), nn.parameter", [3]),
        ("import torch.nn as nn\nclass Linear:\n    w: nn.Parameter = nn.Parameter(1)\n    v = nn.ReLU()", [4]),
        ("import torch.nn as nn\nclass Linear:\n    def f(self): return nn", [3]),
        (
            "import torch.nn as nn\nclass Linear:\n    def f(self): return getattr(nn, 'Parameter'), getattr(nn, 'ReLU')",
            [3],
        ),
    ],
)
def test_exceptions_are_allowed(classifier: Assignment, text: str, lines: list[int]) -> None:
    """What `allows` names is no finding, however it is reached, and everything beside it still is."""
    assert "torch.nn.Parameter" in classifier.allows
    found = Reading(classifier, make_submission("s", {"linear.py": text})).findings()
    assert [entry.line for entry in found if entry.name == "torch.nn"] == lines
