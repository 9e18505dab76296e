"""A notebook saved as one file: cells with markers, trials between them, and a demo whose data are not there."""

# coding: utf-8

# In[1]:


import torch
import numpy as np
import matplotlib.pyplot as plt

torch.manual_seed(42)
np.random.seed(42)


# # Task 1: the loss

# In[2]:


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        z = outputs - torch.max(outputs, dim=1, keepdim=True)[0]
        log_p = z - torch.log(torch.sum(torch.exp(z), dim=1, keepdim=True))
        return -torch.mean(log_p[torch.arange(len(labels)), labels])

    def backward(self, outputs, labels):
        z = outputs - torch.max(outputs, dim=1, keepdim=True)[0]
        p = torch.exp(z) / torch.sum(torch.exp(z), dim=1, keepdim=True)
        p[torch.arange(len(labels)), labels] -= 1
        return p / len(labels)


# In[3]:


scores = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
labels = torch.tensor([0, 1])
loss = NLLLoss()
print(loss(scores, labels))  # 1.7513
loss.backward(scores, labels)


# In[7]:


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) * np.sqrt(1 / dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(0)


# In[8]:


l = Linear(4, 3)
out = l(torch.randn(2, 4))
print(out.shape)
l.backward(torch.ones_like(out))


# In[9]:


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x * (x > 0)

    def backward(self, dz):
        return dz * (self.x > 0)


x = torch.linspace(-3, 3, 50)
plt.plot(x, ReLU()(x))
plt.title("ReLU")
plt.show()


# In[15]:


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.parameters = {
            "fc1.W": self.fc1.W, "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W, "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W, "fc3.b": self.fc3.b,
        }
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(x.shape[0], -1)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)

    def backward(self, dz):
        dx, self.gradients["fc3.W"], self.gradients["fc3.b"] = self.fc3.backward(dz)
        dx = self.relu2.backward(dx)
        dx, self.gradients["fc2.W"], self.gradients["fc2.b"] = self.fc2.backward(dx)
        dx = self.relu1.backward(dx)
        dx, self.gradients["fc1.W"], self.gradients["fc1.b"] = self.fc1.backward(dx)


# In[16]:


net = Net()
net(torch.randn(4, 1, 28, 28)).shape


# In[20]:


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for k in self.parameters:
            self.parameters[k] -= self.lr * gradients[k]


# In[21]:


def train(net, loss, optimizer, loader, epochs):
    losses = []
    for e in range(epochs):
        s, n = 0, 0
        for x, y in loader:
            out = net(x)
            l = loss(out, y)
            net.backward(loss.backward(out, y))
            optimizer.step(net.gradients)
            s += l.item() * len(y)
            n += len(y)
        losses.append(s / n)
    plt.figure()
    plt.plot(losses)
    plt.xlabel("epoch")
    plt.show()
    return losses


# In[22]:


# try it with noise first
from torch.utils.data import DataLoader, TensorDataset

toy = DataLoader(TensorDataset(torch.randn(40, 1, 28, 28), torch.randint(0, 10, (40,))), batch_size=8, shuffle=True)
toy_losses = train(net, NLLLoss(), Optimizer(net.parameters, lr=0.1), toy, 3)
print(toy_losses)


# In[30]:


def accuracy(net, loader):
    r, n = 0, 0
    for x, y in loader:
        r += (net(x).argmax(1) == y).sum().item()
        n += len(y)
    return r / n


def accuracy_per_class(net, loader, num_classes=10):
    r, n = np.zeros(num_classes), np.zeros(num_classes)
    for x, y in loader:
        p = net(x).argmax(1)
        for c in range(num_classes):
            r[c] += ((p == y) & (y == c)).sum().item()
            n[c] += (y == c).sum().item()
    return [float(r[c] / n[c]) if n[c] else 0.0 for c in range(num_classes)]


accuracy(net, toy)


# In[31]:


import torch


def save(net, file):
    torch.save(net.parameters, file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    if saved.keys() != net.parameters.keys():
        raise ValueError("the file belongs to another net")
    for name in saved:
        if saved[name].shape != net.parameters[name].shape:
            raise ValueError(f"{name} has another shape")
    for name in saved:
        net.parameters[name].copy_(saved[name])


if __name__ == "__main__":
    from torchvision import datasets, transforms

    t = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.1307, 0.3081)])
    train_set = datasets.MNIST("data", download=True, transform=t)
    losses = train(net, NLLLoss(), Optimizer(net.parameters, lr=0.03), DataLoader(train_set, 64, shuffle=True), 5)
    print(accuracy_per_class(net, DataLoader(train_set, 64)))
