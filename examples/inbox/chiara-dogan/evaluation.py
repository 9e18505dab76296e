from helpers import batches


def accuracy(net, loader):
    hits = 0
    images = 0
    for predictions, labels in batches(net, loader):
        for i in range(len(labels)):
            images += 1
            if predictions[i] == labels[i]:
                hits += 1
    return hits / images


def accuracy_per_class(net, loader, num_classes=10):
    hits = [0 for _ in range(num_classes)]
    images = [0 for _ in range(num_classes)]
    for predictions, labels in batches(net, loader):
        for i in range(len(labels)):
            images[labels[i]] += 1
            if predictions[i] == labels[i]:
                hits[labels[i]] += 1
    result = []
    for c in range(num_classes):
        result.append(hits[c] / images[c] if images[c] > 0 else 0.0)
    return result
