"""One file whose name is no module's name, saved with a byte order mark and tabs, semicolons and all."""
import torch; from math import sqrt, log, exp

class NLLLoss:
	def __call__(self, outputs, labels): return self.forward(outputs, labels)
	def forward(self, outputs, labels):
		N = outputs.shape[0]; L = 0
		for i in range(N):
			z = outputs[i] - max(outputs[i]); L = L - (z[labels[i]] - torch.log(sum(torch.exp(z))))
		return L / N
	def backward(self, outputs, labels):
		N = outputs.shape[0]; d = torch.zeros(outputs.shape)
		for i in range(N):
			z = outputs[i] - max(outputs[i]); d[i] = torch.exp(z) / sum(torch.exp(z)); d[i, labels[i]] -= 1
		return d / N

class Linear:
	def __init__(self, dim_in, dim_out): self.W = torch.randn(dim_out, dim_in) / sqrt(dim_in); self.b = torch.zeros(dim_out)
	def __call__(self, x): return self.forward(x)
	def forward(self, x): self.x = x; return x @ self.W.T + self.b
	def backward(self, dz): return dz @ self.W, dz.T @ self.x, sum(dz)   # python's sum adds up the rows

class ReLU:
	def __call__(self, x): return self.forward(x)
	def forward(self, x): self.x = x; return x * (x > 0)
	def backward(self, dz): return dz * (self.x > 0)

class Net:
	def __init__(self):
		self.fc1 = Linear(784, 120); self.fc2 = Linear(120, 256); self.fc3 = Linear(256, 10)
		self.relu1 = ReLU(); self.relu2 = ReLU()
		self.parameters = {'fc1.W': self.fc1.W, 'fc1.b': self.fc1.b, 'fc2.W': self.fc2.W, 'fc2.b': self.fc2.b, 'fc3.W': self.fc3.W, 'fc3.b': self.fc3.b}
	def __call__(self, x): return self.forward(x)
	def forward(self, x):
		x = x.reshape(x.shape[0], -1)
		x = self.relu1(self.fc1(x)); x = self.relu2(self.fc2(x)); return self.fc3(x)
	def backward(self, dz):
		d, W3, b3 = self.fc3.backward(dz); d = self.relu2.backward(d)
		d, W2, b2 = self.fc2.backward(d); d = self.relu1.backward(d)
		d, W1, b1 = self.fc1.backward(d)
		self.gradients = {'fc1.W': W1, 'fc1.b': b1, 'fc2.W': W2, 'fc2.b': b2, 'fc3.W': W3, 'fc3.b': b3}

class Optimizer:
	def __init__(self, parameters, lr=1e-3): self.parameters = parameters; self.lr = lr
	def step(self, gradients):
		for k in self.parameters: self.parameters[k].data -= self.lr*gradients[k]

def train(net, loss, optimizer, loader, epochs):
	l = []
	for e in range(epochs):
		s = 0.; n = 0
		for x, y in loader:
			o = net(x); s += loss(o, y).item()*len(y); n += len(y)
			net.backward(loss.backward(o, y)); optimizer.step(net.gradients)
		l.append(s/n)
	return l

def accuracy(net, loader):
	r = 0; n = 0
	for x, y in loader: r += sum(net(x).argmax(1) == y).item(); n += len(y)
	return r/n

def accuracy_per_class(net, loader, num_classes=10):
	r = [0]*num_classes; n = [0]*num_classes
	for x, y in loader:
		p = net(x).argmax(1)
		for i in range(len(y)): n[y[i]] += 1; r[y[i]] += int(p[i] == y[i])
	return [a/b if b else 0. for a, b in zip(r, n)]


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
