import torch


def log_softmax(z):
    z = z - z.max(dim=-1, keepdim=True).values
    return z - z.exp().sum(dim=-1, keepdim=True).log()


def one_hot(labels, classes):
    return torch.eye(classes).index_select(0, labels)
