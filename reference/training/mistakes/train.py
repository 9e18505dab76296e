"""Known mistakes of train. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "train-no-zero-grad",
    "the gradients are never cleared, so those of all batches add up",
    ask="What is in the gradients of the parameters after the backward of the second batch?",
    idea="backward adds to what is there. Somebody has to clear it before.",
    lesson="3. One training pass: Clear",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "pt-zero-grad-outside",
    "the gradients are cleared once an epoch, so those of its batches add up",
    ask="How often does your code clear the gradients, and how often does it step?",
    idea="A gradient is true for one batch and for the parameters of that moment.",
    lesson="3. One training pass: Clear",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        optimizer.zero_grad()
        for images, labels in loader:
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-zero-grad-between",
    "the gradients are cleared between backward and step, so the step goes nowhere",
    ask="Which gradients does your step see?",
    idea="Clearing belongs before the making, not between the making and the use.",
    lesson="3. One training pass: Clear",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-no-backward",
    "backward is never called, so there are no gradients to step with",
    ask="Which line of yours fills the gradients of the parameters?",
    idea="The loss knows its past. It has to be asked to go back through it.",
    lesson="3. One training pass",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-no-step",
    "no step is ever made, so nothing is learned",
    ask="Which line of your loop changes the parameters?",
    idea="Gradients only say in which direction to go. Somebody has to walk.",
    lesson="4. Training",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-step-once-an-epoch",
    "one step is made for a whole epoch, after the last batch",
    ask="How often do the parameters move in one epoch of yours?",
    idea="Many rough steps bring one further than a single exact one.",
    lesson="4. Training",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            total, count = total + loss.item() * len(labels), count + len(labels)
        optimizer.step()
        means.append(total / count)
    return means


@mistake(
    "train-no-flatten",
    "the images are not flattened, but the model takes rows of pixels",
    ask="Which shape have the images, and which shape does the model take?",
    idea="The first layer multiplies rows of 784 numbers. A picture is a square of 28 times 28.",
    lesson="3. One training pass: Flatten",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-requires-grad-off",
    "the training runs under no_grad, so there is nothing to go back through",
    ask="What does autograd record while no_grad is on?",
    idea="Evaluation needs no record. Training lives on it.",
    lesson="3. One training pass",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    with torch.no_grad():
        return reference.train(model, criterion, optimizer, loader, epochs)


@mistake(
    "pt-optimizer-of-old-model",
    "a copy of the model is trained, which the optimizer does not know",
    ask="Whose parameters does the optimizer move?",
    idea="An optimizer holds the parameters that it was made with. A model that is made later has others.",
    lesson="4. Training: The optimizer and its model",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    import copy

    return reference.train(copy.deepcopy(model), criterion, optimizer, loader, epochs)


@mistake(
    "train-own-optimizer",
    "an optimizer of the function's own is made, with a learning rate of its own",
    ask="What does your function do with the optimizer that it is given?",
    idea="Who calls chooses how to step. Your learning rate is not the caller's.",
    lesson="4. Training: The optimizer and its model",
    named_by="follows_the_reference",
    values={"LR": (0.003, 0.01)},
)
def train(model, criterion, optimizer, loader, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    return reference.train(model, criterion, optimizer, loader, epochs)


@mistake(
    "train-first-batch-only",
    "only the first batch of every epoch is used",
    ask="How many batches does your loop look at in one epoch?",
    idea="An epoch is a walk through all images.",
    lesson="4. Training",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
            break
        means.append(total / count)
    return means


@mistake(
    "train-one-epoch",
    "one epoch is done, however many are asked for",
    ask="What does your function do with the number of epochs?",
    idea="A single walk through the images is seldom enough. How many is for the caller to say.",
    lesson="4. Training",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    return reference.train(model, criterion, optimizer, loader, 1)


@mistake(
    "train-extra-epoch",
    "one epoch too many is done",
    ask="From which number to which do your epochs count, both included?",
    idea="Counting from 0 to the number itself is one more than the number.",
    lesson="4. Training",
    named_by="follows_the_reference",
)
def train(model, criterion, optimizer, loader, epochs):
    return reference.train(model, criterion, optimizer, loader, epochs + 1)[:epochs]


@mistake(
    "train-skips-last-batch",
    "the smaller last batch is left out",
    ask="What happens in your loop to a batch that has fewer images than the others?",
    idea="A batch may have any number of images, and each of them counts.",
    lesson="4. Training",
    named_by="uneven_batches",
)
def train(model, criterion, optimizer, loader, epochs):
    full = [batch for batch in loader if len(batch[1]) == loader.batch_size]
    return reference.train(model, criterion, optimizer, full, epochs)


@mistake(
    "pt-loss-mean-wrong",
    "the sum of the batches' means is divided by the number of images",
    ask="How many numbers have you added, and by how many do you divide?",
    idea="What is added and what is divided by have to be of the same kind: batches, or images.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(loader.dataset))
    return means


@mistake(
    "pt-sum-not-weighted",
    "the losses of the batches are added up and never divided",
    ask="What becomes of your number when the same images come in twice as many batches?",
    idea="A sum grows with the number of batches. To compare epochs or settings one needs a mean.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total)
    return means


@mistake(
    "train-sum-over-images",
    "the losses of all images are added up and never divided",
    ask="What becomes of your number when there are twice as many images?",
    idea="A sum grows with the number of images. To compare one needs a mean.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        means.append(total)
    return means


@mistake(
    "train-weighted-by-batches",
    "each batch counts with its number of images, but the sum is divided by the number of batches",
    ask="How many images are in your sum, and by what do you divide?",
    idea="What is added and what is divided by have to be of the same kind: batches, or images.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        means.append(total / len(loader))
    return means


@mistake(
    "train-assumes-full-batches",
    "every batch counts with the loader's batch size, also the smaller last one",
    ask="How many images has the last batch really?",
    idea="How many images a batch has can be read from itself.",
    lesson="4. Training: What train returns",
    named_by="uneven_batches",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * loader.batch_size, count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-total-not-reset",
    "the total is not reset, so later epochs still contain the earlier ones",
    ask="What is in your total at the start of the second epoch?",
    idea="Each epoch gets a number of its own, which knows nothing of those before.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means, total, count = [], 0.0, 0
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake("train-total-not-reset")
def train(model, criterion, optimizer, loader, epochs):
    means, total = [], 0.0
    for _ in range(epochs):
        count = 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-every-batch",
    "the loss of every batch is returned, not one number an epoch",
    ask="How many numbers do you return for three epochs of four batches?",
    idea="A batch is a rough sample, and its loss jumps about. The mean of an epoch shows the way.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            means.append(loss.item())
    return means


@mistake(
    "train-last-batch-loss",
    "the loss of an epoch is that of its last batch",
    ask="Which images have a part in your number?",
    idea="The last batch may be an easy one. All images of the epoch are to count.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
        means.append(loss.item())
    return means


@mistake(
    "train-returns-last-epoch",
    "only the last epoch's loss is returned",
    ask="How does a reader of your result see whether the loss fell?",
    idea="It is the row of numbers over the epochs that shows the learning.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    return reference.train(model, criterion, optimizer, loader, epochs)[-1]


@mistake("train-returns-last-epoch")
def train(model, criterion, optimizer, loader, epochs):
    return reference.train(model, criterion, optimizer, loader, epochs)[-1:]


@mistake(
    "train-returns-nothing",
    "the losses are printed but not returned",
    ask="What does a caller get from your function?",
    idea="What is printed can be read by people only. A program needs it returned.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    for epoch, mean in enumerate(reference.train(model, criterion, optimizer, loader, epochs)):
        print(f"epoch {epoch}: {mean:.3f}")


@mistake(
    "train-rounds",
    "the losses are rounded to a few digits",
    ask="How much of your result is lost when it is 0.0449?",
    idea="Making numbers pretty is for printing. A result keeps its digits.",
    lesson="4. Training: What train returns",
    named_by="losses",
    values={"DIGITS": (1, 2)},
)
def train(model, criterion, optimizer, loader, epochs):
    return [round(mean, DIGITS) for mean in reference.train(model, criterion, optimizer, loader, epochs)]


@mistake(
    "train-loss-after-step",
    "the loss is computed again after the step, so it is that of the new parameters",
    ask="Which parameters do the numbers belong to that you average?",
    idea="The loss of a batch is taken as it was computed, before its step.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.flatten(start_dim=1)), labels)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                loss = criterion(model(images.flatten(start_dim=1)), labels)
            total, count = total + loss.item() * len(labels), count + len(labels)
        means.append(total / count)
    return means


@mistake(
    "train-loss-after-epoch",
    "the loss of an epoch is computed after it, over all images, with the parameters of its end",
    ask="When is the loss of the first batch computed in your code?",
    idea="Another number for another question: here each batch's loss is taken on the way.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        reference.train(model, criterion, optimizer, loader, 1)
        with torch.no_grad():
            values = [(criterion(model(images.flatten(1)), labels).item(), len(labels)) for images, labels in loader]
        means.append(sum(value * count for value, count in values) / sum(count for _, count in values))
    return means


@mistake(
    "train-returns-accuracy",
    "the share of right predictions is returned instead of the loss",
    ask="Does your number fall or rise when the model learns?",
    idea="How often a model is right and how much it is penalised are two different questions.",
    lesson="4. Training: What train returns",
    named_by="losses",
)
def train(model, criterion, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            outputs = model(images.flatten(start_dim=1))
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            total, count = total + (outputs.argmax(dim=1) == labels).sum().item(), count + len(labels)
        means.append(total / count)
    return means


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "train-history-on-model",
    "the losses are kept on the model, so a second call returns those of the first as well",
    ask="train is called again for two more epochs. How many numbers does it return?",
    idea="The list belongs to one call: begin with an empty one.",
    lesson="4. Training: What train returns",
    named_by="goes_on",
)
def train(model, criterion, optimizer, loader, epochs):
    model.history = [*getattr(model, "history", []), *reference.train(model, criterion, optimizer, loader, epochs)]
    return model.history


@mistake(
    "train-own-criterion",
    "a criterion of the function's own is used, not the one that is given",
    ask="What does your function do with its second argument?",
    idea="Who calls chooses how to measure. The function only uses it.",
    lesson="4. Training",
    named_by="any_criterion",
)
def train(model, criterion, optimizer, loader, epochs):
    return reference.train(model, nn.NLLLoss(), optimizer, loader, epochs)
