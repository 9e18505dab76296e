"""Known mistakes of accuracy. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "acc-mean-of-batches",
    "the batches' accuracies are averaged, although the last batch is smaller",
    ask="Does each image have the same weight in your number, also one in a batch of two?",
    idea="A mean of shares is a share of the whole only if all parts are equally large.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    shares = []
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        shares.append((predictions == labels).float().mean().item())
    return sum(shares) / len(shares)


@mistake(
    "acc-argmax-wrong-dim",
    "argmax runs over the images of the batch instead of over the classes",
    ask="How many predictions do you get for a batch of 5 images, and how many should there be?",
    idea="The classes of one image compete with each other, not the images for a class.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=0)
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-argmax-of-everything",
    "argmax without a dimension gives one place among all scores of the batch",
    ask="How many numbers does your argmax give for a batch of 5 images?",
    idea="Each image gets a prediction of its own, so the largest score has to be looked for in each row.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax()
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-argmin",
    "the class with the smallest score is taken as the prediction",
    ask="Does a large score mean that the net believes in a class, or that it does not?",
    idea="The loss should be small, the score of the right class should not.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).argmin(dim=1)
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-compares-scores",
    "the scores themselves are compared with the labels",
    ask="What does a score say, and what does a label say? Can they be equal?",
    idea="A label is the number of a class. To compare, you need the number of the class that the net chose.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images) == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-largest-score-not-its-place",
    "the largest score is compared with the label, not the class it belongs to",
    ask="Which of the two things that a maximum over a row can tell you do you compare?",
    idea="How large the winner's score is does not matter here, only whose it is.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).max(dim=1).values
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake("acc-largest-score-not-its-place")
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions, _ = torch.max(net(images), 1)
        predictions = predictions.round().long()
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-argmax-of-labels",
    "argmax is taken of the labels too, as if they were one-hot",
    ask="Which shape have the labels, and what do they say without any argmax?",
    idea="The labels of this course are class numbers already.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels.argmax(dim=1)).sum().item()
        total += len(labels)
    return correct / total


@mistake("acc-argmax-of-labels")
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels.argmax()).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-softmax-over-batch",
    "softmax is taken over the images of the batch, which changes who wins in a row",
    ask="What do the numbers of one image add up to after your softmax?",
    idea="Softmax over the classes never changes the winner. Yours does, so over what does it run?",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = torch.softmax(net(images), dim=0).argmax(dim=1)
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-top-few",
    "an image counts as right if its label is among the few largest scores",
    ask="How many predictions may a net make for one image?",
    idea="Only the first guess counts here, be the second one ever so near.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
    values={"GUESSES": (2, 3)},
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        best = net(images).topk(GUESSES, dim=1).indices
        correct += (best == labels.unsqueeze(1)).any(dim=1).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-threshold",
    "an image counts as right if its label's probability is above one half",
    ask="Can a class win with a probability below one half?",
    idea="With many classes the largest share may be a small one. What counts is that it is the largest.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        probabilities = torch.softmax(net(images), dim=1)
        correct += (probabilities[torch.arange(len(labels)), labels] > 0.5).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-mean-probability",
    "the mean probability of the labels is returned instead of the share of right predictions",
    ask="What does your function give for a net that is always right, but never quite sure?",
    idea="How sure a net is shows in its loss. Accuracy counts images, and each is right or wrong.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    right = 0.0
    total = 0
    for images, labels in loader:
        probabilities = torch.softmax(net(images), dim=1)
        right += probabilities[torch.arange(len(labels)), labels].sum().item()
        total += len(labels)
    return right / total


@mistake(
    "acc-returns-count",
    "the number of right predictions is returned, not their share",
    ask="Can your result be larger than 1?",
    idea="A count says little without the number of images it was counted among.",
    lesson="7. Accuracy: How to check yourself",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
    return correct


@mistake(
    "acc-error-rate",
    "the share of wrong predictions is returned",
    ask="What does your function give for a perfect net?",
    idea="Accuracy counts the hits, the error rate the misses.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    wrong = 0
    total = 0
    for images, labels in loader:
        wrong += (net(images).argmax(dim=1) != labels).sum().item()
        total += len(labels)
    return wrong / total


@mistake(
    "acc-percent",
    "the result is a percentage instead of a share from 0 to 1",
    ask="In which range does the docstring say that the result lies?",
    idea="Per cent are for reading. To compute with, a share is handier.",
    lesson="7. Accuracy: How to check yourself",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    return 100 * reference.accuracy(net, loader)


@mistake("acc-percent")
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    return 100 * correct // total


@mistake(
    "acc-rounds",
    "the result is rounded to a few digits",
    ask="Can your function tell 0.913 from 0.914?",
    idea="Making numbers pretty is for printing. A result keeps its digits.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
    values={"DIGITS": (1, 2)},
)
def accuracy(net, loader):
    return round(reference.accuracy(net, loader), DIGITS)


@mistake(
    "acc-hardcoded-total",
    "the hits are divided by a fixed number of images",
    ask="What does your function give for a perfect net and a set of 13 images?",
    idea="Numbers that fit one data set are wrong for every other. Count while you go.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
    values={"TOTAL": (10000, 1000)},
)
def accuracy(net, loader):
    correct = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
    return correct / TOTAL


@mistake(
    "acc-assumes-full-batches",
    "every batch counts with the same number of images, also the smaller last one",
    ask="How many images has the last batch, and how many do you count for it?",
    idea="How many images a batch really has can be read from itself.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += loader.batch_size
    return correct / total


@mistake("acc-assumes-full-batches")
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += 64
    return correct / total


@mistake(
    "acc-divides-by-batches",
    "the hits are divided by the number of batches, not of images",
    ask="What does the length of a loader count?",
    idea="A share needs the same kind of thing above and below the line.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
    return correct / len(loader)


@mistake(
    "acc-divides-by-scores",
    "the hits are divided by the number of scores, not of images",
    ask="How many scores does the net give for one image?",
    idea="However many classes there are, an image is one image.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        outputs = net(images)
        correct += (outputs.argmax(dim=1) == labels).sum().item()
        total += outputs.numel()
    return correct / total


@mistake(
    "acc-total-of-last-batch",
    "the number of images is overwritten by each batch, while the hits are added up",
    ask="How many images have you counted after two batches of 5?",
    idea="Two counters that belong together have to be treated alike.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total = len(labels)
    return correct / total


@mistake(
    "acc-hits-of-last-batch",
    "the hits are overwritten by each batch, while the images are added up",
    ask="How many hits have you counted after two batches without a mistake?",
    idea="Two counters that belong together have to be treated alike.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    total = 0
    for images, labels in loader:
        correct = (net(images).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-last-batch-only",
    "only the last batch counts: the counters are reset for every batch",
    ask="What do your counters hold after the second batch?",
    idea="A counter has to start where the thing it counts for starts: before the first batch.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    for images, labels in loader:
        correct = 0
        total = 0
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-first-batch-only",
    "only the first batch counts",
    ask="How many batches does your function look at?",
    idea="A return ends the whole function at once. How far it is indented decides when that is.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += len(labels)
        return correct / total


@mistake(
    "acc-skips-last-batch",
    "the smaller last batch is left out",
    ask="What happens in your loop to a batch that has fewer images than the others?",
    idea="A batch may have any number of images, and each of them counts.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        if len(labels) == loader.batch_size:
            correct += (net(images).argmax(dim=1) == labels).sum().item()
            total += len(labels)
    return correct / total


@mistake(
    "acc-mean-of-classes",
    "the classes' accuracies are averaged instead of counting images",
    ask="Does each image have the same weight in your number, also one of a rare class?",
    idea="A mean of shares is a share of the whole only if all parts are equally large.",
    lesson="8. Accuracy per class",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    predictions = torch.cat([net(images).argmax(dim=1) for images, _ in loader])
    labels = torch.cat([labels for _, labels in loader])
    shares = [(predictions[labels == c] == c).float().mean() for c in labels.unique()]
    return (sum(shares) / len(shares)).item()


@mistake("acc-mean-of-classes")
def accuracy(net, loader):
    shares = accuracy_per_class(net, loader)
    return sum(shares) / len(shares)


@mistake(
    "acc-classes-from-one",
    "the classes are counted from 1, the labels from 0",
    ask="Which is the smallest label that occurs, and which is the smallest prediction you can make?",
    idea="Predictions and labels have to start counting at the same number.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=1) + 1
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-sums-class-numbers",
    "the class numbers of the hits are added up, not the hits",
    ask="How much does a recognised 7 add to your counter, and how much a recognised 0?",
    idea="To count is to add the same for each, whatever it shows.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        correct += predictions[predictions == labels].sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "acc-whole-batches",
    "a batch counts as right only if all of its images are",
    ask="What does a batch with four hits and one miss add to your counter?",
    idea="It is images that are right or wrong. That some of them came together means nothing.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        if (predictions == labels).all():
            correct += len(labels)
        total += len(labels)
    return correct / total


@mistake("acc-whole-batches")
def accuracy(net, loader):
    right = [torch.equal(net(images).argmax(dim=1), labels) for images, labels in loader]
    return sum(right) / len(right)


@mistake(
    "acc-compares-as-truth-value",
    "the comparison of a whole batch is used as if it were one yes or no",
    ask="How many answers does comparing two tensors of 5 numbers give?",
    idea="An if wants one answer. Several answers are to be counted, or looked at one by one.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        if net(images).argmax(dim=1) == labels:
            correct += 1
        total += len(labels)
    return correct / total


@mistake(
    "acc-returns-batch-accuracies",
    "a list with one accuracy per batch is returned",
    ask="How many numbers should come out for a whole test set?",
    idea="Batches only exist to save memory. The result knows nothing of them.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    return [(net(images).argmax(dim=1) == labels).float().mean().item() for images, labels in loader]


@mistake(
    "acc-returns-pair",
    "the two counts are returned instead of their quotient",
    ask="Of which type does the docstring say that the result is?",
    idea="The last step of the computation should not be left to the caller.",
    lesson="7. Accuracy: How to check yourself",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    correct = 0
    total = 0
    for images, labels in loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    return correct, total


@mistake(
    "acc-returns-text",
    "the result is a text",
    ask="Can one compute with what you return?",
    idea="Making numbers pretty is for printing. A result is a number.",
    lesson="7. Accuracy: How to check yourself",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    return f"{100 * reference.accuracy(net, loader):.1f} %"


@mistake(
    "acc-returns-nothing",
    "the accuracy is printed but not returned",
    ask="What does a caller get from your function?",
    idea="What is printed can be read by people only. A program needs it returned.",
    lesson="7. Accuracy: How to check yourself",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    print("Accuracy:", reference.accuracy(net, loader))


@mistake(
    "acc-calls-eval-mode",
    "the function calls net.eval(), as one does with ready-made nets",
    ask="Which methods does the Net of this course have?",
    idea="Switching between learning and measuring is needed by layers that we don't use. Our net has no such switch.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(net, loader):
    net.eval()
    return reference.accuracy(net, loader)


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "accuracy-squeezes",
    "a batch of one image loses its first dimension",
    ask="What is the shape of your outputs for a batch of one image?",
    idea="squeeze takes away every dimension of size 1, the batch too.",
    lesson="7. Accuracy",
    named_by="single_images",
)
def accuracy(net, loader):
    correct = total = 0
    for images, labels in loader:
        predictions = net(images).squeeze().argmax(dim=1)
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(
    "accuracy-drops-single-image",
    "a last batch of a single image is left out",
    ask="Of how many images is your accuracy the share?",
    idea="Every image counts, however it is grouped.",
    lesson="7. Accuracy",
    named_by="single_images",
)
def accuracy(net, loader):
    correct = total = 0
    for images, labels in loader:
        if len(labels) > 1:
            correct += (net(images).argmax(dim=1) == labels).sum().item()
            total += len(labels)
    return correct / max(total, 1)


@mistake(
    "accuracy-best-from-zero",
    "the search for the largest score starts at 0, so scores that are all negative have none",
    ask="Which class does your search give for the scores -3, -1, -2?",
    idea="A search for the largest must start with one of the numbers.",
    lesson="7. Accuracy",
    named_by="scores_of_any_size",
)
def accuracy(net, loader):
    correct = total = 0
    for images, labels in loader:
        for row, label in zip(net(images), labels):
            best, prediction = 0, 0
            for k in range(len(row)):
                if row[k] > best:
                    best, prediction = row[k], k
            correct += int(prediction == label)
            total += 1
    return correct / total


@mistake(
    "accuracy-softmax-overflows",
    "the scores go through a softmax that can't take large ones",
    ask="What is the exponential of 100 in float32? And is it needed here?",
    idea="Softmax does not change which score is the largest.",
    lesson="7. Accuracy",
    named_by="scores_of_any_size",
)
def accuracy(net, loader):
    correct = total = 0
    for images, labels in loader:
        exponentials = torch.exp(net(images))
        probabilities = exponentials / exponentials.sum(dim=1, keepdim=True)
        correct += (probabilities.argmax(dim=1) == labels).sum().item()
        total += len(labels)
    return correct / total
