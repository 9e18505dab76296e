def train(net, loss, optimizer, loader, epochs):
    losses = []
    for epoch in range(epochs):
        total_loss = 0
        for batch in loader:
            images, labels = batch
            outputs = net(images)
            total_loss += loss(outputs, labels).item()
            grad = loss.backward(outputs, labels)
            net.backward(grad)
            optimizer.step(net.gradients)
        losses.append(total_loss / len(loader))
    return losses
