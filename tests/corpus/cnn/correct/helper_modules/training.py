import torch.nn.functional as F
from functions import predictions, share


def get_num_correct(outputs, labels):
    return (predictions(outputs) == labels).sum().item()


def train_batch(network, optimizer, images, labels):
    optimizer.zero_grad()
    outputs = network(images)
    loss = F.cross_entropy(outputs, labels)
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct


def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        _, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(share(num_correct, len(loader.dataset)))
    return accuracies
