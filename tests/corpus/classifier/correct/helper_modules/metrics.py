def tally(net, loader, classes):
    """Hits and images of every class."""
    hits, images = [0] * classes, [0] * classes
    for x, y in loader:
        for guess, label in zip(net(x).argmax(dim=1).tolist(), y.tolist()):
            images[label] += 1
            hits[label] += guess == label
    return hits, images


def accuracy(net, loader):
    largest = max(int(y.max()) for _, y in loader)
    hits, images = tally(net, loader, largest + 1)
    return sum(hits) / sum(images)


def accuracy_per_class(net, loader, num_classes=10):
    return [h / n if n else 0.0 for h, n in zip(*tally(net, loader, num_classes))]
