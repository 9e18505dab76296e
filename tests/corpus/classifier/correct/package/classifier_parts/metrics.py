import torch


def confusion(net, loader, num_classes):
    m = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    for images, labels in loader:
        index = labels * num_classes + net(images).argmax(1)
        m += torch.bincount(index, minlength=num_classes**2).reshape(num_classes, num_classes)
    return m


def accuracy(net, loader):
    hits = total = 0
    for images, labels in loader:
        hits += (net(images).argmax(1) == labels).sum().item()
        total += len(labels)
    return hits / total


def recall(net, loader, num_classes=10):
    m = confusion(net, loader, num_classes)
    return (m.diag() / m.sum(1).clamp(min=1)).tolist()
