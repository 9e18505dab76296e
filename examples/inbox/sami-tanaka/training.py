def train(net, loss, optimizer, loader, epochs):
    history = []
    for epoch in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            value = loss(outputs, labels)
            dz = loss.backward(outputs, labels)
            net.backward(dz)
            optimizer.step(net.gradients)
            total += float(value) * len(images)
            count += len(images)
        history.append(total / count)
    return history
