"""Known mistakes of train_batch. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-no-zero-grad",
    "the old gradients are never cleared, so those of all batches add up",
    ask="What is in a parameter's grad when your backward begins?",
    idea="backward adds. Who wants the gradient of one batch has to begin with nothing.",
    lesson="4. One batch: Old gradients",
    named_by="old_gradients",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-zero-grad-after-step",
    "the gradients are cleared after the step, so those from before the call still count",
    ask="What is in a parameter's grad when your function is called for the first time?",
    idea="Cleaning up for the next one helps only if everybody does it.",
    lesson="4. One batch: Old gradients",
    named_by="old_gradients",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-zero-grad-between",
    "the gradients are cleared between backward and step, so the step has none",
    ask="What is in a parameter's grad when the step is made?",
    idea="Between finding the gradients and using them, nobody may throw them away.",
    lesson="4. One batch: Old gradients",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-no-backward",
    "backward is forgotten, so the step has no gradients",
    ask="Which of your lines finds the gradients?",
    idea="A loss knows how it was computed, but nothing goes back before it is told to.",
    lesson="4. One batch: Five steps",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-no-step",
    "the optimizer makes no step, so nothing is learned",
    ask="Which of your lines changes the parameters?",
    idea="Gradients only say in which direction to go. Somebody has to walk.",
    lesson="4. One batch: Five steps",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-step-before-backward",
    "the step comes before backward, so it uses old gradients or none",
    ask="Whose gradients are there at the moment of your step?",
    idea="Gradients are true for one batch and for the parameters of that moment.",
    lesson="4. One batch: Five steps",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item(), get_num_correct(outputs, labels)


@mistake("batch-step-before-backward")
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-steps-twice",
    "two steps are made for one batch",
    ask="How many steps does your function make?",
    idea="One batch, one gradient, one step.",
    lesson="4. One batch: Five steps",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-negated",
    "the step goes uphill: backward starts from the negated loss",
    ask="Does the loss of the same batch fall after your step?",
    idea="The optimizer goes against the gradient already.",
    lesson="4. One batch: Five steps",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    (-loss).backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-loss-is-a-sum",
    "the loss is the sum over the images, not their mean",
    ask="What does your loss become when every image is there twice?",
    idea="By default a loss of torch's is a mean. What did you ask it for?",
    lesson="4. One batch: The loss",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels, reduction="sum")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-loss-times-images",
    "the returned loss is multiplied by the number of images",
    ask="Is your loss of two equal images twice that of one?",
    idea="The sum over the images is made later, by who walks through the batches.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item() * len(images), get_num_correct(outputs, labels)


@mistake(
    "batch-loss-over-images",
    "the returned loss is divided by the number of images once more",
    ask="Has the loss not been divided by the number of images already?",
    idea="By default a loss of torch's is a mean. To divide it again makes large batches look good.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item() / len(images), get_num_correct(outputs, labels)


@mistake(
    "batch-loss-after-step",
    "the loss is computed again, after the step",
    ask="Which parameters does your loss belong to?",
    idea="Before and after the step the network is not the same. What is asked for is the one that the batch met.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return functional.cross_entropy(network(images), labels).item(), get_num_correct(outputs, labels)


@mistake(
    "batch-count-after-step",
    "the right ones are counted after the step",
    ask="Which parameters does your count belong to?",
    idea="Before and after the step the network is not the same. What is asked for is the one that the batch met.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(network(images), labels)


@mistake(
    "batch-both-after-step",
    "loss and count are both of the network after its step",
    ask="Which parameters do your loss and count belong to?",
    idea="Before and after the step the network is not the same. What is asked for is the one that the batch met.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-returns-swapped",
    "count and loss have changed places",
    ask="Which comes first in your result?",
    idea="The caller tells the two apart by their place alone.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return get_num_correct(outputs, labels), loss.item()


@mistake(
    "batch-returns-loss-alone",
    "only the loss is returned",
    ask="How many values does the caller expect?",
    idea="The caller takes what is returned apart, and needs both parts.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    "batch-returns-nothing",
    "nothing is returned",
    ask="What does the last line of your function hand back?",
    idea="The network has changed, but the caller also wants to know how it did.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss.item())


@mistake(
    "batch-returns-share",
    "the share of right images is returned instead of their number",
    ask="Can your second result be larger than 1?",
    idea="How many and what share of them are two questions. The division comes later.",
    lesson="4. One batch: What train_batch returns",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels) / len(labels)


@mistake(
    "pt-logsoftmax-with-ce",
    "softmax is applied before a loss that applies it itself",
    ask="What does torch's cross entropy expect: scores, or probabilities?",
    idea="Softmax of probabilities squeezes them together: even a certain network looks unsure.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(functional.softmax(outputs, dim=1), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-softmax-nll",
    "probabilities are handed to a loss of log probabilities",
    ask="Is your loss negative?",
    idea="A loss that takes no logarithm itself wants them taken before.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.nll_loss(functional.softmax(outputs, dim=1), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-scores-into-nll",
    "raw scores are handed to a loss of log probabilities",
    ask="Is your loss negative?",
    idea="A loss that takes no logarithm itself wants them taken before.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.nll_loss(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-logsoftmax-dim0",
    "softmax runs over the batch instead of the classes",
    ask="Which of your probabilities sum to 1: those of an image, or those of a class?",
    idea="The classes of one image compete with each other; the images do not.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.nll_loss(functional.log_softmax(outputs, dim=0), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-mean-squared-error",
    "the loss is a squared error, not a cross entropy",
    ask="What does your loss say of a score of 10 for the right class?",
    idea="A score is better the higher it is, not the nearer to 1.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.mse_loss(outputs, functional.one_hot(labels, outputs.shape[1]).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-arguments-swapped-in-loss",
    "outputs and labels have changed places in the loss",
    ask="In which order does the loss expect its two arguments?",
    idea="First comes what the network says, then what would have been right.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(labels, outputs)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-target-float",
    "the labels are made floats",
    ask="Of which dtype are the labels that the loss expects?",
    idea="A label is the number of a class, and numbers of classes are whole.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-target-one-hot-short",
    "the one-hot labels are only as wide as the largest label of the batch",
    ask="How wide are your one-hot labels when no image of the last class is in the batch?",
    idea="The loss takes the labels as they are. One-hot labels are not needed.",
    lesson="4. One batch: The loss",
    named_by="what_it_returns",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, functional.one_hot(labels).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "pt-argmax-before-loss",
    "the loss gets predictions instead of scores",
    ask="Can a prediction become a little better?",
    idea="Which class is the largest jumps; a gradient needs something that changes little by little.",
    lesson="4. One batch: The loss",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs.argmax(dim=1), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-number-before-backward",
    "the loss becomes a plain number before backward",
    ask="What does a Python number know of the network?",
    idea="Only the tensor knows how it came about. Make a number of it at the end.",
    lesson="4. One batch: Autograd",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels).item()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss, get_num_correct(outputs, labels)


@mistake(
    "batch-without-autograd",
    "the outputs are computed without a way back",
    ask="Which lines does autograd see?",
    idea="no_grad is for when nothing is to be learned.",
    lesson="4. One batch: Autograd",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    with torch.no_grad():
        outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-clips",
    "the gradients are clipped before the step",
    ask="Who asked for shorter gradients?",
    idea="A step is the optimizer's work. What it is handed is the gradient as it is.",
    lesson="4. One batch: Five steps",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(network.parameters(), 0.01)
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-own-descent",
    "the parameters are moved by hand, and the optimizer is not asked",
    ask="What does your function use its optimizer for?",
    idea="Adam remembers earlier gradients. Who walks without it walks another way.",
    lesson="4. One batch: Adam",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in network.parameters():
            p -= 0.01 * p.grad
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-first-image",
    "only the first image of the batch is used",
    ask="What does your loss say of the second image?",
    idea="A batch is handled as a whole: nothing is to be picked from it.",
    lesson="4. One batch: Five steps",
    named_by="one_step",
)
def train_batch(network, optimizer, images, labels):
    images, labels = images[:1], labels[:1]
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


@mistake(
    "batch-ten-classes",
    "the number of classes is fixed",
    ask="For how many classes does your function work?",
    idea="The loss takes the labels as they are, however many classes there be.",
    lesson="4. One batch: The loss",
    named_by="another_batch",
)
def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = functional.cross_entropy(outputs, functional.one_hot(labels, 10).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)
