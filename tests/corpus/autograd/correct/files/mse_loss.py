def mse_loss(predictions, targets):
    if predictions.dim() == 1:
        predictions, targets = predictions[:, None], targets[:, None]
    per_example = ((targets - predictions) ** 2).sum(dim=1)
    return per_example.mean() / 2


def mse_gradient(predictions, targets):
    return (predictions - targets) / len(predictions)
