"""Provided parts: a working loss, layers, net and optimizer, so that each exercise can be checked on its own.

They are made with torch's autograd, which the exercises are not allowed to use: they show what comes out, not how to
write it. The checks run them beside your code.
"""

import io

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset


class NLLLoss:
    """Softmax and negative log likelihood, the mean over the batch."""

    def __call__(self, outputs: Tensor, labels: Tensor) -> Tensor:
        return self.forward(outputs, labels)

    def forward(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The loss, a tensor of shape ()."""
        return functional.cross_entropy(outputs, labels)

    def backward(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The gradient of the loss with respect to outputs, of the same shape."""
        with torch.inference_mode(False), torch.enable_grad():
            tracked = _plain(outputs).requires_grad_()
            (gradient,) = torch.autograd.grad(functional.cross_entropy(tracked, _plain(labels)), tracked)
        return gradient


class Linear:
    """A linear layer with W (dim_out, dim_in) and b (dim_out,)."""

    def __init__(self, dim_in: int, dim_out: int) -> None:
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        """(N, dim_in) -> (N, dim_out)."""
        with torch.inference_mode(False), torch.enable_grad():
            self._inputs = tuple(_plain(tensor).requires_grad_() for tensor in (x, self.W, self.b))
            self._result = functional.linear(*self._inputs)
        return self._result.detach()

    def backward(self, dz: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(N, dim_out) -> dx, dW, db."""
        dx, dW, db = _pull_back(self._result, self._inputs, dz)
        return dx, dW, db


class ReLU:
    """The larger of 0 and x."""

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        """Any shape."""
        with torch.inference_mode(False), torch.enable_grad():
            self._input = _plain(x).requires_grad_()
            self._result = functional.relu(self._input)
        return self._result.detach()

    def backward(self, dz: Tensor) -> Tensor:
        """The shape of x."""
        (dx,) = _pull_back(self._result, (self._input,), dz)
        return dx


class Net:
    """Three linear layers with ReLU between them, made from the six tensors in `parameters`; counts its backward passes."""

    def __init__(self, parameters: dict[str, Tensor]) -> None:
        self.parameters = {name: tensor.clone() for name, tensor in parameters.items()}
        self.backwards = 0
        self.gradients = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}

    def __call__(self, images: Tensor) -> Tensor:
        return self.forward(images)

    def forward(self, images: Tensor) -> Tensor:
        """Images of any shape (N, ...) -> outputs (N, K)."""
        with torch.inference_mode(False), torch.enable_grad():
            self._tracked = {name: _plain(tensor).clone().requires_grad_() for name, tensor in self.parameters.items()}
            p = self._tracked
            x = functional.relu(functional.linear(_plain(images).flatten(1), p["fc1.W"], p["fc1.b"]))
            x = functional.relu(functional.linear(x, p["fc2.W"], p["fc2.b"]))
            self._outputs = functional.linear(x, p["fc3.W"], p["fc3.b"])
        return self._outputs.detach()

    def backward(self, dz: Tensor) -> None:
        """Fill `gradients`, for the outputs of the last forward."""
        self.backwards += 1
        gradients = _pull_back(self._outputs, tuple(self._tracked.values()), dz)
        self.gradients = dict(zip(self._tracked, gradients, strict=True))


class Optimizer:
    """Gradient descent; counts its steps."""

    def __init__(self, parameters: dict[str, Tensor], lr: float = 1e-3) -> None:
        self.parameters = parameters
        self.lr = lr
        self.steps = 0

    def step(self, gradients: dict[str, Tensor]) -> None:
        """Move every parameter against its gradient."""
        self.steps += 1
        for name, parameter in self.parameters.items():
            torch.add(parameter, gradients[name], alpha=-self.lr, out=parameter)


class ScoreTable:
    """A net whose outputs are known: image number i, which is filled with the value i, gets row i of `scores` (M, K)."""

    def __init__(self, scores: Tensor) -> None:
        self.scores = scores

    def __call__(self, images: Tensor) -> Tensor:
        return self.forward(images)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 1, 28, 28) -> (N, K)."""
        return self.scores[images.flatten(1)[:, 0].long()].clone()


def _plain(tensor: Tensor) -> Tensor:
    """The tensor, without a past. One that was made in `torch.inference_mode` is copied: autograd can't use it."""
    return tensor.clone() if tensor.is_inference() else tensor.detach()


def _pull_back(result: Tensor, inputs: tuple[Tensor, ...], dz: Tensor) -> tuple[Tensor, ...]:
    """The gradients with respect to inputs, when the gradient with respect to result is dz.

    As the gradient of one number: handing dz to `grad` would import half a second's worth of modules first.
    """
    with torch.inference_mode(False), torch.enable_grad():
        return torch.autograd.grad((result * _plain(dz)).sum(), inputs, retain_graph=True)


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
        index = torch.tensor(indices, device=self.labels.device)
        return [self.images[index], self.labels[index]]


def make_loader(images: Tensor, labels: Tensor, batch_size: int) -> DataLoader:
    """A DataLoader over the images in their order; the last batch may be smaller."""
    return DataLoader(_Pictures(images, labels), batch_size=batch_size, collate_fn=_as_it_is)


def standardised(images: Tensor, mean: float, deviation: float) -> Tensor:
    """Pictures uint8 (M, 28, 28) as float (M, 1, 28, 28), with that mean and deviation taken out."""
    return ((images.float() / 255 - mean) / deviation).unsqueeze(1)


def _as_it_is(batch: list[Tensor]) -> list[Tensor]:
    return batch


def set_tensors(owner: object, values: dict[str, Tensor]) -> None:
    """Give the tensors of a layer (its attributes) or of a net (the entries of its `parameters`) new values, in place."""
    for name, value in values.items():
        tensor = owner.parameters[name] if "." in name else getattr(owner, name)
        tensor.data.copy_(value)


def replace_tensors(layer: object, values: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give a layer's tensors new values, in place, where the shapes agree; returns what they were before."""
    before = {name: getattr(layer, name) for name in values}
    copies = {
        name: tensor.detach().clone() if isinstance(tensor, Tensor) else tensor for name, tensor in before.items()
    }
    for name, value in values.items():
        if isinstance(before[name], Tensor) and before[name].shape == value.shape:
            before[name].data.copy_(value)
    return copies


def copy_of(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as they are now."""
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def shapes_of(net: object) -> object:
    """The shapes of a net's parameters by name, without their many numbers; what is no tensor is None."""
    if not isinstance(net.parameters, dict):
        return net.parameters
    return {name: list(t.shape) if isinstance(t, Tensor) else None for name, t in net.parameters.items()}


def optimizer_of(net: Net, lr: float) -> Optimizer:
    """An Optimizer over the net's own parameters."""
    return Optimizer(net.parameters, lr)


def train_new_net(Net, NLLLoss, Optimizer, train, images, labels, mean, deviation, batch_size, lr, epochs, start=None):
    """Train a new net with the parts given, on uint8 pictures, from the parameters `start` if there are any.

    Returns (net, losses).
    """
    net = Net()
    if start is not None:
        set_tensors(net, start)
    loader = make_loader(standardised(images, mean, deviation), labels, batch_size)
    losses = train(net, NLLLoss(), Optimizer(net.parameters, lr=lr), loader, epochs)
    return net, losses


def scores_of(net, images, mean, deviation):
    """The outputs of a net for uint8 pictures."""
    return net.forward(standardised(images, mean, deviation))


class SharingNet:
    """A net made from the tensors in `parameters`, two for each layer, which its layers hold too; ReLU lies between."""

    def __init__(self, parameters: dict[str, Tensor]) -> None:
        self.parameters = {name: tensor.clone() for name, tensor in parameters.items()}
        self._own = list(self.parameters.values())

    def __call__(self, images: Tensor) -> Tensor:
        return self.forward(images)

    def forward(self, images: Tensor) -> Tensor:
        """Images of any shape (N, ...) -> outputs (N, K)."""
        x = images.flatten(1)
        for place in range(0, len(self._own), 2):
            x = functional.linear(functional.relu(x) if place else x, self._own[place], self._own[place + 1])
        return x

    def is_shared(self) -> bool:
        """Whether `parameters` still holds the tensors of the layers."""
        return [id(tensor) for tensor in self.parameters.values()] == [id(tensor) for tensor in self._own]

    def move(self, by: float) -> None:
        """Change every parameter in place, as training does."""
        for tensor in self._own:
            tensor.data.add_(by)

    def now(self) -> dict[str, Tensor]:
        """The numbers that the layers compute with."""
        return {name: tensor.detach().clone() for name, tensor in zip(self.parameters, self._own, strict=True)}


def new_file() -> io.BytesIO:
    """An empty file in memory."""
    return io.BytesIO()


def rewound(file: io.BytesIO) -> io.BytesIO:
    """A file with the same content, open where it begins."""
    return io.BytesIO(file.getvalue())


def file_of(tensors: dict[str, Tensor]) -> io.BytesIO:
    """A file that somebody saved these tensors in."""
    file = io.BytesIO()
    torch.save(tensors, file)
    return rewound(file)


def content_of(file: io.BytesIO) -> object:
    """What a file holds if it can be read as plain data; else a text that says why not."""
    if file.closed:
        return "it is closed"
    try:
        return torch.load(rewound(file), weights_only=True)
    except Exception as error:
        return f"reading it raises {type(error).__name__}"


def refusal(load, net: SharingNet, file: io.BytesIO) -> str:
    """The kind of exception that load raises, "ValueError" for all of that kind; empty if it raises none."""
    try:
        load(net, file)
    except NotImplementedError:
        raise
    except ValueError:
        return "ValueError"
    except Exception as error:
        return type(error).__name__
    return ""
