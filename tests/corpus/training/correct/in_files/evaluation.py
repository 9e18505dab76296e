from helpers import evaluating, rows


def _guesses(model, loader):
    with evaluating(model):
        for images, labels in loader:
            yield from zip(model(rows(images)).argmax(dim=1).tolist(), labels.tolist())


def accuracy(model, loader):
    answers = [guess == label for guess, label in _guesses(model, loader)]
    return sum(answers) / len(answers)


def accuracy_per_class(model, loader, num_classes=10):
    answers = {c: [] for c in range(num_classes)}
    for guess, label in _guesses(model, loader):
        answers[label].append(guess == label)
    return [sum(found) / len(found) if found else 0.0 for found in answers.values()]
