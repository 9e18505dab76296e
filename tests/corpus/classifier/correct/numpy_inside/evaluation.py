import numpy as np


def predict_all(net, loader):
    predictions, truth = [], []
    for images, labels in loader:
        predictions.append(np.argmax(net(images).numpy(), axis=1))
        truth.append(labels.numpy())
    return np.concatenate(predictions), np.concatenate(truth)


def accuracy(net, loader):
    predictions, truth = predict_all(net, loader)
    return np.mean(predictions == truth)


def accuracy_per_class(net, loader, num_classes=10):
    predictions, truth = predict_all(net, loader)
    result = []
    for c in range(num_classes):
        mine = truth == c
        result.append(np.mean(predictions[mine] == c) if mine.any() else 0.0)
    return result
