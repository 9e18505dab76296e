def train(net, loss, optimizer, loader, epochs):
    history = []
    for epoch in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            loss = loss(outputs, labels)
            dz = loss.backward(outputs, labels)
            net.backward(dz)
            optimizer.step(net.gradients)
            total += loss.item() * len(images)
            count += len(images)
        history.append(total / count)
    return history
