import torch


def predict(net, loader):
    """All predictions and all labels."""
    pairs = [(torch.argmax(net(images), dim=1), labels) for images, labels in loader]
    return torch.cat([p for p, _ in pairs]), torch.cat([y for _, y in pairs])


def accuracy(net, loader):
    predictions, labels = predict(net, loader)
    return (predictions == labels).float().mean().item()


def accuracy_per_class(net, loader, num_classes=10):
    predictions, labels = predict(net, loader)
    return [
        (predictions[labels == c] == c).float().mean().item() if (labels == c).any() else 0.0
        for c in range(num_classes)
    ]
