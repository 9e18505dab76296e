"""Known mistakes of cross_entropy. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "nll-overflow",
    "exp of the raw scores overflows for large scores",
    ask="What is exp(1000), and what is that divided by itself?",
    idea="softmax does not change when the same number is taken from every score of a row.",
    lesson="1. Cross entropy by hand: Large scores",
    named_by="large_logits",
)
def cross_entropy(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


@mistake("nll-overflow")
def cross_entropy(logits, labels):
    log_sums = np.log(np.exp(logits).sum(axis=1))
    return float((log_sums - logits[np.arange(len(labels)), labels]).mean())


@mistake(
    "ce-logarithm-of-zero",
    "the scores are shifted, but the logarithm is still taken of probabilities that have become 0",
    ask="What is the probability of a class whose score lies 1000 below the largest, as a number of 64 bits?",
    idea="A logarithm of a quotient is a difference of two logarithms, and one of these is a score that you have.",
    lesson="1. Cross entropy by hand: Large scores",
    named_by="large_logits",
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


@mistake(
    "ce-epsilon-in-log",
    "a small number is added inside the logarithm, which caps the loss",
    ask="How large can your loss become for an image of which the network is certain, and wrong?",
    idea="A small number inside the logarithm hides its zero instead of avoiding it.",
    lesson="1. Cross entropy by hand: Large scores",
    named_by="large_logits",
    values={"SMALL": (1e-9, 1e-12)},
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(labels)), labels] + SMALL).mean())


@mistake(
    "nll-clamped-probability",
    "the probabilities are clamped, which caps the loss",
    ask="How large can your loss become at most?",
    idea="Whatever is cut off is missing from the loss: two very wrong answers then cost the same.",
    lesson="1. Cross entropy by hand: Large scores",
    named_by="large_logits",
    values={"SMALL": (1e-7, 1e-15)},
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), SMALL, 1 - SMALL)
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


@mistake(
    "ce-shift-by-global-maximum",
    "the largest score of the whole batch is taken off, so the exp of other rows become 0",
    ask="Which number do you take from a row whose own scores are all small?",
    idea="Every image has a softmax of its own, and so a largest score of its own.",
    lesson="1. Cross entropy by hand: Large scores",
    named_by="large_logits",
)
def cross_entropy(logits, labels):
    shifted = logits - logits.max()
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    return float((log_sums - shifted[np.arange(len(labels)), labels]).mean())


@mistake(
    "nll-shift-not-restored",
    "the largest score is taken off inside the logarithm, but not off the label's score",
    ask="From which of the two terms of your difference have you taken the largest score?",
    idea="A shift changes nothing only if all scores of the row are shifted, the label's too.",
    lesson="1. Cross entropy by hand: Large scores",
    named_by="value",
)
def cross_entropy(logits, labels):
    log_sums = np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1))
    return float((log_sums - logits[np.arange(len(labels)), labels]).mean())


@mistake(
    "nll-no-softmax",
    "the raw scores are taken for log probabilities: there is no softmax",
    ask="Do the exp of your log probabilities sum to 1 in every row?",
    idea="Scores can be any numbers. Softmax is what makes probabilities of them.",
    lesson="1. Cross entropy by hand: From scores to probabilities",
    named_by="value",
)
def cross_entropy(logits, labels):
    return float(-logits[np.arange(len(labels)), labels].mean())


@mistake(
    "nll-double-softmax",
    "softmax is applied twice",
    ask="What goes into your second softmax: scores, or what the first one made of them?",
    idea="Softmax of probabilities squeezes them together: even a certain network looks unsure.",
    lesson="1. Cross entropy by hand: From scores to probabilities",
    named_by="value",
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return reference.cross_entropy(e / e.sum(axis=1, keepdims=True), labels)


@mistake(
    "ce-softmax-over-batch",
    "softmax runs over the images instead of the classes",
    ask="Which numbers of your probabilities sum to 1: those of an image, or those of a class?",
    idea="The classes of one image compete with each other; the images do not.",
    lesson="1. Cross entropy by hand: From scores to probabilities",
    named_by="value",
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=0))
    p = e / e.sum(axis=0)
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


@mistake(
    "ce-sum-over-everything",
    "softmax divides by the sum over all images and classes",
    ask="What do the probabilities of your first image sum to?",
    idea="Without an axis, NumPy sums over everything there is.",
    lesson="1. Cross entropy by hand: In NumPy",
    named_by="value",
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max())
    p = e / e.sum()
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


@mistake(
    "ce-sum-not-mean",
    "the losses of the images are added up instead of averaged",
    ask="What does your loss become when every image is there twice?",
    idea="The loss of a batch must not depend on how many images are in it.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    return reference.cross_entropy(logits, labels) * len(labels)


@mistake(
    "ce-mean-over-all-entries",
    "the mean is taken over N times K entries, most of which are 0",
    ask="By how many numbers does your mean divide?",
    idea="Every image has one loss. The classes that are not its label add nothing to the sum, and nothing to the count.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    return reference.cross_entropy(logits, labels) / logits.shape[1]


@mistake(
    "nll-hardcoded-batch-size",
    "the sum is divided by a fixed batch size",
    ask="What does your function return for a batch of another size?",
    idea="How many images there are can be read from the arguments.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
    values={"SIZE": (64, 100)},
)
def cross_entropy(logits, labels):
    return reference.cross_entropy(logits, labels) * len(labels) / SIZE


@mistake(
    "nll-log-of-mean",
    "the logarithm is taken of the mean probability, instead of the mean of the logarithms",
    ask="Which comes first in the formula: the logarithm, or the mean?",
    idea="The logarithm of a mean is not the mean of the logarithms. Each image has its own penalty first.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(labels)), labels].mean()))


@mistake(
    "ce-minus-missing",
    "the minus is missing, so the loss is negative",
    ask="Of which sign is the logarithm of a probability?",
    idea="A loss is to be large where the probability of the label is small.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    return -reference.cross_entropy(logits, labels)


@mistake(
    "ce-other-logarithm",
    "a logarithm to another base is taken",
    ask="What is your loss of two equal scores?",
    idea="The logarithm that undoes exp is the natural one.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
    values={"BASE": (2.0, 10.0)},
)
def cross_entropy(logits, labels):
    return reference.cross_entropy(logits, labels) / float(np.log(BASE))


@mistake(
    "ce-no-logarithm",
    "the mean of one minus the probability is returned, without a logarithm",
    ask="What is the largest loss that your function can give?",
    idea="It is the logarithm that makes confident mistakes expensive.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float((1 - p[np.arange(len(labels)), labels]).mean())


@mistake(
    "nll-uses-prediction",
    "the most probable class is used instead of the label",
    ask="Where do the labels enter your loss?",
    idea="The loss asks how probable the right class was, not how sure the network is of itself.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    return reference.cross_entropy(logits, logits.argmax(axis=1))


@mistake(
    "nll-labels-off-by-one",
    "the labels are counted from 1, so class 0 becomes the last class",
    ask="Which column belongs to the label 0?",
    idea="Labels and Python's indices both begin at 0.",
    lesson="1. Cross entropy by hand: In NumPy",
    named_by="value",
)
def cross_entropy(logits, labels):
    return reference.cross_entropy(logits, labels - 1)


@mistake(
    "ce-picks-whole-columns",
    "the labels' columns of every image are taken, an N x N array",
    ask="What is the shape of what your index picks, for 5 images?",
    idea="One entry for each row wants two indices of the same length: which row, and which column.",
    lesson="1. Cross entropy by hand: In NumPy",
    named_by="value",
)
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_p[:, labels].mean())


@mistake(
    "ce-returns-array",
    "one loss for every image is returned, not their mean",
    ask="How many numbers does your function return for a batch of 5 images?",
    idea="A batch has one loss, in which all of its images count the same.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    largest = logits.max(axis=1)
    return largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1)) - logits[np.arange(len(labels)), labels]


@mistake(
    "ce-first-image-only",
    "only the first image counts",
    ask="What does your loss say of the second image?",
    idea="A return inside the loop ends the function there.",
    lesson="1. Cross entropy by hand: From probabilities to a loss",
    named_by="value",
)
def cross_entropy(logits, labels):
    return reference.cross_entropy(logits[:1], labels[:1])


@mistake(
    "pt-target-one-hot-float",
    "one-hot labels are expected where the labels are class numbers",
    ask="What is the shape of labels, and what shape does your formula need?",
    idea="A label is the number of a class. Who wants ones and zeros has to make them first.",
    lesson="1. Cross entropy by hand: In NumPy",
    named_by="value",
)
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(labels * log_p).sum(axis=1).mean())


@mistake(
    "pt-arguments-swapped",
    "labels and logits have changed places",
    ask="In which order does the caller hand over logits and labels?",
    idea="Arguments are told apart by their place. The docstring says which comes first.",
    lesson="1. Cross entropy by hand",
    named_by="value",
)
def cross_entropy(labels, logits):
    return reference.cross_entropy(logits, labels)


@mistake(
    "ce-changes-logits",
    "the caller's logits are changed in place",
    ask="What do the caller's logits look like after your function was called?",
    idea="An array that you are handed belongs to somebody else. An operation that makes a new one is as quick.",
    lesson="1. Cross entropy by hand: In NumPy",
    named_by="arguments_are_left_alone",
)
def cross_entropy(logits, labels):
    value = reference.cross_entropy(logits, labels)
    logits -= logits.max(axis=1, keepdims=True)
    return value


@mistake("ce-changes-logits")
def cross_entropy(logits, labels):
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    value = float((np.log(logits.sum(axis=1)) - np.log(logits[np.arange(len(labels)), labels])).mean())
    return value


@mistake(
    "ce-returns-nothing",
    "the loss is computed, but not returned",
    ask="What does the last line of your function hand back to the caller?",
    idea="Printing is for people; a caller gets only what is returned.",
    lesson="1. Cross entropy by hand",
    named_by="value",
)
def cross_entropy(logits, labels):
    print(reference.cross_entropy(logits, labels))


@mistake(
    "ce-returns-text",
    "the loss is returned as a text",
    ask="Can one add up what your function returns?",
    idea="Making numbers pretty is for printing. A result stays a number.",
    lesson="1. Cross entropy by hand",
    named_by="value",
)
def cross_entropy(logits, labels):
    return f"{reference.cross_entropy(logits, labels):.4f}"


@mistake(
    "ce-ten-classes",
    "the number of classes is fixed",
    ask="For how many classes does your function work?",
    idea="How many classes there are can be read from the logits.",
    lesson="1. Cross entropy by hand: In NumPy",
    named_by="value",
)
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(np.eye(10)[labels] * log_p).sum() / len(labels))
