"""All names imported from a helper module, as one hands in a package."""

from helpers.calculus import mse_gradient, mse_loss, power_gradient, sigmoid, sigmoid_derivative, two_layer_gradient
from helpers.descent import gradient_descent
from helpers.recording import autograd_gradient, with_gradient_mode, without_gradient
