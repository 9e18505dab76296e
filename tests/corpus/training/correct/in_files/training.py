from helpers import rows


def training_pass(model, criterion, optimizer, images, labels):
    def closure():
        optimizer.zero_grad()
        loss = criterion(model(rows(images)), labels)
        loss.backward()
        return loss

    return optimizer.step(closure).item()


def train(model, criterion, optimizer, loader, epochs):
    mean_losses = []
    for _ in range(epochs):
        pairs = [(training_pass(model, criterion, optimizer, *batch), len(batch[1])) for batch in loader]
        mean_losses.append(sum(loss * size for loss, size in pairs) / len(loader.dataset))
    return mean_losses
