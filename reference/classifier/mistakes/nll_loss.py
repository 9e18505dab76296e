"""Known mistakes of NLLLoss. Read as text by the grader; each takes the place of the model answer's definition."""

# How it is called, and what it returns


@mistake(
    "nll-call-one-argument",
    "__call__ takes one argument, although a loss needs scores and labels",
    ask="With how many values is the loss called, and how many does your __call__ take?",
    idea="Calling the loss is meant to be the same as calling its forward, and with the same arguments.",
    lesson="1. NLLLoss",
    named_by="call_is_forward",
)
class NLLLoss(reference.NLLLoss):
    def __call__(self, x):
        return self.forward(x)


@mistake(
    "nll-call-no-return",
    "__call__ runs forward but does not return its result",
    ask="What does a function give back that ends without a return?",
    idea="Computing the loss is half of the work, handing it over the rest.",
    lesson="1. NLLLoss",
    named_by="call_is_forward",
)
class NLLLoss(reference.NLLLoss):
    def __call__(self, outputs, labels):
        self.forward(outputs, labels)


@mistake(
    "nll-arguments-swapped",
    "takes the labels first and the scores second",
    ask="In which order does the docstring name the two arguments?",
    idea="Arguments are handed over by position. Who calls your loss knows its docstring only.",
    lesson="1. NLLLoss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, labels, outputs):
        return -outputs.log_softmax(dim=1)[range(len(labels)), labels].mean()


@mistake(
    "nll-no-return",
    "forward computes the loss but does not return it",
    ask="What does a function give back that ends without a return?",
    idea="To keep the loss in the object, or to print it, is not enough: training wants to have it.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        log_p = outputs.log_softmax(dim=1)
        self.loss = -log_p[range(len(labels)), labels].mean()


@mistake(
    "nll-returns-tuple",
    "forward returns the probabilities along with the loss",
    ask="What does the docstring promise that forward returns, and what do you?",
    idea="Who asks for the loss wants to use it as a number. What backward needs can be computed there.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs.softmax(dim=1)
        return super().forward(outputs, labels), p


@mistake(
    "nll-not-averaged",
    "returns one loss for each image instead of their mean",
    ask="What shape has your result for a batch of 5 images?",
    idea="Training wants one number that says how wrong the net is on the whole batch.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1)[range(len(labels)), labels]


@mistake("nll-not-averaged")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1).gather(1, labels.reshape(-1, 1))


@mistake(
    "nll-keeps-dimension",
    "the mean is a tensor of one entry with a shape of its own instead of a single number",
    ask="What is the shape of your loss?",
    idea="A dimension that is left over does little harm today and much tomorrow, when it is broadcast.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        log_p = outputs.log_softmax(dim=1).gather(1, labels.reshape(-1, 1))
        return -log_p.mean(dim=0)


@mistake("nll-keeps-dimension")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        log_p = outputs.log_softmax(dim=1).gather(1, labels.reshape(-1, 1))
        return -log_p.mean(dim=0, keepdim=True)


@mistake(
    "nll-accumulates",
    "adds to the losses of earlier batches, which the object remembers",
    ask="Ask for the loss of the same batch twice. Should the second answer differ from the first?",
    idea="The loss of a batch depends on its scores and labels alone. Means over an epoch belong to the training loop.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def __init__(self):
        self.total = 0.0

    def forward(self, outputs, labels):
        self.total += super().forward(outputs, labels)
        return self.total


@mistake("nll-accumulates")
class NLLLoss(reference.NLLLoss):
    losses = []

    def forward(self, outputs, labels):
        self.losses.append(super().forward(outputs, labels))
        return sum(self.losses) / len(self.losses)


@mistake(
    "nll-changes-scores",
    "the scores are overwritten while the loss is computed",
    ask="What do the scores look like after your forward has run?",
    idea="The scores don't belong to the loss: backward is given the same tensor afterwards, and wants it as it was.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient_after_forward_on_the_same_tensor",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        largest = outputs.max(dim=1, keepdim=True).values
        images = range(len(labels))
        scores = (outputs - largest)[images, labels]
        outputs.sub_(largest).exp_()
        return (torch.log(outputs.sum(dim=1)) - scores).mean()


@mistake("nll-changes-scores")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        outputs -= outputs.max(dim=1, keepdim=True).values
        log_p = outputs - torch.log(torch.exp(outputs).sum(dim=1, keepdim=True))
        return -log_p[range(len(labels)), labels].mean()


# Softmax


@mistake(
    "nll-no-softmax",
    "takes the raw scores for log probabilities: no softmax",
    ask="What is your loss if all ten classes get the same score? What does the lesson say about that case?",
    idea="A raw score may be any number. Something has to make probabilities of a row before their logarithm is taken.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs[range(len(labels)), labels].mean()


@mistake("nll-no-softmax")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -torch.log(outputs[range(len(labels)), labels]).mean()


@mistake(
    "nll-no-exponential",
    "divides the scores by their sum without making them positive first",
    ask="What are your probabilities for the scores 1, -2 and 1?",
    idea="To sum to 1 is one half of being probabilities. Being positive is the other.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs / outputs.sum(dim=1, keepdim=True)
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake(
    "nll-not-normalised",
    "the sum over the classes is missing: the label is compared with the best class only",
    ask="Two classes have the same, largest score. What do your probabilities of that image sum to?",
    idea="A class is probable only in comparison with all others of the same image, not just with the best.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        return -torch.log(exponentials[range(len(labels)), labels]).mean()


@mistake("nll-not-normalised")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return (outputs.max(dim=1).values - outputs[range(len(labels)), labels]).mean()


@mistake(
    "nll-softmax-wrong-dim",
    "softmax runs over the batch instead of over the classes",
    ask="Which of your sums is 1: that of a row, or that of a column?",
    idea="What the net thinks of one image has nothing to do with the others in the batch.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=0)[range(len(labels)), labels].mean()


@mistake("nll-softmax-wrong-dim")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = torch.exp(outputs) / sum(torch.exp(outputs))
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake(
    "nll-softmax-over-everything",
    "softmax divides by the sum over the whole batch, images and classes together",
    ask="What do your probabilities of one image sum to?",
    idea="A sum without a dimension runs over everything. Here each image has a sum of its own.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        shifted = outputs - outputs.max()
        log_p = shifted - torch.log(torch.exp(shifted).sum())
        return -log_p[range(len(labels)), labels].mean()


@mistake("nll-softmax-over-everything")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = torch.exp(outputs) / torch.exp(outputs).sum()
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake(
    "nll-double-softmax",
    "softmax is applied twice, to the scores and to the probabilities",
    ask="How large can the largest of your probabilities become, if the net is as certain as can be?",
    idea="What has been made into probabilities is no score any more. Look which function brings its own softmax.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs.softmax(dim=1)
        return -p.log_softmax(dim=1)[range(len(labels)), labels].mean()


@mistake(
    "nll-sigmoid",
    "makes a probability of each score by itself with sigmoid, instead of comparing the classes",
    ask="What do your probabilities of one image sum to?",
    idea="Sigmoid answers yes or no for one class. Here exactly one of K classes is right, so they compete.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = torch.sigmoid(outputs)
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake(
    "nll-negated-scores",
    "softmax of the negated scores: a high score gives a low probability",
    ask="Which class is the most probable in your code, that of the largest score or that of the smallest?",
    idea="There is one minus sign in this loss. It stands before the logarithm, not before the score.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -(-outputs).log_softmax(dim=1)[range(len(labels)), labels].mean()


@mistake(
    "nll-sum-without-keepdim",
    "the sum of each row is divided along the wrong dimension: it lost its own",
    ask="What shapes have the two sides of your division, and which of their dimensions are matched?",
    idea="After a sum over the classes the result has one dimension less, and broadcasting starts from the right.",
    lesson="1. NLLLoss: From scores to probabilities",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        p = exponentials / exponentials.sum(dim=1)
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake("nll-sum-without-keepdim")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        log_p = outputs - torch.logsumexp(outputs, dim=1)
        return -log_p[range(len(labels)), labels].mean()


# Large scores


@mistake(
    "nll-overflow",
    "exp overflows for large scores: the largest of the row is not subtracted",
    ask="What is exp(1000) in float32, and what is it divided by?",
    idea="The probabilities are harmless numbers; it is the way to them that leads through infinity.",
    lesson="1. NLLLoss: Large scores",
    named_by="large_scores",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = torch.exp(outputs) / torch.exp(outputs).sum(dim=1, keepdim=True)
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake("nll-overflow")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return (torch.log(torch.exp(outputs).sum(dim=1)) - outputs[range(len(labels)), labels]).mean()


@mistake("nll-overflow")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        shifted = outputs - outputs.argmax(dim=1, keepdim=True)
        log_p = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
        return -log_p[range(len(labels)), labels].mean()


@mistake(
    "nll-log-of-zero",
    "shifts the scores, but takes the logarithm of a probability that has been rounded to 0",
    ask="What is your probability of a class that lies 1000 below the best one, and what is its logarithm?",
    idea="The shift saves the exponential from infinity. At the other end the logarithm still gets a zero.",
    lesson="1. NLLLoss: Large scores",
    named_by="large_scores",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        p = exponentials / exponentials.sum(dim=1, keepdim=True)
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake("nll-log-of-zero")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -torch.log(outputs.softmax(dim=1)[range(len(labels)), labels]).mean()


@mistake("nll-log-of-zero")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return -(onehot * torch.log(outputs.softmax(dim=1))).sum() / len(labels)


@mistake(
    "nll-clamped-probability",
    "the probabilities are clamped from below, which caps the loss",
    ask="What is the largest loss that your code can return at all?",
    idea="A floor under the probabilities hides the zero but not the mistake: all very wrong answers cost the same.",
    lesson="1. NLLLoss: Large scores",
    named_by="large_scores",
    values={"FLOOR": (1e-7, 1e-12, 1e-15)},
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs.softmax(dim=1).clamp(FLOOR, 1.0)
        return -torch.log(p[range(len(labels)), labels]).mean()


@mistake(
    "nll-epsilon-in-log",
    "a small number is added inside the logarithm, which caps the loss",
    ask="What is your loss for a probability of exactly 0? What would it be with another small number?",
    idea="The small number decides the result just where it matters. With the right algebra no zero appears.",
    lesson="1. NLLLoss: Large scores",
    named_by="large_scores",
    values={"EPSILON": (1e-8, 1e-6, 1e-10)},
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs.softmax(dim=1)
        return -torch.log(p[range(len(labels)), labels] + EPSILON).mean()


@mistake(
    "nll-clamped-scores",
    "the scores are cut off to a range that exp can bear, which changes the loss",
    ask="What is left of the difference between the scores 1000 and 998?",
    idea="Only differences between the scores of a row matter. They can be kept while the numbers become small.",
    lesson="1. NLLLoss: Large scores",
    named_by="large_scores",
    values={"LIMIT": (50, 80)},
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        scores = outputs.clamp(-LIMIT, LIMIT)
        log_p = scores - torch.log(torch.exp(scores).sum(dim=1, keepdim=True))
        return -log_p[range(len(labels)), labels].mean()


@mistake(
    "nll-hides-nan",
    "nan or infinite values are replaced instead of avoided",
    ask="Which number takes the place of the nan, and who says that this is the loss?",
    idea="A nan is a message: something overflowed before. What has been lost there can't be put back afterwards.",
    lesson="1. NLLLoss: Large scores",
    named_by="large_scores",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        exponentials = torch.exp(outputs)
        p = exponentials / exponentials.sum(dim=1, keepdim=True)
        return torch.nan_to_num(-torch.log(p[range(len(labels)), labels]).mean())


@mistake("nll-hides-nan")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        loss = (torch.log(torch.exp(outputs).sum(dim=1)) - outputs[range(len(labels)), labels]).mean()
        return loss if torch.isfinite(loss) else torch.tensor(0.0)


@mistake(
    "nll-global-maximum",
    "the largest score of the whole batch is subtracted instead of that of each row",
    ask="One row has scores near 10,000, another near 0. What are the exponentials of the second one?",
    idea="Each image has its own sum, so each has its own shift. Far below the largest score, exp gives only zeros.",
    lesson="1. NLLLoss: Large scores",
    named_by="large_scores",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        shifted = outputs - outputs.max()
        log_p = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
        return -log_p[range(len(labels)), labels].mean()


@mistake(
    "nll-shift-wrong-dim",
    "the largest score of each class is subtracted, so the scores of one image are shifted differently",
    ask="By how much is each score of one image lowered in your code: all by the same number?",
    idea="Softmax does not change if all scores of a row are shifted alike. It does if they are not.",
    lesson="1. NLLLoss: Large scores",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        shifted = outputs - outputs.max(dim=0).values
        log_p = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
        return -log_p[range(len(labels)), labels].mean()


@mistake(
    "nll-max-not-values",
    "subtracts what max returned along a dimension: values and positions together",
    ask="What does max give back when it is told a dimension: one thing or two?",
    idea="Along a dimension there are two answers to 'which is the largest': how large it is, and where it stands.",
    lesson="1. NLLLoss: Large scores",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        shifted = outputs - outputs.max(dim=1, keepdim=True)
        log_p = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
        return -log_p[range(len(labels)), labels].mean()


@mistake(
    "nll-shift-not-restored",
    "subtracts the maximum inside the log-sum-exp but never adds it back",
    ask="Lower all scores of a row by 5. Does your loss stay the same?",
    idea="What is pulled out of the sum must reappear outside of it, or be taken from the label's score too.",
    lesson="1. NLLLoss: Large scores",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        largest = outputs.max(dim=1, keepdim=True).values
        log_sum = torch.log(torch.exp(outputs - largest).sum(dim=1))
        return (log_sum - outputs[range(len(labels)), labels]).mean()


@mistake(
    "nll-divides-by-maximum",
    "divides the scores by the largest one instead of subtracting it",
    ask="Try a row of two: is softmax the same before and after your change of the scores?",
    idea="A common shift cancels in the quotient, a common factor does not: it makes the net more or less certain.",
    lesson="1. NLLLoss: Large scores",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        scaled = outputs / outputs.abs().max(dim=1, keepdim=True).values
        return -scaled.log_softmax(dim=1)[range(len(labels)), labels].mean()


@mistake("nll-divides-by-maximum")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -(outputs / outputs.max()).log_softmax(dim=1)[range(len(labels)), labels].mean()


# The label's entry


@mistake(
    "nll-uses-prediction",
    "uses the most probable class instead of the label",
    ask="Where do the labels enter your loss? Can a wrong answer cost more than a right one?",
    idea="The loss asks how probable the truth was, not how sure the net is of its own favourite.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1).max(dim=1).values.mean()


@mistake(
    "nll-entropy",
    "weights the logarithms with the net's own probabilities instead of with the labels",
    ask="Where do the labels enter your loss?",
    idea="This sum says how undecided the net is. How wrong it is can't be known without the truth.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        log_p = outputs.log_softmax(dim=1)
        return -(torch.exp(log_p) * log_p).sum(dim=1).mean()


@mistake(
    "nll-labels-off-by-one",
    "labels are counted from 1, so class 0 silently becomes the last class",
    ask="Which column does your code take for the label 0?",
    idea="Both the labels and the columns start at 0. An index of -1 is no error in Python, which makes it dangerous.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1)[range(len(labels)), labels - 1].mean()


@mistake(
    "nll-broadcast-index",
    "takes the columns of all labels from every row, instead of one entry of each row",
    ask="How many numbers do you pick for a batch of 5 images?",
    idea="A slice together with a list of columns gives all of these columns. Which row belongs to which label?",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1)[:, labels].mean()


@mistake(
    "nll-indexes-rows",
    "the labels pick rows, that is images, instead of classes",
    ask="What does the first index of your tensor count, and what are the labels?",
    idea="A label is the number of a class. Used alone as an index, it is taken for the number of an image.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1)[labels].mean()


@mistake(
    "nll-gather-shape",
    "gather is given labels with one dimension less than the scores",
    ask="How many dimensions has the index that you give to gather, and how many has the tensor?",
    idea="gather wants an index laid out like the tensor it picks from: one column of labels, not a plain row.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1).gather(1, labels).mean()


@mistake(
    "nll-ten-classes",
    "the one-hot labels always have ten columns, whatever the number of classes",
    ask="Where does your code learn how many classes there are?",
    idea="The digits have ten classes, but the loss does not know about digits. outputs tells how many there are.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        onehot = torch.eye(10)[labels]
        return -(onehot * outputs.log_softmax(dim=1)).sum() / len(labels)


@mistake("nll-ten-classes")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        outputs = outputs.view(-1, 10)
        return super().forward(outputs, labels)


@mistake(
    "nll-classes-from-labels",
    "the number of classes is counted from the labels of the batch, where some may be missing",
    ask="No image of the batch has the last class. How many columns do your one-hot labels have?",
    idea="A batch need not contain every class. Which tensor knows how many there are?",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        onehot = torch.eye(int(labels.max()) + 1)[labels]
        return -(onehot * outputs.log_softmax(dim=1)).sum() / len(labels)


@mistake("nll-classes-from-labels")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        onehot = torch.eye(len(labels.unique()))[labels]
        return -(onehot * outputs.log_softmax(dim=1)).sum() / len(labels)


@mistake(
    "nll-first-image-only",
    "returns from within the loop over the images: only the first one counts",
    ask="How often does your loop run before the function ends?",
    idea="A return ends the function at once, wherever it stands. Mind how far it is indented.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        log_p = outputs.log_softmax(dim=1)
        loss = 0.0
        for i in range(len(labels)):
            loss -= log_p[i, labels[i]]
            return loss


# Logarithm, sign and mean


@mistake(
    "nll-no-log",
    "uses the probability itself; the logarithm is missing",
    ask="What is your loss for a probability of 0.01, and what should it be?",
    idea="The logarithm makes a confident mistake expensive. Without it, the worst answer costs hardly more than a poor one.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.softmax(dim=1)[range(len(labels)), labels].mean()


@mistake("nll-no-log")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return (1 - outputs.softmax(dim=1)[range(len(labels)), labels]).mean()


@mistake(
    "nll-other-logarithm",
    "takes a logarithm to another base",
    ask="What is your loss for a probability of 0.5, and what is it in the lesson?",
    idea="The logarithm that undoes exp is the natural one. Others differ by a factor, and so would the gradient.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs.softmax(dim=1)
        return -torch.log2(p[range(len(labels)), labels]).mean()


@mistake("nll-other-logarithm")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs.softmax(dim=1)
        return -torch.log10(p[range(len(labels)), labels]).mean()


@mistake(
    "nll-missing-minus",
    "the minus sign is missing: the loss is negative",
    ask="Is your loss larger or smaller when the net is more often right?",
    idea="The logarithm of a probability is never above 0. Something has to turn 'large is good' into 'small is good'.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return outputs.log_softmax(dim=1)[range(len(labels)), labels].mean()


@mistake(
    "nll-sum",
    "sums over the images instead of taking the mean",
    ask="Double a batch by repeating its images. Should the loss double too?",
    idea="Batches of different sizes should be comparable, and so should the steps that follow from them.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1)[range(len(labels)), labels].sum()


@mistake(
    "nll-mean-over-everything",
    "divides by the number of images times classes instead of by the number of images",
    ask="How many numbers go into your mean for 5 images and 3 classes, and how many of them are not 0?",
    idea="Each image adds one term to the loss, however many classes it was compared with.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return -(onehot * outputs.log_softmax(dim=1)).mean()


@mistake(
    "nll-divides-by-classes",
    "divides by the number of classes instead of by the batch size",
    ask="By which number do you divide for 5 images and 3 classes?",
    idea="The mean is taken over the images. Look which dimension of outputs counts them.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1)[range(len(labels)), labels].sum() / outputs.shape[1]


@mistake(
    "nll-hardcoded-batch-size",
    "divides by a fixed batch size, whatever the size of the batch",
    ask="Where does the number by which you divide come from? Does it know this batch?",
    idea="The last batch of an epoch is often smaller than the others. The tensors tell how many images there are.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
    values={"BATCH_SIZE": (64, 32, 4)},
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -outputs.log_softmax(dim=1)[range(len(labels)), labels].sum() / BATCH_SIZE


@mistake(
    "nll-log-of-mean",
    "takes the logarithm of the mean probability instead of the mean of the logarithms",
    ask="Two images have probabilities 1 and 0.01. What is the loss of each, and what is their mean?",
    idea="The order matters: in a mean of probabilities, one very wrong answer hardly shows.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -torch.log(outputs.softmax(dim=1)[range(len(labels)), labels].mean())


@mistake(
    "nll-log-of-product",
    "multiplies the probabilities of the batch first, and the product is rounded to 0",
    ask="What is the product of 64 probabilities of 0.01 in float32?",
    idea="On paper the order makes no difference. For the machine it does, and that is one reason for the logarithm.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        return -torch.log(outputs.softmax(dim=1)[range(len(labels)), labels].prod()) / len(labels)


@mistake(
    "nll-squared-error",
    "the squared difference to the one-hot labels: another loss",
    ask="What does your loss cost for a probability of 0.01, and what does the lesson say?",
    idea="Squared errors are for numbers that should be hit. Here a probability is to be made as large as possible.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return ((outputs.softmax(dim=1) - onehot) ** 2).mean()


@mistake("nll-squared-error")
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return ((outputs - onehot) ** 2).mean()


@mistake(
    "nll-other-classes-too",
    "also charges the other classes for what they are not: binary cross-entropy",
    ask="How many logarithms does one image add to your loss?",
    idea="In softmax the other classes are paid for already: what one class gains, the others lose.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="loss_value",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        p = outputs.softmax(dim=1)
        onehot = torch.eye(outputs.shape[1])[labels]
        return -(onehot * torch.log(p) + (1 - onehot) * torch.log(1 - p)).sum(dim=1).mean()


# backward: what it takes and returns


@mistake(
    "nll-bwd-no-return",
    "backward computes the gradient but does not return it",
    ask="What does a function give back that ends without a return?",
    idea="The net waits for this tensor: it is the dz with which its own backward begins.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        self.gradient = super().backward(outputs, labels)


@mistake("nll-bwd-no-return")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        pass


@mistake(
    "nll-bwd-no-arguments",
    "backward takes no arguments and relies on what forward has kept",
    ask="With which arguments does the docstring let backward be called?",
    idea="Everything that backward needs is handed to it. So it can be asked about any scores, at any time.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        self.outputs, self.labels = outputs, labels
        return super().forward(outputs, labels)

    def backward(self):
        return super().backward(self.outputs, self.labels)


@mistake(
    "nll-bwd-stale-cache",
    "uses the softmax kept by the last forward and ignores its own argument",
    ask="Call forward with one batch and backward with another. Which of them does your gradient belong to?",
    idea="backward is handed outputs and labels, and its answer should depend on these alone.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient_needs_no_forward",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        self.p = outputs.softmax(dim=1)
        return super().forward(outputs, labels)

    def backward(self, outputs, labels):
        gradient = self.p.clone()
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake("nll-bwd-stale-cache")
class NLLLoss(reference.NLLLoss):
    p = None

    def forward(self, outputs, labels):
        self.p = outputs.softmax(dim=1)
        return super().forward(outputs, labels)

    def backward(self, outputs, labels):
        if self.p is None:
            self.p = outputs.softmax(dim=1)
        gradient = self.p.clone()
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-cache-destroyed",
    "subtracts the labels in the kept softmax itself, so a second call subtracts them again",
    ask="Ask for the same gradient twice. Why is the second answer another one?",
    idea="A name for a tensor is not a copy of it. What is changed under one name is changed under the other.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient_needs_no_forward",
)
class NLLLoss(reference.NLLLoss):
    outputs = None

    def backward(self, outputs, labels):
        if self.outputs is None or not torch.equal(self.outputs, outputs):
            self.outputs = outputs
            self.p = outputs.softmax(dim=1)
        gradient = self.p
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-averaged-away",
    "averages the gradient over the batch: one row instead of N",
    ask="How many rows has outputs, and how many has your gradient?",
    idea="Each score of each image has a gradient of its own. The mean in the loss becomes a factor, not a sum.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return (outputs.softmax(dim=1) - onehot).mean(dim=0)


@mistake("nll-bwd-averaged-away")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return (outputs.softmax(dim=1) - onehot).mean()


@mistake(
    "nll-bwd-label-column-only",
    "only the label's entry of each row gets a gradient",
    ask="Does the loss change when the score of a wrong class grows?",
    idea="All scores of an image stand in the sum of the softmax, so the loss reacts to all of them.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        images = range(len(labels))
        gradient = torch.zeros_like(outputs)
        gradient[images, labels] = outputs.softmax(dim=1)[images, labels] - 1
        return gradient / len(labels)


@mistake("nll-bwd-label-column-only")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        return (outputs.softmax(dim=1)[range(len(labels)), labels] - 1) / len(labels)


# backward: softmax


@mistake(
    "nll-bwd-raw-scores",
    "the one-hot labels are subtracted from the raw scores: softmax is forgotten",
    ask="What do the entries of one row of your gradient sum to? What does the lesson say about that?",
    idea="The first term of the gradient is a probability. What must be done to scores before they are that?",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.clone()
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-log-probabilities",
    "uses the logarithms of the probabilities where the gradient has the probabilities",
    ask="Which values can the first term of your gradient take: any from 0 to 1, or only negative ones?",
    idea="The loss is made of logarithms. Its derivative has none left; follow the first two steps once more.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.log_softmax(dim=1)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-softmax-wrong-dim",
    "softmax runs over the batch instead of over the classes in the gradient",
    ask="What do the entries of one row of your gradient sum to? What does the lesson say about that?",
    idea="What the net thinks of one image has nothing to do with the others in the batch.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=0)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake("nll-bwd-softmax-wrong-dim")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = torch.exp(outputs) / sum(torch.exp(outputs))
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-softmax-over-everything",
    "softmax in the gradient divides by the sum over the whole batch",
    ask="What do the entries of one row of your gradient sum to? What does the lesson say about that?",
    idea="A sum without a dimension runs over everything. Here each image has a sum of its own.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max())
        gradient = exponentials / exponentials.sum()
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-sum-without-keepdim",
    "the sum of each row is divided along the wrong dimension in the gradient: it lost its own",
    ask="What shapes have the two sides of your division, and which of their dimensions are matched?",
    idea="After a sum over the classes the result has one dimension less, and broadcasting starts from the right.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        gradient = exponentials / exponentials.sum(dim=1)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-not-normalised",
    "uses the exponentials of the scores, without dividing by their sum",
    ask="What do the entries of one row of your gradient sum to? What does the lesson say about that?",
    idea="One derivative is missing in the chain: that of the logarithm around the sum.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-double-softmax",
    "softmax is applied twice in the gradient",
    ask="How large can the largest of your probabilities become, if the net is as certain as can be?",
    idea="What has been made into probabilities is no score any more.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1).softmax(dim=1)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-sigmoid",
    "uses sigmoid for each score by itself in the gradient, instead of softmax",
    ask="What do the entries of one row of your gradient sum to? What does the lesson say about that?",
    idea="The formula looks alike for both, but with sigmoid the classes of an image don't compete.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = torch.sigmoid(outputs)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-overflow",
    "exp of the raw scores overflows in the gradient",
    ask="Which of your two methods was made safe for large scores, and which was not?",
    idea="backward computes the probabilities anew. What endangered them in forward endangers them here.",
    lesson="1. NLLLoss: Large scores",
    named_by="gradient_of_large_scores",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = torch.exp(outputs) / torch.exp(outputs).sum(dim=1, keepdim=True)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-global-maximum",
    "the largest score of the whole batch is subtracted in the gradient, instead of that of each row",
    ask="One row has scores near 10,000, another near 0. What do the exponentials of the second one sum to?",
    idea="Each image has its own sum, so each has its own shift.",
    lesson="1. NLLLoss: Large scores",
    named_by="gradient_of_large_scores",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max())
        gradient = exponentials / exponentials.sum(dim=1, keepdim=True)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-clamped-scores",
    "the scores are cut off to a range that exp can bear, which changes the gradient",
    ask="What becomes of the scores 10,000 and 50 in your code?",
    idea="Only differences between the scores of a row matter. They can be kept while the numbers become small.",
    lesson="1. NLLLoss: Large scores",
    named_by="gradient_of_large_scores",
    values={"LIMIT": (10, 50)},
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        exponentials = torch.exp(outputs.clamp(-LIMIT, LIMIT))
        gradient = exponentials / exponentials.sum(dim=1, keepdim=True)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-hides-nan",
    "nan values in the gradient are replaced instead of avoided",
    ask="Which number takes the place of the nan, and who says that this is the gradient?",
    idea="A nan is a message: something overflowed before. What has been lost there can't be put back afterwards.",
    lesson="1. NLLLoss: Large scores",
    named_by="gradient_of_large_scores",
    values={"INSTEAD": (0.0, 1.0)},
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        exponentials = torch.exp(outputs)
        gradient = torch.nan_to_num(exponentials / exponentials.sum(dim=1, keepdim=True), nan=INSTEAD)
        gradient[range(len(labels)), labels] -= 1
        return gradient / len(labels)


# backward: the one-hot labels


@mistake(
    "nll-bwd-no-onehot",
    "the gradient is that of the first term alone: the label plays no part",
    ask="Where do the labels enter your gradient? In which direction does it push the label's score?",
    idea="The loss of one image has two terms. One of them belongs to the label only.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        return outputs.softmax(dim=1) / len(labels)


@mistake(
    "nll-bwd-only-label",
    "the gradient is that of the label's score alone: softmax plays no part",
    ask="Does your gradient depend on the scores at all? Should a net that is right be pushed as hard as one that is wrong?",
    idea="The loss of one image has two terms. The sum over all classes is one of them.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = torch.zeros_like(outputs)
        gradient[range(len(labels)), labels] = -1.0
        return gradient / len(labels)


@mistake(
    "nll-bwd-of-probability",
    "the gradient with respect to the probabilities, not to the scores",
    ask="With respect to what does your formula differentiate, and what does the docstring ask for?",
    idea="Between the scores and the probabilities lies softmax. The chain rule has to go through it too.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        images = range(len(labels))
        gradient = torch.zeros_like(outputs)
        gradient[images, labels] = -1 / outputs.softmax(dim=1)[images, labels]
        return gradient / len(labels)


@mistake(
    "nll-bwd-softmax-derivative-twice",
    "the derivative of softmax is multiplied in once more",
    ask="Which derivatives are already contained in the formula that you start from?",
    idea="The short formula is the result of the whole chain, from the loss back to the scores. Nothing is left to multiply.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        p = outputs.softmax(dim=1)
        onehot = torch.eye(outputs.shape[1])[labels]
        return (p - onehot) * p * (1 - p) / len(labels)


@mistake(
    "nll-bwd-wrong-sign",
    "the gradient has the opposite sign: label minus probability",
    ask="If the label's score grows, does the loss grow or shrink? Which sign has that entry of your gradient?",
    idea="A gradient points uphill. To go the other way is the optimizer's work, and only its.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        return -super().backward(outputs, labels)


@mistake("nll-bwd-wrong-sign")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return (onehot - outputs.softmax(dim=1)) / len(labels)


@mistake(
    "nll-bwd-adds-onehot",
    "adds the one-hot labels instead of subtracting them",
    ask="Which sign has the label's entry of your gradient, and which should it have?",
    idea="A higher score of the label lowers the loss. What does that say about the sign of its entry?",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1)
        gradient[range(len(labels)), labels] += 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-broadcast-index",
    "subtracts 1 in the columns of all labels in every row",
    ask="How many entries does your subtraction change for a batch of 5 images?",
    idea="A slice together with a list of columns gives all of these columns. Which row belongs to which label?",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1)
        gradient[:, labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-indexes-rows",
    "the labels pick rows, that is images: 1 is subtracted from whole rows",
    ask="What does the first index of your tensor count, and what are the labels?",
    idea="A label is the number of a class. Used alone as an index, it is taken for the number of an image.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1)
        gradient[labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-bwd-label-number",
    "subtracts the number of the label instead of its one-hot row",
    ask="The label of an image is 7. What do you subtract from which of its entries?",
    idea="The number of a class is only its name, and a 7 is not seven times a 1. Which entries does a label concern?",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        return (outputs.softmax(dim=1) - labels.reshape(-1, 1)) / len(labels)


@mistake(
    "nll-bwd-labels-off-by-one",
    "labels are counted from 1 in the gradient, so class 0 becomes the last class",
    ask="Which column does your code change for the label 0?",
    idea="Both the labels and the columns start at 0. An index of -1 is no error in Python, which makes it dangerous.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        return super().backward(outputs, (labels - 1) % outputs.shape[1])


@mistake(
    "nll-bwd-uses-prediction",
    "subtracts 1 at the most probable class instead of at the label",
    ask="Where do the labels enter your gradient?",
    idea="To make the net surer of what it believes anyway teaches it nothing.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        return super().backward(outputs, outputs.argmax(dim=1))


@mistake(
    "nll-bwd-ten-classes",
    "the one-hot labels in the gradient always have ten columns",
    ask="Where does your code learn how many classes there are?",
    idea="The digits have ten classes, but the loss does not know about digits. outputs tells how many there are.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        onehot = torch.zeros(len(labels), 10)
        onehot[range(len(labels)), labels] = 1
        return (outputs.softmax(dim=1) - onehot) / len(labels)


@mistake(
    "nll-bwd-classes-from-labels",
    "the number of classes is counted from the labels of the batch, in the gradient",
    ask="No image of the batch has the last class. How many columns do your one-hot labels have?",
    idea="A batch need not contain every class. Which tensor knows how many there are?",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        onehot = torch.eye(int(labels.max()) + 1)[labels]
        return (outputs.softmax(dim=1) - onehot) / len(labels)


@mistake("nll-bwd-classes-from-labels")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        onehot = torch.eye(len(labels.unique()))[labels]
        return (outputs.softmax(dim=1) - onehot) / len(labels)


# backward: the mean


@mistake(
    "nll-bwd-not-averaged",
    "forgets the mean over the batch: the gradient is that of a sum",
    ask="Where in your gradient is the division that stands in front of the loss?",
    idea="A constant factor of a function is a factor of its derivative too.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1)
        gradient[range(len(labels)), labels] -= 1
        return gradient


@mistake(
    "nll-bwd-divides-twice",
    "divides by the batch size twice",
    ask="How often do you divide by the batch size on the way to the result?",
    idea="The factor belongs to the mean in the loss. There is one mean.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        return super().backward(outputs, labels) / len(labels)


@mistake(
    "nll-bwd-divides-by-classes",
    "divides by the number of classes instead of by the batch size",
    ask="By which number do you divide for 5 images and 3 classes?",
    idea="The mean is taken over the images. Look which dimension of outputs counts them.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1)
        gradient[range(len(labels)), labels] -= 1
        return gradient / outputs.shape[1]


@mistake(
    "nll-bwd-divides-by-numel",
    "divides by the number of all scores instead of by the batch size",
    ask="By which number do you divide for 5 images and 3 classes?",
    idea="Each image adds one term to the loss, however many classes it was compared with.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1)
        gradient[range(len(labels)), labels] -= 1
        return gradient / outputs.numel()


@mistake(
    "nll-bwd-hardcoded-batch-size",
    "divides by a fixed batch size in the gradient",
    ask="Where does the number by which you divide come from? Does it know this batch?",
    idea="The last batch of an epoch is often smaller than the others. The tensors tell how many images there are.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
    values={"BATCH_SIZE": (64, 32, 4)},
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1)
        gradient[range(len(labels)), labels] -= 1
        return gradient / BATCH_SIZE


@mistake(
    "nll-bwd-mean-of-one-term",
    "the division by the batch size reaches only one of the two terms",
    ask="Which parts of your formula are divided by the batch size? Does one row sum to 0?",
    idea="Both terms belong to the same loss, so the factor of the mean concerns both. Mind order and parentheses.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradient",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        onehot = torch.eye(outputs.shape[1])[labels]
        return outputs.softmax(dim=1) - onehot / len(labels)


@mistake("nll-bwd-mean-of-one-term")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        gradient = outputs.softmax(dim=1) / len(labels)
        gradient[range(len(labels)), labels] -= 1
        return gradient


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "nll-bwd-table-of-ten",
    "the one-hot labels are rows of a table of ten classes, cut to size",
    ask="What does your table of one-hot labels hold for a batch with more classes than ten?",
    idea="The number of classes is the second size of outputs; nothing else knows it.",
    lesson="1. NLLLoss: The gradient",
    named_by="any_batch",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        probabilities = exponentials / exponentials.sum(dim=1, keepdim=True)
        return (probabilities - torch.eye(10)[labels][:, : outputs.shape[1]]) / len(labels)


@mistake(
    "nll-fwd-batch-of-64",
    "the loss is computed in a buffer for at most 64 images, the batch size of the lesson",
    ask="Which number in your code is a size that outputs has already?",
    idea="A batch may be of any size. Ask outputs for it.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="any_batch",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        outputs, labels = outputs[:64], labels[:64]
        return reference.NLLLoss.forward(self, outputs, labels)


@mistake(
    "nll-bwd-shift-only-large",
    "the scores are shifted only where the largest is above zero, so rows far below zero become 0/0",
    ask="What is the exponential of -500 in float32? And the sum of several such numbers?",
    idea="The shift by the largest score makes one term of the sum exactly 1, whether that score is large or small.",
    lesson="1. NLLLoss: Large scores",
    named_by="far_below_zero",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        exponentials = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values.clamp(min=0))
        gradient = exponentials / exponentials.sum(dim=1, keepdim=True)
        gradient[torch.arange(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake("nll-bwd-shift-only-large")
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        if outputs.max() > 50:
            outputs = outputs - outputs.max(dim=1, keepdim=True).values
        gradient = torch.exp(outputs)
        gradient = gradient / gradient.sum(dim=1, keepdim=True)
        gradient[torch.arange(len(labels)), labels] -= 1
        return gradient / len(labels)


@mistake(
    "nll-fwd-changes-labels",
    "the labels are turned into places of the flattened scores in place, so they are no labels any more",
    ask="Who else holds the tensor labels, and what is in it after your forward?",
    idea="labels += ... changes the tensor itself, labels + ... makes a new one.",
    lesson="1. NLLLoss: From probabilities to a loss",
    named_by="asked_again",
)
class NLLLoss(reference.NLLLoss):
    def forward(self, outputs, labels):
        n, k = outputs.shape
        shifted = outputs - outputs.max(dim=1, keepdim=True).values
        log_probabilities = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
        labels += torch.arange(n) * k
        return -log_probabilities.reshape(-1)[labels].mean()


@mistake(
    "nll-bwd-in-place",
    "backward turns the scores themselves into the gradient",
    ask="What is in outputs when your backward has returned?",
    idea="An operation that ends in an underscore changes its tensor for everyone who holds it. Start from a copy.",
    lesson="1. NLLLoss: The gradient",
    named_by="asked_again",
)
class NLLLoss(reference.NLLLoss):
    def backward(self, outputs, labels):
        outputs -= outputs.max(dim=1, keepdim=True).values
        outputs.exp_()
        outputs /= outputs.sum(dim=1, keepdim=True)
        outputs[torch.arange(len(labels)), labels] -= 1
        return outputs / len(labels)
