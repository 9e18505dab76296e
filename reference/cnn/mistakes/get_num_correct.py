"""Known mistakes of get_num_correct. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-num-correct-tensor",
    "a tensor is returned instead of an int",
    ask="What does print show of your result: a number alone, or something around it?",
    idea="A tensor with one number in it is still a tensor.",
    lesson="3. Counting right answers: An int",
    named_by="is_an_int",
)
def get_num_correct(outputs, labels):
    return (outputs.argmax(dim=1) == labels).sum()


@mistake(
    "correct-float",
    "the count is a float",
    ask="Has your count a decimal point?",
    idea="What is counted is whole. Nothing on the way to it needs a fraction.",
    lesson="3. Counting right answers: An int",
    named_by="is_an_int",
)
def get_num_correct(outputs, labels):
    return (outputs.argmax(dim=1) == labels).float().sum().item()


@mistake(
    "pt-argmax-dim0",
    "the largest score is looked for along the batch instead of the classes",
    ask="How many predictions does your argmax give for 5 images and 3 classes?",
    idea="Every image has a prediction. The axis named in argmax is the one that disappears.",
    lesson="3. Counting right answers: The prediction",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return int((outputs.argmax(dim=0) == labels).sum())


@mistake(
    "pt-argmax-flat",
    "one largest score is looked for in the whole batch",
    ask="How many predictions does your argmax give for 5 images?",
    idea="Without a dim, argmax looks at all numbers of a tensor as one long row.",
    lesson="3. Counting right answers: The prediction",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return int((outputs.argmax() == labels).sum())


@mistake(
    "correct-share",
    "the share of right images is returned instead of their number",
    ask="Can your result be larger than 1?",
    idea="How many and what share of them are two questions. The division comes later.",
    lesson="3. Counting right answers",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return (outputs.argmax(dim=1) == labels).float().mean().item()


@mistake(
    "correct-percent",
    "a percentage is returned instead of a number of images",
    ask="Is your result larger than the batch now and then?",
    idea="How many and what share of them are two questions. The division comes later.",
    lesson="3. Counting right answers",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return 100 * int((outputs.argmax(dim=1) == labels).sum()) // len(labels)


@mistake(
    "correct-argmin",
    "the smallest score is taken for the prediction",
    ask="Which score stands for the class that the network finds most probable?",
    idea="A higher score means a more probable class.",
    lesson="3. Counting right answers: The prediction",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return int((outputs.argmin(dim=1) == labels).sum())


@mistake(
    "correct-counts-wrong-ones",
    "the wrong images are counted",
    ask="What does your function say when all images are right?",
    idea="Equal and unequal are easily mixed up. A batch that is all right settles it.",
    lesson="3. Counting right answers",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return int((outputs.argmax(dim=1) != labels).sum())


@mistake(
    "correct-largest-score",
    "the largest score itself is compared with the label, not its place",
    ask="What do you compare with the label: a score, or the number of a class?",
    idea="A label is the number of a class, and a class is a place among the scores.",
    lesson="3. Counting right answers: The prediction",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return int((outputs.max(dim=1).values == labels).sum())


@mistake(
    "correct-off-by-one",
    "the classes are counted from 1",
    ask="Which number has the first class?",
    idea="Labels and places in a tensor both begin at 0.",
    lesson="3. Counting right answers: The prediction",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return int((outputs.argmax(dim=1) + 1 == labels).sum())


@mistake(
    "correct-more-than-half",
    "an image counts only if its label has a probability above one half",
    ask="Is the largest of ten shares always above one half?",
    idea="To be the prediction, a class has to be ahead of the others, by however little.",
    lesson="3. Counting right answers: The prediction",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    shares = outputs.softmax(dim=1)
    return int((shares[torch.arange(len(labels)), labels] > 0.5).sum())


@mistake(
    "correct-returns-hits",
    "which images are right is returned, not how many",
    ask="How many values does your function return for a batch of 5 images?",
    idea="Right or wrong for every image is half of the way. The other half is to count.",
    lesson="3. Counting right answers: An int",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return outputs.argmax(dim=1) == labels


@mistake(
    "correct-whole-batch-or-nothing",
    "the count is 1 if all are right and else 0",
    ask="What does your function say of a batch in which just one image is wrong?",
    idea="Making an int of a share cuts off all that is behind the point.",
    lesson="3. Counting right answers: An int",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    return int((outputs.argmax(dim=1) == labels).float().mean())


@mistake(
    "correct-scores-from-zero",
    "scores below zero are never the largest",
    ask="What is your prediction for an image whose scores are all below zero?",
    idea="Scores have no natural zero. Only the order among them counts.",
    lesson="3. Counting right answers: The prediction",
    named_by="scores_of_any_size",
)
def get_num_correct(outputs, labels):
    num_correct = 0
    for scores, label in zip(outputs, labels):
        best, prediction = -1e3, -1
        for k, score in enumerate(scores):
            if score > best:
                best, prediction = score, k
        num_correct += int(prediction == label)
    return num_correct


@mistake(
    "correct-returns-nothing",
    "the count is printed, but not returned",
    ask="What does the last line of your function hand back to the caller?",
    idea="Printing is for people; a caller gets only what is returned.",
    lesson="3. Counting right answers",
    named_by="counts",
)
def get_num_correct(outputs, labels):
    print((outputs.argmax(dim=1) == labels).sum().item())
