"""Known mistakes of train_epoch. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-sum-not-weighted",
    "the batches' mean losses are added up, although batches differ in size",
    ask="What does your total become when the batches are twice as large?",
    idea="The loss of a batch is a mean. Before means can be added up, each must become a sum again.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "pt-loss-mean-wrong",
    "the sum of the batches' means is divided by the number of images",
    ask="How many numbers have you added, and by how many do you divide?",
    idea="The loss of a batch is a mean already. To divide once more makes it a number that means nothing.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss
        total_correct += num_correct
    return total_loss / len(loader.dataset), total_correct


@mistake(
    "epoch-mean-over-images",
    "the mean over the images is returned instead of the total",
    ask="What was asked for: a sum, or a mean?",
    idea="A total grows with the number of images.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss / len(loader.dataset), total_correct


@mistake(
    "epoch-mean-over-batches",
    "the mean over the batches is returned instead of the total",
    ask="What was asked for: a sum, or a mean?",
    idea="A total grows with the number of images.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss
        total_correct += num_correct
    return total_loss / len(loader), total_correct


@mistake(
    "epoch-assumes-full-batches",
    "every batch counts with the loader's batch size, the smaller last one too",
    ask="How many images has the last batch of 13 in fives?",
    idea="How many images a batch really has can be read from itself.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * loader.batch_size
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "epoch-hardcoded-batch-size",
    "every batch counts with a fixed number of images",
    ask="What does your total become with batches of another size?",
    idea="How many images a batch really has can be read from itself.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
    values={"SIZE": (64, 100)},
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * SIZE
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "epoch-last-batch-only",
    "only the last batch is left in the totals",
    ask="What happens to the total of the first batch when the second comes?",
    idea="A total is added to. Whoever sets it anew forgets what was there.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss = loss * len(images)
        total_correct = num_correct
    return total_loss, total_correct


@mistake("epoch-last-batch-only")
def train_epoch(network, optimizer, loader):
    for images, labels in loader:
        total_loss, total_correct = 0.0, 0
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "epoch-count-of-last-batch",
    "the count is that of the last batch",
    ask="What happens to the count of the first batch when the second comes?",
    idea="A total is added to. Whoever sets it anew forgets what was there.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct = num_correct
    return total_loss, total_correct


@mistake(
    "epoch-first-batch-only",
    "the function returns after the first batch",
    ask="How often does your loop run before it returns?",
    idea="A return ends the function wherever it stands.",
    lesson="5. One epoch: One walk",
    named_by="one_walk",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
        return total_loss, total_correct


@mistake(
    "epoch-drops-smaller-batch",
    "the last batch is left out when it is smaller",
    ask="Which images are never learned from?",
    idea="A smaller batch is a batch.",
    lesson="5. One epoch: One walk",
    named_by="one_walk",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        if len(images) < loader.batch_size:
            continue
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "epoch-first-batch-again",
    "every step is made on the loader's first batch",
    ask="Which images does your second step learn from?",
    idea="A new walk begins at the beginning. One walk is enough for all batches.",
    lesson="5. One epoch: One walk",
    named_by="one_walk",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for _ in range(len(loader)):
        images, labels = next(iter(loader))
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "epoch-walks-twice",
    "the loader is walked through twice",
    ask="How many steps does your function make, and how many batches are there?",
    idea="An epoch is one walk. How many epochs there are is for the caller to say.",
    lesson="5. One epoch: One walk",
    named_by="one_walk",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in [*loader, *loader]:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "pt-labels-shuffled",
    "images and labels come from two walks, in different orders",
    ask="Does the third label belong to the third image?",
    idea="What belongs together has to be taken together.",
    lesson="5. One epoch: One walk",
    named_by="images_and_labels_belong_together",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for (images, _), (_, labels) in zip(loader, loader):
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct


@mistake(
    "epoch-evaluates-after",
    "the totals are computed afterwards, in another walk",
    ask="Which parameters do your totals belong to?",
    idea="The totals are collected while the network learns, each batch's before its step.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    for images, labels in loader:
        train_batch(network, optimizer, images, labels)
    total_loss, total_correct = 0.0, 0
    with torch.no_grad():
        for images, labels in loader:
            outputs = network(images)
            total_loss += functional.cross_entropy(outputs, labels).item() * len(images)
            total_correct += get_num_correct(outputs, labels)
    return total_loss, total_correct


@mistake(
    "pt-zero-grad-outside",
    "the gradients are cleared once for the epoch, not for every batch",
    ask="Whose gradients are there when the second backward begins?",
    idea="Every batch begins with nothing.",
    lesson="4. One batch: Old gradients",
    named_by="one_walk",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    optimizer.zero_grad()
    for images, labels in loader:
        outputs = network(images)
        loss = functional.cross_entropy(outputs, labels)
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * len(images)
        total_correct += get_num_correct(outputs, labels)
    return total_loss, total_correct


@mistake(
    "epoch-one-step",
    "one step is made for the whole epoch, not one for each batch",
    ask="How many steps does your function make for five batches?",
    idea="Many rough steps beat one exact step.",
    lesson="5. One epoch: One walk",
    named_by="one_walk",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    optimizer.zero_grad()
    for images, labels in loader:
        outputs = network(images)
        loss = functional.cross_entropy(outputs, labels)
        loss.backward()
        total_loss += loss.item() * len(images)
        total_correct += get_num_correct(outputs, labels)
    optimizer.step()
    return total_loss, total_correct


@mistake(
    "epoch-learns-nothing",
    "the batches are only looked at: no step is made",
    ask="Which of your lines changes the parameters?",
    idea="An epoch of training is as many steps as there are batches.",
    lesson="5. One epoch: One walk",
    named_by="one_walk",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    with torch.no_grad():
        for images, labels in loader:
            outputs = network(images)
            total_loss += functional.cross_entropy(outputs, labels).item() * len(images)
            total_correct += get_num_correct(outputs, labels)
    return total_loss, total_correct


@mistake(
    "epoch-returns-swapped",
    "count and total loss have changed places",
    ask="Which comes first in your result?",
    idea="The caller tells the two apart by their place alone.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_correct, total_loss


@mistake(
    "epoch-returns-loss-alone",
    "only the total loss is returned",
    ask="How many values does the caller expect?",
    idea="The caller takes what is returned apart, and needs both parts.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss


@mistake(
    "epoch-returns-nothing",
    "nothing is returned",
    ask="What does the last line of your function hand back?",
    idea="The network has changed, but the caller also wants to know how it did.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    print(total_loss, total_correct)


@mistake(
    "epoch-returns-share",
    "the share of right images is returned instead of their number",
    ask="Can your second result be larger than 1?",
    idea="How many and what share of them are two questions. The division comes later.",
    lesson="5. One epoch: Totals over the images",
    named_by="totals",
)
def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct / len(loader.dataset)


@mistake(
    "epoch-keeps-totals",
    "the totals outlast the call, so later epochs contain the earlier ones",
    ask="What is in your totals when the function is called a second time?",
    idea="Each epoch gets totals of its own.",
    lesson="5. One epoch: Totals over the images",
    named_by="second_epoch",
)
def train_epoch(network, optimizer, loader):
    totals = network.__dict__.setdefault("totals", [0.0, 0])
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        totals[0] += loss * len(images)
        totals[1] += num_correct
    return totals[0], totals[1]
