import torch

DIVERGED = 1000.0


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses, converged = [], False
    for _ in range(max_steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(check(loss, losses))
        converged = is_level(gradient, tolerance)
        if converged:
            break
        W = W - lr * gradient
    if not converged:
        loss, gradient = loss_and_gradient(W)
        losses.append(check(loss, losses))
        converged = is_level(gradient, tolerance)
    return W, losses, converged


def check(loss, losses):
    if torch.isnan(loss) or torch.isinf(loss) or (losses and loss > DIVERGED * losses[0]):
        raise ValueError("The descent has diverged.")
    return loss.item()


def is_level(gradient, tolerance):
    return torch.linalg.vector_norm(gradient, ord=float("inf")).item() <= tolerance
