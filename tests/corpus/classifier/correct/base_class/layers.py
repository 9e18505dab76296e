"""A common base class Layer in a helper module: the layers say what they compute, the base class what they remember."""

import abc

import torch


class Layer(abc.ABC):
    """Something with a forward and a backward."""

    def __init__(self):
        self.cache = None

    def __call__(self, *args):
        return self.forward(*args)

    @abc.abstractmethod
    def forward(self, x):
        raise NotImplementedError

    @abc.abstractmethod
    def backward(self, dz):
        raise NotImplementedError

    def named_parameters(self):
        """Nothing to learn unless a layer says so."""
        return {}


class WeightLayer(Layer):
    @property
    @abc.abstractmethod
    def weights(self):
        raise NotImplementedError

    def named_parameters(self):
        return dict(self.weights)


class Flatten(Layer):
    def forward(self, x):
        self.cache = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, dz):
        return dz.reshape(self.cache)


class Sequence(Layer):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        for layer in self.layers.values():
            x = layer(x)
        return x

    def backward(self, dz):
        raise NotImplementedError("use Net.backward")
