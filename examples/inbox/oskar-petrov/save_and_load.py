import torch


def save(net, file):
    torch.save(net.parameters, file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    if saved.keys() != net.parameters.keys():
        raise ValueError("the file belongs to another net")
    for name in saved:
        if saved[name].shape != net.parameters[name].shape:
            raise ValueError(f"{name} has another shape")
    for name in saved:
        net.parameters[name].copy_(saved[name])
