def train(net, loss, optimizer, loader, epochs):
    print(net)
    history = {"loss": []}
    for epoch in range(epochs):
        batch_losses = []
        for images, labels in loader:
            outputs = net(images)
            batch_losses.append(loss(outputs, labels).item())
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        history["loss"].append(sum(batch_losses) / len(batch_losses))
    return history["loss"]
