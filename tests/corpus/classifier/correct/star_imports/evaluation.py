from training import *


def accuracy(net, loader):
    return sum(stack([eq(argmax(net(x), 1), y).sum() for x, y in loader])).item() / len(loader.dataset)


def accuracy_per_class(net, loader, num_classes=10):
    p = cat([argmax(net(x), 1) for x, _ in loader])
    y = cat([y for _, y in loader])
    hits = bincount(y[p == y], minlength=num_classes)
    return div(hits, maximum(bincount(y, minlength=num_classes), tensor(1))).tolist()
