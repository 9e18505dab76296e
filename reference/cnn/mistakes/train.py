"""Known mistakes of train. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "train-return-in-loop",
    "the function returns after the first epoch",
    ask="How often does your loop run before it returns?",
    idea="A return ends the function wherever it stands.",
    lesson="6. Many epochs: What train returns",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
        return accuracies


@mistake(
    "train-returns-nothing",
    "the accuracies are not returned",
    ask="What does the last line of your function hand back?",
    idea="Printing is for people; a caller gets only what is returned.",
    lesson="6. Many epochs: What train returns",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    print(accuracies)


@mistake(
    "train-returns-last-epoch",
    "a single number is returned instead of one for each epoch",
    ask="How does a reader of your result see whether the accuracy rose?",
    idea="It is the row of numbers over the epochs that shows the learning.",
    lesson="6. Many epochs: What train returns",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies[-1]


@mistake(
    "train-list-made-anew",
    "the list is made anew in every epoch",
    ask="How many numbers does your list have after the second epoch?",
    idea="What is to collect something over all epochs has to exist before the first.",
    lesson="6. Many epochs: What train returns",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    for _ in range(epochs):
        accuracies = []
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-returns-counts",
    "numbers of images are returned instead of shares",
    ask="Can your numbers be larger than 1?",
    idea="A count says little unless one knows of how many.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct)
    return accuracies


@mistake(
    "train-returns-percent",
    "percentages are returned instead of shares from 0 to 1",
    ask="What would your function return if all images were right?",
    idea="A share lies between 0 and 1.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(100 * num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "pt-accuracy-floor",
    "a division that rounds down leaves whole numbers only",
    ask="Which of the two divisions of Python's keeps the part behind the point?",
    idea="A share between 0 and 1 is almost never whole.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct // len(loader.dataset))
    return accuracies


@mistake("pt-accuracy-floor")
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(100 * num_correct // len(loader.dataset))
    return accuracies


@mistake("pt-accuracy-floor")
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(100 * num_correct // len(loader.dataset) / 100)
    return accuracies


@mistake(
    "train-rounds",
    "the accuracies are rounded to a few digits",
    ask="How much of your result is lost when it is 0.8849?",
    idea="Making numbers pretty is for printing. A result keeps its digits.",
    lesson="6. Many epochs: What train returns",
    named_by="accuracies",
    values={"DIGITS": (1, 2, 3)},
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(round(num_correct / len(loader.dataset), DIGITS))
    return accuracies


@mistake(
    "train-error-rate",
    "the share of wrong images is returned",
    ask="Do your numbers rise or fall when the network learns?",
    idea="Right and wrong ones make up the whole. Which of the two was asked for?",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(1 - num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-divides-by-batches",
    "the count is divided by the number of batches",
    ask="How many images are there, and what does len say of a loader?",
    idea="A loader counts batches.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader))
    return accuracies


@mistake(
    "train-divides-by-batch-size",
    "the count is divided by the size of a batch",
    ask="How many images are there in all?",
    idea="The share is one of all images of the epoch.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / loader.batch_size)
    return accuracies


@mistake(
    "train-assumes-full-batches",
    "the number of images is taken to be batches times batch size",
    ask="How many images has the last batch of 50 in twelves?",
    idea="The last batch may be smaller than the others.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / (len(loader) * loader.batch_size))
    return accuracies


@mistake(
    "train-divides-by-fixed-number",
    "the count is divided by a fixed number",
    ask="What does your function return when there are half as many images?",
    idea="Numbers that fit one data set are wrong for every other.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
    values={"TOTAL": (4000, 60000)},
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / TOTAL)
    return accuracies


@mistake(
    "train-count-not-reset",
    "the count is not reset, so later epochs still contain the earlier ones",
    ask="What is in your count at the start of the second epoch?",
    idea="Each epoch gets a number of its own, which knows nothing of those before.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies, total = [], 0
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        total += num_correct
        accuracies.append(total / len(loader.dataset))
    return accuracies


@mistake(
    "train-mean-so-far",
    "each number is the mean over all epochs so far",
    ask="What does the third number of your result say of the first epoch?",
    idea="Each epoch gets a number of its own, which knows nothing of those before.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies, total = [], 0
    for epoch in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        total += num_correct
        accuracies.append(total / len(loader.dataset) / (epoch + 1))
    return accuracies


@mistake(
    "train-returns-losses",
    "losses are returned instead of accuracies",
    ask="Do your numbers rise or fall when the network learns?",
    idea="How often a network is right and how much it is penalised are two questions.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(total_loss / len(loader.dataset))
    return accuracies


@mistake("train-returns-losses")
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        num_correct, total_loss = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-returns-pairs",
    "each entry of the result is a pair, not a number",
    ask="What is in the first entry of your result?",
    idea="The place in the list says which epoch it was. Nothing but the accuracy is asked for.",
    lesson="6. Many epochs: What train returns",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append((total_loss, num_correct / len(loader.dataset)))
    return accuracies


@mistake(
    "train-returns-texts",
    "the accuracies are returned as texts",
    ask="Can one compute with what you return?",
    idea="Making numbers pretty is for printing. A result stays a number.",
    lesson="6. Many epochs: What train returns",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(f"{num_correct / len(loader.dataset):.1%}")
    return accuracies


@mistake(
    "train-evaluates-after",
    "the accuracy is measured in another walk, after the epoch",
    ask="Which parameters does your accuracy belong to?",
    idea="The training accuracy is counted while the network learns, as train_epoch does it.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        train_epoch(network, optimizer, loader)
        with torch.no_grad():
            num_correct = sum(get_num_correct(network(images), labels) for images, labels in loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-mean-of-batches",
    "the batches' accuracies are averaged, although the last batch is smaller",
    ask="How much does an image in the last, smaller batch count?",
    idea="Count over all batches, and divide once.",
    lesson="6. Many epochs: The training accuracy",
    named_by="accuracies",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        shares = []
        for images, labels in loader:
            loss, num_correct = train_batch(network, optimizer, images, labels)
            shares.append(num_correct / len(images))
        accuracies.append(sum(shares) / len(shares))
    return accuracies


@mistake(
    "train-hardcoded-epochs",
    "the number of epochs is fixed",
    ask="How many epochs does your loop make when it is asked for three?",
    idea="How long to train is for the caller to say.",
    lesson="6. Many epochs",
    named_by="follows_the_reference",
    values={"EPOCHS": (2, 10)},
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(EPOCHS):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-one-epoch-more",
    "there is one epoch too many",
    ask="Which numbers does your range go through?",
    idea="From 0 on there are as many numbers as the end of the range says.",
    lesson="6. Many epochs",
    named_by="follows_the_reference",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs + 1):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-one-epoch-less",
    "there is one epoch too few",
    ask="Which numbers does your range go through?",
    idea="The end of a range is not part of it. Where does yours begin?",
    lesson="6. Many epochs",
    named_by="follows_the_reference",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(1, epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-epoch-twice",
    "every epoch is trained twice: once for each of its two results",
    ask="How often do you call train_epoch in an epoch?",
    idea="A function that trains does so every time it is called. Take both of its results from one call.",
    lesson="6. Many epochs",
    named_by="follows_the_reference",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss = train_epoch(network, optimizer, loader)[0]
        num_correct = train_epoch(network, optimizer, loader)[1]
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-keeps-history",
    "the accuracies of earlier calls are returned as well",
    ask="train is called again for two more epochs. How many numbers does it return?",
    idea="The list belongs to one call: begin with an empty one.",
    lesson="6. Many epochs: What train returns",
    named_by="goes_on",
)
def train(network, optimizer, loader, epochs):
    accuracies = network.__dict__.setdefault("history", [])
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies


@mistake(
    "train-stops-early",
    "training ends when the accuracy does not rise",
    ask="How many epochs does your loop do when the second is no better than the first?",
    idea="The accuracy may fall and rise again. How long to train is for the caller to say.",
    lesson="6. Many epochs",
    named_by="goes_on",
)
def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        total_loss, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
        if len(accuracies) > 1 and accuracies[-1] <= accuracies[-2]:
            break
    return accuracies
