"""Begins with every line that people copy to the top of their files: seeds, devices, warnings, paths, loggers."""

from __future__ import annotations, division, print_function

import argparse
import logging
import math
import os
import random
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.utils.data

os.environ["KMP_DUPLICATE_LIB_OK"] = "TRUE"
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")
sys.path.append(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(Path(__file__).parent))
sys.setrecursionlimit(5000)
warnings.filterwarnings("ignore")
warnings.simplefilter("ignore")
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
log = logging.getLogger(__name__)

SEED = 1337
random.seed(SEED)
np.random.seed(SEED)
torch.manual_seed(SEED)
torch.use_deterministic_algorithms(True)
torch.set_printoptions(precision=4, sci_mode=False)
np.set_printoptions(suppress=True)
torch.set_num_threads(2)
torch.set_default_dtype(torch.float32)
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False

try:
    from tqdm import tqdm
except ImportError:

    def tqdm(iterable, **_):
        return iterable


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print("using", device, "with torch", torch.__version__)


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        outputs, labels = outputs.to(device), labels.to(device)
        log.debug("loss of %d images", len(labels))
        return -torch.log_softmax(outputs, dim=1).gather(1, labels.unsqueeze(1)).mean()

    def backward(self, outputs, labels):
        outputs, labels = outputs.to(device), labels.to(device)
        one_hot = torch.zeros(outputs.shape, device=device)
        one_hot.scatter_(1, labels.unsqueeze(1), 1.0)
        return (torch.softmax(outputs, dim=1) - one_hot) / outputs.shape[0]


class Linear:
    def __init__(self, dim_in, dim_out):
        std = math.sqrt(2.0 / (dim_in + dim_out))
        self.W = torch.normal(mean=0.0, std=std, size=(dim_out, dim_in), device=device)
        self.b = torch.zeros(dim_out, device=device)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x.to(device)
        return self.x @ self.W.T + self.b

    def backward(self, dz):
        dz = dz.to(device)
        return dz @ self.W, dz.T @ self.x, dz.sum(dim=0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x.to(device)
        return torch.relu(self.x)

    def backward(self, dz):
        return dz.to(device) * (self.x > 0)


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {
            "fc1.W": self.fc1.W, "fc1.b": self.fc1.b, "fc2.W": self.fc2.W,
            "fc2.b": self.fc2.b, "fc3.W": self.fc3.W, "fc3.b": self.fc3.b,
        }
        self.gradients = None
        self.training = True

    def to(self, device):
        return self

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.to(device).reshape(x.shape[0], -1)
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(x)))))

    def backward(self, dz):
        dx, dW3, db3 = self.fc3.backward(dz)
        dx, dW2, db2 = self.fc2.backward(self.relu2.backward(dx))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(dx))
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}
        return self.gradients


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, param in self.parameters.items():
            param -= self.lr * gradients[name].to(param.device)


def train(net, loss, optimizer, loader, epochs):
    history = []
    start = time.time()
    for epoch in range(1, epochs + 1):
        total, seen = 0.0, 0
        for images, labels in tqdm(loader, desc=f"epoch {epoch}", leave=False):
            images, labels = images.to(device), labels.to(device)
            outputs = net(images)
            batch_loss = loss(outputs, labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            total += batch_loss.item() * labels.size(0)
            seen += labels.size(0)
        history.append(total / seen)
        log.info("Epoch %d | loss %.4f | %.1f s", epoch, history[-1], time.time() - start)
        sys.stdout.flush()
    return history


def accuracy(net, loader):
    correct, total = 0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += labels.size(0)
    return correct / total


def accuracy_per_class(net, loader, num_classes=10):
    correct = np.zeros(num_classes, dtype=int)
    total = np.zeros(num_classes, dtype=int)
    for images, labels in loader:
        predictions = net(images.to(device)).argmax(dim=1).cpu().numpy()
        labels = labels.cpu().numpy()
        np.add.at(total, labels, 1)
        np.add.at(correct, labels[labels == predictions], 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(correct / total).tolist()


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--lr", type=float, default=0.03)
    args = parser.parse_args(argv)
    from torchvision import datasets, transforms

    data = datasets.MNIST(Path.home() / "data", transform=transforms.ToTensor(), download=True)
    loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True, num_workers=4)
    net = Net().to(device)
    print(train(net, NLLLoss(), Optimizer(net.parameters, args.lr), loader, args.epochs))


import io
from collections import OrderedDict

import torch


def save(net, file):
    buffer = io.BytesIO()
    torch.save(OrderedDict((name, tensor.clone()) for name, tensor in net.parameters.items()), buffer)
    file.write(buffer.getvalue())


def load(net, file):
    saved = torch.load(io.BytesIO(file.read()), weights_only=True)
    if len(saved) != len(net.parameters):
        raise ValueError(f"{len(saved)} tensors in place of {len(net.parameters)}")
    pairs = []
    for name, tensor in net.parameters.items():
        if name not in saved or saved[name].shape != tensor.shape:
            raise ValueError(f"{name} doesn't fit")
        pairs.append((tensor, saved[name]))
    with torch.no_grad():
        for tensor, other in pairs:
            tensor.copy_(other)


if __name__ == "__main__":
    main()
