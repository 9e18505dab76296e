"""Known mistakes of nll_of_log_softmax. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-softmax-nll",
    "the NLL loss is given probabilities instead of their logarithms",
    ask="What does the NLL loss do to the numbers it is given, apart from picking one of each row?",
    idea="Nowhere in it is a logarithm taken. It has to be there before.",
    lesson="2. The loss: NLLLoss picks",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(functional.softmax(logits, dim=1), labels)


@mistake(
    "loss-logsoftmax-dim0",
    "the log-softmax runs over the images of the batch instead of over the classes",
    ask="Over which dimension do the scores of one image stand?",
    idea="The classes of one image share a whole between them. The images of a batch don't.",
    lesson="2. The loss",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(functional.log_softmax(logits, dim=0), labels)


@mistake(
    "loss-softmax-then-log",
    "the logarithm is taken of a softmax that may have become 0",
    ask="What is a probability of e^-200 in float32, and what is the logarithm of that?",
    idea="In two steps the number is rounded in between. In one step there is nothing in between.",
    lesson="2. The loss: Large scores",
    named_by="large_scores",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(torch.log(functional.softmax(logits, dim=1)), labels)


@mistake(
    "loss-exp-by-hand",
    "the exponentials of the scores are taken as they are, and overflow",
    ask="What is e to the power of 100 in float32?",
    idea="The softmax of a row does not change if the same number is taken away from all its scores.",
    lesson="2. The loss: Large scores",
    named_by="large_scores",
)
def nll_of_log_softmax(logits, labels):
    return (logits.exp().sum(dim=1).log() - logits[torch.arange(len(labels)), labels]).mean()


@mistake(
    "loss-global-maximum",
    "the largest score of the whole batch is taken away from every row",
    ask="What is left of a row whose scores are all far below those of another?",
    idea="Which number may be taken away is for each row to say, its own largest one.",
    lesson="2. The loss: Large scores",
    named_by="large_scores",
)
def nll_of_log_softmax(logits, labels):
    shifted = logits - logits.max()
    return (shifted.exp().sum(dim=1).log() - shifted[torch.arange(len(labels)), labels]).mean()


@mistake(
    "loss-epsilon-in-log",
    "a small number is added before the logarithm, or the probability is held above one",
    ask="How large can your loss become at most, and how large should it be for scores of 1e4?",
    idea="What is added hides the infinity, and changes every large loss with it.",
    lesson="2. The loss: Large scores",
    named_by="large_scores",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(torch.log(functional.softmax(logits, dim=1) + 1e-9), labels)


@mistake(
    "loss-softmax-into-cross-entropy",
    "cross-entropy is given probabilities, and takes the softmax of them again",
    ask="How often is the softmax taken on the way from your scores to the loss?",
    idea="Cross-entropy begins with raw scores. Probabilities are for it just very small scores.",
    lesson="2. The loss: Twice",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.cross_entropy(functional.softmax(logits, dim=1), labels)


@mistake(
    "loss-nll-of-scores",
    "the NLL loss is given the raw scores, without any softmax",
    ask="Can your loss be negative, and can a loss of this kind?",
    idea="The NLL loss only picks a number of each row. What makes shares of a whole of the scores?",
    lesson="2. The loss: NLLLoss picks",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(logits, labels)


@mistake(
    "loss-sum",
    "the losses of the images are added up, not averaged",
    ask="What happens to your loss if the batch holds every image twice?",
    idea="Batches of different sizes can be compared if each image counts with one part of the batch.",
    lesson="2. The loss",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(functional.log_softmax(logits, dim=1), labels, reduction="sum")


@mistake(
    "loss-mean-over-all",
    "the sum is divided by the number of scores, not of images",
    ask="By which number do you divide for 5 images and 3 classes?",
    idea="Of every row one number is left. There are as many of these as there are images.",
    lesson="2. The loss",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    wanted = functional.one_hot(labels, logits.shape[1])
    return -(functional.log_softmax(logits, dim=1) * wanted).mean()


@mistake(
    "loss-no-minus",
    "the minus is missing",
    ask="Is your loss above or below zero, and should it fall or rise while a model learns?",
    idea="The logarithm of a probability is below zero. A loss is to be made small.",
    lesson="2. The loss",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.log_softmax(logits, dim=1)[torch.arange(len(labels)), labels].mean()


@mistake(
    "pt-arguments-swapped",
    "what stands at the place of the labels are none: the two arguments are exchanged, or the labels are one-hot rows",
    ask="What does the function that you call expect as its second argument, and of which shape?",
    idea="What the model says comes first. What is right comes second: the number of a class for each image.",
    lesson="2. The loss",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(labels, functional.log_softmax(logits, dim=1))


@mistake("pt-arguments-swapped")
def nll_of_log_softmax(logits, labels):
    wanted = functional.one_hot(labels, logits.shape[1]).float()
    return functional.nll_loss(functional.log_softmax(logits, dim=1), wanted)


@mistake(
    "pt-target-float",
    "the labels are turned into floats, which can't pick anything",
    ask="Of which type is the number of a class?",
    idea="To pick the third number of a row one needs a whole number.",
    lesson="2. The loss: NLLLoss picks",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(functional.log_softmax(logits, dim=1), labels.float())


@mistake(
    "pt-argmax-before-loss",
    "the loss is taken of the predicted class, not of the label",
    ask="What does your loss know of the labels?",
    idea="How sure a model is of its own choice says nothing of whether the choice is right.",
    lesson="2. The loss: NLLLoss picks",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(functional.log_softmax(logits, dim=1), logits.argmax(dim=1))


@mistake(
    "loss-item",
    "a Python number is returned, from which autograd can't go back",
    ask="Can autograd go back from a number that Python holds?",
    idea="A plain number has no past. Training starts at the loss and goes backwards.",
    lesson="2. The loss: A loss with a past",
    named_by="gradient",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(functional.log_softmax(logits, dim=1), labels).item()


@mistake(
    "loss-no-grad",
    "the loss is computed without recording, so autograd can't go back",
    ask="What does autograd know of your computation?",
    idea="no_grad and detach are for looking at results. Training starts at the loss and goes backwards.",
    lesson="2. The loss: A loss with a past",
    named_by="gradient",
)
def nll_of_log_softmax(logits, labels):
    with torch.no_grad():
        return functional.nll_loss(functional.log_softmax(logits, dim=1), labels)


@mistake("loss-no-grad")
def nll_of_log_softmax(logits, labels):
    return torch.tensor(functional.cross_entropy(logits, labels).item())


@mistake(
    "loss-one-an-image",
    "a loss for every image is returned, not their mean",
    ask="How many numbers does your function return?",
    idea="To go downhill one needs one height, not one for every image.",
    lesson="2. The loss",
    named_by="value",
)
def nll_of_log_softmax(logits, labels):
    return functional.nll_loss(functional.log_softmax(logits, dim=1), labels, reduction="none")


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "loss-changes-logits",
    "the largest score is taken away in place, so the scores that were handed in change",
    ask="Whose numbers change when you take something away in place?",
    idea="A function that only measures leaves what it measures as it is.",
    lesson="2. The loss: Large scores",
    named_by="logits_unchanged",
)
def nll_of_log_softmax(logits, labels):
    logits.data -= logits.data.max(dim=1, keepdim=True).values
    return functional.cross_entropy(logits, labels)
