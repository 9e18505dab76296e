import config
import torch


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.empty(dim_out, dim_in)
        self.b = torch.empty(dim_out)
        self.reset_parameters()

    def reset_parameters(self):
        limit = (3 / self.W.shape[1]) ** 0.5
        self.W.uniform_(-limit, limit)
        self.b.zero_()

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.saved_for_backward = (x,)
        return x @ self.W.T + self.b

    def backward(self, dz):
        (x,) = self.saved_for_backward
        return dz @ self.W, dz.T @ x, dz.sum(dim=0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.saved_for_backward = (x,)
        return torch.threshold(x, 0.0, 0.0)

    def backward(self, dz):
        (x,) = self.saved_for_backward
        return dz * (x > 0)


class Net:
    def __init__(self):
        self.layers = []
        self.parameters = {}
        self.gradients = {}
        for name, dim_in, dim_out in config.LAYERS:
            linear = Linear(dim_in, dim_out)
            self.layers += [(name, linear), ("", ReLU())]
            self.parameters[name + ".W"] = linear.W
            self.parameters[name + ".b"] = linear.b
        self.layers.pop()  # no ReLU at the end

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.flatten(1)
        for _, layer in self.layers:
            x = layer(x)
        return x

    def backward(self, dz):
        for name, layer in self.layers[::-1]:
            if name:
                dz, self.gradients[name + ".W"], self.gradients[name + ".b"] = layer.backward(dz)
            else:
                dz = layer.backward(dz)
