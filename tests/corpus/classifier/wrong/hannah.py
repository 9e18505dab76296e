"""A submission with a known mistake.

Mistakes: linear-bwd-accumulates
"""

import torch


# -------------------- 2. Linear --------------------

class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)
        self.grad = {"W": torch.zeros(dim_out, dim_in), "b": torch.zeros(dim_out)}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        # one image after the other, summed up
        dx = []
        for row, image in zip(dz, self.x):
            self.grad["W"] += row[:, None] * image[None, :]
            self.grad["b"] += row
            dx.append(row @ self.W)
        return torch.stack(dx), self.grad["W"].clone(), self.grad["b"].clone()


# -------------------- 3. ReLU --------------------

class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.closed = x <= 0
        return x.masked_fill(self.closed, 0.0)

    def backward(self, dz):
        return dz.masked_fill(self.closed, 0.0)


# -------------------- 4. Net --------------------

class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {
            "fc1.W": self.fc1.W,
            "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W,
            "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W,
            "fc3.b": self.fc3.b,
        }
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(x.shape[0], 784)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)

    def backward(self, dz):
        da2, dW3, db3 = self.fc3.backward(dz)
        da1, dW2, db2 = self.fc2.backward(self.relu2.backward(da2))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(da1))
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


# -------------------- 1. NLLLoss --------------------

class NLLLoss:
    def forward(self, outputs, labels):
        logp = torch.log_softmax(outputs, dim=1)
        return -logp.gather(1, labels.view(-1, 1)).mean()

    def backward(self, outputs, labels):
        n = outputs.shape[0]
        onehot = torch.zeros_like(outputs).scatter_(1, labels.view(-1, 1), 1.0)
        return (torch.softmax(outputs, dim=1) - onehot) / n

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)


# -------------------- 5. Optimizer --------------------

class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            p -= self.lr * gradients[name]


# -------------------- 6. train --------------------

def train(net, loss, optimizer, loader, epochs):
    mittelwerte = []
    for epoche in range(1, epochs + 1):
        summe = 0.0
        bilder_gesehen = 0
        for bilder, ziffern in loader:
            ausgaben = net(bilder)
            verlust = loss(ausgaben, ziffern)
            dz = loss.backward(ausgaben, ziffern)
            net.backward(dz)
            optimizer.step(net.gradients)
            summe += verlust.item() * ziffern.shape[0]
            bilder_gesehen += ziffern.shape[0]
        mittelwerte.append(summe / bilder_gesehen)
        print(f"Epoche {epoche}: {mittelwerte[-1]:.3f}")
    return mittelwerte


# -------------------- 7. accuracy --------------------

def accuracy(net, loader):
    richtig = 0
    gesamt = 0
    for bilder, ziffern in loader:
        vorhersagen = net(bilder).max(dim=1).indices
        for vorhersage, ziffer in zip(vorhersagen.tolist(), ziffern.tolist()):
            if vorhersage == ziffer:
                richtig += 1
            gesamt += 1
    return richtig / gesamt


# -------------------- 8. accuracy per class --------------------

def accuracy_per_class(net, loader, num_classes=10):
    ergebnis = []
    for klasse in range(num_classes):
        richtig = gesamt = 0
        for bilder, ziffern in loader:
            meine = ziffern == klasse
            gesamt += int(meine.sum())
            richtig += int((net(bilder).argmax(dim=1)[meine] == klasse).sum())
        if gesamt == 0:
            ergebnis.append(0.0)
        else:
            ergebnis.append(richtig / gesamt)
    return ergebnis


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
