"""Provided parts: a small network, Adam, loaders and working functions, so that each exercise can be checked on its own.

They are written to be small and repeatable, not to be read for how an exercise is done. The checks run them beside your code.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, Sampler

STAGES = ("conv1", "conv2", "fc1", "fc2", "out")


class SmallNetwork(nn.Module):
    """Coarse pictures, a bent layer and a linear one: smooth, so that rounding decides nothing.

    Counts how often something goes through it, forwards and backwards.
    """

    def __init__(self, start: dict[str, Tensor]) -> None:
        super().__init__()
        for name, tensor in start.items():
            self.register_parameter(name, nn.Parameter(tensor.clone()))
        self.forwards = 0
        self.backwards = 0

    def forward(self, images: Tensor) -> Tensor:
        """Images (N, 1, 28, 28) -> outputs (N, K)."""
        self.forwards += 1
        coarse = functional.avg_pool2d(images, 4).flatten(1)
        hidden = torch.tanh(functional.linear(coarse, self.W1, self.b1))
        outputs = functional.linear(hidden, self.W2, self.b2)
        if outputs.requires_grad:
            outputs.register_hook(self._note_backward)
        return outputs

    def _note_backward(self, _: Tensor) -> None:
        self.backwards += 1


class Adam(torch.optim.Optimizer):
    """Adam, as torch.optim.Adam computes it; counts what is asked of it.

    Torch's own imports the whole of its compiler when one is made, which takes a second.
    """

    def __init__(
        self, parameters, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8
    ) -> None:
        self.steps = 0
        self.zeroed = 0
        self.moments: dict[Tensor, tuple[Tensor, Tensor]] = {}
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps})

    def add_param_group(self, param_group: dict) -> None:
        """Take up the parameters."""
        self.param_groups.append({**self.defaults, **param_group, "params": list(param_group["params"])})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        self.zeroed += 1
        for parameter in self._all_parameters():
            parameter.grad = None if set_to_none or parameter.grad is None else torch.zeros_like(parameter)

    def step(self, closure=None):
        """Move every parameter that has a gradient."""
        loss = closure() if closure is not None else None
        self.steps += 1
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, parameter.grad.detach(), group["lr"], *group["betas"], group["eps"])
        return loss

    def _move(self, parameter: Tensor, gradient: Tensor, lr: float, beta1: float, beta2: float, eps: float) -> None:
        zeros = torch.zeros_like(gradient)
        first, second = self.moments.get(parameter, (zeros, zeros))
        first = torch.lerp(first, gradient, 1 - beta1)
        second = torch.lerp(second, gradient * gradient, 1 - beta2)
        self.moments[parameter] = first, second
        steps = self.state[parameter]["step"] = self.state[parameter].get("step", 0) + 1
        direction = first / (1 - beta1**steps) / ((second / (1 - beta2**steps)).sqrt() + eps)
        parameter.data.add_(direction, alpha=-lr)

    def _all_parameters(self) -> list[Tensor]:
        return [parameter for group in self.param_groups for parameter in group["params"]]


def get_num_correct(outputs: Tensor, labels: Tensor) -> int:
    """The number of rows whose largest entry stands at the label."""
    at_label = outputs.gather(1, labels[:, None])
    return len(labels) - int((outputs > at_label).any(1).sum())


def train_batch(network: nn.Module, optimizer: Adam, images: Tensor, labels: Tensor) -> tuple[float, int]:
    """One step on a batch."""
    tracked = list(network.parameters())
    log_shares = network(images).log_softmax(1)
    value = functional.nll_loss(log_shares, labels)
    for parameter, gradient in zip(tracked, torch.autograd.grad(value, tracked), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return float(value.detach()), get_num_correct(log_shares, labels)


def train_epoch(network: nn.Module, optimizer: Adam, loader: DataLoader) -> tuple[float, int]:
    """One walk through the loader."""
    walk = torch.tensor([[len(y), *train_batch(network, optimizer, x, y)] for x, y in loader], dtype=torch.float64)
    return float(walk[:, 0] @ walk[:, 1]), round(float(walk[:, 2].sum()))


class _Pictures(Dataset):
    """Images and labels, fetched a batch at a time."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        self.images = images
        self.labels = labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.images[index], self.labels[index]

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        chosen = torch.tensor(indices)
        return [self.images[chosen], self.labels[chosen]]


class _Turning(Sampler):
    """Forwards in the first walk, backwards in the next, and so on."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.walks = 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self):
        self.walks += 1
        return iter(range(self.count) if self.walks % 2 else range(self.count - 1, -1, -1))


def _as_it_is(batch: list[Tensor]) -> list[Tensor]:
    return batch


def make_loader(images: Tensor, labels: Tensor, batch_size: int, turning: bool = False) -> DataLoader:
    """A DataLoader over the images in their order, or in one that turns from walk to walk; the last batch may be smaller."""
    pictures = _Pictures(images, labels)
    order = _Turning(len(pictures)) if turning else None
    return DataLoader(pictures, batch_size=batch_size, sampler=order, collate_fn=_as_it_is)


def adam_of(network: nn.Module, lr: float, eps: float = 1e-8) -> Adam:
    """Adam over the network's parameters."""
    return Adam(network.parameters(), lr=lr, eps=eps)


def leave_gradients(network: nn.Module, size: float) -> None:
    """Give every parameter a gradient, as if somebody had just called backward."""
    for parameter in network.parameters():
        parameter.grad = torch.full_like(parameter, size)


def gradients_left(network: nn.Module) -> int:
    """How many parameters have a gradient that is not 0."""
    return sum(parameter.grad is not None and bool(parameter.grad.any()) for parameter in network.parameters())


def parameters_of(network: nn.Module) -> dict[str, Tensor]:
    """Copies of the parameters by name."""
    return {name: parameter.detach().clone() for name, parameter in network.named_parameters()}


def standardised(images: Tensor, mean: float, deviation: float) -> Tensor:
    """Pictures uint8 (M, 28, 28) as float (M, 1, 28, 28), with that mean and deviation taken out."""
    return ((images.float() / 255 - mean) / deviation).unsqueeze(1)


def ask_with_arrays(function, logits: Tensor, labels: Tensor):
    """Call a function of NumPy arrays. Returns (its answer, logits and labels as they are afterwards).

    A number of NumPy's becomes Python's, an array a tensor.
    """
    scores, classes = logits.cpu().numpy().copy(), labels.cpu().numpy().copy()
    answer = function(scores, classes)
    if isinstance(answer, np.generic | np.ndarray):
        plain = answer.dtype.kind in "fiub"
        answer = answer.item() if plain and answer.ndim == 0 else torch.from_numpy(answer) if plain else str(answer)
    return answer, torch.from_numpy(scores), torch.from_numpy(classes)


def layers_of(network) -> dict:
    """What is to be known of the layers: their tensors' shapes by name, and how many tensors are the network's own.

    None where there is no such layer, or no tensor. `registered` counts those of the ten that network.parameters() gives,
    `others` what it gives besides.
    """
    shapes, wanted = {}, []
    for stage in STAGES:
        for name in ("weight", "bias"):
            tensor = getattr(getattr(network, stage, None), name, None)
            is_tensor = isinstance(tensor, Tensor)
            shapes[f"{stage}.{name}"] = list(tensor.shape) if is_tensor else None
            wanted += [tensor] * is_tensor
    own = list(network.parameters())
    registered = sum(any(tensor is parameter for parameter in own) for tensor in wanted)
    return {"shapes": shapes, "registered": registered, "others": len(own) - registered}


def set_layers(network, values: dict[str, Tensor]) -> None:
    """Give the layers' tensors new values, in place."""
    for name, value in values.items():
        stage, _, kind = name.partition(".")
        getattr(getattr(network, stage), kind).data.copy_(value)


def outputs_of(network, images: Tensor) -> Tensor:
    """The outputs for images, without a past."""
    with torch.no_grad():
        return network(images)


def gradients_of(network, images: Tensor, weights: Tensor) -> dict:
    """The gradients of (network(images) * weights).sum() with respect to the ten tensors; None where there is none."""
    tensors = {
        f"{stage}.{name}": getattr(getattr(network, stage), name) for stage in STAGES for name in ("weight", "bias")
    }
    for tensor in tensors.values():
        tensor.grad = None
    (network(images) * weights).sum().backward()
    return {name: None if tensor.grad is None else tensor.grad.clone() for name, tensor in tensors.items()}


def stages_of(network, images: Tensor) -> tuple:
    """The outputs, and what each layer that was called got and gave: [name, shape in, shape out].

    A layer that is not called as a module, which is allowed, is not seen.
    """
    seen = []

    def watch(stage):
        def note(_, arguments, result):
            seen.append([stage, list(arguments[0].shape), list(result.shape)])

        return note

    hooks = [getattr(network, stage).register_forward_hook(watch(stage)) for stage in STAGES]
    try:
        with torch.no_grad():
            outputs = network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return outputs, seen


def train_new_network(Network, train, images, labels, mean, deviation, batch_size, lr, epochs, start=None):
    """Train a new network with Adam on uint8 pictures, from the values `start` if there are any.

    Returns (network, what train returned).
    """
    network = Network()
    if start is not None:
        set_layers(network, start)
    loader = make_loader(standardised(images, mean, deviation), labels, batch_size)
    accuracies = train(network, adam_of(network, lr), loader, epochs)
    return network, accuracies


def scores_of(network, images, mean, deviation):
    """The outputs of a network for uint8 pictures."""
    return outputs_of(network, standardised(images, mean, deviation))
