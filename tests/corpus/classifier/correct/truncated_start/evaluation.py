import torch


class ConfusionMatrix:
    """Rows: labels. Columns: predictions."""

    def __init__(self, size):
        self.counts = torch.zeros(size, size, dtype=torch.long)

    def add(self, labels, predictions):
        self.counts.index_put_((labels, predictions), torch.tensor(1), accumulate=True)

    @property
    def accuracy(self):
        return (self.counts.trace() / self.counts.sum()).item()

    @property
    def recalls(self):
        return [(row[i] / row.sum()).item() if row.sum() else 0.0 for i, row in enumerate(self.counts)]


def confusion(net, loader, num_classes):
    matrix = ConfusionMatrix(num_classes)
    for images, labels in loader:
        matrix.add(labels, net(images).argmax(dim=1))
    return matrix


def accuracy(net, loader):
    return confusion(net, loader, 10).accuracy


def accuracy_per_class(net, loader, num_classes=10):
    return confusion(net, loader, num_classes).recalls
