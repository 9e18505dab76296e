"""Known mistakes of accuracy_per_class. Read as text by the grader; each replaces the model's definition."""


@mistake(
    "pc-divides-by-all",
    "each class's hits are divided by the number of all images",
    ask="What does a perfect net get for each class from your function?",
    idea="Each class is a small test of its own, and only its own images take part.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += ((predictions == c) & (labels == c)).sum().item()
        total += len(labels)
    return [correct[c] / total for c in range(num_classes)]


@mistake(
    "pc-precision-not-recall",
    "a class's hits are divided by how often it was predicted, not by how often it was there",
    ask="Do you count by what an image shows, or by what the net said?",
    idea="Of the images that are a c, and of those that were called a c: two different questions.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[prediction] += 1
            if prediction == label:
                correct[prediction] += 1
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake("pc-precision-not-recall")
def accuracy_per_class(net, loader, num_classes=10):
    confusion = torch.zeros(num_classes, num_classes)
    for images, labels in loader:
        for label, prediction in zip(labels, net(images).argmax(dim=1)):
            confusion[label, prediction] += 1
    return (confusion.diag() / confusion.sum(dim=0)).tolist()


@mistake(
    "pc-ignores-num-classes",
    "there are always ten classes, whatever num_classes says",
    ask="How many entries has your list when num_classes is 4?",
    idea="An argument that is taken but never looked at is no argument.",
    lesson="8. Accuracy per class: How to check yourself",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return reference.accuracy_per_class(net, loader, 10)


@mistake(
    "pc-num-classes-without-default",
    "num_classes has no default, so it must always be given",
    ask="How many classes does the given skeleton assume when nobody says?",
    idea="Names, arguments and what they are by default were given; leave them as they are.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(net, loader, num_classes):
    return reference.accuracy_per_class(net, loader, num_classes)


@mistake(
    "pc-one-versus-rest",
    "images of other classes that were not taken for the class count as hits too",
    ask="Which images take part in the accuracy of class c?",
    idea="A net that never says c would do well with your count. It should get nothing.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += ((predictions == c) == (labels == c)).sum().item()
        total += len(labels)
    return [correct[c] / total for c in range(num_classes)]


@mistake(
    "pc-either",
    "also images that were wrongly taken for the class are in the denominator",
    ask="Which images do you divide by: those of the class, or some more?",
    idea="What the net says of other classes' images is not asked here.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += ((predictions == c) & (labels == c)).sum().item()
            total[c] += ((predictions == c) | (labels == c)).sum().item()
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-counts-predictions",
    "how often a class was predicted is divided by how often it was there, right or wrong",
    ask="Do you look at all whether a prediction is right?",
    idea="The right number of answers is not the same as right answers.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    predicted = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            predicted[c] += (predictions == c).sum().item()
            total[c] += (labels == c).sum().item()
    return [predicted[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-argmax-wrong-dim",
    "argmax runs over the images of the batch instead of over the classes",
    ask="How many predictions do you get for a batch of 5 images, and how many should there be?",
    idea="The classes of one image compete with each other, not the images for a class.",
    lesson="7. Accuracy",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=0)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[label] += 1
            correct[label] += prediction == label
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake("pc-argmax-wrong-dim")
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=0)
        for c in range(num_classes):
            correct[c] += ((predictions == c) & (labels == c)).sum().item()
            total[c] += (labels == c).sum().item()
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-last-batch-only",
    "what earlier batches counted is lost: counters are reset or overwritten by every batch",
    ask="What do your counters hold after the second batch?",
    idea="A counter has to start where the thing it counts for starts: before the first batch.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    for images, labels in loader:
        correct = [0] * num_classes
        total = [0] * num_classes
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[label] += 1
            correct[label] += prediction == label
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake("pc-last-batch-only")
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] = ((predictions == c) & (labels == c)).sum().item()
            total[c] += (labels == c).sum().item()
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-first-batch-only",
    "only the first batch counts",
    ask="How many batches does your function look at?",
    idea="A return ends the whole function at once. How far it is indented decides when that is.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[label] += 1
            correct[label] += prediction == label
        return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-mean-of-batches",
    "each class's accuracy is averaged over the batches",
    ask="Does each image of a class have the same weight in its number?",
    idea="A class is spread unevenly over the batches, and some have none of it. Only counts may be added up.",
    lesson="7. Accuracy",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    shares = [[] for _ in range(num_classes)]
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            of_class = labels == c
            if of_class.any():
                shares[c].append((predictions[of_class] == c).float().mean().item())
    return [sum(s) / len(s) if s else 0.0 for s in shares]


@mistake("pc-mean-of-batches")
def accuracy_per_class(net, loader, num_classes=10):
    shares = torch.zeros(num_classes)
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            of_class = labels == c
            if of_class.any():
                shares[c] += (predictions[of_class] == c).float().mean()
    return (shares / len(loader)).tolist()


@mistake(
    "pc-returns-counts",
    "the number of hits of each class is returned, not their share",
    ask="Can an entry of your list be larger than 1?",
    idea="A count says little without the number of images it was counted among.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += ((predictions == c) & (labels == c)).sum().item()
    return correct


@mistake(
    "pc-share-of-hits",
    "each class's hits are divided by the hits of all classes",
    ask="What do the entries of your list add up to, and what should they for a perfect net?",
    idea="The entries of this list are no shares of one whole. Each is measured by its own class.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += ((predictions == c) & (labels == c)).sum().item()
    return [hits / sum(correct) for hits in correct]


@mistake(
    "pc-error-rate",
    "the share of wrong predictions of each class is returned",
    ask="What does your function give for a perfect net?",
    idea="Accuracy counts the hits, the error rate the misses.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    wrong = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[label] += 1
            wrong[label] += prediction != label
    return [wrong[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-percent",
    "the entries are percentages instead of shares from 0 to 1",
    ask="In which range does the docstring say that the entries lie?",
    idea="Per cent are for reading. To compute with, a share is handier.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return [100 * share for share in reference.accuracy_per_class(net, loader, num_classes)]


@mistake(
    "pc-floor-division",
    "a whole-number division throws everything after the point away",
    ask="What does Python answer for 7 // 10, and what for 7 / 10?",
    idea="A share is nearly never a whole number, except where all is right or all is wrong.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[label] += 1
            correct[label] += prediction == label
    return [correct[c] // total[c] if total[c] else 0 for c in range(num_classes)]


@mistake(
    "pc-assumes-balanced",
    "every class is taken to have the same number of images",
    ask="How many images of each class do your checks have? Are they equally many?",
    idea="How many images a class has is to be counted, like the hits.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += ((predictions == c) & (labels == c)).sum().item()
        total += len(labels)
    return [hits / (total / num_classes) for hits in correct]


@mistake("pc-assumes-balanced")
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += ((predictions == c) & (labels == c)).sum().item()
    return [hits / 100 for hits in correct]


@mistake(
    "pc-skips-class-zero",
    "class 0 is left out",
    ask="Which class does the first entry of your list belong to?",
    idea="Python counts from 0, and so do the labels.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return reference.accuracy_per_class(net, loader, num_classes)[1:]


@mistake(
    "pc-skips-last-class",
    "the last class is left out",
    ask="Which class does the last entry of your list belong to?",
    idea="A range already ends before its end. Nothing has to be taken off.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return reference.accuracy_per_class(net, loader, num_classes)[:-1]


@mistake(
    "pc-classes-from-one",
    "the classes are counted from 1, so every entry stands one place off",
    ask="Which class does the first entry of your list belong to?",
    idea="Python counts from 0, and so do the labels.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return reference.accuracy_per_class(net, loader, num_classes + 1)[1:]


@mistake(
    "pc-shared-list",
    "all classes share one list, so every entry is the same",
    ask="How many lists does multiplying a list of one list give you?",
    idea="Multiplying a list repeats what is in it. It does not make copies of it.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    hits = [[]] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            hits[label].append(label == prediction)
    return [sum(h) / len(h) if h else 0.0 for h in hits]


@mistake(
    "pc-one-list-for-both",
    "hits and images are counted in one and the same list, which has two names",
    ask="If you change the list of one name, what happens to the list of the other?",
    idea="Two names with one equals sign after the other stand for one list, not for two equal ones.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            correct[label] += label == prediction
            total[label] += 1
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-absent-class-divides-by-zero",
    "a class without images leads to a division by zero",
    ask="What does your function do when a class does not occur at all?",
    idea="Not every test set has all classes. The lesson says what such a class gets.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[label] += 1
            correct[label] += prediction == label
    return [correct[c] / total[c] for c in range(num_classes)]


@mistake(
    "pc-present-classes-only",
    "classes without images have no entry, so the list is too short and the others move up",
    ask="Which class does the third entry of your list belong to when class 1 does not occur?",
    idea="The place in the list says which class it is. So every class needs its place, also an empty one.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(net, loader, num_classes=10):
    predictions = torch.cat([net(images).argmax(dim=1) for images, _ in loader])
    labels = torch.cat([labels for _, labels in loader])
    return [(predictions[labels == c] == c).float().mean().item() for c in labels.unique()]


@mistake(
    "pc-classes-from-labels",
    "the number of classes is taken from the largest label that occurs, not from num_classes",
    ask="How many entries has your list when the last class does not occur?",
    idea="Which classes there are is known beforehand. A test set need not show all of them.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(net, loader, num_classes=10):
    largest = max(labels.max().item() for _, labels in loader)
    return reference.accuracy_per_class(net, loader, largest + 1)


@mistake(
    "pc-order-of-appearance",
    "the entries stand in the order in which the classes first appear",
    ask="Which class does the first entry of your list belong to?",
    idea="Whoever reads the list knows the classes by their places. The order of the images must not matter.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = {}
    total = {}
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            total[label] = total.get(label, 0) + 1
            correct[label] = correct.get(label, 0) + (prediction == label)
    return [correct[c] / total[c] for c in total]


@mistake(
    "pc-classes-of-the-batch",
    "what is counted per batch is only as long as the batch's largest label demands",
    ask="How long is your count for a batch in which only classes 0 and 1 occur?",
    idea="Counts of different batches can be added up only if all of them have a place for every class.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = torch.zeros(num_classes)
    total = torch.zeros(num_classes)
    for images, labels in loader:
        hits = labels[net(images).argmax(dim=1) == labels]
        correct += torch.bincount(hits)
        total += torch.bincount(labels)
    return (correct / total.clamp(min=1)).tolist()


@mistake(
    "pc-index-of-image",
    "the class number is used to pick an image of the batch, not the images of the class",
    ask="What is at place c of your predictions: something about class c, or about image c?",
    idea="Predictions and labels are ordered by images. Which images show a c has to be found out first.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            correct[c] += (predictions[c] == labels[c]).item()
            total[c] += 1
    return [correct[c] / total[c] for c in range(num_classes)]


@mistake(
    "pc-compares-whole-batch",
    "the comparison of a whole batch is used as if it were one yes or no",
    ask="How many answers does comparing two tensors of 5 numbers give?",
    idea="An if wants one answer. Several answers are to be counted, or looked at one by one.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            if labels == c:
                total[c] += 1
                if predictions == labels:
                    correct[c] += 1
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]


@mistake(
    "pc-returns-dict",
    "a dict from class to accuracy is returned instead of a list",
    ask="Of which type does the docstring say that the result is?",
    idea="Where things are counted from 0 on, a list already knows their numbers.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return dict(enumerate(reference.accuracy_per_class(net, loader, num_classes)))


@mistake(
    "pc-returns-pairs",
    "each entry of the result is a pair, not a number",
    ask="What is in the first entry of your result?",
    idea="The place in the list says which class it is. Nothing but the share is asked for.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return list(enumerate(reference.accuracy_per_class(net, loader, num_classes)))


@mistake(
    "pc-returns-mean",
    "a single number is returned, the mean over the classes",
    ask="Can one see from your result which class is the hardest?",
    idea="The list is there to show what one number hides.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    return sum(reference.accuracy_per_class(net, loader, num_classes)) / num_classes


@mistake(
    "pc-returns-nothing",
    "the accuracies are printed but not returned",
    ask="What does a caller get from your function?",
    idea="What is printed can be read by people only. A program needs it returned.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(net, loader, num_classes=10):
    for c, share in enumerate(reference.accuracy_per_class(net, loader, num_classes)):
        print(f"Accuracy of {c}: {share:.1%}")


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "per-class-ten-counters",
    "there are counters for ten classes, however many are asked for",
    ask="Where does the number 10 stand in your code, and what should stand there?",
    idea="num_classes says how many classes there are.",
    lesson="8. Accuracy per class",
    named_by="any_number_of_classes",
)
def accuracy_per_class(net, loader, num_classes=10):
    return (reference.accuracy_per_class(net, loader, 10) + [0.0] * num_classes)[:num_classes]


@mistake(
    "per-class-squeezes",
    "a batch of one image loses its first dimension",
    ask="What is the shape of your outputs for a batch of one image?",
    idea="squeeze takes away every dimension of size 1, the batch too.",
    lesson="8. Accuracy per class",
    named_by="batches_of_one_kind",
)
def accuracy_per_class(net, loader, num_classes=10):
    correct, total = [0] * num_classes, [0] * num_classes
    for images, labels in loader:
        predictions = net(images).squeeze().argmax(dim=1)
        for label, prediction in zip(labels.tolist(), predictions.tolist()):
            correct[label] += label == prediction
            total[label] += 1
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


@mistake(
    "per-class-skips-batches-of-one-class",
    "a batch whose images are all of one class is left out",
    ask="Which batches do your counters see?",
    idea="Every image counts for its own class, however the batches are made up.",
    lesson="8. Accuracy per class",
    named_by="batches_of_one_kind",
)
def accuracy_per_class(net, loader, num_classes=10):
    batches = [batch for batch in loader if len(set(batch[1].tolist())) > 1]
    return reference.accuracy_per_class(net, batches, num_classes)
