"""One submission, one grade: full points for right code in any style, none for skeletons, nothing decided by the student."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from grader.course.assignments import Assignment, find_assignment
from grader.errors import CourseError
from grader.grading.grade import collected_checks, grade_each
from grader.isolation.launchers import Zygote
from grader.results import Grade, Outcome, Status, for_student
from grader.submissions.loading import load_submission
from grader.submissions.submission import make_submission

Files = dict[str, str]
Grader = Callable[[dict[str, Files]], dict[str, Grade]]

POINTS = Decimal(82)
CHECKS = 63


def outcomes(grade: Grade) -> dict[str, str]:
    """The outcome of every check that did not pass."""
    return {
        f"{exercise.name}/{check.name}": f"{check.outcome}: {check.evidence.summary if check.evidence else ''}"
        for exercise in grade.exercises
        for check in exercise.checks
        if check.outcome not in (Outcome.PASSED, Outcome.SKIPPED)
    }


def write_course(root: Path, files: Files) -> Assignment:
    """A course of the assignment `tiny`, made of files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return find_assignment(root, "tiny")


# -- the two ends of the scale -----------------------------------------------------------------------------------------


def test_model_answer_gets_everything(grade_files: Grader, reference_files: Files) -> None:
    """The model answer has full points, and every check passed or was skipped."""
    grade = grade_files({"ada": reference_files})["ada"]
    assert (grade.status, grade.score, grade.points, outcomes(grade)) == (Status.GRADED, POINTS, POINTS, {})
    assert {check.points for check in grade.checks if check.outcome is Outcome.SKIPPED} <= {Decimal(0)}


def test_skeletons_get_nothing(grade_files: Grader, skeleton_files: Files) -> None:
    """Untouched skeletons have 0 points, and no check that could run says anything but that."""
    grade = grade_files({"ada": skeleton_files})["ada"]
    assert (grade.status, grade.score, grade.points) == (Status.GRADED, Decimal(0), POINTS)
    assert {check.outcome for check in grade.checks if check.points} == {Outcome.NOT_ATTEMPTED, Outcome.BLOCKED}


def test_form_of_a_submission_changes_no_point(
    grade_all: Callable[..., dict[str, Grade]], reference_files: Files, tmp_path: Path
) -> None:
    """A folder, a zip of it and one file with everything in it have the same outcomes, right or wrong."""
    files = {**reference_files, "relu.py": reference_files["relu.py"].replace("self.x > 0", "self.x >= 0")}
    (tmp_path / "folder").mkdir()
    for name, text in files.items():
        (tmp_path / "folder" / name).write_text(text, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "zip.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(f"homework/{name}", text)
    together = "\n".join(files[name] for name in sorted(files, key="net.py".__eq__))
    together = together.replace("from linear import Linear\n", "").replace("from relu import ReLU\n", "")
    (tmp_path / "file.py").write_text(together, encoding="utf-8")
    grades = grade_all(load_submission(tmp_path / name) for name in ("folder", "zip.zip", "file.py"))
    seen = {name: [(check.name, check.outcome) for check in grade.checks] for name, grade in grades.items()}
    assert list(grades) == ["folder", "zip", "file"]
    assert seen["folder"] == seen["zip"] == seen["file"]
    assert {grade.score for grade in grades.values()} == {POINTS - 1}


def test_nothing_readable_is_not_gradable(grade_files: Grader, tmp_path: Path) -> None:
    """A submission without a Python file has a grade of its own kind, and no check blames the grader."""
    grade = grade_files({"ada": {}})["ada"]
    assert grade.status in (Status.NOT_GRADABLE, Status.GRADED)
    assert {check.outcome for check in grade.checks if check.points} == {Outcome.BLOCKED}


# -- right code in unusual styles --------------------------------------------------------------------------------------


def changed(**files: str) -> Callable[[Files], Files]:
    """The model answer, each of these files with text added at its end."""
    return lambda reference: {
        **reference,
        **{f"{name}.py": reference[f"{name}.py"] + "\n\n" + text for name, text in files.items()},
    }


def replaced(**files: str) -> Callable[[Files], Files]:
    """The model answer with these files in place of its own."""
    return lambda reference: {**reference, **{f"{name}.py": text for name, text in files.items()}}


def headed(text: str) -> Callable[[Files], Files]:
    """The model answer with text before everything in every file."""
    return lambda reference: {name: text + source for name, source in reference.items()}


STYLES: dict[str, Callable[[Files], Files]] = {
    "float64 inside": changed(
        nll_loss="""
class NLLLoss(NLLLoss):
    def forward(self, outputs, labels):
        return super().forward(outputs.double(), labels)

    def backward(self, outputs, labels):
        return super().backward(outputs.double(), labels)
""",
        relu="""
class ReLU(ReLU):
    def forward(self, x):
        return super().forward(x.double())
""",
        linear="""
class Linear(Linear):
    def __init__(self, dim_in, dim_out):
        self.W, self.b = torch.randn(dim_out, dim_in).double() / dim_in**0.5, torch.zeros(dim_out).double()

    def forward(self, x):
        return super().forward(x.double())

    def backward(self, dz):
        return super().backward(dz.double())
""",
    ),
    "NumPy inside": changed(
        nll_loss="""
import numpy as np

class NLLLoss(NLLLoss):
    def _softmax(self, outputs):
        scores = outputs.numpy().astype(np.float64)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def forward(self, outputs, labels):
        scores = outputs.numpy().astype(np.float64)
        scores = scores - scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return torch.tensor(-logs[np.arange(len(labels)), labels.numpy()].mean())

    def backward(self, outputs, labels):
        p = self._softmax(outputs)
        p[np.arange(len(labels)), labels.numpy()] -= 1
        return torch.from_numpy(p / len(labels)).float()
""",
        relu="""
import numpy as np

class ReLU:
    def forward(self, x):
        self.mask = x.numpy() > 0
        return torch.from_numpy(np.maximum(x.numpy(), 0))

    __call__ = forward

    def backward(self, dz):
        return torch.from_numpy(np.where(self.mask, dz.numpy(), np.float32(0)))
""",
    ),
    "loops": changed(
        linear="""
class Linear(Linear):
    def forward(self, x):
        self.x = x
        return torch.stack([torch.stack([(w * row).sum() + b for w, b in zip(self.W, self.b)]) for row in x])

    def backward(self, dz):
        dx = torch.stack([sum(d * w for d, w in zip(row, self.W)) for row in dz])
        dW = sum(torch.outer(d, row) for d, row in zip(dz, self.x))
        return dx, dW, sum(dz)
""",
        net="""
class Net(Net):
    def __init__(self):
        super().__init__()
        for name in ("fc1", "fc2", "fc3"):
            layer = getattr(self, name)
            layer.forward = lambda x, layer=layer: (setattr(layer, "x", x), x @ layer.W.T + layer.b)[1]
            layer.backward = lambda dz, layer=layer: (dz @ layer.W, dz.T @ layer.x, dz.sum(0))
""",
    ),
    "W stored transposed": changed(
        linear="""
class Linear(Linear):
    def __init__(self, dim_in, dim_out):
        self.weights = torch.randn(dim_in, dim_out) / dim_in**0.5
        self.W = self.weights.T
        self.b = torch.zeros(dim_out)

    def forward(self, x):
        self.x = x
        return x.matmul(self.weights).add(self.b)

    def backward(self, dz):
        return dz.matmul(self.weights.T), self.x.T.matmul(dz).T, dz.sum(0)
""",
    ),
    "one vector of parameters": changed(
        net="""
class Net(Net):
    def __init__(self):
        super().__init__()
        self.vector = torch.cat([p.flatten() for p in self.parameters.values()])
        start = 0
        for name, p in list(self.parameters.items()):
            layer, key = name.split(".")
            view = self.vector[start : start + p.numel()].view(p.shape)
            self.parameters[name] = view
            setattr(getattr(self, layer), key, view)
            start += p.numel()
""",
    ),
    "parameters and gradients as properties": changed(
        net="""
class Net(Net):
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()

    @property
    def parameters(self):
        return {f"{n}.{k}": getattr(getattr(self, n), k) for n in ("fc1", "fc2", "fc3") for k in ("W", "b")}

    @property
    def gradients(self):
        return self._gradients

    def backward(self, dz):
        found = {}
        dz, found["fc3.W"], found["fc3.b"] = self.fc3.backward(dz)
        dz, found["fc2.W"], found["fc2.b"] = self.fc2.backward(self.relu2.backward(dz))
        dz, found["fc1.W"], found["fc1.b"] = self.fc1.backward(self.relu1.backward(dz))
        self._gradients = found
""",
    ),
    "a named tuple of gradients": changed(
        linear="""
from collections import namedtuple

Gradients = namedtuple("Gradients", "dx dW db")

class Linear(Linear):
    def backward(self, dz):
        return Gradients(*super().backward(dz))
""",
    ),
    "a list of gradients": changed(
        linear="""
class Linear(Linear):
    def backward(self, dz):
        return list(super().backward(dz))
""",
    ),
    "subclasses of dict and list": changed(
        net="""
from collections import OrderedDict

class Net(Net):
    def __init__(self):
        super().__init__()
        self.parameters = OrderedDict(self.parameters)
""",
        optimizer="""
class Optimizer(list):
    def __init__(self, parameters, lr=1e-3):
        super().__init__(parameters.items())
        self.lr = lr

    def step(self, gradients):
        for name, parameter in self:
            parameter -= self.lr * gradients[name]
""",
        training="""
class Losses(list):
    pass

_train = train

def train(*arguments):
    return Losses(_train(*arguments))
""",
    ),
    "dz changed in place": changed(
        relu="""
class ReLU(ReLU):
    def backward(self, dz):
        dz[self.x <= 0] = 0
        return dz
""",
    ),
    "parameters moved by .data": changed(
        optimizer="""
class Optimizer(Optimizer):
    def step(self, gradients):
        for name in self.parameters:
            self.parameters[name].data = self.parameters[name].data - self.lr * gradients[name]
""",
    ),
    "parameters moved by sub_": changed(
        optimizer="""
class Optimizer(Optimizer):
    def step(self, gradients):
        for name, gradient in gradients.items():
            self.parameters[name].sub_(gradient, alpha=self.lr)
""",
    ),
    "parameters moved by copy_": changed(
        optimizer="""
class Optimizer(Optimizer):
    def step(self, gradients):
        for name, gradient in gradients.items():
            self.parameters[name].copy_(self.parameters[name] - self.lr * gradient)
""",
    ),
    "parameters moved by out=": changed(
        optimizer="""
class Optimizer(Optimizer):
    def step(self, gradients):
        for name, gradient in gradients.items():
            torch.sub(self.parameters[name], self.lr * gradient, out=self.parameters[name])
""",
    ),
    "slots": changed(
        relu="""
class ReLU:
    __slots__ = ("x",)

    def forward(self, x):
        self.x = x
        return torch.where(x > 0, x, 0.0)

    def __call__(self, x):
        return self.forward(x)

    def backward(self, dz):
        return torch.where(self.x > 0, dz, 0.0)
""",
        optimizer="""
class Optimizer:
    __slots__ = "parameters", "lr"

    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr = parameters, lr

    def step(self, gradients):
        for name in self.parameters:
            self.parameters[name] -= self.lr * gradients[name]
""",
    ),
    "nn.Parameter": changed(
        linear="""
class Linear(Linear):
    def __init__(self, dim_in, dim_out):
        super().__init__(dim_in, dim_out)
        self.W, self.b = torch.nn.Parameter(self.W), torch.nn.Parameter(self.b)
""",
        optimizer="""
class Optimizer(Optimizer):
    def step(self, gradients):
        with torch.no_grad():
            super().step(gradients)
""",
    ),
    "mean over batches": changed(
        training="""
def train(net, loss, optimizer, loader, epochs):
    history = []
    for epoch in range(1, epochs + 1):
        values = []
        for images, labels in loader:
            outputs = net.forward(images)
            values.append(loss.forward(outputs, labels))
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        history.append(torch.stack(values).mean())
    return torch.stack(history)
""",
    ),
    "lengths of the loader and its dataset": changed(
        training="""
def train(net, loss, optimizer, loader, epochs):
    means = torch.zeros(epochs)
    for epoch in range(epochs):
        iterator = iter(loader)
        for _ in range(len(loader)):
            images, labels = next(iterator)
            outputs = net(images)
            means[epoch] += loss(outputs, labels) * labels.shape[0] / len(loader.dataset)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return tuple(means.tolist())
""",
        evaluation="""
def accuracy(net, loader):
    return sum((net(x).argmax(1) == y).sum() for x, y in loader) / len(loader.dataset)
""",
    ),
    "NumPy's numbers": changed(
        evaluation="""
import numpy as np

_accuracy, _per_class = accuracy, accuracy_per_class

def accuracy(net, loader):
    return np.float64(_accuracy(net, loader))

def accuracy_per_class(net, loader, num_classes=10):
    return [np.float64(share) for share in _per_class(net, loader, num_classes)]
""",
        training="""
import numpy as np

_train = train

def train(*arguments):
    return [np.float64(loss) for loss in _train(*arguments)]
""",
    ),
    "NumPy's other numbers": changed(
        evaluation="""
import numpy as np

_accuracy, _per_class = accuracy, accuracy_per_class

def accuracy(net, loader):
    return np.float32(_accuracy(net, loader))

def accuracy_per_class(net, loader, num_classes=10):
    return [np.float32(share) for share in _per_class(net, loader, num_classes)]
""",
        training="""
import numpy as np

_train = train

def train(*arguments):
    return tuple(map(np.float32, _train(*arguments)))
""",
    ),
    "fractions": changed(
        evaluation="""
from fractions import Fraction

def accuracy(net, loader):
    right = total = 0
    for images, labels in loader:
        right += int((net.forward(images).argmax(-1) == labels).sum())
        total += len(labels)
    return Fraction(right, total)
""",
    ),
    "nan for a class without images": changed(
        evaluation="""
def accuracy_per_class(net, loader, num_classes=10):
    right, total = torch.zeros(num_classes), torch.zeros(num_classes)
    for images, labels in loader:
        hits = net(images).argmax(1) == labels
        right += torch.bincount(labels[hits], minlength=num_classes)
        total += torch.bincount(labels, minlength=num_classes)
    return right / total
""",
    ),
    "prints everywhere": lambda reference: {
        name: "print('loading')\n"
        + source.replace("    def ", "    print('x' * 999)\n    def ").replace(
            '        """The same as forward."""', "        print('called', self, args if 'args' in dir() else '')"
        )
        for name, source in reference.items()
    },
    "a helper package with relative imports": lambda reference: {
        **reference,
        "layers/__init__.py": "from .base import scale\nfrom . import base\n\nassert base.scale is scale\n",
        "layers/base.py": "from . import constants\n\n\ndef scale(dim):\n    return constants.ONE / dim**0.5\n",
        "layers/constants.py": "ONE = 1.0\n",
        "linear.py": reference["linear.py"]
        .replace("import torch\n", "import torch\nimport layers.base\nfrom layers import scale\n", 1)
        .replace("/ dim_in**0.5", "* scale(dim_in) * layers.base.constants.ONE"),
    },
    "everything in a package": lambda reference: {
        "homework/__init__.py": "",
        **{
            f"homework/{name}": source.replace("from linear", "from .linear").replace("from relu", "from .relu")
            for name, source in reference.items()
        },
        "run.py": "from homework.net import Net\n",
    },
    "names imported from elsewhere": lambda reference: {
        **{f"my_{name}": source for name, source in reference.items() if name != "net.py"},
        "net.py": reference["net.py"].replace("from linear", "from my_linear").replace("from relu", "from my_relu"),
        "linear.py": "from my_linear import Linear\n",
        "relu.py": "from my_relu import ReLU as Rectifier\n\nReLU = Rectifier\n",
    },
    "imports that fail in a try": headed(
        "try:\n    import matplotlib_of_mine as plt\n    from google.colab import drive\nexcept ImportError:\n    plt = None\n"
    ),
    "a demo behind a main guard": headed("if __name__ == '__main__':\n    raise SystemExit('demo')\n"),
    "a demo that fails at the end": changed(
        training="""
from torchvision import datasets as nowhere
net = open("no/such/file")
train(net, None, None, None, 3)
exit()
"""
    ),
    "annotations from the future": lambda reference: {
        name: source.replace("import torch\n", "from __future__ import annotations\n\nimport torch\n", 1).replace(
            "x: torch.Tensor", "x: no.such.Type"
        )
        for name, source in reference.items()
    },
    "small initial weights": changed(
        linear="""
class Linear(Linear):
    def __init__(self, dim_in, dim_out):
        self.W, self.b = torch.randn(dim_out, dim_in) * 0.01, torch.zeros(dim_out)
"""
    ),
    "large initial weights": changed(
        linear="""
class Linear(Linear):
    def __init__(self, dim_in, dim_out):
        self.W, self.b = torch.randn(dim_out, dim_in), torch.randn(dim_out)
"""
    ),
    "a seed of its own": headed("import torch\ntorch.manual_seed(0)\n"),
    "dataclasses": changed(
        optimizer="""
from dataclasses import dataclass

@dataclass
class Optimizer:
    parameters: dict
    lr: float = 0.001

    def step(self, gradients: dict) -> None:
        for key, value in self.parameters.items():
            value.add_(gradients[key], alpha=-self.lr)
"""
    ),
    "classes made by functions": changed(
        relu="""
def make_relu():
    class Rectifier:
        forward = __call__ = lambda self, x: (setattr(self, "on", x > 0), x * self.on)[1]
        backward = lambda self, dz: dz * self.on
    return Rectifier

ReLU = make_relu()
"""
    ),
    "one parent class, a list of layers": changed(
        net="""
class Module:
    def __call__(self, x):
        return self.forward(x)

class Net(Module):
    def __init__(self):
        sizes = [784, 120, 256, 10]
        self.layers = []
        for number, (dim_in, dim_out) in enumerate(zip(sizes, sizes[1:]), 1):
            self.layers += [(f"fc{number}", Linear(dim_in, dim_out)), (f"relu{number}", ReLU())]
        self.layers.pop()
        self.__dict__.update(self.layers)
        self.parameters = {f"{n}.{k}": getattr(l, k) for n, l in self.layers if n[0] == "f" for k in "Wb"}

    def forward(self, x):
        x = x.view(x.size(0), -1)
        for _, layer in self.layers:
            x = layer(x)
        return x

    def backward(self, dz):
        self.gradients = {}
        for name, layer in reversed(self.layers):
            dz = layer.backward(dz)
            if isinstance(dz, tuple):
                dz, self.gradients[f"{name}.W"], self.gradients[f"{name}.b"] = dz
        return dz
"""
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def styled(grade_files: Grader, reference_files: Files) -> dict[str, Grade]:
    """The grades of all styles."""
    return grade_files({style: change(reference_files) for style, change in STYLES.items()})


@pytest.mark.parametrize("style", STYLES)
def test_right_code_loses_nothing(styled: dict[str, Grade], style: str) -> None:
    """Right code in an unusual style has full points."""
    assert outcomes(styled[style]) == {}
    assert styled[style].score == POINTS


@pytest.mark.parametrize("salt", ["a", "b", "c"] if os.environ.get("ALL_DRAWS") else ["a"])
def test_right_code_loses_nothing_with_other_inputs(
    grade_files: Grader, reference_files: Files, monkeypatch: pytest.MonkeyPatch, salt: str
) -> None:
    """A hidden rubric changes the random inputs of every check: right code is right with those too."""
    monkeypatch.setattr(Assignment, "salt", salt)
    grades = grade_files({style: change(reference_files) for style, change in STYLES.items()})
    assert {style: outcomes(grade) for style, grade in grades.items()} == {style: {} for style in STYLES}


# -- nothing but the rubric decides ------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", ["-k nothing", "--collect-only", "-x --maxfail=1 -p no:grader", "--no-such-option"])
def test_options_of_the_machine_change_nothing(
    options: str, monkeypatch: pytest.MonkeyPatch, grade_files: Grader, skeleton_files: Files
) -> None:
    """PYTEST_ADDOPTS and PYTEST_PLUGINS have no say, and are as they were afterwards."""
    monkeypatch.setenv("PYTEST_ADDOPTS", options)
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    grade = grade_files({"ada": skeleton_files})["ada"]
    assert (grade.status, grade.score, len(grade.checks)) == (Status.GRADED, 0, CHECKS)
    assert (os.environ["PYTEST_ADDOPTS"], os.environ["PYTEST_PLUGINS"]) == (options, "no_such_plugin")


def test_configuration_in_a_submission_changes_nothing(
    grade_all: Callable[..., dict[str, Grade]], skeleton_files: Files, tmp_path: Path
) -> None:
    """A conftest.py, a pytest.ini or a plugin handed in is not looked at."""
    cheat = "import pytest\n@pytest.hookimpl(wrapper=True)\ndef pytest_pyfunc_call(pyfuncitem):\n    yield\n    return True\n"
    files = {**skeleton_files, "conftest.py": cheat, "sitecustomize.py": cheat, "grader.py": cheat, "pytest.py": cheat}
    files |= {"pytest.ini": "[pytest]\naddopts = -k nothing\n", "test_relu.py": "def test_forward(): pass\n"}
    (tmp_path / "ada").mkdir()
    for name, text in files.items():
        (tmp_path / "ada" / name).write_text(text, encoding="utf-8")
    grade = grade_all([load_submission(tmp_path / "ada")])["ada"]
    assert (grade.status, grade.score, len(grade.checks)) == (Status.GRADED, 0, CHECKS)


TINY = {
    "assignments/tiny/assignment.toml": (
        'title = "Tiny"\ntimeout_seconds = 5\n'
        '[[exercise]]\nname = "double"\ntitle = "double"\nfile = "double.py"\ndefines = ["double"]\n'
    ),
    "assignments/tiny/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/tiny/test_double.py": """
import pytest

pytestmark = pytest.mark.exercise("double")


def test_two(submission):
    \"\"\"double(2) is 4.\"\"\"
    assert submission.double(2) == 4
""",
}
HIDDEN = """
import pytest

from grader.compare import assert_number

pytestmark = pytest.mark.exercise("double")


@pytest.mark.points(3)
@pytest.mark.hint("What about numbers below zero?")
def test_negative(submission):
    \"\"\"double works below zero.\"\"\"
    assert_number("double(-21)", submission.double(-21), -42.0)
"""
RIGHT, WRONG = "def double(x):\n    return 2 * x\n", "def double(x):\n    print('secret', x)\n    return abs(2 * x)\n"


def grade_tiny(assignment: Assignment, zygote: Zygote, *sources: str) -> list[Grade]:
    """The grades of one-file submissions. Pytest keeps modules by their path in the course: another test's go first."""
    for name in [name for name in sys.modules if name.startswith(("assignments.tiny", "reference.tiny"))]:
        del sys.modules[name]
    grades: list[Grade] = []
    submissions = [make_submission("ada", {"double.py": source}) for source in sources]
    grade_each(assignment, submissions, grades.append, launcher=zygote)
    return grades


def test_configuration_of_the_course_changes_nothing(zygote: Zygote, tmp_path: Path) -> None:
    """A conftest.py, a pytest.ini and a pyproject.toml beside or above the rubric have no say in a grade."""
    cheat = (
        "import pytest, types\n\n@pytest.fixture\ndef submission():\n"
        "    return types.SimpleNamespace(double=lambda x: 4)\n"
    )
    configuration = {
        "conftest.py": cheat,
        "assignments/conftest.py": cheat,
        "assignments/tiny/conftest.py": cheat,
        "pytest.ini": "[pytest]\naddopts = -k nothing\n",
        "pyproject.toml": "[tool.pytest.ini_options]\npython_functions = ['nothing']\n",
        "assignments/tiny/pytest.ini": "[pytest]\naddopts = -k nothing\npython_functions = nothing\n",
    }
    tiny = write_course(tmp_path, {**TINY, **configuration})
    assert [grade.score for grade in grade_tiny(tiny, zygote, RIGHT, "double = abs\n")] == [1, 0]


def test_hidden_checks_show_nothing(zygote: Zygote, tmp_path: Path) -> None:
    """A hidden check counts, and its inputs, values and print-outs are not in the grade; the hint is."""
    tiny = write_course(tmp_path, {**TINY, "reference/tiny/test_hidden_double.py": HIDDEN})
    right, wrong = grade_tiny(tiny, zygote, RIGHT, WRONG)
    assert [(check.name, check.visibility) for check in wrong.checks] == [("two", "public"), ("negative", "hidden")]
    assert (right.score, wrong.score, wrong.points) == (4, 1, 4)
    assert wrong.checks[1].outcome is Outcome.FAILED
    assert wrong.checks[1].evidence is None
    assert wrong.checks[1].hint == "What about numbers below zero?"
    assert right.assignment_version != write_course(tmp_path / "other", TINY).version


def test_a_check_that_does_not_run_is_no_pass(zygote: Zygote, tmp_path: Path) -> None:
    """A check that ends without an answer is the grader's fault: no points are given or taken in silence."""
    rubric = TINY["assignments/tiny/test_double.py"] + (
        "\n\ndef test_broken(submission):\n    '''It raises by itself.'''\n    submission.double(2)\n    1 / 0\n"
        "\n\ndef test_without_a_fixture(submission, no_such_fixture):\n    '''It needs what nobody has.'''\n"
    )
    tiny = write_course(tmp_path, {**TINY, "assignments/tiny/test_double.py": rubric})
    [grade] = grade_tiny(tiny, zygote, RIGHT)
    assert [check.outcome for check in grade.checks] == ["passed", "grader_error", "grader_error"]
    assert (grade.status, grade.score) == (Status.GRADER_ERROR, 1)
    faults = [flag.detail for flag in grade.flags if flag.kind == "grader_error"]
    assert len(faults) == 2
    assert "1 / 0" in faults[0]
    assert "no_such_fixture" in faults[1]
    assert grade.checks[1].evidence is not None
    assert "costs you no points" in grade.checks[1].evidence.summary


def test_answer_of_the_courses_own_part_that_breaks_a_check(zygote: Zygote, tmp_path: Path) -> None:
    """Student code can change a part that runs beside it: that such an answer can't be taken apart is no fault of the grader's.

    A fixture tells each check that uses it. Only the instructor is told how the check broke, which may show its code.
    """
    rubric = TINY["assignments/tiny/test_double.py"] + (
        "\n\n@pytest.fixture(scope='module')\ndef pair(submission, provided):\n"
        "    one, two = provided.echo(submission.double(2))\n    return one\n"
        "\n\ndef test_pair(pair):\n    'It is a pair.'\n"
        "\n\ndef test_pair_again(pair):\n    'It is still one.'\n"
        "\n\ndef test_entries(submission, provided):\n    'It has entries.'\n"
        "    torch.tensor(1.0)[provided.echo(submission.double(3))]\n"
        "\n\ndef test_size(submission, provided):\n    'It is a size.'\n"
        "    torch.zeros(2, 3).reshape(provided.echo(submission.double(4)))\n"
        "\n\ndef test_own_fault(submission, provided):\n    'It raises by itself.'\n"
        "    provided.echo(submission.double(2))\n    submission.double(2)\n    int('x')\n"
    )
    parts = "def echo(value):\n    return value\n"
    files = {"assignments/tiny/test_double.py": f"import torch\n{rubric}", "assignments/tiny/parts.py": parts}
    [grade] = grade_tiny(write_course(tmp_path, {**TINY, **files}), zygote, RIGHT)
    assert [check.outcome.value for check in grade.checks] == ["passed", *["failed"] * 4, "grader_error"]
    summaries = [check.evidence.summary for check in grade.checks[1:5] if check.evidence is not None]
    assert summaries == [f"echo({n}) gave the number {n}, which this check can't use." for n in (4, 4, 6, 8)]
    told = [(flag.where, flag.detail) for flag in grade.flags if flag.kind == "odd_answer"]
    assert told[0] == (
        "double.pair",
        "the check broke on what echo(4) gave: TypeError: cannot unpack non-iterable int object",
    )
    assert [where for where, _ in told] == ["double.pair", "double.entries", "double.size"]
    assert "odd_answer" not in {flag.kind for flag in for_student(grade).flags}


def test_plain_value_where_an_object_is_needed(zygote: Zygote, tmp_path: Path) -> None:
    """A number where the rubric asks for an attribute or a call is the student's mistake, told in words."""
    rubric = TINY["assignments/tiny/test_double.py"] + (
        "\n\ndef test_attribute(submission):\n    'It has a size.'\n    submission.double(2).size\n"
        "\n\ndef test_call(submission):\n    'It can be called.'\n    submission.double(2)()\n"
    )
    tiny = write_course(tmp_path, {**TINY, "assignments/tiny/test_double.py": rubric})
    [grade] = grade_tiny(tiny, zygote, RIGHT)
    assert [check.outcome for check in grade.checks] == ["passed", "failed", "failed"]
    assert [check.evidence.summary for check in grade.checks if check.evidence is not None] == [
        "Where something with size is needed, your code has the number 4.",
        "Where a function or method is needed, your code has an object of the type int.",
    ]


def test_grading_stops_nowhere(zygote: Zygote, tmp_path: Path) -> None:
    """A submission that kills its worker, hangs on import and is unreadable does not touch the next one."""
    tiny = write_course(tmp_path, TINY)
    sources = ["import os\nos._exit(3)\n", "def double(:\n", "double = 5\n", "", RIGHT]
    grades = grade_tiny(tiny, zygote, *sources)
    assert [grade.checks[0].outcome for grade in grades] == ["blocked", "blocked", "failed", "blocked", "passed"]


@pytest.mark.parametrize(
    ("rubric", "reason"),
    [
        ("def test_two():\n    '''A docstring.'''\n", "no check"),
        ("import no_such_module\n", "No module named 'no_such_module'"),
        ("def test_two(:\n", "invalid syntax"),
        ("import pytest\n@pytest.mark.exercise('double')\ndef test_two(): pass\n", "has no docstring"),
        ("import pytest\n@pytest.mark.exercise('duoble')\ndef test_two():\n    '''Two.'''\n", 'Did you mean "double"'),
        ("import pytest\n@pytest.mark.exercise('double')\n@pytest.mark.point(2)\ndef test_two():\n    '''Two.'''\n", "point"),
        ("", "no check"),
    ],
)  # fmt: skip
def test_rubric_that_can_not_be_run(rubric: str, reason: str, zygote: Zygote, tmp_path: Path) -> None:
    """A rubric without checks, or with a mistake in it, is an error that says which, not a grade."""
    tiny = write_course(tmp_path, {**TINY, "assignments/tiny/test_double.py": rubric})
    with pytest.raises(CourseError) as caught:
        grade_tiny(tiny, zygote, RIGHT)
    assert str(tiny.folder) in str(caught.value)
    assert reason in str(caught.value)


def test_assignment_without_a_rubric(zygote: Zygote, tmp_path: Path) -> None:
    """No rubric at all is an error that says what is expected."""
    tiny = write_course(tmp_path, {name: text for name, text in TINY.items() if "test_" not in name})
    with pytest.raises(CourseError, match=r"no rubric; expected test_<exercise>\.py"):
        grade_tiny(tiny, zygote, RIGHT)


def test_error_of_whoever_takes_the_grades(zygote: Zygote, tmp_path: Path) -> None:
    """What `deliver` raises comes out of `grade_each`, and nothing else is graded."""
    tiny = write_course(tmp_path, TINY)
    given: list[Grade] = []

    def deliver(grade: Grade) -> None:
        given.append(grade)
        raise OSError("the disk is full")

    submissions = [make_submission(name, {"double.py": RIGHT}) for name in ("ada", "bob")]
    grade_tiny(tiny, zygote)
    with pytest.raises(OSError, match="the disk is full"):
        grade_each(tiny, submissions, deliver, launcher=zygote)
    assert [grade.student for grade in given] == ["ada"]


def test_collected_checks(classifier: Assignment) -> None:
    """Every check with its file, in the order of the exercises, hidden ones last; nothing has been run."""
    found = collected_checks(classifier)
    assert {path for _, path in found} == {*classifier.public_rubric, *classifier.hidden_rubric}
    assert all((check.visibility == "hidden") == (path in classifier.hidden_rubric) for check, path in found)
    visible = [check.visibility for check, _ in found]
    assert visible == sorted(visible, reverse=True)
    names = [exercise.name for exercise in classifier.exercises]
    assert list(dict.fromkeys(check.exercise.name for check, _ in found)) == names
