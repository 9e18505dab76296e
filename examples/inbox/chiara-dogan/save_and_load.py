import torch


def save(net, file):
    torch.save(dict(net.parameters.items()), file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    before = {name: tensor.clone() for name, tensor in net.parameters.items()}
    try:
        if sorted(saved) != sorted(before):
            raise KeyError("names")
        for name, tensor in net.parameters.items():
            assert saved[name].size() == tensor.size(), name
            tensor[...] = saved[name]
    except (KeyError, AssertionError) as error:
        for name, tensor in net.parameters.items():
            tensor[...] = before[name]
        raise ValueError(f"this file does not fit: {error}") from error
