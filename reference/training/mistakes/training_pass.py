"""Known mistakes of training_pass. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-no-zero-grad",
    "the gradients are never cleared, so those of all batches add up",
    ask="What is in the gradients of the parameters when the second backward has run?",
    idea="backward adds to what is there. Somebody has to clear it before.",
    lesson="3. One training pass: Clear",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    loss = criterion(model(images.flatten(start_dim=1)), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pt-zero-grad-between",
    "the gradients are cleared between backward and step, so the step goes nowhere",
    ask="Which gradients does your step see?",
    idea="Clearing belongs before the making, not between the making and the use.",
    lesson="3. One training pass: Clear",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    loss = criterion(model(images.flatten(start_dim=1)), labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-zero-grad-at-the-end",
    "the gradients are cleared after the step, so those that were there before still count",
    ask="What are the gradients when your function begins, if somebody else has used the model?",
    idea="Whoever clears up first does not have to trust that the one before did.",
    lesson="3. One training pass: Clear",
    named_by="old_gradients",
)
def training_pass(model, criterion, optimizer, images, labels):
    loss = criterion(model(images.flatten(start_dim=1)), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@mistake(
    "pt-no-backward",
    "backward is never called, so there are no gradients to step with",
    ask="Which line of yours fills the gradients of the parameters?",
    idea="The loss is a number that knows its past. It has to be asked to go back through it.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.flatten(start_dim=1)), labels)
    optimizer.step()
    return loss.item()


@mistake(
    "pass-no-step",
    "no step is made, so nothing is learned",
    ask="Which line of yours changes the parameters?",
    idea="Gradients only say in which direction to go. Somebody has to walk.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.flatten(start_dim=1)), labels)
    loss.backward()
    return loss.item()


@mistake(
    "pass-step-before-backward",
    "the step comes before backward, so it has no gradients, or old ones",
    ask="Whose gradients does your step see?",
    idea="A step uses what backward has made. So which of them has to be first?",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    loss = criterion(model(images.flatten(start_dim=1)), labels)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@mistake(
    "pt-no-flatten",
    "the images are not flattened, but the model takes rows of pixels",
    ask="Which shape have the images, and which shape does the model take?",
    idea="The first layer multiplies rows of 784 numbers. A picture is a square of 28 times 28.",
    lesson="3. One training pass: Flatten",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-fixed-batch-size",
    "the images are flattened for a batch of 64, whatever there are",
    ask="How many images are in the batch, and which number stands in your code?",
    idea="The last batch is often smaller. What an image is made of is fixed, how many there are is not.",
    lesson="3. One training pass: Flatten",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.view(64, -1)), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-flatten-mixes-images",
    "the flattened rows hold pixels of several images",
    ask="Which pixels are in your first row: those of one image, or one pixel of each?",
    idea="A shape that fits is not enough. Reading the numbers in another order mixes the images.",
    lesson="3. One training pass: Flatten",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.reshape(784, -1).T), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-flatten-columns",
    "every image is read column by column instead of row by row",
    ask="Which pixel of the picture is the second number of your row?",
    idea="Any order would do if it were always the same. The course's is row by row, as the tensor has it.",
    lesson="3. One training pass: Flatten",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.transpose(2, 3).flatten(start_dim=1)), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pt-requires-grad-off",
    "everything runs under no_grad, so there is nothing to go back through",
    ask="What does autograd record while no_grad is on?",
    idea="Without a record of the forward pass there is no backward. By hand it was not needed, here it is.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    with torch.no_grad():
        return reference.training_pass(model, criterion, optimizer, images, labels)


@mistake("pt-requires-grad-off")
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    with torch.no_grad():
        outputs = model(images.flatten(start_dim=1))
    loss = criterion(outputs, labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-criterion-arguments-swapped",
    "the criterion is given the labels first and the outputs second",
    ask="In which order does the criterion take its two arguments?",
    idea="Look up the docstring: what the model says comes first, what is right comes second.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(labels, model(images.flatten(start_dim=1)))
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-argmax-before-loss",
    "the loss is taken of the predicted classes, through which no gradient comes",
    ask="By how much does the predicted class change when a weight changes a little?",
    idea="A choice jumps. To learn, the loss has to see the numbers that the choice is made of.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    outputs = model(images.flatten(start_dim=1))
    loss = criterion(outputs.argmax(dim=1).float(), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-exp-before-loss",
    "the log-probabilities are turned into probabilities before the criterion sees them",
    ask="What does your model return, and what does the criterion take?",
    idea="The two fit together as they are: one gives logarithms, the other takes them.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.flatten(start_dim=1)).exp(), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-backward-twice",
    "backward is called twice on one loss",
    ask="How often does your code go back through the same computation?",
    idea="After going back, autograd throws its record away.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.flatten(start_dim=1)), labels)
    loss.backward()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-two-steps",
    "two steps are made with the same gradients",
    ask="How often do the parameters move in one pass of yours?",
    idea="A gradient is true where it was computed. After the step one is somewhere else.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    loss = reference.training_pass(model, criterion, optimizer, images, labels)
    optimizer.step()
    return loss


@mistake(
    "pass-loss-times-batch",
    "the loss is multiplied by the number of images before backward",
    ask="How large is your step for a batch of 6 images, compared with one of 3?",
    idea="The criterion's loss is a mean already, and the learning rate is made for a mean.",
    lesson="3. One training pass",
    named_by="three_passes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.flatten(start_dim=1)), labels) * len(labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-returns-sum",
    "the loss that is returned is multiplied by the number of images",
    ask="How do your numbers for a batch of 6 and one of 3 compare?",
    idea="What the docstring asks for is the number that the criterion gave.",
    lesson="3. One training pass: The loss",
    named_by="loss",
)
def training_pass(model, criterion, optimizer, images, labels):
    return reference.training_pass(model, criterion, optimizer, images, labels) * len(labels)


@mistake(
    "pass-divides-loss",
    "the loss is divided by the number of images once more",
    ask="How often is your loss averaged?",
    idea="The criterion's number is a mean already.",
    lesson="3. One training pass: The loss",
    named_by="loss",
)
def training_pass(model, criterion, optimizer, images, labels):
    return reference.training_pass(model, criterion, optimizer, images, labels) / len(labels)


@mistake(
    "pass-returns-nothing",
    "nothing is returned",
    ask="What does a caller get from your function?",
    idea="What is printed can be read by people only. A program needs it returned.",
    lesson="3. One training pass: The loss",
    named_by="loss",
)
def training_pass(model, criterion, optimizer, images, labels):
    print(reference.training_pass(model, criterion, optimizer, images, labels))


@mistake(
    "pass-loss-after-step",
    "the loss is computed again after the step, so it is that of the new parameters",
    ask="Which parameters does the number belong to that you return?",
    idea="The loss of a pass is what the step was made for, so it is that of the parameters before.",
    lesson="3. One training pass: The loss",
    named_by="loss",
)
def training_pass(model, criterion, optimizer, images, labels):
    reference.training_pass(model, criterion, optimizer, images, labels)
    with torch.no_grad():
        return criterion(model(images.flatten(start_dim=1)), labels).item()


@mistake(
    "pass-rounds",
    "the loss is rounded to a few digits",
    ask="How much of your result is lost when it is 0.0449?",
    idea="Making numbers pretty is for printing. A result keeps its digits.",
    lesson="3. One training pass: The loss",
    named_by="loss",
    values={"DIGITS": (1, 2)},
)
def training_pass(model, criterion, optimizer, images, labels):
    return round(reference.training_pass(model, criterion, optimizer, images, labels), DIGITS)


@mistake(
    "pass-returns-text",
    "the loss is returned as a text",
    ask="Can one compute with what you return?",
    idea="Making numbers pretty is for printing. A result stays a number.",
    lesson="3. One training pass: The loss",
    named_by="loss",
)
def training_pass(model, criterion, optimizer, images, labels):
    return f"loss {reference.training_pass(model, criterion, optimizer, images, labels):.4f}"


@mistake(
    "pass-own-criterion",
    "a criterion of the function's own is used, not the one that is given",
    ask="What does your function do with its second argument?",
    idea="Who calls chooses how to measure. The function only uses it.",
    lesson="3. One training pass",
    named_by="any_criterion",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = nn.functional.nll_loss(model(images.flatten(start_dim=1)), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "pass-squeezes",
    "squeeze takes the dimension of the batch away when it holds one image",
    ask="What is the shape of your images when there is just one in the batch?",
    idea="squeeze takes away every dimension of size 1, the one of the batch too.",
    lesson="3. One training pass: Flatten",
    named_by="batch_sizes",
)
def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    loss = criterion(model(images.squeeze().flatten(start_dim=-2)), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "pass-changes-images",
    "the images are rescaled in place, so the caller's batch is another one afterwards",
    ask="Are the images the same after your function as before?",
    idea="A loader may hand out the same tensors again in the next epoch.",
    lesson="3. One training pass: Flatten",
    named_by="batch_unchanged",
)
def training_pass(model, criterion, optimizer, images, labels):
    loss = reference.training_pass(model, criterion, optimizer, images, labels)
    images.sub_(images.mean()).div_(images.std())
    return loss
