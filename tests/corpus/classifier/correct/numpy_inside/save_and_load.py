import numpy as np
import torch


def save(net, file):
    arrays = {name: np.array(tensor.detach().numpy()) for name, tensor in net.parameters.items()}
    torch.save({name: torch.from_numpy(array) for name, array in arrays.items()}, file)


def load(net, file):
    arrays = {name: tensor.numpy() for name, tensor in torch.load(file, weights_only=True).items()}
    wanted = {name: tensor.detach().numpy() for name, tensor in net.parameters.items()}
    if set(arrays) != set(wanted):
        raise ValueError(f"other names: {sorted(set(arrays) ^ set(wanted))}")
    if not all(arrays[name].shape == wanted[name].shape for name in wanted):
        raise ValueError("other shapes")
    for name, array in wanted.items():
        np.copyto(array, arrays[name])  # shares its memory with the tensor
