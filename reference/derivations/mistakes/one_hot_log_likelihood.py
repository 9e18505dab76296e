"""Known mistakes of one_hot_log_likelihood, as functions and as formulas. Read as text by the grader."""


@mistake(
    "onehot-no-log",
    "the probabilities of the labels are summed without a logarithm",
    ask="Which function stands in front of every probability of the double sum?",
    idea="A zero in y takes a whole term away, logarithm and all. A one leaves the whole term as it is.",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return p[range(len(labels)), labels].sum()


mistake("onehot-no-log")
one_hot_log_likelihood = "Sum(p_ny, n)"


@mistake(
    "onehot-log-of-sum",
    "one logarithm is taken of the sum of the labels' probabilities",
    ask="How many logarithms are left of the double sum, for 5 labels?",
    idea="Every observation keeps one term, with a logarithm of its own.",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return p[range(len(labels)), labels].sum().log()


mistake("onehot-log-of-sum")
one_hot_log_likelihood = "log(Sum(p_ny, n))"


@mistake(
    "onehot-negative",
    "the sign of a loss: the negative log likelihood",
    ask="Can the logarithm of a probability be positive?",
    idea="The minus sign comes with the loss. Here the likelihood itself is asked for.",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return -reference.one_hot_log_likelihood(p, labels)


mistake("onehot-negative")
one_hot_log_likelihood = "-Sum(log(p_ny), n)"


@mistake(
    "onehot-mean",
    "the mean over the batch is taken instead of the sum",
    ask="What does the general log likelihood do with the rows of a batch?",
    idea="It is the same quantity as before, only for a special y. Nothing there divides.",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return reference.one_hot_log_likelihood(p, labels) / len(labels)


mistake("onehot-mean")
one_hot_log_likelihood = "Sum(log(p_ny), n) / N"


@mistake(
    "onehot-not-summed",
    "one number for each label instead of one for the batch",
    ask="How many numbers does your answer have for 5 labels?",
    idea="The one-hot y makes the sum over the classes short. What about the other sum?",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return p[range(len(labels)), labels].log()


@mistake(
    "onehot-labels-off-by-one",
    "labels are counted from 1, so class 0 becomes the last class",
    ask="Which column does your code take for the label 0?",
    idea="Both labels and columns start at 0. An index of -1 is no error in Python, which makes it dangerous.",
    lesson="2. One label instead of counts: Picking entries",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return p[range(len(labels)), labels - 1].log().sum()


@mistake(
    "onehot-prediction",
    "the most probable class is used instead of the label",
    ask="Where do the labels enter your answer?",
    idea="How probable is what was seen? The class that is most probable may be another one.",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return p.max(dim=1).values.log().sum()


@mistake(
    "onehot-all-classes",
    "all classes are summed, not only the label's",
    ask="What does a factor of 0 do to a term of the sum?",
    idea="The one-hot y has a single 1 in each row. How many terms of a row are left?",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return p.log().sum()


mistake("onehot-all-classes")
one_hot_log_likelihood = "Sum(log(p_nk), n, k)"


@mistake(
    "onehot-all-pairs",
    "the columns of all labels are taken in every row",
    ask="How many entries does your index pick, for 5 rows and 5 labels?",
    idea="A slice together with a list of columns gives all of these columns in every row. Which row belongs to which label?",
    lesson="2. One label instead of counts: Picking entries",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return p[:, labels].log().sum()


@mistake(
    "onehot-picks-rows",
    "the labels pick rows, that is observations",
    ask="What does the first index of p count, and what are the labels?",
    idea="A label is the number of a class. Used alone as an index, it is taken for the number of a row.",
    lesson="2. One label instead of counts: Picking entries",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    n, k = p.shape
    return p[labels % n].log().sum()


@mistake(
    "onehot-label-number",
    "the number of the label is used as a weight",
    ask="Is class 3 worth three times as much as class 1?",
    idea="The number of a class is only its name. What stands in y is a 1 at that place.",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return (labels.reshape(-1, 1) * p.log()).sum()


@mistake(
    "onehot-log-of-one-minus",
    "the probability of the other classes is used",
    ask="Of what is your probability: of what was seen, or of all the rest?",
    idea="The factor that is left in the product belongs to the class with the 1.",
    lesson="2. One label instead of counts: What the zeros do",
    named_by="one_hot_value",
)
def one_hot_log_likelihood(p, labels):
    return (1 - p[range(len(labels)), labels]).log().sum()


mistake("onehot-log-of-one-minus")
one_hot_log_likelihood = "Sum(log(1 - p_ny), n)"


@mistake(
    "onehot-product-first",
    "the product is taken before the logarithm: it underflows",
    ask="What is the product of 300 probabilities in float32, before you take its logarithm?",
    idea="On paper both orders are equal. In float32 the small number is rounded to 0 before the logarithm sees it.",
    lesson="1. The log likelihood: Why the logarithm comes first",
    named_by="one_hot_of_many",
)
def one_hot_log_likelihood(p, labels):
    return torch.log(p[range(len(labels)), labels].prod())


@mistake(
    "onehot-classes-from-labels",
    "the number of classes is counted from the labels",
    ask="No observation has the last class. How many columns does your one-hot y have?",
    idea="A batch need not contain every class. Which tensor knows how many there are?",
    lesson="2. One label instead of counts: Picking entries",
    named_by="one_hot_of_many",
)
def one_hot_log_likelihood(p, labels):
    y = torch.eye(int(labels.max()) + 1)[labels]
    return (y * p.log()).sum()


@mistake(
    "onehot-table-of-ten",
    "the one-hot rows come from a table of ten classes, cut to size",
    ask="What does your table of one-hot rows hold for more classes than ten?",
    idea="The number of classes is the second size of p; nothing else knows it.",
    lesson="2. One label instead of counts: Picking entries",
    named_by="any_labels",
)
def one_hot_log_likelihood(p, labels):
    y = torch.eye(10)[labels.clamp(max=9)][:, : p.shape[1]]
    return (y * p[:, :10].log()).sum()
