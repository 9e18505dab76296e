"""Known mistakes of build_model. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-logsoftmax-dim0",
    "the log-softmax runs over the images of the batch instead of over the classes",
    ask="Over which dimension do the ten numbers of one image stand?",
    idea="What the model thinks of one image has nothing to do with the others in the batch. Look at what sums to 1.",
    lesson="1. The model: Log-softmax",
    named_by="outputs",
)
def build_model():
    return nn.Sequential(
        nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10), nn.LogSoftmax(dim=0)
    )


@mistake(
    "pt-sequential-typo",
    "nn.sequential does not exist: the names of torch's modules begin with a capital",
    ask="Which word of your code does the message say does not exist?",
    idea="Modules are classes, and in Python the names of classes begin with a capital letter.",
    lesson="1. The model: Modules",
    named_by="parameters",
)
def build_model():
    return nn.sequential(
        nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10), nn.LogSoftmax(dim=1)
    )


@mistake(
    "build-softmax",
    "the model returns probabilities, not their logarithms",
    ask="Which sign have your outputs, and which sign has the logarithm of a probability?",
    idea="The loss of this course is made for logarithms. It would take your probabilities for some, and not complain.",
    lesson="1. The model: Log-softmax",
    named_by="outputs",
)
def build_model():
    return nn.Sequential(
        nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10), nn.Softmax(dim=1)
    )


@mistake(
    "build-no-log-softmax",
    "the model ends with raw scores, without the log-softmax",
    ask="What do the exponentials of a row of your outputs sum to?",
    idea="Raw scores may lie anywhere. Something has to turn them into logarithms of shares of a whole.",
    lesson="1. The model: Log-softmax",
    named_by="outputs",
)
def build_model():
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


@mistake(
    "pt-softmax-then-log",
    "the logarithm is taken of a softmax that may have become 0",
    ask="What is the smallest probability that float32 can hold, and what is the logarithm of the next smaller one?",
    idea="In two steps the number is rounded in between. In one step there is nothing in between.",
    lesson="1. The model: Log-softmax",
    named_by="large_scores",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

        def forward(self, x):
            x = nn.functional.relu(self.fc1(x))
            x = nn.functional.relu(self.fc2(x))
            return nn.functional.softmax(self.fc3(x), dim=1).log()

    return Model()


@mistake(
    "build-epsilon-in-log",
    "a small number is added before the logarithm, so that it never sees a zero",
    ask="How small can your outputs become at most, and how small should they?",
    idea="What is added hides the infinity, and changes every small probability with it.",
    lesson="1. The model: Log-softmax",
    named_by="large_scores",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

        def forward(self, x):
            x = nn.functional.relu(self.fc1(x))
            x = nn.functional.relu(self.fc2(x))
            return (nn.functional.softmax(self.fc3(x), dim=1) + 1e-8).log()

    return Model()


@mistake(
    "build-no-relu",
    "there is no ReLU between the layers, so the three are one linear layer",
    ask="What stands between your layers?",
    idea="A linear function of a linear function is linear again. Something bent has to come between.",
    lesson="1. The model: Modules",
    named_by="outputs",
)
def build_model():
    return nn.Sequential(nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10), nn.LogSoftmax(dim=1))


@mistake(
    "build-one-relu",
    "only one of the two ReLU is there",
    ask="How many layers have a ReLU after them in your model, and how many in the table of the lesson?",
    idea="Two layers without a bend between them are one.",
    lesson="1. The model: Modules",
    named_by="outputs",
)
def build_model():
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.Linear(64, 10), nn.LogSoftmax(dim=1))


@mistake("build-one-relu")
def build_model():
    return nn.Sequential(nn.Linear(784, 128), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10), nn.LogSoftmax(dim=1))


@mistake(
    "build-relu-at-the-end",
    "a ReLU follows the last layer too, so scores below zero are lost",
    ask="What happens to a score below zero on its way to the softmax?",
    idea="A score says for or against a class. After your last layer only the for is left.",
    lesson="1. The model: Modules",
    named_by="outputs",
)
def build_model():
    return nn.Sequential(
        nn.Linear(784, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
        nn.ReLU(),
        nn.LogSoftmax(dim=1),
    )


@mistake(
    "build-other-activation",
    "the bend between the layers is another one than ReLU",
    ask="What does your activation make of 3, and of -3?",
    idea="Several bends work. To be compared number by number, it has to be the one of the docstring.",
    lesson="1. The model: Modules",
    named_by="outputs",
    values={"BEND": ("Sigmoid", "Tanh", "LeakyReLU")},
)
def build_model():
    bend = getattr(nn, BEND)
    return nn.Sequential(
        nn.Linear(784, 128), bend(), nn.Linear(128, 64), bend(), nn.Linear(64, 10), nn.LogSoftmax(dim=1)
    )


@mistake(
    "build-other-sizes",
    "a layer has another number of units",
    ask="How many numbers leave each of your layers, and how many enter the next?",
    idea="The sizes are given by the docstring. Write them down in a row, and give each neighbouring pair to one layer.",
    lesson="1. The model: Modules",
    named_by="parameters",
    values={"UNITS": ((256, 64), (128, 128), (64, 128))},
)
def build_model():
    first, second = UNITS
    return nn.Sequential(
        nn.Linear(784, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU(), nn.Linear(second, 10), nn.LogSoftmax(1)
    )


@mistake(
    "build-without-bias",
    "the layers have no biases",
    ask="How many parameters has a layer, and what is each of them for?",
    idea="Without a bias every unit is 0 for a black picture, whatever it learns.",
    lesson="1. The model: Modules",
    named_by="parameters",
)
def build_model():
    return nn.Sequential(
        nn.Linear(784, 128, bias=False),
        nn.ReLU(),
        nn.Linear(128, 64, bias=False),
        nn.ReLU(),
        nn.Linear(64, 10, bias=False),
        nn.LogSoftmax(dim=1),
    )


@mistake(
    "build-layers-in-a-list",
    "the layers stand in a plain list, where the model does not find them",
    ask="Which parameters does your model list when it is asked for them?",
    idea="A module knows the modules that are its attributes. What is in a list of Python's own is hidden from it.",
    lesson="1. The model: Modules",
    named_by="parameters",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)]

        def forward(self, x):
            first, second, third = self.layers
            return nn.functional.log_softmax(third(second(first(x).relu()).relu()), dim=1)

    return Model()


@mistake(
    "pt-super-init",
    "the constructor of nn.Module is never called",
    ask="What has to happen in the constructor of a class that builds on another one?",
    idea="A module keeps books about its layers. The books are made by the constructor that you inherit.",
    lesson="1. The model: Modules",
    named_by="parameters",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            self.fc1, self.fc2, self.fc3 = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

        def forward(self, x):
            return nn.functional.log_softmax(self.fc3(self.fc2(self.fc1(x).relu()).relu()), dim=1)

    return Model()


@mistake(
    "build-returns-class",
    "the class is returned, not a model of it",
    ask="Is what you return a model, or the plan of one?",
    idea="A class has to be called to give an object.",
    lesson="1. The model: Modules",
    named_by="parameters",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

        def forward(self, x):
            return nn.functional.log_softmax(self.fc3(self.fc2(self.fc1(x).relu()).relu()), dim=1)

    return Model


@mistake(
    "build-returns-nothing",
    "the model is made but not returned",
    ask="What does a caller of your function get?",
    idea="What a function makes is gone when it ends, unless it hands it over.",
    lesson="1. The model: Modules",
    named_by="parameters",
)
def build_model():
    model = reference.build_model()
    model.eval()


@mistake(
    "build-one-for-all",
    "there is one model for all calls",
    ask="How many models are there after two calls of your function?",
    idea="What is made outside the function, or kept by it, is made once. Two experiments need two models.",
    lesson="1. The model: Modules",
    named_by="two_models",
)
def build_model():
    if not hasattr(build_model, "kept"):
        build_model.kept = reference.build_model()
    return build_model.kept


@mistake(
    "build-detached",
    "the way from the output back to the parameters is cut",
    ask="What would autograd find if it started at your output and went backwards?",
    idea="Detaching, .data and no_grad are for looking at results. In the forward pass they cut the way of the gradients.",
    lesson="1. The model: Modules",
    named_by="can_be_trained",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

        def forward(self, x):
            return nn.functional.log_softmax(self.fc3(self.fc2(self.fc1(x).relu()).relu()), dim=1).detach()

    return Model()


@mistake(
    "build-detached-halfway",
    "the way of the gradients is cut after the first layer, so that layer never learns",
    ask="Which layers does autograd meet when it goes backwards from your output?",
    idea="Each layer only learns if the way from the loss leads through it.",
    lesson="1. The model: Modules",
    named_by="can_be_trained",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

        def forward(self, x):
            x = self.fc1(x).relu().data
            return nn.functional.log_softmax(self.fc3(self.fc2(x).relu()), dim=1)

    return Model()


@mistake(
    "build-last-layer-twice",
    "the output of an earlier layer is handed on instead of the last one's",
    ask="Which variable does each line of your forward read, and which does it write?",
    idea="In a chain every step takes what the step before has made.",
    lesson="1. The model: Modules",
    named_by="outputs",
)
def build_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

        def forward(self, x):
            x = self.fc1(x)
            nn.functional.relu(x)
            x = self.fc2(x)
            nn.functional.relu(x)
            return nn.functional.log_softmax(self.fc3(x).relu(), dim=1)

    return Model()


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "build-constant-weights",
    "all weights of a layer begin with the same number",
    ask="What do two units learn that begin with the same weights and see the same images?",
    idea="Units that begin alike get equal gradients, and stay alike for ever.",
    lesson="1. The model: Modules",
    named_by="initial_weights",
    values={"VALUE": (0.0, 0.01)},
)
def build_model():
    model = reference.build_model()
    for parameter in model.parameters():
        nn.init.constant_(parameter, VALUE)
    return model


@mistake(
    "build-dropout",
    "units are dropped at random, so the model says something else each time",
    ask="Does your model say the same of an image when it is asked twice?",
    idea="Dropout is a good idea in other places. Here nobody asked for it, and it shows in training mode.",
    lesson="1. The model: Modules",
    named_by="images_do_not_meet",
)
def build_model():
    return nn.Sequential(
        nn.Linear(784, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
        nn.LogSoftmax(dim=1),
    )
