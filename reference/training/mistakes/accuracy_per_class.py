"""Known mistakes of accuracy_per_class. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-per-class-precision",
    "the images are counted by prediction, not by label: that is the precision",
    ask="Of which images does your denominator count how many there are: of those that are a c, or of those called one?",
    idea="Two questions: which of the real ones are found, and which of the found ones are real.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[prediction] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


@mistake(
    "pc-share-of-all",
    "the hits of a class are divided by the number of all images",
    ask="What do your numbers sum to for a perfect model?",
    idea="Each class is a whole of its own, with its own images.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / sum(total) for c in correct]


@mistake(
    "pc-share-of-hits",
    "the hits of a class are divided by all hits",
    ask="What do your numbers sum to?",
    idea="Where the hits are is another question than how many are hit.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / sum(correct) for c in correct]


@mistake(
    "pc-error-rate",
    "the share of wrong predictions is returned for each class",
    ask="What does your function give for a perfect model?",
    idea="Accuracy counts the hits, the error rate the misses.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    return [1 - share for share in reference.accuracy_per_class(model, loader, num_classes)]


@mistake(
    "pc-counts",
    "the numbers of right predictions are returned, not their shares",
    ask="Can an entry of yours be larger than 1?",
    idea="A count says little without the number of images it was counted among.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return correct


@mistake(
    "pc-percent",
    "the results are percentages instead of shares from 0 to 1",
    ask="In which range does the docstring say that the results lie?",
    idea="Per cent are for reading. To compute with, a share is handier.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    return [100 * share for share in reference.accuracy_per_class(model, loader, num_classes)]


@mistake(
    "pc-returns-mean",
    "a single number is returned, the mean over the classes",
    ask="Can one see from your result which class is the hardest?",
    idea="The list is there to show what one number hides.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    return sum(reference.accuracy_per_class(model, loader, num_classes)) / num_classes


@mistake(
    "pc-returns-dict",
    "a dict from class to accuracy is returned instead of a list",
    ask="Of which type does the docstring say that the result is?",
    idea="Where things are counted from 0 on, a list already knows their numbers.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    return dict(enumerate(reference.accuracy_per_class(model, loader, num_classes)))


@mistake(
    "pc-returns-nothing",
    "the accuracies are printed but not returned",
    ask="What does a caller get from your function?",
    idea="What is printed can be read by people only. A program needs it returned.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    for c, share in enumerate(reference.accuracy_per_class(model, loader, num_classes)):
        print(f"class {c}: {share:.1%}")


@mistake(
    "pc-mean-of-batches",
    "each batch's shares are averaged, although batches hold different numbers of a class",
    ask="Does each image of a class have the same weight, also one that is alone in its batch?",
    idea="Count over all batches, and divide once at the end.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    shares = [[] for _ in range(num_classes)]
    for batch in loader:
        labels = batch[1].tolist()
        for c, share in enumerate(reference.accuracy_per_class(model, [batch], num_classes)):
            shares[c] += [share] * (c in labels)
    return [sum(s) / len(s) if s else 0.0 for s in shares]


@mistake(
    "pc-last-batch-only",
    "only the last batch counts: the counters are set anew for every batch",
    ask="What do your counters hold after the second batch?",
    idea="Counters start where the thing they count for starts: before the first batch.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct, total = [0] * num_classes, [0] * num_classes
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


@mistake(
    "pc-one-list-for-both",
    "hits and images are counted in one and the same list, which has two names",
    ask="If you change the list of one name, what happens to the list of the other?",
    idea="Two names with one equals sign after the other stand for one list, not for two equal ones.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct = total = [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


@mistake(
    "pc-shared-list",
    "all classes share one list, because a list of one list was multiplied",
    ask="How many lists does multiplying a list of one list give you?",
    idea="Multiplying a list repeats what is in it. It does not make copies of it.",
    lesson="8. Accuracy per class",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    hits = [[]] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                hits[label].append(label == prediction)
    model.train(mode)
    return [sum(h) / len(h) if h else 0.0 for h in hits]


@mistake(
    "pc-absent-class-divides-by-zero",
    "a class without images leads to a division by zero",
    ask="What does your function do when a class does not occur at all?",
    idea="Not every set has all classes. The lesson says what such a class gets.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t for c, t in zip(correct, total)]


@mistake(
    "pc-absent-class-nan",
    "a class without images gets nan",
    ask="What is 0.0 / 0 of two tensors?",
    idea="Not every set has all classes. The lesson says what such a class gets.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return (torch.tensor(correct) / torch.tensor(total)).tolist()


@mistake(
    "pc-present-classes-only",
    "classes without images have no entry, so the others move up",
    ask="Which class does the third entry of your list belong to when class 1 does not occur?",
    idea="The place in the list says which class it is. So every class needs its place, also an empty one.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t for c, t in zip(correct, total) if t]


@mistake(
    "pc-classes-from-labels",
    "the number of classes is taken from the largest label that occurs",
    ask="How many entries has your list when the last class does not occur?",
    idea="Which classes there are is known beforehand. A set need not show all of them.",
    lesson="8. Accuracy per class",
    named_by="ten_classes_by_default",
)
def accuracy_per_class(model, loader, num_classes=10):
    largest = max(labels.max().item() for _, labels in loader)
    return reference.accuracy_per_class(model, loader, largest + 1)


@mistake(
    "pc-argmax-dim0",
    "argmax runs over the images of the batch instead of over the classes",
    ask="How many predictions do you get for a batch of 3 images?",
    idea="The classes of one image compete with each other, not the images for a class.",
    lesson="7. Accuracy",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=0)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


@mistake(
    "pc-no-flatten",
    "the images are not flattened, but the model takes rows of pixels",
    ask="Which shape have the images, and which shape does the model take?",
    idea="A picture is a square of 28 times 28 numbers, a row has 784.",
    lesson="3. One training pass: Flatten",
    named_by="per_class",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


@mistake(
    "pc-no-eval",
    "the model is asked in the mode that it happens to be in",
    ask="Which mode is the model in when your function begins?",
    idea="Between two epochs it is the training mode, and some layers then work only half.",
    lesson="5. Predicting: Two modes",
    named_by="per_class_modes",
)
def accuracy_per_class(model, loader, num_classes=10):
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


@mistake(
    "pc-eval-not-undone",
    "the model is left in evaluation mode",
    ask="In which mode is the model when training goes on after your function?",
    idea="Who borrows something gives it back as it was.",
    lesson="5. Predicting: Two modes",
    named_by="per_class_modes",
)
def accuracy_per_class(model, loader, num_classes=10):
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    return [c / t if t else 0.0 for c, t in zip(correct, total)]


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "pc-ten-counters",
    "there are counters for ten classes, however many are asked for",
    ask="Where does the number 10 stand in your code, and what should stand there?",
    idea="num_classes says how many classes there are.",
    lesson="8. Accuracy per class",
    named_by="any_number_of_classes",
)
def accuracy_per_class(model, loader, num_classes=10):
    return (reference.accuracy_per_class(model, [(x, y.clamp(max=9)) for x, y in loader], 10) + [0.0] * num_classes)[
        :num_classes
    ]


@mistake(
    "pc-squeezes",
    "a batch of one image loses its first dimension",
    ask="What is the shape of your outputs for a batch of one image?",
    idea="squeeze takes away every dimension of size 1, the batch too.",
    lesson="8. Accuracy per class",
    named_by="any_number_of_classes",
)
def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    correct, total = [0] * num_classes, [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).squeeze().argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist()):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [c / t if t else 0.0 for c, t in zip(correct, total)]
