"""Known mistakes of Network. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-super-init",
    "nn.Module is not made ready before the first layer is set",
    ask="What does nn.Module need before it can take up a layer?",
    idea="A class that builds on another one lets that one make its own part first.",
    lesson="2. Network: A module of torch's",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "pt-cnn-padding",
    "the convolutions are padded, so the pictures keep their size",
    ask="How large is a picture of 28 pixels after your first convolution?",
    idea="A filter without padding can't stand on the outermost pixels. The result is smaller than the picture.",
    lesson="2. Network: How large the result is",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 12, 5, padding=2)
        self.fc1 = nn.Linear(12 * 7 * 7, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-padding-first",
    "the first convolution is padded, as for pictures of 32 pixels",
    ask="How large is a picture of 28 pixels after your first convolution?",
    idea="Numbers that fit pictures of another size come from another network.",
    lesson="2. Network: How large the result is",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-padding-unaccounted",
    "the convolutions are padded, but fc1 is as large as without",
    ask="How large is a picture when it reaches fc1?",
    idea="The sizes follow one from the other. Whoever changes the first one changes all of them.",
    lesson="2. Network: How large the result is",
    named_by="stages",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 12, 5, padding=2)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "pt-cnn-flatten-minus-one",
    "a wrong size disappears in the batch, because reshape finds the number of rows by itself",
    ask="How many rows reach fc1 for a batch of 3 images?",
    idea="A size that torch is to find by itself takes whatever is left over, also what should not be.",
    lesson="2. Network: From pictures to rows",
    named_by="stages",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.relu(self.conv2(t))
        t = functional.relu(self.fc1(t.reshape(-1, 192)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-pool-missing",
    "there is no pooling after the first convolution",
    ask="After which of the two convolutions do you pool?",
    idea="Every convolution has its ReLU and its pooling.",
    lesson="2. Network: Pooling",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 10 * 10, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.relu(self.conv1(t))
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-second-pool-missing",
    "there is no pooling after the second convolution",
    ask="After which of the two convolutions do you pool?",
    idea="Every convolution has its ReLU and its pooling.",
    lesson="2. Network: Pooling",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 8 * 8, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.relu(self.conv2(t))
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-pool-stride",
    "the windows of the pooling overlap: they move by 1",
    ask="By how much does your window move, and how large is the result?",
    idea="If a window moves by less than its own size, the pixels are looked at more than once.",
    lesson="2. Network: Pooling",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 18 * 18, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2, stride=1)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2, stride=1)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-fc1-forgets-the-area",
    "fc1 takes one number for each filter and forgets the pixels",
    ask="How many numbers does one filter leave of an image?",
    idea="Each filter gives a whole picture, however small.",
    lesson="2. Network: From pictures to rows",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-fc1-one-side",
    "fc1 counts the pixels of one side only",
    ask="How many pixels has a picture that is as high as it is wide?",
    idea="A picture has a height and a width.",
    lesson="2. Network: From pictures to rows",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 4, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-fc1-of-another-network",
    "fc1 is as large as for pictures of 32 pixels",
    ask="With which size does your count begin?",
    idea="Numbers that fit pictures of another size come from another network.",
    lesson="2. Network: How large the result is",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-fc1-before-pooling",
    "fc1 is as large as the second convolution's result, before its pooling",
    ask="Which stage is the last one before fc1?",
    idea="What fc1 gets is what the stage before it gives. Walk through all of them.",
    lesson="2. Network: How large the result is",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 8 * 8, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-fc1-pictures",
    "fc1 is as large as the picture at the start",
    ask="What is left of 28 times 28 pixels when they reach fc1?",
    idea="Each stage changes the size. What fc1 gets is what the last of them gives.",
    lesson="2. Network: How large the result is",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(28 * 28, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-kernel-3",
    "the filters are 3 x 3",
    ask="How many pixels does one of your filters look at?",
    idea="The size of a filter is part of what was asked for, and every later size depends on it.",
    lesson="2. Network: What a convolution does",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 12, 3)
        self.fc1 = nn.Linear(12 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-other-number-of-filters",
    "the second convolution has 16 filters",
    ask="How many filters has your second convolution?",
    idea="Other networks have other numbers; the one here stands in the docstring.",
    lesson="2. Network: What a convolution does",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-channels-swapped",
    "channels in and channels out have changed places",
    ask="How many channels has a grey picture, and how many does conv1 make of it?",
    idea="First comes what a layer gets, then what it gives.",
    lesson="2. Network: What a convolution does",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(6, 1, 5)
        self.conv2 = nn.Conv2d(12, 6, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-linear-swapped",
    "inputs and outputs of the linear layers have changed places",
    ask="What does fc2 get, and what does it give?",
    idea="First comes what a layer gets, then what it gives.",
    lesson="2. Network",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(120, 192)
        self.fc2 = nn.Linear(60, 120)
        self.out = nn.Linear(10, 60)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-no-bias",
    "the convolutions have no bias",
    ask="How many tensors does a convolution learn?",
    idea="Beside its weights, every filter has one number that is added everywhere.",
    lesson="2. Network: What a convolution does",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, bias=False)
        self.conv2 = nn.Conv2d(6, 12, 5, bias=False)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "pt-cnn-layer-in-forward",
    "a layer is made in forward, so every call has new random weights",
    ask="How often is each of your layers made?",
    idea="What is to be learned has to last from one batch to the next.",
    lesson="2. Network: A module of torch's",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(nn.Conv2d(6, 12, 5)(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake("pt-cnn-layer-in-forward")
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        self.conv2 = nn.Conv2d(6, 12, 5)
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-other-names",
    "a layer has another name",
    ask="Under which names do others look for your layers?",
    idea="The names are part of the promise: who loads given weights finds the layers by them.",
    lesson="2. Network: A module of torch's",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.fc3(t)


@mistake(
    "cnn-layers-in-a-list",
    "the layers stand in a plain list, where nn.Module does not see them",
    ask="What does parameters() of your network give?",
    idea="A module takes up what is set as its attribute. Into a plain list it does not look.",
    lesson="2. Network: A module of torch's",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [
            nn.Conv2d(1, 6, 5),
            nn.Conv2d(6, 12, 5),
            nn.Linear(192, 120),
            nn.Linear(120, 60),
            nn.Linear(60, 10),
        ]

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.layers[0](t)), 2)
        t = functional.max_pool2d(functional.relu(self.layers[1](t)), 2)
        t = functional.relu(self.layers[2](t.flatten(1)))
        return self.layers[4](functional.relu(self.layers[3](t)))


@mistake(
    "cnn-class-attributes",
    "the layers belong to the class, not to the network, and are not registered",
    ask="When are your layers made: for each network, or once for all of them?",
    idea="What stands in the body of a class is made once, before there is any network.",
    lesson="2. Network: A module of torch's",
    named_by="layers",
)
class Network(nn.Module):
    conv1 = nn.Conv2d(1, 6, 5)
    conv2 = nn.Conv2d(6, 12, 5)
    fc1 = nn.Linear(192, 120)
    fc2 = nn.Linear(120, 60)
    out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-extra-layer",
    "there is one layer more than was asked for",
    ask="How many layers with weights has your network?",
    idea="A network that was described exactly can be compared with others; one more layer makes another one of it.",
    lesson="2. Network",
    named_by="layers",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc3(functional.relu(self.fc2(t))))
        return self.out(t)


@mistake(
    "net-fwd-softmax-output",
    "probabilities are returned instead of raw scores; the loss applies softmax again",
    ask="Do your outputs sum to 1 in every row?",
    idea="The loss begins with the raw scores, and does all that is to be done with them.",
    lesson="2. Network: Raw scores",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return functional.softmax(self.out(t), dim=1)


@mistake(
    "net-fwd-log-softmax-output",
    "log probabilities are returned instead of raw scores",
    ask="Are all of your outputs below zero?",
    idea="The loss begins with the raw scores, and does all that is to be done with them.",
    lesson="2. Network: Raw scores",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return functional.log_softmax(self.out(t), dim=1)


@mistake(
    "cnn-relu-after-out",
    "there is a ReLU after the last layer, so no score is below zero",
    ask="Can one of your scores be negative?",
    idea="A score may have either sign. Bends stand between layers, not after the last.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return functional.relu(self.out(t))


@mistake(
    "cnn-no-relu-in-convolutions",
    "there is no ReLU after the convolutions",
    ask="What stands between conv1 and conv2, beside the pooling?",
    idea="Every convolution has its ReLU and its pooling.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(self.conv1(t), 2)
        t = functional.max_pool2d(self.conv2(t), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-no-relu-first",
    "there is no ReLU after the first convolution",
    ask="What stands between conv1 and conv2, beside the pooling?",
    idea="Every convolution has its ReLU and its pooling.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(self.conv1(t), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-no-relu-second",
    "there is no ReLU after the second convolution",
    ask="What stands between conv2 and fc1, beside the pooling?",
    idea="Every convolution has its ReLU and its pooling.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(self.conv2(t), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-no-relu-in-linear",
    "there is no ReLU between the linear layers",
    ask="What do two linear layers in a row amount to?",
    idea="Without a bend between them, two linear layers are one.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = self.fc1(t.flatten(1))
        t = self.fc2(t)
        return self.out(t)


@mistake(
    "cnn-no-relu-at-all",
    "there is no ReLU anywhere",
    ask="What can a network learn that has no bend in it?",
    idea="Without a bend between them, layers in a row are one.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(self.conv1(t), 2)
        t = functional.max_pool2d(self.conv2(t), 2)
        t = self.fc1(t.flatten(1))
        t = self.fc2(t)
        return self.out(t)


@mistake(
    "cnn-no-relu-fc2",
    "there is no ReLU before the last layer",
    ask="What do two linear layers in a row amount to?",
    idea="Without a bend between them, two linear layers are one.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = self.fc2(t)
        return self.out(t)


@mistake(
    "cnn-sigmoid",
    "the bend is a sigmoid, not a ReLU",
    ask="What does your bend make of 5?",
    idea="A ReLU leaves everything above zero as it is.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(torch.sigmoid(self.conv1(t)), 2)
        t = functional.max_pool2d(torch.sigmoid(self.conv2(t)), 2)
        t = torch.sigmoid(self.fc1(t.flatten(1)))
        t = torch.sigmoid(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-tanh",
    "the bend is a tanh, not a ReLU",
    ask="What does your bend make of 5?",
    idea="A ReLU leaves everything above zero as it is.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(torch.tanh(self.conv1(t)), 2)
        t = functional.max_pool2d(torch.tanh(self.conv2(t)), 2)
        t = torch.tanh(self.fc1(t.flatten(1)))
        t = torch.tanh(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-leaky-relu",
    "the bend is a leaky ReLU",
    ask="What does your bend make of -5?",
    idea="A ReLU lets nothing of a negative number through.",
    lesson="2. Network: ReLU",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.leaky_relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.leaky_relu(self.conv2(t)), 2)
        t = functional.leaky_relu(self.fc1(t.flatten(1)))
        t = functional.leaky_relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-average-pooling",
    "the pooling takes the mean of a window, not the largest",
    ask="What does your pooling make of 0, 0, 0 and 8?",
    idea="The largest of a window says whether something was found in it, wherever.",
    lesson="2. Network: Pooling",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.avg_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.avg_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-flatten-mixes-images",
    "pixels of different images get into one row",
    ask="Which numbers are in the first row that fc1 gets?",
    idea="The first axis is the batch. Each row must be made of one image.",
    lesson="2. Network: From pictures to rows",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1).t().reshape(t.shape[0], 192)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-flattens-everything",
    "the batch is flattened with the pictures",
    ask="How many rows has your batch of 3 images when it reaches fc1?",
    idea="All axes but the first are to become one.",
    lesson="2. Network: From pictures to rows",
    named_by="stages",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(torch.flatten(t)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-no-flatten",
    "nothing is flattened before fc1",
    ask="How many axes has a tensor that a linear layer can take a row an image from?",
    idea="A linear layer looks at the last axis only.",
    lesson="2. Network: From pictures to rows",
    named_by="stages",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-squeezes",
    "axes of size 1 are taken away, the batch's too if it holds one image",
    ask="What shape has your result for a batch of a single image?",
    idea="A batch of one is still a batch.",
    lesson="2. Network: Raw scores",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t).squeeze()


@mistake(
    "cnn-returns-predictions",
    "predictions are returned instead of scores",
    ask="How many numbers does your network say for one image?",
    idea="Which class has the largest score is for others to ask. The loss needs all ten.",
    lesson="2. Network: Raw scores",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t).argmax(dim=1)


@mistake(
    "cnn-divides-images",
    "the images are divided by 255 in forward, though they were scaled before",
    ask="Which values have the pixels that your network is handed?",
    idea="The images are ready for the network as they come.",
    lesson="2. Network: Raw scores",
    named_by="forward",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = t / 255
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-forgets-fc2",
    "fc2 is made, but not used",
    ask="Which of your layers are called in forward?",
    idea="Making a layer is one thing, sending something through it another.",
    lesson="2. Network",
    named_by="stages",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        return self.out(t)


@mistake(
    "pt-requires-grad-off",
    "forward runs under no_grad, so nothing can be learned",
    ask="Which lines of your forward does autograd see?",
    idea="no_grad is for when nothing is to be learned, and who calls the network knows when that is.",
    lesson="4. One batch: Autograd",
    named_by="gradients",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    @torch.no_grad()
    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-detached",
    "the way back ends before the convolutions",
    ask="Which of your layers get a gradient?",
    idea="A tensor without its past carries no gradient any further.",
    lesson="4. One batch: Autograd",
    named_by="gradients",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.detach().flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake("cnn-detached")
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.data.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-init-zeros",
    "all weights of the convolutions start from the same number",
    ask="How do two of your filters become different?",
    idea="Equal filters get equal gradients, and stay equal for ever.",
    lesson="2. Network: A module of torch's",
    named_by="random_start",
    values={"VALUE": (0.0, 0.1)},
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        nn.init.constant_(self.conv1.weight, VALUE)
        nn.init.constant_(self.conv2.weight, VALUE)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-seeds",
    "the random numbers are seeded, so every network starts the same",
    ask="Do two new networks of yours differ?",
    idea="Who trains a network chooses its seed; the network itself leaves it alone.",
    lesson="2. Network: A module of torch's",
    named_by="random_start",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)


@mistake(
    "cnn-ignores-batches",
    "only the first image of a batch is looked at",
    ask="How many rows does your network return for 3 images?",
    idea="Every image of the batch wants an answer of its own.",
    lesson="2. Network: Raw scores",
    named_by="stages",
)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t):
        t = t[:1]
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)
        t = functional.relu(self.fc1(t.flatten(1)))
        t = functional.relu(self.fc2(t))
        return self.out(t)
