"""Known mistakes of train. Read as text by the grader; each replaces the model answer's definition."""


# The four calls


@mistake(
    "train-shadows-loss",
    "the number takes the name of the loss object, which is gone for the next call",
    ask="What does the name loss stand for at the start of your loop, and what after the second line of it?",
    idea="A name can stand for one thing only. Two things that are both still needed want two names.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            loss = loss(outputs, labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            total += loss.item() * len(labels)
            count += len(labels)
        means.append(total / count)
    return means


@mistake("train-shadows-loss")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            dz = loss.backward(outputs, labels)
            loss = loss(outputs, labels)
            net.backward(dz)
            optimizer.step(net.gradients)
            total += loss.item() * len(labels)
            count += len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-no-step",
    "no step is ever made, so nothing is learned",
    ask="Which line of your loop changes the parameters?",
    idea="Gradients only say in which direction to go. Somebody has to walk.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
        means.append(total / count)
    return means


@mistake(
    "train-no-backward",
    "backward of the net is never called, so there are no gradients to step with",
    ask="Which line of your loop fills net.gradients?",
    idea="The loss knows the gradient of the scores only. The way from there to the weights leads through the net.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            loss.backward(outputs, labels)
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-stale-gradients",
    "the step comes before the backward, so it uses the gradients of the batch before",
    ask="Whose gradients are in net.gradients at the moment of your step?",
    idea="Gradients are true for one batch and for the parameters of that moment.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            if hasattr(net, "gradients"):
                optimizer.step(net.gradients)
            net.backward(loss.backward(outputs, labels))
        means.append(total / count)
    return means


@mistake(
    "train-outputs-computed-once",
    "the scores are computed once per epoch, before the batches, and never again",
    ask="Which parameters do your scores belong to when the second batch comes?",
    idea="Every step makes the net another one. What it said before is no longer what it says.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        batches = [(images, labels, net(images)) for images, labels in loader]
        total, count = 0.0, 0
        for _, labels, outputs in batches:
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-outputs-computed-once")
def train(net, loss, optimizer, loader, epochs):
    images, labels = next(iter(loader))
    outputs = net(images)
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-backward-gets-the-loss",
    "net.backward is handed the loss, a single number, instead of the gradient of the scores",
    ask="Which shape has what you hand to net.backward, and which should it have?",
    idea="How large the loss is says nothing about how each score should change.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            batch_loss = loss(outputs, labels)
            net.backward(batch_loss)
            optimizer.step(net.gradients)
            total += batch_loss.item() * len(labels)
            count += len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-backward-gets-the-outputs",
    "net.backward is handed the scores instead of their gradient",
    ask="What does your net learn of the labels?",
    idea="The scores alone don't know what would have been right. The loss does.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(outputs)
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-backward-without-arguments",
    "backward of the net or of the loss is called without what it works on",
    ask="What does each of the two backwards need to know, according to its docstring?",
    idea="The objects of this course remember only what they have to. The rest is handed over at every call.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward()
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-backward-without-arguments")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward())
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-step-gets-nothing",
    "the step is handed what net.backward returns, which is nothing",
    ask="What does net.backward return, and where does it leave its results?",
    idea="Some methods answer with a result, others change the object. The docstring tells which.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            gradients = net.backward(loss.backward(outputs, labels))
            optimizer.step(gradients)
        means.append(total / count)
    return means


@mistake(
    "train-step-without-gradients",
    "the step is called without the gradients",
    ask="How does the optimizer of this course come to know the gradients?",
    idea="Ready-made optimizers find the gradients at the parameters. Ours is handed them.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step()
        means.append(total / count)
    return means


@mistake(
    "train-step-gets-the-parameters",
    "the step is handed the parameters instead of their gradients",
    ask="What does the optimizer already have since it was made, and what does it lack at every step?",
    idea="With itself as its gradient, each parameter only shrinks, whatever the images show.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.parameters)
        means.append(total / count)
    return means


@mistake(
    "train-zero-grad-between",
    "the gradients are set to zero between backward and step, so the step goes nowhere",
    ask="Which values do the gradients have at the moment of your step?",
    idea="Clearing up belongs after the use, or before the making. Here backward replaces old gradients by itself.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            for gradient in net.gradients.values():
                gradient.zero_()
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-zero-grad-between")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            net.gradients = {}
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-calls-zero-grad",
    "the loop calls a method zero_grad, which nobody in this course has",
    ask="Which methods does the optimizer of this course have?",
    idea="Clearing gradients is a habit from ready-made tools, where they pile up. Here they are replaced.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-calls-zero-grad")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            net.zero_grad()
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-calls-train-mode",
    "the loop calls net.train(), as one does with ready-made nets",
    ask="Which methods does the Net of this course have?",
    idea="Switching between learning and measuring is needed by layers that we don't use. Our net has no such switch.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        net.train()
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-swaps-arguments",
    "the loss is handed the labels first and the scores second",
    ask="In which order does the loss take its two arguments?",
    idea="Arguments without a name are told apart by their order alone.",
    lesson="1. NLLLoss",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(labels, outputs).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(labels, outputs))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-swaps-arguments")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(labels, outputs))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-labels-as-floats",
    "the labels are turned into floats, though they are class numbers",
    ask="What is a label used for in the loss?",
    idea="A label names a place in a row of scores. Places are counted with whole numbers.",
    lesson="1. NLLLoss",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            labels = labels.float()
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-argmax-before-loss",
    "the loss is handed the predicted classes instead of the scores",
    ask="How many numbers per image does the loss want, and how many does it get?",
    idea="A prediction says who won, but not by how much, and it does not change when the scores change a little.",
    lesson="1. NLLLoss",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images).argmax(dim=1)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-learns-its-own-predictions",
    "the net is trained on its own predictions instead of the labels",
    ask="Where in your loop do the labels tell the net that it was wrong?",
    idea="A pupil who marks his own work only becomes more certain.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            predictions = outputs.argmax(dim=1)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, predictions))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-softmax-before-loss",
    "the scores go through softmax before the loss, which applies it again",
    ask="What does the loss expect of its first argument, according to its docstring?",
    idea="The loss makes probabilities of scores by itself. Made twice, they are flattened.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = torch.softmax(net(images), dim=1)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-softmax-for-the-record",
    "the recorded loss is computed from probabilities, though the net learns from the scores",
    ask="Are the loss that you record and its gradient of the same numbers?",
    idea="The loss makes probabilities of scores by itself. Made twice, they are flattened.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(torch.softmax(outputs, dim=1), labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-divides-gradient",
    "the gradient of the loss is divided by the batch size a second time",
    ask="By which factor are the changes of your parameters too small?",
    idea="The mean over the images is part of the loss, and so of its gradient.",
    lesson="1. NLLLoss: The gradient",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels) / len(labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-rescales-pixels",
    "the loop rescales the pixels, which arrive ready to use",
    ask="In which range are the pixels when your loop gets them?",
    idea="The preparation of the images belongs to the data. The loop hands them on as they come.",
    lesson="10. All of it together",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images / 255)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


# How often, and on what


@mistake(
    "train-steps-once-per-epoch",
    "the step stands outside the loop over the batches: one step per epoch",
    ask="How many steps does your loop make for 23 images in batches of 5, in two epochs?",
    idea="What is repeated is what is indented. Each batch deserves an answer of its own.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-steps-once-per-epoch")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count, gradients = 0.0, 0, {}
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            gradients = {name: gradients.get(name, 0) + gradient for name, gradient in net.gradients.items()}
        optimizer.step(gradients)
        means.append(total / count)
    return means


@mistake(
    "train-steps-twice",
    "the optimizer steps twice for every batch",
    ask="How many steps does your loop make for 23 images in batches of 5, in two epochs?",
    idea="After a step the gradients are out of date. A second step with them goes where nobody looked.",
    lesson="6. Training: How to check yourself",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-step-inside-and-outside",
    "one more step is made at the end of every epoch",
    ask="How many steps does your loop make for 23 images in batches of 5, in two epochs?",
    idea="The last batch has already been answered when the loop over the batches ends.",
    lesson="6. Training: How to check yourself",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-calls-behind-the-loop",
    "the four calls stand behind the loop over the batches, so only the last batch is used",
    ask="Which batch do images and labels stand for when the loop over the loader is over?",
    idea="After a for its variables keep the last value. What shall happen to each batch must be indented.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        for images, labels in loader:
            pass
        outputs = net(images)
        batch_loss = loss(outputs, labels)
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
        means.append(batch_loss.item())
    return means


@mistake(
    "train-first-batch-only",
    "every epoch uses only the first batch of the loader",
    ask="How many different images does your net see in an epoch?",
    idea="An epoch is one walk through all training images.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        images, labels = next(iter(loader))
        outputs = net(images)
        means.append(loss(outputs, labels).item())
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
    return means


@mistake("train-first-batch-only")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for _ in range(len(loader)):
            images, labels = next(iter(loader))
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-skips-last-batch",
    "the smaller last batch is left out",
    ask="What happens in your loop to a batch that has fewer images than the others?",
    idea="A batch may have any number of images. The arithmetic is the same for all.",
    lesson="6. Training",
    named_by="uneven_batches",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            if len(labels) < loader.batch_size:
                continue
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-iterator-used-up",
    "one iterator is made for all epochs, and it is used up after the first",
    ask="How many batches does your second epoch get?",
    idea="An iterator is a walk, and a walk that has ended does not begin again by itself.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    batches = iter(loader)
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in batches:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-iterator-used-up")
def train(net, loss, optimizer, loader, epochs):
    batches = iter(loader)
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for _ in range(len(loader)):
            images, labels = next(batches)
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-iterator-used-up")
def train(net, loss, optimizer, loader, epochs):
    batches = iter(loader)
    means = []
    for _ in range(epochs):
        losses = []
        for images, labels in batches:
            outputs = net(images)
            losses.append(loss(outputs, labels).item())
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(sum(losses) / max(len(losses), 1))
    return means


@mistake(
    "train-hardcoded-epochs",
    "the number of epochs is a fixed number, whatever epochs says",
    ask="How many epochs does your loop run when 3 are asked for, and how many when it is 1?",
    idea="An argument that is taken but never looked at is no argument.",
    lesson="6. Training",
    named_by="follows_the_reference",
    values={"EPOCHS": (2, 5)},
)
def train(net, loss, optimizer, loader, epochs):
    return reference.train(net, loss, optimizer, loader, EPOCHS)


@mistake(
    "train-one-epoch-less",
    "the range starts at 1 or ends too early, so one epoch is missing",
    ask="Write down the numbers that your range gives for 3 epochs. How many are there?",
    idea="Counting from 1 does not change where a range ends.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(1, epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-one-epoch-more",
    "one epoch too many is trained",
    ask="Write down the numbers that your range gives for 3 epochs. How many are there?",
    idea="Starting at 0 and reaching the last number makes one more than the last number says.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs + 1):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-return-in-loop",
    "the return stands inside a loop and ends the training early",
    ask="After how many batches does your function return?",
    idea="A return ends the whole function at once. How far it is indented decides when that is.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
        return means


@mistake("train-return-in-loop")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            means.append(total / count)
            return means


@mistake(
    "train-lr-decay",
    "the learning rate is made smaller after every epoch",
    ask="Who decides how large the steps are, and when?",
    idea="Shrinking steps may help, but the loop you were asked for leaves the optimizer as it was made.",
    lesson="6. Training",
    named_by="follows_the_reference",
    values={"DECAY": (0.5, 0.95)},
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        means += reference.train(net, loss, optimizer, loader, 1)
        optimizer.lr *= DECAY
    return means


@mistake(
    "train-own-update",
    "the loop changes the parameters by itself and leaves the optimizer out",
    ask="Which object has the task to change the parameters?",
    idea="The loop only conducts. With what method and how large a step is made, it need not know.",
    lesson="6. Training",
    named_by="follows_the_reference",
    values={"LR": (0.01, 0.05)},
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            for name, parameter in net.parameters.items():
                parameter -= LR * net.gradients[name]
        means.append(total / count)
    return means


@mistake(
    "train-enumerate",
    "enumerate adds a counter, so what is called images is the counter and labels is the batch",
    ask="Print what the two names of your for stand for. What comes first?",
    idea="enumerate puts a number before each thing. The thing itself stays as it was, a pair.",
    lesson="6. Training",
    named_by="follows_the_reference",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in enumerate(loader):
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


# What is returned


@mistake(
    "train-returns-nothing",
    "the losses are printed but not returned",
    ask="What does a caller get from your function?",
    idea="What is printed can be read by people only. A program needs it returned.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    for epoch, mean in enumerate(reference.train(net, loss, optimizer, loader, epochs)):
        print(f"epoch {epoch}: loss {mean:.4f}")


@mistake(
    "train-loss-after-step",
    "the loss of a batch is taken after the step, when the net has already seen the answer",
    ask="Which parameters does the loss that you record belong to?",
    idea="The honest number is the one before the net has learned from these very images.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            total += loss(net(images), labels).item() * len(labels)
            count += len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-loss-after-epoch",
    "the loss is measured over all images at the end of the epoch",
    ask="Which parameters do the losses that you average belong to?",
    idea="A second walk through the images is a measurement of its own. Asked for is what the batches cost on the way.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        for images, labels in loader:
            outputs = net(images)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        total, count = 0.0, 0
        for images, labels in loader:
            total += loss(net(images), labels).item() * len(labels)
            count += len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-returns-batch-losses",
    "one loss per batch is returned instead of one per epoch",
    ask="How many numbers do you return for 23 images in batches of 5, in two epochs?",
    idea="The numbers of an epoch's batches are to be summed up in one.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    losses = []
    for _ in range(epochs):
        for images, labels in loader:
            outputs = net(images)
            losses.append(loss(outputs, labels).item())
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return losses


@mistake("train-returns-batch-losses")
def train(net, loss, optimizer, loader, epochs):
    losses = []
    for _ in range(epochs):
        losses.append([])
        for images, labels in loader:
            outputs = net(images)
            losses[-1].append(loss(outputs, labels).item())
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return losses


@mistake(
    "train-last-batch-loss",
    "the loss of an epoch is that of its last batch",
    ask="How many of an epoch's images have a say in the number that you return?",
    idea="A single batch is a rough sample. The number of an epoch should speak of all its images.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        for images, labels in loader:
            outputs = net(images)
            batch_loss = loss(outputs, labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(batch_loss.item())
    return means


@mistake(
    "train-last-batch-share",
    "the total is reset for every batch, so an epoch's loss is one batch's share of it",
    ask="What is in your total after the second batch?",
    idea="A counter has to start where the thing it counts for starts: with the epoch.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        for images, labels in loader:
            total = 0.0
            outputs = net(images)
            total += loss(outputs, labels).item()
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / len(loader))
    return means


@mistake(
    "train-sums-losses",
    "the losses of an epoch are summed up but not averaged",
    ask="What happens to your number when the same images come in batches half as large?",
    idea="A sum depends on how many batches there are. A mean can be compared.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    sums = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item()
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        sums.append(total)
    return sums


@mistake("train-sums-losses")
def train(net, loss, optimizer, loader, epochs):
    sums = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        sums.append(total)
    return sums


@mistake(
    "train-divides-by-images",
    "the sum of batch means is divided by the number of images",
    ask="How many numbers have you added, and by how many do you divide?",
    idea="The loss of a batch is a mean already. Who wants to divide by images has to add up images.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item()
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-divides-by-batches-after-weighting",
    "each batch counts with its images, but the total is divided by the number of batches",
    ask="How many images have you added up, and by what do you divide?",
    idea="A weighted sum wants to be divided by the sum of its weights.",
    lesson="6. Training: A worked example",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / len(loader))
    return means


@mistake(
    "train-divides-by-batch-size",
    "the sum of the batches' losses is divided by the size of a batch",
    ask="How many numbers have you added, and by how many do you divide?",
    idea="How large a batch is and how many batches there are have nothing to do with each other.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item()
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / len(labels))
    return means


@mistake(
    "train-divides-by-fixed-number",
    "the total of an epoch is divided by a fixed number",
    ask="What does your function return when there are half as many images?",
    idea="Numbers that fit one data set are wrong for every other. Count while you go.",
    lesson="6. Training: What train returns",
    named_by="losses",
    values={"TOTAL": (4000, 60000)},
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / TOTAL)
    return means


@mistake(
    "train-assumes-full-batches",
    "every batch counts with the loader's batch size, also the smaller last one",
    ask="What does your formula give for an epoch of one image in a batch of at most five?",
    idea="How many images a batch really has can be read from itself.",
    lesson="6. Training: What train returns",
    named_by="uneven_batches",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * loader.batch_size
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-assumes-full-batches")
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += loader.batch_size
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-total-not-reset",
    "the total is not reset, so later epochs still contain the earlier ones",
    ask="What is in your total at the start of the second epoch?",
    idea="Each epoch gets a number of its own, which knows nothing of those before.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    total, count = 0.0, 0
    for _ in range(epochs):
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake("train-total-not-reset")
def train(net, loss, optimizer, loader, epochs):
    means = []
    total = 0.0
    for _ in range(epochs):
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item()
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / len(loader))
    return means


@mistake(
    "train-count-not-reset",
    "the number of images is not reset with the total, so later epochs look better than they are",
    ask="By how many images do you divide in the second epoch?",
    idea="A total and its count belong together and have to begin together.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    count = 0
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-shared-epoch-list",
    "all epochs share one list, so all their means are equal",
    ask="How many lists does multiplying a list of one list give you?",
    idea="Multiplying a list repeats what is in it. It does not make copies of it.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    losses = [[]] * epochs
    for epoch in range(epochs):
        for images, labels in loader:
            outputs = net(images)
            losses[epoch].append(loss(outputs, labels).item())
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return [sum(batch_losses) / len(batch_losses) for batch_losses in losses]


@mistake(
    "train-returns-one-number",
    "a single number is returned instead of one for each epoch",
    ask="How does a reader of your result see whether the loss fell?",
    idea="It is the row of numbers over the epochs that shows the learning.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    return reference.train(net, loss, optimizer, loader, epochs)[-1]


@mistake("train-returns-one-number")
def train(net, loss, optimizer, loader, epochs):
    means = reference.train(net, loss, optimizer, loader, epochs)
    return sum(means) / epochs


@mistake(
    "train-returns-last-epoch",
    "the list is made anew in every epoch, so only the last one's loss is left",
    ask="How many numbers does your list have after the second epoch?",
    idea="What is to collect something over all epochs has to exist before the first.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    for _ in range(epochs):
        means = []
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
    return means


@mistake(
    "train-returns-dict",
    "a dict from epoch to loss is returned instead of a list",
    ask="Of which type does the docstring say that the result is?",
    idea="Where things are counted from 0 on, a list already knows their numbers.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    return dict(enumerate(reference.train(net, loss, optimizer, loader, epochs)))


@mistake(
    "train-returns-pairs",
    "each entry of the result is a pair, not a number",
    ask="What is in the first entry of your result?",
    idea="The place in the list says which epoch it was. Nothing but the loss is asked for.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    return list(enumerate(reference.train(net, loss, optimizer, loader, epochs)))


@mistake(
    "train-returns-texts",
    "the losses are returned as texts",
    ask="Can one compute with what you return?",
    idea="Making numbers pretty is for printing. A result keeps its numbers.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    return [f"{mean:.4f}" for mean in reference.train(net, loss, optimizer, loader, epochs)]


@mistake(
    "train-rounds",
    "the losses are rounded to a few digits",
    ask="How much of your result is lost when it is 0.0449?",
    idea="Making numbers pretty is for printing. A result keeps its digits.",
    lesson="6. Training: What train returns",
    named_by="losses",
    values={"DIGITS": (1, 2)},
)
def train(net, loss, optimizer, loader, epochs):
    return [round(mean, DIGITS) for mean in reference.train(net, loss, optimizer, loader, epochs)]


@mistake(
    "train-returns-accuracy",
    "the share of right predictions is returned instead of the loss",
    ask="Does your number fall or rise when the net learns?",
    idea="How often a net is right and how much it is penalised are two different questions.",
    lesson="6. Training: What train returns",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    shares = []
    for _ in range(epochs):
        correct, count = 0, 0
        for images, labels in loader:
            outputs = net(images)
            correct += (outputs.argmax(dim=1) == labels).sum().item()
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        shares.append(correct / count)
    return shares


@mistake(
    "train-records-every-so-often",
    "a loss is recorded only every so many batches",
    ask="How many batches has an epoch, and how often does your condition become true?",
    idea="A condition that fits a large data set may never come true with a small one.",
    lesson="6. Training: What train returns",
    named_by="losses",
    values={"EVERY": (2000,)},
)
def train(net, loss, optimizer, loader, epochs):
    losses = []
    for _ in range(epochs):
        running = 0.0
        for i, (images, labels) in enumerate(loader):
            outputs = net(images)
            running += loss(outputs, labels).item()
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            if i % EVERY == EVERY - 1:
                losses.append(running / EVERY)
                running = 0.0
    return losses


@mistake(
    "train-negates-loss",
    "the losses are returned with a minus",
    ask="Can a mean of negative logarithms of probabilities be negative?",
    idea="The minus is already part of the loss. It makes the loss a number above 0.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="losses",
)
def train(net, loss, optimizer, loader, epochs):
    return [-mean for mean in reference.train(net, loss, optimizer, loader, epochs)]


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "train-stops-early",
    "training ends when the loss rises",
    ask="How many epochs does your loop do when the second is worse than the first?",
    idea="The loss may rise and fall again. How long to train is for the caller to say.",
    lesson="6. Training",
    named_by="loss_may_rise",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        means += reference.train(net, loss, optimizer, loader, 1)
        if len(means) > 1 and means[-1] > means[-2]:
            break
    return means


@mistake(
    "train-halves-lr",
    "the learning rate is halved when the loss rises",
    ask="Who chooses the learning rate, and where?",
    idea="The step belongs to the optimizer. The loop calls it, and leaves it as it is.",
    lesson="6. Training",
    named_by="loss_may_rise",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        means += reference.train(net, loss, optimizer, loader, 1)
        if len(means) > 1 and means[-1] > means[-2]:
            optimizer.lr /= 2
    return means


@mistake(
    "train-skips-large-losses",
    "batches with a large loss do not get a step",
    ask="Which batches are followed by a step in your loop?",
    idea="Every batch gets its step, be its loss large or small.",
    lesson="6. Training",
    named_by="loss_may_rise",
)
def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            value = float(loss(outputs, labels))
            if not means or value < 1.5 * means[-1]:
                net.backward(loss.backward(outputs, labels))
                optimizer.step(net.gradients)
            total, count = total + value * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-history-on-net",
    "the losses are kept on the net, so a second call returns those of the first as well",
    ask="train is called again for two more epochs. How many numbers does it return?",
    idea="The list belongs to one call: begin with an empty one.",
    lesson="6. Training: What train returns",
    named_by="goes_on",
)
def train(net, loss, optimizer, loader, epochs):
    if not hasattr(net, "history"):
        net.history = []
    net.history += reference.train(net, loss, optimizer, loader, epochs)
    return net.history
