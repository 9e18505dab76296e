import io
from collections import OrderedDict

import torch


def save(net, file):
    buffer = io.BytesIO()
    torch.save(OrderedDict((name, tensor.clone()) for name, tensor in net.parameters.items()), buffer)
    file.write(buffer.getvalue())


def load(net, file):
    saved = torch.load(io.BytesIO(file.read()), weights_only=True)
    if len(saved) != len(net.parameters):
        raise ValueError(f"{len(saved)} tensors in place of {len(net.parameters)}")
    pairs = []
    for name, tensor in net.parameters.items():
        if name not in saved or saved[name].shape != tensor.shape:
            raise ValueError(f"{name} doesn't fit")
        pairs.append((tensor, saved[name]))
    with torch.no_grad():
        for tensor, other in pairs:
            tensor.copy_(other)
