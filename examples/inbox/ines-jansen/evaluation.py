def accuracy(net, loader):
    hits, count = 0, 0
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        hits += int((predicted == labels).sum())
        count += len(labels)
    return hits / count


def accuracy_per_class(net, loader, num_classes=10):
    hits = [0] * num_classes
    count = [0] * num_classes
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        for p, label in zip(predicted.tolist(), labels.tolist()):
            count[label] += 1
            if p == label:
                hits[label] += 1
    return [h / c if c else 0.0 for h, c in zip(hits, count)]
