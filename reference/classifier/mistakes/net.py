"""Known mistakes of Net. Read as text by the grader; each takes the place of the model answer's definition."""


# The parameters, and the sizes of the layers


@mistake(
    "net-params-clones",
    "parameters holds copies of the layers' tensors, so a step would train the copies",
    ask="If the optimizer changes an entry of parameters, how would a layer come to know?",
    idea="The dict and the layer should be two ways to reach one and the same tensor.",
    lesson="4. Net: parameters",
    named_by="parameters_are_shared",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters = {name: tensor.clone() for name, tensor in self.parameters.items()}


@mistake(
    "net-params-missing-biases",
    "the biases are missing from parameters, so no step will ever move them",
    ask="Which tensors of a linear layer are learned?",
    idea="What is not in parameters is unknown to the optimizer and stays as it was at the start.",
    lesson="4. Net: parameters",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters = {"fc1.W": self.fc1.W, "fc2.W": self.fc2.W, "fc3.W": self.fc3.W}


@mistake(
    "net-params-other-names",
    "the entries of parameters have other names than fc1.W to fc3.b",
    ask="Which six keys does the docstring of Net promise?",
    idea="Others find a tensor in this dict by its name alone, so the names are part of the task.",
    lesson="4. Net: parameters",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters = {
            "W1": self.fc1.W,
            "b1": self.fc1.b,
            "W2": self.fc2.W,
            "b2": self.fc2.b,
            "W3": self.fc3.W,
            "b3": self.fc3.b,
        }


@mistake("net-params-other-names")
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters = {}
        for name in ("fc1", "fc2", "fc3"):
            self.parameters[f"{name}.weight"] = getattr(self, name).W
            self.parameters[f"{name}.bias"] = getattr(self, name).b


@mistake(
    "net-params-list",
    "parameters is a list of tensors instead of a dict with names",
    ask="How would the optimizer know which gradient belongs to the third entry?",
    idea="A place in a list says nothing about which layer a tensor comes from; a name does.",
    lesson="4. Net: parameters",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters = list(self.parameters.values())


@mistake("net-params-list")
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters = [(self.fc1.W, self.fc1.b), (self.fc2.W, self.fc2.b), (self.fc3.W, self.fc3.b)]


@mistake(
    "net-params-one-entry-per-layer",
    "parameters has one entry per layer instead of one per tensor",
    ask="How many tensors does the net learn, and how many entries has your dict?",
    idea="A step works on tensors. What lies one level deeper, inside a layer or a pair, is not reached by it.",
    lesson="4. Net: parameters",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters = {
            "fc1": {"W": self.fc1.W, "b": self.fc1.b},
            "fc2": {"W": self.fc2.W, "b": self.fc2.b},
            "fc3": {"W": self.fc3.W, "b": self.fc3.b},
        }


@mistake(
    "net-params-method",
    "parameters is a method that has to be called, not a dict",
    ask="What do you get for net.parameters without parentheses?",
    idea="Ready-made nets often have a method of this name. Here it is an attribute, found in place.",
    lesson="4. Net: parameters",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        self.fc1, self.relu1 = Linear(784, 120), ReLU()
        self.fc2, self.relu2 = Linear(120, 256), ReLU()
        self.fc3 = Linear(256, 10)
        self.gradients = {}

    def parameters(self):
        layers = {"fc1": self.fc1, "fc2": self.fc2, "fc3": self.fc3}
        return {f"{name}.{kind}": getattr(layer, kind) for name, layer in layers.items() for kind in ("W", "b")}


@mistake(
    "net-params-after-forward",
    "parameters is filled by the first forward, so it is empty when the optimizer gets it",
    ask="What does a net that has seen no image yet have in parameters?",
    idea="The optimizer is made once, before the first batch. What a net learns belongs to it from its birth.",
    lesson="4. Net: parameters",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.collected, self.parameters = self.parameters, {}

    def forward(self, x):
        self.parameters = self.collected
        return super().forward(x)


@mistake(
    "net-params-copied-line",
    "a copied line was not adapted: an entry of parameters is the tensor of another layer",
    ask="Print name and shape of every entry. Does each shape fit its name?",
    idea="Six lines that look nearly alike are easily copied and half adapted. Read each once more, word by word.",
    lesson="4. Net: parameters",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters["fc2.b"] = self.fc1.b


@mistake("net-params-copied-line")
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.parameters["fc3.W"] = self.fc2.W


@mistake(
    "net-params-remade-layers",
    "the layers are made again after parameters was filled, so it holds the tensors of the old ones",
    ask="Which layers existed when the dict was filled, and which ones does forward use?",
    idea="Making a layer makes new tensors. Whoever took the old ones before does not get them by itself.",
    lesson="4. Net: parameters",
    named_by="parameters_are_shared",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.fc3 = Linear(256, 10)


@mistake(
    "net-layers-in-class-body",
    "the layers are made once, in the class body, so all nets share them",
    ask="If you make two nets and train one of them, what happens to the other?",
    idea="What stands in the body of a class is made once, for all objects of the class together.",
    lesson="4. Net: parameters",
    named_by="parameters_are_shared",
)
class Net(reference.Net):
    fc1: Linear = Linear(784, 120)
    relu1: ReLU = ReLU()
    fc2: Linear = Linear(120, 256)
    relu2: ReLU = ReLU()
    fc3: Linear = Linear(256, 10)

    def __init__(self):
        self.parameters = {
            "fc1.W": self.fc1.W,
            "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W,
            "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W,
            "fc3.b": self.fc3.b,
        }
        self.gradients = {}


@mistake(
    "net-sizes-swapped",
    "the layers are made with their two sizes swapped",
    ask="How many numbers come into the first layer, and which argument of Linear says so?",
    idea="Linear takes the sizes in the order in which the data pass through it.",
    lesson="4. Net",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = Linear(120, 784), Linear(256, 120), Linear(10, 256)
        self.parameters = {
            "fc1.W": self.fc1.W,
            "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W,
            "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W,
            "fc3.b": self.fc3.b,
        }


@mistake(
    "net-sizes-other",
    "a hidden layer has another size than the lesson gives it",
    ask="How many numbers leave the first layer, according to the table of the lesson?",
    idea="Other sizes learn as well, but here they are given, so that results can be compared.",
    lesson="4. Net",
    named_by="parameters",
    values={"HIDDEN": (128, 100)},
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = Linear(784, HIDDEN), Linear(HIDDEN, 256)
        self.parameters |= {"fc1.W": self.fc1.W, "fc1.b": self.fc1.b, "fc2.W": self.fc2.W, "fc2.b": self.fc2.b}


@mistake(
    "net-two-layers",
    "the net has two linear layers instead of three",
    ask="Count the linear layers in the table of the lesson. How many has your net?",
    idea="Every layer is one more step from pixels to scores; here there are three.",
    lesson="4. Net",
    named_by="parameters",
)
class Net(reference.Net):
    def __init__(self):
        self.fc1, self.relu1, self.fc2 = Linear(784, 120), ReLU(), Linear(120, 10)
        self.parameters = {"fc1.W": self.fc1.W, "fc1.b": self.fc1.b, "fc2.W": self.fc2.W, "fc2.b": self.fc2.b}
        self.gradients = {}

    def forward(self, x):
        return self.fc2(self.relu1(self.fc1(x.reshape(len(x), 784))))


# Forwards


@mistake(
    "net-fwd-softmax-output",
    "the net returns softmax probabilities, and the loss applies softmax to them again",
    ask="What do your outputs of one image add up to, and what should they?",
    idea="The loss expects raw scores of any size. It makes probabilities of them by itself.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        return torch.softmax(super().forward(x), dim=1)


@mistake(
    "net-fwd-log-softmax-output",
    "the net returns log probabilities instead of raw scores",
    ask="Can one of your outputs ever be positive? Can a score?",
    idea="The logarithm and the softmax both belong to the loss. The net ends where its last layer ends.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        return torch.log_softmax(super().forward(x), dim=1)


@mistake(
    "net-fwd-mixes-images",
    "flattening mixes the pixels of different images",
    ask="Flatten two images, one all black and one all white. Is each row of one colour?",
    idea="The right shape alone is not enough: a row must hold the pixels of one image and of no other.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        return super().forward(x.reshape(784, -1).T)


@mistake("net-fwd-mixes-images")
class Net(reference.Net):
    def forward(self, x):
        return super().forward(x.permute(1, 2, 3, 0).reshape(-1, 784))


@mistake(
    "net-fwd-no-flatten",
    "the images go into the first layer without being flattened",
    ask="Which shape has a batch of images, and which does a linear layer take?",
    idea="A linear layer takes one row of numbers per image and knows nothing of height and width.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)


@mistake(
    "net-fwd-flattens-the-batch",
    "the whole batch is flattened into one row, not each image into its own",
    ask="Write down the shape after flattening a batch of 4. Where have the 4 images gone?",
    idea="The first dimension counts the images and has to survive; only the others become one.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        x = self.relu1(self.fc1(x.flatten()))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)


@mistake(
    "net-fwd-squeezes",
    "squeeze removes every dimension of size 1, also the batch's when it has a single image",
    ask="Which dimensions of size 1 does a batch of one image have?",
    idea="One dimension of size 1 stands for the grey channel, the other may stand for the batch.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        x = x.squeeze()
        x = self.relu1(self.fc1(x.flatten(1)))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)


@mistake("net-fwd-squeezes")
class Net(reference.Net):
    def forward(self, x):
        return super().forward(x).squeeze()


@mistake(
    "net-fwd-fixed-batch-size",
    "the batch size is written into forward as a fixed number",
    ask="What does forward do with a last batch that is smaller than the others?",
    idea="How many images there are can be read from the batch itself, every time anew.",
    lesson="4. Net",
    named_by="forward",
    values={"BATCH": (64, 4)},
)
class Net(reference.Net):
    def forward(self, x):
        x = x.reshape(BATCH, 784)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)


@mistake(
    "net-fwd-relu-at-the-end",
    "a ReLU after the last layer cuts off all negative scores",
    ask="May a score be negative? Which of your outputs are?",
    idea="A ReLU stands between two linear layers, to bend what would be straight. After the last one comes nothing.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        return super().forward(x).clamp(min=0)


@mistake("net-fwd-relu-at-the-end")
class Net(reference.Net):
    def forward(self, x):
        x = x.reshape(len(x), 784)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.relu2(self.fc3(x))


@mistake(
    "net-fwd-skips-one-relu",
    "one of the two ReLUs is missing in forward",
    ask="Name the five layers in the order in which your forward calls them. Which one is missing?",
    idea="Two linear layers without a bend between them are no more than one.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        x = x.reshape(len(x), 784)
        x = self.fc1(x)
        x = self.relu2(self.fc2(x))
        return self.fc3(x)


@mistake("net-fwd-skips-one-relu")
class Net(reference.Net):
    def forward(self, x):
        x = x.reshape(len(x), 784)
        x = self.relu1(self.fc1(x))
        x = self.fc2(x)
        return self.fc3(x)


@mistake(
    "net-fwd-skips-relus",
    "there is no ReLU in forward at all, so the net is one linear map",
    ask="What do three linear layers in a row amount to?",
    idea="Without something bent between the layers, their number makes no difference.",
    lesson="3. ReLU",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        return self.fc3(self.fc2(self.fc1(x.reshape(len(x), 784))))


@mistake(
    "net-fwd-drops-relu-results",
    "the ReLUs are called but their results are not used",
    ask="Does a ReLU change the tensor that it is given, or does it return another one?",
    idea="A call whose result goes nowhere does nothing for the next layer.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        x = self.fc1(x.reshape(len(x), 784))
        self.relu1(x)
        x = self.fc2(x)
        self.relu2(x)
        return self.fc3(x)


@mistake(
    "net-fwd-relu-before-linear",
    "each ReLU stands before a linear layer, so the first one cuts off the dark pixels",
    ask="What happens to the negative pixels of a standardised image in your net?",
    idea="The order of layers matters: the bend applies to what a layer computed, not to the image.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        x = x.reshape(len(x), 784)
        x = self.fc1(self.relu1(x))
        x = self.fc2(self.relu2(x))
        return self.fc3(x)


@mistake(
    "net-fwd-new-layers",
    "forward makes new layers at every call, with new random weights",
    ask="What does your net say when it is asked twice about the same image?",
    idea="A layer carries what was learned. Making it anew throws that away.",
    lesson="4. Net",
    named_by="parameters_are_shared",
)
class Net(reference.Net):
    def forward(self, x):
        x = x.reshape(len(x), 784)
        x = ReLU()(Linear(784, 120)(x))
        x = ReLU()(Linear(120, 256)(x))
        return Linear(256, 10)(x)


@mistake(
    "net-fwd-returns-class",
    "forward returns the predicted class instead of the scores",
    ask="How many numbers does the loss need for each image?",
    idea="Which class wins is a question for the evaluation. The loss wants to know how sure the net was of each.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        return super().forward(x).argmax(dim=1)


@mistake(
    "net-fwd-returns-nothing",
    "forward computes the scores but does not return them",
    ask="What does a function without a return give back?",
    idea="A result that is only stored inside a function is lost when the function ends.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        x = self.relu1(self.fc1(x.reshape(len(x), 784)))
        x = self.relu2(self.fc2(x))
        x = self.fc3(x)


@mistake(
    "net-call-returns-nothing",
    "__call__ calls forward but does not return what it gives",
    ask="What do you get from net(images), and what from net.forward(images)?",
    idea="Calling another function inside does not make its result one's own.",
    lesson="4. Net",
    named_by="forward",
)
class Net(reference.Net):
    def __call__(self, x):
        self.forward(x)


@mistake(
    "net-fwd-rescales-pixels",
    "forward rescales the pixels, which arrive ready to use",
    ask="In which range are the pixels when forward gets them?",
    idea="The preparation of the images happens before the net. The net takes numbers as they come.",
    lesson="10. All of it together",
    named_by="forward",
)
class Net(reference.Net):
    def forward(self, x):
        return super().forward(x / 255)


@mistake("net-fwd-rescales-pixels")
class Net(reference.Net):
    def forward(self, x):
        return super().forward((x - 0.1307) / 0.3081)


@mistake(
    "net-fwd-bypasses-layers",
    "forward does the layers' arithmetic by itself, so no layer remembers its input",
    ask="What does a layer need to know in its backward, and who tells it?",
    idea="A layer's forward does two things: it computes and it takes a note. Without the call there is no note.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def forward(self, x):
        p = self.parameters
        x = x.reshape(len(x), 784)
        x = (x @ p["fc1.W"].T + p["fc1.b"]).clamp(min=0)
        x = (x @ p["fc2.W"].T + p["fc2.b"]).clamp(min=0)
        return x @ p["fc3.W"].T + p["fc3.b"]


@mistake(
    "net-shared-relu",
    "one ReLU object serves both places, so the first layer is masked by the second one's input",
    ask="Which input does your ReLU remember when backward comes to its first place?",
    idea="A ReLU remembers one input only: the last. Count the places at which the net needs such a memory.",
    lesson="4. Net",
    named_by="gradients",
)
class Net(reference.Net):
    def __init__(self):
        super().__init__()
        self.relu1 = self.relu2 = ReLU()


# Backwards


@mistake(
    "net-bwd-skeleton",
    "backward calls the ReLUs forward instead of backward",
    ask="Which method of a layer turns a gradient into a gradient?",
    idea="On the way back no layer computes its result again; each one translates the gradient that it is handed.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        z, dW3, db3 = self.fc3.backward(dz)
        z = self.relu2(z)
        z, dW2, db2 = self.fc2.backward(z)
        z = self.relu1(z)
        z, dW1, db1 = self.fc1.backward(z)
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-skips-relus",
    "backward leaves out both ReLUs",
    ask="Which layers did the images pass on their way forwards, and which does the gradient pass?",
    idea="What happened on the way forwards has to be answered for on the way back, layer by layer.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(dz)
        _, dW1, db1 = self.fc1.backward(dz)
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-skips-one-relu",
    "backward leaves out one of the two ReLUs",
    ask="How many steps does the worked example take from right to left, and how many does your backward?",
    idea="What happened on the way forwards has to be answered for on the way back, by every layer.",
    lesson="4. Net: A worked example",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz = self.relu2.backward(dz)
        dz, dW2, db2 = self.fc2.backward(dz)
        _, dW1, db1 = self.fc1.backward(dz)
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake("net-bwd-skips-one-relu")
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(dz)
        dz = self.relu1.backward(dz)
        _, dW1, db1 = self.fc1.backward(dz)
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-swaps-w-and-b",
    "dW and db of a layer are stored under each other's name",
    ask="Which shape should the gradient of a weight have, and which has yours?",
    idea="A gradient has the shape of the tensor it belongs to, which shows whether it stands in the right place.",
    lesson="4. Net: How to check yourself",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz)
        g = self.gradients
        g["fc2.W"], g["fc2.b"] = g["fc2.b"], g["fc2.W"]


@mistake("net-bwd-swaps-w-and-b")
class Net(reference.Net):
    def backward(self, dz):
        dz, db3, dW3 = self.fc3.backward(dz)
        dz = self.relu2.backward(dz)
        dz, db2, dW2 = self.fc2.backward(dz)
        dz = self.relu1.backward(dz)
        dz, db1, dW1 = self.fc1.backward(dz)
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-keeps-first-gradients",
    "the gradients are stored only the first time",
    ask="Whose gradients does the net hold after a second batch?",
    idea="Gradients belong to one batch and to the parameters of that moment. The next batch makes them out of date.",
    lesson="6. Training",
    named_by="gradients_of_a_second_batch",
)
class Net(reference.Net):
    def backward(self, dz):
        before = self.gradients
        super().backward(dz)
        if before:
            self.gradients = before


@mistake(
    "net-bwd-accumulates",
    "the gradients of all calls so far are added up",
    ask="After two batches, which of them should the gradients speak of?",
    idea="A step answers the present batch alone. What earlier batches said has been used up.",
    lesson="6. Training",
    named_by="gradients_of_a_second_batch",
)
class Net(reference.Net):
    def backward(self, dz):
        before = self.gradients
        super().backward(dz)
        for name in before:
            self.gradients[name] += before[name]


@mistake(
    "net-bwd-forward-order",
    "backward goes through the layers from the first to the last",
    ask="Which layer can say something about the gradient of the scores?",
    idea="The gradient is known at the end of the net only. It has to be carried from there.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW1, db1 = self.fc1.backward(dz)
        dz = self.relu1.backward(dz)
        dz, dW2, db2 = self.fc2.backward(dz)
        dz = self.relu2.backward(dz)
        _, dW3, db3 = self.fc3.backward(dz)
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-mixes-layers",
    "gradients are stored under the name of another layer",
    ask="In which order do the gradients appear on the way back, and in which order stand the names?",
    idea="Names and gradients that run in opposite directions meet only in the middle.",
    lesson="4. Net: How to check yourself",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = dict(zip(self.parameters, [dW3, db3, dW2, db2, dW1, db1]))


@mistake(
    "net-bwd-not-stored",
    "the gradients never get into the attribute gradients",
    ask="What is in net.gradients after a backward?",
    idea="The training loop looks in one place only. What is returned or put elsewhere does not reach the optimizer.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(dz))
        gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}
        return gradients


@mistake("net-bwd-not-stored")
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz)
        self._grad = self.gradients
        del self.gradients


@mistake(
    "net-bwd-other-names",
    "the gradients have other names than the parameters they belong to",
    ask="With which name will the optimizer look for the gradient of fc1.W?",
    idea="A parameter and its gradient find each other by a common name.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz)
        self.gradients = {name.replace(".", ".d"): gradient for name, gradient in self.gradients.items()}


@mistake("net-bwd-other-names")
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2, "dW3": dW3, "db3": db3}


@mistake("net-bwd-other-names")
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = {"fc1": (dW1, db1), "fc2": (dW2, db2), "fc3": (dW3, db3)}


@mistake(
    "net-bwd-hands-on-other-tensor",
    "what a linear layer hands on to the left is not the gradient of its input",
    ask="Linear.backward returns three tensors. Which one does the ReLU before it need, and which one does it get?",
    idea="Each layer translates the gradient for its neighbour. Look up in which order the three results come.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        _, dW3, db3 = self.fc3.backward(dz)
        _, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-hands-on-the-tuple",
    "all that a linear layer's backward returns is handed on as a whole",
    ask="How many things does Linear.backward return, and how many does the next layer take?",
    idea="Of several results only one is for the neighbour. The others are what the layer itself has to learn.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz = self.fc3.backward(dz)
        dz = self.relu2.backward(dz)
        dz = self.fc2.backward(dz)
        dz = self.relu1.backward(dz)
        self.fc1.backward(dz)


@mistake(
    "net-bwd-hands-activations-on",
    "backward hands the layers' results on instead of the gradient",
    ask="What does the argument of a layer's backward have to say about the loss?",
    idea="What a layer computed says nothing of the loss. Only what comes from the right does.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def forward(self, x):
        self.z1 = self.fc1(x.reshape(len(x), 784))
        self.z2 = self.fc2(self.relu1(self.z1))
        self.z3 = self.fc3(self.relu2(self.z2))
        return self.z3

    def backward(self, dz):
        _, dW3, db3 = self.fc3.backward(dz)
        _, dW2, db2 = self.fc2.backward(self.relu2.backward(self.z2))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(self.z1))
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-divides-by-n",
    "backward divides by the batch size, although the gradient of the loss already is a mean",
    ask="By which factor do your gradients differ from the expected ones, and what is of that size?",
    idea="The mean over the images is taken once on the whole way. Find out where.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz / len(dz))


@mistake(
    "net-bwd-negates",
    "the gradients are negated, although the optimizer is the one who turns round",
    ask="Which way does a gradient point, and who decides to walk the other way?",
    idea="One minus is needed on the whole way to a step, and two are as bad as none.",
    lesson="5. Optimizer",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(-dz)


@mistake(
    "net-bwd-also-steps",
    "backward changes the parameters too, which is the optimizer's task",
    ask="What do your parameters look like before and after a backward?",
    idea="To find out the slope is one thing, to take a step another. Here two different objects do it.",
    lesson="6. Training",
    named_by="gradients_of_a_second_batch",
    values={"LR": (0.01, 0.1)},
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz)
        for name, parameter in self.parameters.items():
            parameter -= LR * self.gradients[name]


@mistake(
    "net-bwd-ignores-dz",
    "backward starts with ones instead of the gradient it is given",
    ask="Do your gradients change when dz becomes twice as large?",
    idea="All that backward can know about the loss is in its argument.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(torch.ones_like(dz))


@mistake(
    "net-bwd-relu-at-the-end",
    "backward begins with a ReLU of its own, although forward ends without one",
    ask="What becomes of the negative entries of dz in your backward?",
    idea="The way back is the way there in reverse, with the same layers and no others.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz * (dz > 0))


@mistake(
    "net-bwd-relus-swapped",
    "the two ReLUs are swapped on the way back",
    ask="Between which two layers does relu1 stand on the way forwards?",
    idea="Each ReLU remembers what it saw in its own place, and that has the size of its place.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu1.backward(dz))
        _, dW1, db1 = self.fc1.backward(self.relu2.backward(dz))
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-missing-layer",
    "the gradients of a layer are missing",
    ask="Which of the six parameters have a gradient after your backward?",
    idea="The first layer hands its dx to nobody, but what it learns is needed all the same.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        self.gradients = {"fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


@mistake("net-bwd-missing-layer")
class Net(reference.Net):
    def backward(self, dz):
        _, dW3, db3 = self.fc3.backward(dz)
        self.gradients = {"fc3.W": dW3, "fc3.b": db3}


@mistake(
    "net-bwd-missing-biases",
    "the gradients of the biases are missing",
    ask="Which of the six parameters have a gradient after your backward?",
    idea="A bias is learned like a weight. Linear.backward tells you about both.",
    lesson="4. Net: Backpropagation",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        dz, dW3, _ = self.fc3.backward(dz)
        dz, dW2, _ = self.fc2.backward(self.relu2.backward(dz))
        dz, dW1, _ = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = {"fc1.W": dW1, "fc2.W": dW2, "fc3.W": dW3}


@mistake(
    "net-bwd-transposes",
    "the gradients of the weights are stored transposed",
    ask="Which shape has a parameter, and which shape has its gradient?",
    idea="Linear.backward already gives each gradient the shape of its parameter.",
    lesson="4. Net: How to check yourself",
    named_by="gradients",
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz)
        self.gradients = {name: gradient.T for name, gradient in self.gradients.items()}


@mistake(
    "net-bwd-clips",
    "the gradients are clipped to a fixed range",
    ask="What is the largest entry among your gradients, and how large should it be?",
    idea="Cutting a gradient off changes its direction. If it really is too large, something before it is wrong.",
    lesson="4. Net: Backpropagation",
    named_by="gradients_of_a_second_batch",
    values={"LIMIT": (1.0, 5.0)},
)
class Net(reference.Net):
    def backward(self, dz):
        super().backward(dz)
        self.gradients = {name: gradient.clamp(-LIMIT, LIMIT) for name, gradient in self.gradients.items()}


@mistake(
    "net-bwd-softmax-again",
    "backward applies the derivative of softmax, which is already in the gradient it is given",
    ask="With respect to what is the gradient that the loss hands to your net?",
    idea="Softmax belongs to the loss, and so does its derivative. The net begins at its own scores.",
    lesson="1. NLLLoss: The gradient",
    named_by="gradients",
)
class Net(reference.Net):
    def forward(self, x):
        self.outputs = super().forward(x)
        return self.outputs

    def backward(self, dz):
        p = torch.softmax(self.outputs, dim=1)
        super().backward(dz * p * (1 - p))


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "net-fwd-four-dimensions",
    "images that are rows of pixels already are refused",
    ask="forward may be given (N, 784). What does your line that flattens make of it?",
    idea="Keep the first size and let torch find the rest: that fits both kinds of image.",
    lesson="4. Net",
    named_by="flat_images",
)
class Net(reference.Net):
    def forward(self, x):
        n, channels, height, width = x.shape
        return reference.Net.forward(self, x.reshape(n, channels * height * width))


@mistake("net-fwd-four-dimensions")
class Net(reference.Net):
    def forward(self, x):
        return reference.Net.forward(self, x[:, 0].flatten(1))


@mistake(
    "net-shared-gradients",
    "all nets put their gradients into one dict",
    ask="Where in your class is the dict gradients made, and how often?",
    idea="What stands in the body of a class is made once, and all its objects share it. What is made in __init__ is theirs.",
    lesson="4. Net: Backpropagation",
    named_by="two_nets",
)
class Net(reference.Net):
    shared = {}

    def backward(self, dz):
        reference.Net.backward(self, dz)
        self.shared.update(self.gradients)
        self.gradients = self.shared


@mistake("net-layers-in-class-body")
class Net(reference.Net):
    layers = []

    def __init__(self):
        reference.Net.__init__(self)
        if not self.layers:
            self.layers += [self.fc1, self.relu1, self.fc2, self.relu2, self.fc3]
        self.fc1, self.relu1, self.fc2, self.relu2, self.fc3 = self.layers
        for name in ("fc1", "fc2", "fc3"):
            self.parameters[name + ".W"] = getattr(self, name).W
            self.parameters[name + ".b"] = getattr(self, name).b
