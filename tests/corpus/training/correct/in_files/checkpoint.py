import torch


def save(model, file):
    with file:
        torch.save(model.state_dict(), file)


def load(model, file):
    with file:
        state = torch.load(file)
    model.load_state_dict(state)


def snapshot(model):
    return {key: torch.empty_like(value).copy_(value) for key, value in model.state_dict().items()}
