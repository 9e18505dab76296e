"""Known mistakes of nll_gradient, as functions and as formulas. Read as text by the grader."""


@mistake(
    "nll-grad-not-averaged",
    "the gradient of the sum over the batch: the mean is forgotten",
    ask="L is a mean over N observations. Where is that in your gradient?",
    idea="A constant factor of a function is a factor of its derivative too.",
    lesson="5. The gradient with respect to the scores: The mean",
    named_by="batch",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return p - t


mistake("nll-grad-not-averaged")
nll_gradient = "p_nk - t_nk"


@mistake(
    "nll-grad-divides-twice",
    "divides by the number of observations twice",
    ask="How often do you divide by the number of observations on the way to the result?",
    idea="The factor belongs to the mean in L. There is one mean.",
    lesson="5. The gradient with respect to the scores: The mean",
    named_by="batch",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p - t) / len(z) ** 2


mistake("nll-grad-divides-twice")
nll_gradient = "(p_nk - t_nk) / N ** 2"


@mistake(
    "nll-grad-divides-by-classes",
    "divides by the number of classes instead of by that of the observations",
    ask="By which number do you divide for 5 observations and 3 classes?",
    idea="The mean in L is taken over the observations.",
    lesson="5. The gradient with respect to the scores: The mean",
    named_by="batch",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p - t) / z.shape[1]


mistake("nll-grad-divides-by-classes")
nll_gradient = "(p_nk - t_nk) / K"


@mistake(
    "nll-grad-divides-by-all",
    "divides by the number of all scores",
    ask="By which number do you divide for 5 observations and 3 classes?",
    idea="Each observation adds one term to L, however many classes there are.",
    lesson="5. The gradient with respect to the scores: The mean",
    named_by="batch",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p - t) / z.numel()


mistake("nll-grad-divides-by-all")
nll_gradient = "(p_nk - t_nk) / (N * K)"


@mistake(
    "nll-grad-mean-of-one-term",
    "the division by N reaches only one of the two terms",
    ask="Which parts of your formula are divided? Does a row sum to 0?",
    idea="Both terms belong to the same loss, so the factor of the mean concerns both. Mind the parentheses.",
    lesson="5. The gradient with respect to the scores: The mean",
    named_by="batch",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return p - t / len(z)


mistake("nll-grad-mean-of-one-term")
nll_gradient = "p_nk - t_nk / N"


@mistake("nll-grad-mean-of-one-term")
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return p / len(z) - t


mistake("nll-grad-mean-of-one-term")
nll_gradient = "p_nk / N - t_nk"


@mistake(
    "nll-grad-averaged-away",
    "the rows are averaged: one row instead of N",
    ask="How many scores are there, and how many entries has your gradient?",
    idea="The factor of the mean stays in front of every row. The rows stay apart.",
    lesson="5. The gradient with respect to the scores: The mean",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p - t).mean(dim=0)


@mistake(
    "nll-grad-wrong-sign",
    "the gradient of the log likelihood: the minus sign of L is lost",
    ask="If the label's score grows, does L grow or shrink? Which sign has that entry of your gradient?",
    idea="L has a minus sign in front. Follow it through your chain.",
    lesson="5. The gradient with respect to the scores: Laws to check with",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (t - p) / len(z)


mistake("nll-grad-wrong-sign")
nll_gradient = "(t_nk - p_nk) / N"


@mistake(
    "nll-grad-adds-one-hot",
    "the one-hot label is added",
    ask="Which sign has the label's entry of your gradient, and which should it have?",
    idea="A row sums to 0: when all scores grow alike, nothing changes.",
    lesson="5. The gradient with respect to the scores: Laws to check with",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p + t) / len(z)


mistake("nll-grad-adds-one-hot")
nll_gradient = "(p_nk + t_nk) / N"


@mistake(
    "nll-grad-of-probabilities",
    "the gradient with respect to the probabilities: the chain ends too early",
    ask="With respect to what did you differentiate, and what was asked for?",
    idea="Between the scores and the probabilities lies softmax. The chain has to go through it.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return -t / p / len(z)


mistake("nll-grad-of-probabilities")
nll_gradient = "-t_nk / p_nk / N"


@mistake(
    "nll-grad-own-path-only",
    "only the way through the own probability is followed: the diagonal of the Jacobian alone",
    ask="Through which probabilities does the score of a wrong class reach the loss?",
    idea="The score of any class stands in the denominator of the label's probability.",
    lesson="5. The gradient with respect to the scores: Every path counts",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return -t * (1 - p) / len(z)


mistake("nll-grad-own-path-only")
nll_gradient = "-t_nk * (1 - p_nk) / N"


@mistake(
    "nll-grad-outer-path-only",
    "only the way through the other probabilities is followed",
    ask="Does the label's own score reach the loss as the others do?",
    idea="The Jacobian has entries on its diagonal too, and they are of another form.",
    lesson="5. The gradient with respect to the scores: Every path counts",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return p / len(z)


mistake("nll-grad-outer-path-only")
nll_gradient = "p_nk / N"


@mistake(
    "nll-grad-only-label",
    "softmax plays no part: minus one at the label, else 0",
    ask="Does your gradient depend on the scores at all?",
    idea="The logarithm of a quotient is a difference. You have differentiated one of its parts.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return -t / len(z)


mistake("nll-grad-only-label")
nll_gradient = "-t_nk / N"


@mistake(
    "nll-grad-softmax-twice",
    "the derivative of softmax is multiplied in once more",
    ask="Which derivatives are already contained in the formula that you start from?",
    idea="The short formula is the result of the whole chain. Nothing is left to multiply.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p - t) * p * (1 - p) / len(z)


mistake("nll-grad-softmax-twice")
nll_gradient = "(p_nk - t_nk) * p_nk * (1 - p_nk) / N"


@mistake(
    "nll-grad-jacobian-forgets-label",
    "the Jacobian is multiplied with the one-hot label, not with the derivative of the logarithm",
    ask="Where is the derivative of the logarithm in your chain?",
    idea="A chain has a factor for each of its links: here the logarithm, and softmax.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    own = p[rows, labels].unsqueeze(1)
    return (own * p - t * own) / len(z)


mistake("nll-grad-jacobian-forgets-label")
nll_gradient = "p_ny * (p_nk - t_nk) / N"


@mistake(
    "nll-grad-raw-scores",
    "the one-hot label is subtracted from the scores: softmax is forgotten",
    ask="Where in your answer is softmax?",
    idea="The derivative of the logarithm of the sum of exponentials is made of exponentials again.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (z - t) / len(z)


mistake("nll-grad-raw-scores")
nll_gradient = "(z_nk - t_nk) / N"


@mistake(
    "nll-grad-log-softmax",
    "logarithms of the probabilities stand where the probabilities should",
    ask="What does a logarithm become when it is differentiated?",
    idea="How large can an entry of your gradient become? Can a net that is nearly right be pushed that hard?",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p.log() - t) / len(z)


mistake("nll-grad-log-softmax")
nll_gradient = "(log(p_nk) - t_nk) / N"


@mistake(
    "nll-grad-softmax-over-batch",
    "softmax runs over the batch instead of the classes",
    ask="Over which index do the probabilities sum to 1?",
    idea="What the scores of one observation say has nothing to do with the others.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    return (z.softmax(dim=0) - torch.eye(z.shape[1])[labels]) / len(z)


@mistake(
    "nll-grad-label-number",
    "the number of the label is subtracted instead of its one-hot row",
    ask="The label of a row is 4. What do you subtract from which of its entries?",
    idea="The number of a class is only its name. Which entries does a label concern?",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    rows = range(len(labels))
    t = torch.eye(z.shape[1])[labels]
    return (p - labels.reshape(-1, 1)) / len(z)


@mistake(
    "nll-grad-broadcast-index",
    "1 is subtracted in the columns of all labels in every row",
    ask="How many entries does your subtraction change for 5 rows?",
    idea="A slice together with a list of columns gives all of these columns. Which row belongs to which label?",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="batch",
)
def nll_gradient(z, labels):
    p = z.softmax(dim=1)
    p[:, labels] -= 1
    return p / len(z)


@mistake(
    "nll-grad-labels-off-by-one",
    "labels are counted from 1",
    ask="Which column does your code change for the label 0?",
    idea="Both labels and columns start at 0.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="one_observation",
)
def nll_gradient(z, labels):
    return reference.nll_gradient(z, (labels - 1) % z.shape[1])


@mistake(
    "nll-grad-table-of-ten",
    "the one-hot labels are rows of a table of ten classes, cut to size",
    ask="What does your table of one-hot labels hold for more classes than ten?",
    idea="The number of classes is the second size of z; nothing else knows it.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="any_batch",
)
def nll_gradient(z, labels):
    t = torch.zeros(z.shape)
    t[:, :10] = torch.eye(11)[labels.clamp(max=10)][:, : min(10, z.shape[1])]
    return (z.softmax(dim=1) - t) / len(z)


@mistake(
    "nll-grad-in-place",
    "the scores themselves are turned into the gradient",
    ask="What is in z when your function has returned?",
    idea="An operation that ends in an underscore changes its tensor for everyone who holds it.",
    lesson="5. The gradient with respect to the scores: The chain",
    named_by="any_batch",
)
def nll_gradient(z, labels):
    z.exp_()
    z /= z.sum(dim=1, keepdim=True)
    z[range(len(labels)), labels] -= 1
    return z / len(labels)
