def accuracy(net, loader):
    batch_accuracies = []
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        batch_accuracies.append((predicted == labels).float().mean().item())
    return sum(batch_accuracies) / len(batch_accuracies)


def accuracy_per_class(net, loader, num_classes=10):
    hits = [0] * num_classes
    count = [0] * num_classes
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        for p, label in zip(predicted.tolist(), labels.tolist()):
            count[p] += 1
            if p == label:
                hits[p] += 1
    return [h / c if c else 0.0 for h, c in zip(hits, count)]
