"""What no worker can do does not cost honest code its points: saving, drawing, loading with processes, many threads."""

from __future__ import annotations

import time
from typing import Any

import pytest

from grader.isolation.isolated import Isolated
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits

CODE = """
import io, pathlib, tempfile
import torch
from torch.utils.data import DataLoader, TensorDataset
import matplotlib
import matplotlib.pyplot as plt
from matplotlib import cm, pyplot
from matplotlib.pyplot import figure

def save(): torch.save({"W": torch.ones(3)}, "model.pt"); torch.save([1], pathlib.Path("x") / "y.pt")
def save_to_memory():
    buffer = io.BytesIO()
    torch.save(torch.ones(3), buffer)
    buffer.seek(0)
    return torch.load(buffer)
def load():
    data = TensorDataset(torch.arange(10))
    loader = DataLoader(data, batch_size=4, num_workers=2, persistent_workers=True, prefetch_factor=3)
    return [len(batch[0]) for batch in loader]
def load_alone(): return len(DataLoader(TensorDataset(torch.arange(10)), 4))
def draw():
    figure, axes = plt.subplots(2, 2, figsize=(3, 3))
    axes[0, 1].plot([1, 2], label="loss").set_title("x")
    for ax in axes.flat: ax.imshow(torch.ones(3, 3), cmap=cm.viridis)
    with plt.style.context("ggplot"): plt.savefig("loss.png")
    matplotlib.use("Agg"); pyplot.show(); plt.close(figure)
    return "drawn"
def optimise():
    W = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
        optimizer = kind([W], lr=0.1)
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
        for _ in range(2):
            optimizer.zero_grad()
            W.grad = torch.ones(2)
            optimizer.step()
            schedule.step()
        optimizer.load_state_dict(optimizer.state_dict())
        if kind is torch.optim.SGD: after = W.detach().clone()
    return after
def differentiate(): return torch.func.grad(lambda x: (x * x).sum())(torch.tensor([1.0, 2.0]))
def threads(): torch.set_num_threads(16); torch.set_num_interop_threads(4); return torch.get_num_threads()
def other_names(): return [hasattr(plt, "__path__"), hasattr(figure, "__wrapped__")]
"""


@pytest.fixture(scope="module")
def answers(zygote: Isolated) -> Any:
    """Calls a function of the code in a worker; gives what it returns and what was printed."""
    worker = zygote.spawn(Limits(2048, 60, 32))

    def ask(request: wire.Request) -> Any:
        return worker.ask(request, [], time.monotonic() + 20, lambda handle: handle)

    def call(name: str) -> tuple[Any, str]:
        ask(wire.Begin(0))
        answer = ask(wire.Call(ask(wire.Find(name, "code.py")).number, [], []))
        assert not isinstance(answer, wire.Raised), answer
        return answer, worker.printed()

    assert ask(wire.Load([("code.py", CODE)], "", "cpu", False, [], False)) is None
    yield call
    worker.close()


def test_saving_is_passed_over(answers: Any) -> None:
    """A path is not written to and said so; a file object is written as ever."""
    answer, printed = answers("save")
    assert answer is None
    assert printed.count("no file is written while code is checked") == 2
    assert "'model.pt'" in printed
    assert answers("save_to_memory")[0].tolist() == [1, 1, 1]


def test_optimizers_of_torch_work(answers: Any) -> None:
    """An optimizer of torch steps without the compiler that torch would import for it."""
    assert answers("optimise")[0].tolist() == pytest.approx([0.89, 1.89])


def test_derivatives_of_functions_work(answers: Any) -> None:
    """Neither does torch.func need the compiler."""
    assert answers("differentiate")[0].tolist() == [2, 4]


def test_loading_needs_no_processes(answers: Any) -> None:
    """A loader that asks for processes loads alone, and one that does not is left as it is."""
    answer, printed = answers("load")
    assert answer == [4, 4, 2]
    assert "num_workers is 0" in printed
    assert answers("load_alone") == (3, "")


def test_nothing_is_drawn(answers: Any) -> None:
    """Code that draws runs through."""
    assert answers("draw")[0] == "drawn"
    assert answers("other_names")[0] == [True, False]


def test_one_thread(answers: Any) -> None:
    """Asking for threads changes nothing."""
    assert answers("threads")[0] == 1
