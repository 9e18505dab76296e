"""Provided parts: a small working model and what belongs to it, so that each exercise can be checked on its own.

The checks run them beside your code. They are written to show what comes out, not how to write it.
"""

import io

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset


class Model(nn.Module):
    """784 -> D, ReLU, D -> K, log-softmax, from two weights and two biases.

    In training mode every other unit in the middle is dropped, so the mode of the model shows in what it says. It counts
    the pictures that it saw in training mode, in a buffer, and takes a tenth of that number away from every unit. How often
    it was asked, and how often gradients came back through it, it counts too.
    """

    def __init__(self, parameters: list[Tensor], drops: bool = False) -> None:
        super().__init__()
        self.first, self.first_bias, self.last, self.last_bias = (
            nn.Parameter(tensor.clone(), requires_grad=True) for tensor in parameters
        )
        self.register_buffer("seen", torch.zeros((), dtype=parameters[0].dtype))
        self.drops = drops
        self.asked = self.backwards = 0

    def forward(self, images: Tensor) -> Tensor:
        """Rows of pixels (N, 784) -> log-probabilities (N, K)."""
        self.asked += 1
        middle = nn.functional.linear(images, self.first, self.first_bias)
        if self.drops and self.training:
            middle = torch.cat([2 * middle[:, ::2], 0 * middle[:, 1::2]], dim=1)
            self.seen += len(images)
        scores = nn.functional.linear((middle - self.seen / 10).relu(), self.last, self.last_bias)
        if scores.requires_grad:
            scores.register_hook(self._note_backward)
        return scores - scores.logsumexp(dim=1, keepdim=True)

    def _note_backward(self, _: Tensor) -> None:
        self.backwards += 1


class RenamedModel(nn.Module):
    """A model with the tensors of `Model` under other names."""

    def __init__(self, parameters: list[Tensor]) -> None:
        super().__init__()
        self.fc1, self.fc1_bias, self.fc2, self.fc2_bias = (nn.Parameter(tensor.clone()) for tensor in parameters)
        self.register_buffer("count", torch.zeros(()))


class DeeperModel(nn.Module):
    """A model with the tensors of `Model` and one layer more."""

    def __init__(self, parameters: list[Tensor]) -> None:
        super().__init__()
        self.first, self.first_bias, self.last, self.last_bias = (nn.Parameter(tensor.clone()) for tensor in parameters)
        self.register_buffer("seen", torch.zeros(()))
        self.extra = nn.Parameter(torch.ones(3, 2))


class NLL:
    """The mean of the labels' log-probabilities with a minus, like nn.NLLLoss(); counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, outputs: Tensor, labels: Tensor) -> Tensor:
        self.calls += 1
        return nn.functional.nll_loss(outputs, labels)


class SquaredDistance:
    """Another criterion: the mean squared distance of the probabilities from the one-hot labels."""

    def __call__(self, outputs: Tensor, labels: Tensor) -> Tensor:
        wanted = torch.zeros_like(outputs).scatter(1, labels.unsqueeze(1), 1.0)
        return ((outputs.exp() - wanted) ** 2).sum(dim=1).mean()


class SGD(torch.optim.SGD):
    """torch's own gradient descent; counts its steps."""

    def __init__(self, parameters: object, lr: float) -> None:
        super().__init__(parameters, lr=lr)
        self.steps = 0

    def step(self, closure: object = None) -> object:
        """Move every parameter against its gradient."""
        self.steps += 1
        return super().step(closure)


class ScoreTable(nn.Module):
    """A model whose outputs are known: image number i, which is filled with the value i, gets row i of `scores` (M, K).

    In training mode it answers with the row of the next image.
    """

    def __init__(self, scores: Tensor) -> None:
        super().__init__()
        self.scores = scores

    def forward(self, images: Tensor) -> Tensor:
        """Rows of pixels (N, 784) -> log-probabilities (N, K)."""
        if images.shape[1:] != (784,):
            raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({tuple(images.shape)} and 784x10)")
        rows = images[:, 0].long() + self.training
        return torch.log_softmax(self.scores[rows % len(self.scores)], dim=1)


def optimizer_of(model: nn.Module, lr: float) -> SGD:
    """A gradient descent over the model's parameters."""
    return SGD(model.parameters(), lr)


def training_pass(model, criterion, optimizer, images, labels):
    """Stands in for a `training_pass` that is not right yet, when it is `train` that is checked."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    loss = criterion(model(images.reshape(len(images), -1)), labels)
    gradients = torch.autograd.grad(loss, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    optimizer.step()
    return float(loss.detach())


def traffic_of(model: Model) -> list[int]:
    """How often the model was asked, and how often gradients came back."""
    return [model.asked, model.backwards]


def in_mode(model: nn.Module, training: bool) -> nn.Module:
    """The model, in training or in evaluation mode."""
    return model.train(training)


def parameters_of(model: nn.Module) -> list[Tensor]:
    """The parameters as they are now, in their order."""
    return [parameter.detach().clone() for parameter in model.parameters()]


def sizes_of(model: object) -> object:
    """The sizes of a model's parameters in their order; the name of its class if it is no nn.Module."""
    if not isinstance(model, nn.Module):
        return type(model).__name__
    return [list(parameter.shape) for parameter in list(model.parameters())[:50]]


def set_parameters(model: nn.Module, values: list[Tensor]) -> None:
    """Give the parameters new values, in place and in their order."""
    for parameter, value in zip(model.parameters(), values, strict=True):
        parameter.data.copy_(value)


def put_gradients(model: nn.Module, value: float) -> None:
    """Leave gradients at the parameters, as something before may have done."""
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def gradients_of(model: nn.Module, images: Tensor, labels: Tensor) -> list[Tensor | None]:
    """The gradients of the mean negative log-likelihood with respect to the parameters, None where there is none."""
    parameters = list(model.parameters())
    outputs = model(images)
    if not outputs.requires_grad:
        return [None for _ in parameters]
    loss = -outputs[torch.arange(len(labels), device=labels.device), labels].mean()
    tracked = [parameter for parameter in parameters if parameter.requires_grad]
    found = iter(torch.autograd.grad(loss, tracked, allow_unused=True))
    return [next(found) if parameter.requires_grad else None for parameter in parameters]


def loss_and_gradient(loss_function, logits: Tensor, labels: Tensor) -> list[object]:
    """What the function returns, and the gradient with respect to logits; None if autograd can't go back through it."""
    tracked = logits.clone().requires_grad_()
    loss = loss_function(tracked, labels)
    if not isinstance(loss, Tensor) or not loss.requires_grad or loss.dim() != 0:
        return [loss, None]
    (gradient,) = torch.autograd.grad(loss, tracked, allow_unused=True)
    return [loss.detach(), gradient]


def prediction_of(predict, model: nn.Module, images: Tensor) -> list[object]:
    """What the function returns, whether gradients were recorded in it, and the model's mode after it."""
    probabilities = predict(model, images)
    return [probabilities, isinstance(probabilities, Tensor) and probabilities.requires_grad, model.training]


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


def _as_it_is(batch: list[Tensor]) -> list[Tensor]:
    return batch


def make_loader(images: Tensor, labels: Tensor, batch_size: int) -> DataLoader:
    """A DataLoader over the images in their order; the last batch may be smaller."""
    return DataLoader(_Pictures(images, labels), batch_size=batch_size, collate_fn=_as_it_is)


def standardised(images: Tensor, mean: float, deviation: float) -> Tensor:
    """Pictures uint8 (M, 28, 28) as float (M, 1, 28, 28), with that mean and deviation taken out."""
    return ((images.float() / 255 - mean) / deviation).unsqueeze(1)


# -- figures ---------------------------------------------------------------------------------------------------------------


def figure_in_numbers(view_classify, image: Tensor, probabilities: Tensor) -> dict[str, object] | str:
    """What a figure shows: the values of every picture, and where its first row is, from 0 at the bottom to 1 at the top, and
    its first column; for every axes with bars their (places, lengths); how many lines there are.

    Of a function that returns no figure, the one that is open is taken; if there is not just one, a text says so.
    """
    from matplotlib import pyplot

    pyplot.close("all")
    returned = view_classify(image, probabilities)
    figure = _figure_in(returned)
    if figure is None:
        numbers = pyplot.get_fignums()
        if len(numbers) != 1:
            return f"returned {type(returned).__name__} and left {len(numbers)} figures open"
        figure = pyplot.figure(numbers[0])
    pictures = [picture for axes in figure.axes for picture in _pictures_in(axes)][:8]
    shown = {
        "pictures": [values for values, _ in pictures],
        "corners": [corner for _, corner in pictures],
        "bars": [bars for axes in figure.axes if len(bars := _bars_in(axes))][:8],
        "lines": sum(len(axes.lines) for axes in figure.axes),
    }
    pyplot.close("all")
    return shown


def _figure_in(returned: object) -> object:
    from matplotlib.figure import FigureBase

    if isinstance(returned, FigureBase):
        return returned
    if isinstance(getattr(returned, "figure", None), FigureBase):
        return returned.figure
    if isinstance(returned, list | tuple):
        return next((figure for entry in returned if (figure := _figure_in(entry)) is not None), None)
    return None


def _pictures_in(axes) -> list[tuple[Tensor, Tensor]]:
    """(values, how far up the first row is drawn and how far right the first column is, both from 0 to 1)."""
    import numpy
    from matplotlib.collections import QuadMesh

    found = []
    for picture in axes.images:
        left, _, bottom, top = picture.get_extent()
        first_row = top if picture.origin == "upper" else bottom
        found.append((picture.get_array(), left, first_row))
    for mesh in axes.collections:
        if isinstance(mesh, QuadMesh):
            values = mesh.get_array()
            rows, columns = (size - 1 for size in mesh.get_coordinates().shape[:2])
            found.append((values.reshape(rows, columns), *mesh.get_coordinates()[0, 0]))
    (x_low, x_high), (y_low, y_high) = axes.get_xlim(), axes.get_ylim()
    shown = []
    for values, x, y in found:
        array = numpy.ma.filled(numpy.ma.asarray(values).astype(float), float("nan"))
        if array.ndim == 3:  # colours: of a grey picture all are alike
            array = array[:, :, 0]
        if array.size <= 4096:
            up, along = (y - y_low) / (y_high - y_low), (x - x_low) / (x_high - x_low)
            shown.append((torch.from_numpy(array.copy()), torch.tensor([float(up), float(along)])))
    return shown


def _bars_in(axes) -> Tensor:
    """(place, length) of every bar in the order of their places, without those that are drawn twice."""
    from matplotlib.container import BarContainer

    bars = {}
    for container in axes.containers:
        if isinstance(container, BarContainer):
            for bar in container.patches:
                if container.orientation == "horizontal":
                    place, length = bar.get_y() + bar.get_height() / 2, bar.get_width()
                else:
                    place, length = bar.get_x() + bar.get_width() / 2, bar.get_height()
                bars[round(float(place), 4), float(length)] = None
    return torch.tensor(sorted(bars)[:100], dtype=torch.float64).reshape(-1, 2)


# -- saving and loading ----------------------------------------------------------------------------------------------------


class File(io.BytesIO):
    """A file in memory: what was written is there, also after it was closed."""

    def close(self) -> None:
        """Keep what was written, and close it."""
        if not self.closed:
            self.written = self.getvalue()
        super().close()


def new_file() -> File:
    """An empty file, open for writing."""
    return File()


def reopened(file: File) -> File:
    """The file as somebody finds it who opens it later, for reading, in another program."""
    file.close()
    return File(file.written)


def snapshot_then_train(snapshot, model: nn.Module) -> list[object]:
    """What the function returns, a moment later: meanwhile every tensor of the model was changed in place."""
    kept = snapshot(model)
    for tensor in model.state_dict().values():
        tensor.data.mul_(-0.5).add_(0.25)
    return [kept, isinstance(kept, dict) and all(isinstance(value, Tensor) for value in kept.values())]


def put_back(model: nn.Module, kept: dict[str, Tensor]) -> None:
    """Take the model back to a snapshot."""
    model.load_state_dict(kept)


# -- everything together ---------------------------------------------------------------------------------------------------


def train_new_model(build_model, train, images, labels, mean, deviation, batch_size, lr, epochs, start=None):
    """Train a new model on uint8 pictures, with torch's own loss and optimizer, from the parameters `start` if there are any.

    Returns (model, losses).
    """
    model = build_model()
    if start is not None:
        set_parameters(model, start)
    loader = make_loader(standardised(images, mean, deviation), labels, batch_size)
    losses = train(model, nn.NLLLoss(), torch.optim.SGD(model.parameters(), lr=lr), loader, epochs)
    return model, losses


def outputs_of(model, images, mean, deviation):
    """What a model says of uint8 pictures, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return model(standardised(images, mean, deviation).flatten(1))


def accuracy_of(accuracy, model, images, labels, mean, deviation, batch_size):
    """What the function says of a model and uint8 pictures."""
    model.eval()
    return accuracy(model, make_loader(standardised(images, mean, deviation), labels, batch_size))
