"""Known mistakes of accuracy. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "acc-mean-of-batches",
    "the batches' accuracies are averaged, although the last batch is smaller",
    ask="Does each image have the same weight in your number, also one in a batch of three?",
    idea="A mean of shares is a share of the whole only if all parts are equally large.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    shares = []
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            shares.append((predictions == labels).float().mean().item())
    model.train(mode)
    return sum(shares) / len(shares)


@mistake(
    "pt-argmax-dim0",
    "argmax runs over the images of the batch instead of over the classes",
    ask="How many predictions do you get for a batch of 5 images, and how many should there be?",
    idea="The classes of one image compete with each other, not the images for a class.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=0)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "pt-argmax-flat",
    "argmax without a dimension gives one place among all outputs of the batch",
    ask="How many numbers does your argmax give for a batch of 5 images?",
    idea="Each image gets a prediction of its own, so the largest output has to be looked for in each row.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax()
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-largest-output-not-its-place",
    "the largest output is compared with the label, not the class it belongs to",
    ask="Which of the two things that a maximum over a row can tell you do you compare?",
    idea="How large the winner's output is does not matter here, only whose it is.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).max(dim=1).values
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake("acc-largest-output-not-its-place")
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            correct += (model(images.flatten(1)).exp().topk(1, dim=1).values.view(-1) == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-no-flatten",
    "the images are not flattened, but the model takes rows of pixels",
    ask="Which shape have the images, and which shape does the model take?",
    idea="A picture is a square of 28 times 28 numbers, a row has 784.",
    lesson="3. One training pass: Flatten",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-broadcast",
    "a column of predictions is compared with a row of labels, so each one meets every other",
    ask="How many yes and no does your comparison give for a batch of 5 images?",
    idea="A column and a row make a table. Only its diagonal would be an answer.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).topk(1, dim=1).indices
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-argmin",
    "the class with the smallest output is taken as the prediction",
    ask="Is a log-probability near 0 or far below 0 when the model believes in a class?",
    idea="The loss should be small, the log-probability of the right class should not.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmin(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-top-few",
    "an image counts as right if its label is among the few most probable classes",
    ask="How many predictions may a model make for one image?",
    idea="Only the first guess counts here, be the second one ever so near.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
    values={"GUESSES": (2, 3)},
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            best = model(images.flatten(1)).topk(GUESSES, dim=1).indices
            correct += (best == labels.unsqueeze(1)).any(dim=1).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-threshold",
    "an image counts as right if its label's probability is above one half",
    ask="Can a class win with a probability below one half?",
    idea="With many classes the largest share may be a small one. What counts is that it is the largest.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            p = model(images.flatten(1)).exp()
            correct += (p[torch.arange(len(labels)), labels] > 0.5).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-mean-probability",
    "the mean probability of the labels is returned instead of the share of right predictions",
    ask="What does your function give for a model that is always right, but never quite sure?",
    idea="How sure a model is shows in its loss. Accuracy counts images, and each is right or wrong.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            p = model(images.flatten(1)).exp()
            correct += p[torch.arange(len(labels)), labels].sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-returns-count",
    "the number of right predictions is returned, not their share",
    ask="Can your result be larger than 1?",
    idea="A count says little without the number of images it was counted among.",
    lesson="7. Accuracy: How to check yourself",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
    model.train(mode)
    return correct


@mistake(
    "acc-error-rate",
    "the share of wrong predictions is returned",
    ask="What does your function give for a perfect model?",
    idea="Accuracy counts the hits, the error rate the misses.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    return 1 - reference.accuracy(model, loader)


@mistake(
    "acc-percent",
    "the result is a percentage instead of a share from 0 to 1",
    ask="In which range does the docstring say that the result lies?",
    idea="Per cent are for reading. To compute with, a share is handier.",
    lesson="7. Accuracy: How to check yourself",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    return 100 * reference.accuracy(model, loader)


@mistake(
    "pt-accuracy-floor",
    "the division throws away what is behind the point",
    ask="What is 7 // 10 in Python?",
    idea="Two strokes divide whole numbers and drop the rest. A share is nearly all rest.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct // total


@mistake("pt-accuracy-floor")
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return 100 * correct // total / 100


@mistake(
    "acc-hardcoded-total",
    "the hits are divided by a fixed number of images",
    ask="What does your function give for a perfect model and a set of 13 images?",
    idea="Numbers that fit one data set are wrong for every other. Count while you go.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
    values={"TOTAL": (10000, 1000)},
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
    model.train(mode)
    return correct / TOTAL


@mistake(
    "acc-assumes-full-batches",
    "every batch counts with the same number of images, also the smaller last one",
    ask="How many images has the last batch, and how many do you count for it?",
    idea="How many images a batch really has can be read from itself.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += loader.batch_size
    model.train(mode)
    return correct / total


@mistake(
    "acc-divides-by-batches",
    "the hits are divided by the number of batches, not of images",
    ask="What does the length of a loader count?",
    idea="A share needs the same kind of thing above and below the line.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
    model.train(mode)
    return correct / len(loader)


@mistake(
    "acc-last-batch-only",
    "only the last batch counts: the counters are set anew for every batch",
    ask="What do your counters hold after the second batch?",
    idea="A counter has to start where the thing it counts for starts: before the first batch.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    with torch.no_grad():
        for images, labels in loader:
            correct = total = 0
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-first-batch-only",
    "only the first batch counts",
    ask="How many batches does your function look at?",
    idea="A return, or a single next, ends after one batch. An epoch has more.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
            break
    model.train(mode)
    return correct / total


@mistake(
    "acc-skips-last-batch",
    "the smaller last batch is left out",
    ask="What happens in your loop to a batch that has fewer images than the others?",
    idea="A batch may have any number of images, and each of them counts.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            if len(labels) == loader.batch_size:
                correct += (predictions == labels).sum().item()
                total += len(labels)
    model.train(mode)
    return correct / total


@mistake(
    "acc-returns-nothing",
    "the accuracy is printed but not returned",
    ask="What does a caller get from your function?",
    idea="What is printed can be read by people only. A program needs it returned.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    print(f"accuracy {reference.accuracy(model, loader):.1%}")


@mistake(
    "acc-rounds",
    "the result is rounded to a few digits",
    ask="Can your function tell 0.913 from 0.914?",
    idea="Making numbers pretty is for printing. A result keeps its digits.",
    lesson="7. Accuracy",
    named_by="uneven_batches",
    values={"DIGITS": (1, 2)},
)
def accuracy(model, loader):
    return round(reference.accuracy(model, loader), DIGITS)


@mistake(
    "acc-no-eval",
    "the model is asked in the mode that it happens to be in",
    ask="Which mode is the model in when your function begins?",
    idea="Between two epochs it is the training mode, and some layers then work only half.",
    lesson="5. Predicting: Two modes",
    named_by="modes",
)
def accuracy(model, loader):
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    return correct / total


@mistake(
    "acc-eval-not-undone",
    "the model is left in evaluation mode",
    ask="In which mode is the model when training goes on after your function?",
    idea="Who borrows something gives it back as it was.",
    lesson="5. Predicting: Two modes",
    named_by="modes",
)
def accuracy(model, loader):
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    return correct / total


@mistake(
    "acc-always-train",
    "the model is left in training mode, also if it was in evaluation mode before",
    ask="Which mode was the model in before, and how do you know?",
    idea="To put back what was there, one has to look at it first.",
    lesson="5. Predicting: Two modes",
    named_by="uneven_batches",
)
def accuracy(model, loader):
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train()
    return correct / total


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "acc-squeezes",
    "a batch of one image loses its first dimension",
    ask="What is the shape of your outputs for a batch of one image?",
    idea="squeeze takes away every dimension of size 1, the batch too.",
    lesson="7. Accuracy",
    named_by="single_images",
)
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).squeeze().argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total
