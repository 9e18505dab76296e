"""Everything in one file, with demonstrations at the top level as in a notebook."""

# In[1]
import torch

torch.manual_seed(0)


# In[2]
def power_gradient(x: torch.Tensor) -> torch.Tensor:
    n = 1
    for size in x.shape:
        n *= size
    return x.mul(2).div(n)


print(power_gradient(torch.ones(2, 2)))


# In[3]
def autograd_gradient(function, x):
    own = torch.empty_like(x).copy_(x.detach()).requires_grad_(True)
    function(own).backward()
    return own.grad.clone()


def without_gradient(function, x):
    return with_gradient_mode(function, x, False)


def with_gradient_mode(function, x, enabled):
    with torch.set_grad_enabled(mode=enabled):
        return function(x)


print(without_gradient(torch.sin, torch.ones(2)))


# In[4]
def mse_loss(predictions, targets):
    return (predictions - targets).pow(2).sum().div(2 * predictions.shape[0])


def mse_gradient(predictions, targets):
    return predictions.sub(targets).div(predictions.shape[0])


# In[5]
def sigmoid(z):
    return torch.exp(-torch.logaddexp(torch.zeros_like(z), -z))


def sigmoid_derivative(z):
    return sigmoid(z).mul(sigmoid(-z))


# In[6]
def two_layer_gradient(x, W1, W2, targets):
    z = x.mm(W1.t())
    a = sigmoid(z)
    predictions = a.mm(W2.t())
    dpredictions = mse_gradient(predictions, targets)
    dW2 = dpredictions.t().mm(a)
    dz = dpredictions.mm(W2).mul(sigmoid_derivative(z))
    dW1 = dz.t().mm(x)
    return dW1, dW2


# In[7]
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance, verbose=False):
    history = []
    while True:
        loss, gradient = loss_and_gradient(W)
        history.append(loss.item())
        if verbose:
            print(len(history), history[-1])
        if not torch.isfinite(loss) or loss > 1000 * history[0]:
            raise ValueError("diverged")
        level = gradient.abs().max().item()
        if level <= tolerance:
            return W, history, True
        if len(history) - 1 >= max_steps:
            return W, history, False
        W = W.sub(gradient, alpha=lr)


print(gradient_descent(lambda w: (w.pow(2).sum(), 2 * w), torch.ones(1), 0.1, 5, 1e-3))
