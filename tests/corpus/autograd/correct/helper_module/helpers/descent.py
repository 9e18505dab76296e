import math


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    position = W.clone().detach()
    losses = []
    for step in range(max_steps + 1):
        loss, gradient = loss_and_gradient(position)
        losses += [float(loss)]
        diverged = math.isnan(losses[-1]) or losses[-1] == math.inf or losses[-1] / losses[0] > 1000
        if diverged:
            raise ValueError("The loss runs away.")
        if float(gradient.abs().max()) <= tolerance:
            return (position, losses, True)
        if step == max_steps:
            return (position, losses, False)
        position.copy_(position - lr * gradient)
