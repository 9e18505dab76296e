"""Exported from a notebook: star imports, cells that train and draw at the top level, type hints, prints everywhere."""

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn, optim
from torch.nn import *
from torch.nn.functional import *

torch.manual_seed(0)

# %%
model = nn.Sequential(Linear(784, 128), ReLU(), Linear(128, 64), ReLU(), Linear(64, 10), LogSoftmax(dim=1))
print(model)


def build_model():
    return nn.Sequential(Linear(784, 128), ReLU(), Linear(128, 64), ReLU(), Linear(64, 10), LogSoftmax(dim=1))


# %%
def nll_of_log_softmax(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    criterion = NLLLoss()
    return criterion(log_softmax(logits, 1), labels)


print(nll_of_log_softmax(torch.randn(4, 10), torch.tensor([1, 2, 3, 4])))


# %%
def training_pass(model, criterion, optimizer, images, labels):
    # Flatten MNIST images into a 784 long vector
    images = images.view(images.shape[0], -1)
    # Clear the gradients, do this because gradients are accumulated
    optimizer.zero_grad()
    output = model.forward(images)
    loss = criterion(output, labels)
    loss.backward()
    optimizer.step()
    return loss.item()


optimizer = optim.SGD(model.parameters(), lr=0.003)
print(training_pass(model, NLLLoss(), optimizer, torch.randn(64, 1, 28, 28), torch.randint(10, (64,))))


# %%
def train(model, criterion, optimizer, loader, epochs=5):
    losses = []
    for e in range(epochs):
        running_loss = 0
        for images, labels in loader:
            running_loss += training_pass(model, criterion, optimizer, images, labels)
        else:
            print(f"Training loss: {running_loss / len(loader)}")
            losses.append(running_loss / len(loader))
    return losses


# %%
def predict_probabilities(model, images):
    state = model.training
    model.eval()
    # Turn off gradients to speed up this part
    with torch.no_grad():
        logps = model(images.view(images.shape[0], 784))
    model.train(state)
    return torch.exp(logps)


def view_classify(image, probabilities):
    fig, ax = plt.subplots(nrows=2)
    image = (image - image.min()) / (image.max() - image.min())
    ax[0].imshow(np.transpose(image.numpy(), (1, 2, 0)).repeat(3, axis=2))
    ax[1].barh(np.arange(10), probabilities.cpu().data.numpy())
    ax[1].set_yticks(np.arange(10))
    plt.show()
    return ax


view_classify(torch.rand(1, 28, 28), predict_probabilities(model, torch.randn(1, 1, 28, 28))[0])


# %%
def accuracy(model, loader):
    state = model.training
    model.eval()
    correct, total = 0, 0
    with torch.no_grad():
        for images, labels in loader:
            _, predicted = torch.max(model(images.view(images.shape[0], -1)), 1)
            total += labels.size(0)
            correct += (predicted == labels).sum().item()
    model.train(state)
    return correct / total


def accuracy_per_class(model, loader, num_classes=10):
    state = model.training
    model.eval()
    class_correct = list(0.0 for i in range(num_classes))
    class_total = list(0.0 for i in range(num_classes))
    with torch.no_grad():
        for images, labels in loader:
            _, predicted = torch.max(model(images.view(images.shape[0], -1)), 1)
            c = predicted == labels
            for i in range(len(labels)):
                class_correct[labels[i]] += c[i].item()
                class_total[labels[i]] += 1
    model.train(state)
    return [class_correct[i] / max(class_total[i], 1) for i in range(num_classes)]


# %%
def save(model, file):
    torch.save(model.state_dict(), file)


def load(model, file):
    state_dict = torch.load(file)
    model.load_state_dict(state_dict)


def snapshot(model):
    return {k: v.clone() for k, v in model.state_dict().items()}
