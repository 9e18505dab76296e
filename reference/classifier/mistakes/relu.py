"""Known mistakes of ReLU. Read as text by the grader; each takes the place of the model answer's definition."""

# What a ReLU object is


@mistake(
    "relu-init-takes-size",
    "making a ReLU asks for a size, although it has no parameters",
    ask="What is there in a ReLU whose size would have to be known beforehand?",
    idea="A ReLU treats every element by itself, whatever the shape. Net makes one without arguments.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def __init__(self, dim):
        self.dim = dim


@mistake(
    "relu-call-no-return",
    "__call__ runs forward but does not return its result",
    ask="What does a function give back that ends without a return?",
    idea="relu(x) must give what relu.forward(x) gives. Computing it is half of the work, handing it over the rest.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def __call__(self, x):
        self.forward(x)


@mistake(
    "relu-shared-memory",
    "the remembered x belongs to the class, so all ReLUs share one memory",
    ask="Two ReLU objects are called one after the other. Which x does the first one remember then?",
    idea="A net has two ReLUs, and each must remember its own input. What is kept in the class is common to all objects.",
    lesson="3. ReLU",
    named_by="remembers_the_last_input",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        ReLU.x = x
        return x.clamp(min=0)


@mistake("relu-shared-memory")
class ReLU(reference.ReLU):
    inputs = []

    def forward(self, x):
        self.inputs.append(x)
        return x.clamp(min=0)

    def backward(self, dz):
        return dz * (self.inputs[-1] > 0)


@mistake(
    "relu-caches-first-input",
    "only the first x is ever remembered; later batches use its mask",
    ask="What does your object remember after its second forward?",
    idea="backward belongs to the last forward. An old batch has other numbers, and often another size.",
    lesson="3. ReLU",
    named_by="remembers_the_last_input",
)
class ReLU(reference.ReLU):
    x = None

    def forward(self, x):
        if self.x is None:
            self.x = x
        return x.clamp(min=0)


@mistake("relu-caches-first-input")
class ReLU(reference.ReLU):
    def forward(self, x):
        if not hasattr(self, "mask"):
            self.mask = x > 0
        return x.clamp(min=0)

    def backward(self, dz):
        return dz * self.mask


@mistake(
    "relu-bwd-oldest-input",
    "the inputs are kept in a list and backward takes the oldest instead of the newest",
    ask="After two forwards in a row, to which of them does the next backward belong?",
    idea="Training is not the only use of a net: it is also called without a backward, and then the list grows.",
    lesson="3. ReLU",
    named_by="remembers_the_last_input",
)
class ReLU(reference.ReLU):
    def __init__(self):
        self.inputs = []

    def forward(self, x):
        self.inputs.append(x)
        return x.clamp(min=0)

    def backward(self, dz):
        return dz * (self.inputs.pop(0) > 0)


@mistake(
    "relu-fwd-forgets-x",
    "forward does not remember x, so backward has nothing to work with",
    ask="Where does backward get the x of the forward pass from?",
    idea="backward is handed dz only. Whatever else it needs, forward has to put aside in the object.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        return x.clamp(min=0)


@mistake("relu-fwd-forgets-x")
class ReLU(reference.ReLU):
    def forward(self, x):
        mask = x > 0
        return x * mask

    def backward(self, dz):
        return dz * mask


# forward


@mistake(
    "relu-fwd-no-return",
    "forward computes the result but does not return it",
    ask="What does a function give back that ends without a return?",
    idea="To keep the result in the object is not enough: the next layer gets what forward returns.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        self.a = x.clamp(min=0)


@mistake(
    "relu-fwd-capped",
    "the result is capped from above as well, although ReLU has no upper end",
    ask="What should come out of a ReLU for an input of 9, and of 120?",
    idea="The bend is at 0 only. To the right of it the function is a straight line that never ends.",
    lesson="3. ReLU",
    named_by="forward",
    values={"TOP": (1, 6)},
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return x.clamp(0, TOP)


@mistake(
    "relu-fwd-python-max",
    "Python's max or if is used on a whole tensor, which has no single truth value",
    ask="Python's max asks which of two things is larger. What is the answer for a tensor of which some entries are?",
    idea="Python compares two things as a whole. Here the comparison is wanted for every element by itself.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return max(0, x)


@mistake("relu-fwd-python-max")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        if x > 0:
            return x
        return 0


@mistake(
    "relu-fwd-number-for-tensor",
    "torch's maximum of two tensors is handed the plain number 0",
    ask="What types does the function that you call accept? What is 0?",
    idea="torch has functions for two tensors and others for a tensor and a number. The message says which this one is.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.maximum(x, 0)


@mistake("relu-fwd-number-for-tensor")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.max(0, x)


@mistake(
    "relu-fwd-max-over-dim",
    "the 0 is taken for a dimension: the result is the maximum of every column",
    ask="What is the meaning of the second argument of the function you use: a number to compare with, or a dimension?",
    idea="The result must have the shape of x. A maximum along a dimension makes that dimension vanish.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.max(x, 0).values


@mistake("relu-fwd-max-over-dim")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.max(x, 0)


@mistake(
    "relu-fwd-only-2d",
    "loops over rows and columns, so that x must have exactly two dimensions",
    ask="What happens to an x with three dimensions, such as (2, 3, 4)?",
    idea="What is done to every element by itself needs no index and no loop, and then any shape will do.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):  # first the quick form: joint runs are tried with the first ones
    def forward(self, x):
        self.x = x
        rows, columns = x.shape
        return torch.maximum(x, torch.zeros(rows, columns))


@mistake("relu-fwd-only-2d")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        a = torch.zeros_like(x)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                if x[i, j] > 0:
                    a[i, j] = x[i, j]
        return a


@mistake(
    "relu-fwd-in-place",
    "forward overwrites x itself instead of making a new tensor",
    ask="What does x look like after your forward has run?",
    idea="x belongs to whoever handed it over, and may be needed there as it was.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        x[x < 0] = 0
        return x


@mistake("relu-fwd-in-place")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x.clone()
        return x.clamp_(min=0)


@mistake(
    "relu-fwd-abs",
    "negative numbers lose their sign instead of becoming 0",
    ask="What does your forward make of -2?",
    idea="The absolute value is bent at 0 too, but it lets the negative side through, mirrored.",
    lesson="3. ReLU: A worked example",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return x.abs()


@mistake(
    "relu-fwd-leaky",
    "a small part of the negative numbers is let through: a leaky ReLU",
    ask="What should come out for -120, and what comes out of yours?",
    idea="There are many relatives of ReLU. The plain one gives the same for all negative numbers.",
    lesson="3. ReLU",
    named_by="forward",
    values={"SLOPE": (0.01, 0.1, 0.2)},
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.where(x > 0, x, SLOPE * x)


@mistake(
    "relu-fwd-wrong-side",
    "keeps the negative numbers and cuts off the positive ones",
    ask="Is the number that you give the smallest or the largest that may come out?",
    idea="A bound from below and one from above are easily mixed up. Try it with one number on each side.",
    lesson="3. ReLU: A worked example",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return x.clamp(max=0)


@mistake(
    "relu-fwd-returns-mask",
    "returns where x is positive instead of x itself there",
    ask="What should come out for 0.5 and for 3: the same number?",
    idea="Knowing which entries are positive is half of the way. The result still has to hold their values.",
    lesson="3. ReLU: A worked example",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return (x > 0).float()


@mistake("relu-fwd-returns-mask")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return x > 0


@mistake(
    "relu-fwd-drops-entries",
    "only the positive entries are returned, in one long row",
    ask="What shape does your result have if half of the entries of x are negative?",
    idea="The negative entries keep their places. Only their value changes.",
    lesson="3. ReLU: A worked example",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return x[x > 0]


@mistake(
    "relu-fwd-squashes",
    "another activation is used, which squashes all numbers into a small range",
    ask="Which values can come out of your function at all? What should come out for 120?",
    idea="Sigmoid and tanh bend everywhere and are flat far out. ReLU is made of two straight pieces.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return 1 / (1 + torch.exp(-x))


@mistake("relu-fwd-squashes")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.tanh(x)


@mistake(
    "relu-fwd-smooth",
    "a smooth relative of ReLU is used, which is not 0 on the negative side",
    ask="What should come out for -0.3, and what comes out of yours?",
    idea="Softplus and ELU look much like ReLU from afar. Near 0 they are rounded off where ReLU has a corner.",
    lesson="3. ReLU",
    named_by="forward",
)
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.log(1 + torch.exp(-x.abs())) + x.clamp(min=0)


@mistake("relu-fwd-smooth")
class ReLU(reference.ReLU):
    def forward(self, x):
        self.x = x
        return torch.where(x > 0, x, torch.exp(x) - 1)


# backward


@mistake(
    "relu-bwd-not-implemented",
    "backward returns nothing",
    ask="What does a function give back that ends without a return?",
    idea="ReLU has nothing to learn, but the layers before it wait for their gradient: it comes through here.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        pass


@mistake(
    "relu-bwd-two-arguments",
    "backward asks for x as a second argument, although it is called with dz alone",
    ask="With which arguments is backward called? Who knows x?",
    idea="The net that calls backward does not keep the inputs of its layers. Each layer remembers its own.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz, x):
        return dz * (x > 0)


@mistake(
    "relu-bwd-returns-tuple",
    "backward returns a tuple, as Linear does, although there is only one gradient",
    ask="How many things in a ReLU need a gradient?",
    idea="Linear hands back three gradients, since it has an input and two parameters. What has a ReLU?",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (self.x > 0), None, None


@mistake(
    "relu-bwd-no-mask",
    "the gradient is passed through unchanged, as if ReLU were not there",
    ask="Which entries of x did not reach the result at all? What does the loss learn of them?",
    idea="Where forward gave a constant 0, a small change of x changes nothing.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz


@mistake(
    "relu-bwd-mask-of-dz",
    "the sign of dz decides what is let through, instead of the sign of x",
    ask="A negative gradient arrives at an entry whose x was positive. What should happen to it?",
    idea="To apply ReLU to the gradient is not its derivative. The slope is that at the place where x was.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (dz > 0)


@mistake("relu-bwd-mask-of-dz")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return self.forward(dz)


@mistake(
    "relu-bwd-mask-of-both",
    "only positive gradients are let through, even where x was positive",
    ask="A negative gradient arrives at an entry whose x was positive. What should happen to it?",
    idea="One condition is enough. A negative gradient says that the loss would fall: the layers before need to know it.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz.clamp(min=0) * (self.x > 0)


@mistake(
    "relu-bwd-returns-mask",
    "returns the slope of ReLU alone and ignores dz",
    ask="Where in your backward does dz occur?",
    idea="The slope says how the result reacts to x. How the loss reacts to the result is in dz; both are needed.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return (self.x > 0).float()


@mistake("relu-bwd-returns-mask")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return self.x > 0


@mistake(
    "relu-bwd-one-at-zero",
    "the gradient at exactly 0 is let through",
    ask="Which of your two cases does an x of exactly 0 belong to?",
    idea="At the corner the slope is a matter of agreement. The lesson says what this assignment takes.",
    lesson="3. ReLU",
    named_by="gradient_at_zero",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (self.x >= 0)


@mistake("relu-bwd-one-at-zero")
class ReLU(reference.ReLU):
    def backward(self, dz):
        dz[self.x < 0] = 0
        return dz


@mistake(
    "relu-bwd-half-at-zero",
    "the gradient at exactly 0 is halved",
    ask="What does your slope give for an x of exactly 0?",
    idea="The middle between both sides is a fair choice for a corner, but not the one this assignment has made.",
    lesson="3. ReLU",
    named_by="gradient_at_zero",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (torch.sign(self.x) + 1) / 2


@mistake("relu-bwd-half-at-zero")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * torch.heaviside(self.x, torch.tensor(0.5))


@mistake(
    "relu-bwd-inverted-mask",
    "the gradient is let through where x was not positive, and stopped where it was",
    ask="Take one positive entry of x. Does its gradient arrive?",
    idea="Is your mask true for the entries that are kept or for those that are cleared?",
    lesson="3. ReLU: A worked example",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (self.x <= 0)


@mistake("relu-bwd-inverted-mask")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return torch.where(self.x < 0, dz, 0.0)


@mistake(
    "relu-bwd-times-input",
    "the gradient is multiplied by the value of x or of the result instead of by the slope",
    ask="Let x grow from 3 to 3.001. By how much does the result grow? Does the 3 play a part?",
    idea="A function's value and its slope are two things. On a straight line the slope is the same everywhere.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * self.x.clamp(min=0)


@mistake("relu-bwd-times-input")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * self.x


@mistake(
    "relu-bwd-sign-of-x",
    "the gradient is turned round where x was negative, instead of stopped",
    ask="What does your slope give for an x of -2?",
    idea="A slope of -1 would mean that the result grows when x falls. Does it?",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * torch.sign(self.x)


@mistake(
    "relu-bwd-leaky",
    "a small part of the gradient is let through where x was negative",
    ask="How does the result change when a negative x changes a little?",
    idea="backward must be the slope of the very function that forward computes, not that of a relative.",
    lesson="3. ReLU",
    named_by="gradient",
    values={"SLOPE": (0.01, 0.1, 0.2)},
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return torch.where(self.x > 0, dz, SLOPE * dz)


@mistake(
    "relu-bwd-sigmoid-slope",
    "uses the derivative of another activation",
    ask="What is the slope of ReLU at 3, and what is that of your formula?",
    idea="A formula from another net belongs to that net's activation. The slope of two straight pieces is simpler.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        sigmoid = torch.sigmoid(self.x)
        return dz * sigmoid * (1 - sigmoid)


@mistake("relu-bwd-sigmoid-slope")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (1 - torch.tanh(self.x) ** 2)


@mistake(
    "relu-bwd-drops-entries",
    "only the gradients that are let through are returned, in one long row",
    ask="What shape does your result have, and what shape has x?",
    idea="A gradient has the shape of the thing itself. An entry that gets nothing keeps its place.",
    lesson="3. ReLU: A worked example",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz[self.x > 0]


@mistake(
    "relu-bwd-only-2d",
    "backward loops over rows and columns, so that x must have exactly two dimensions",
    ask="What happens to an x with three dimensions, such as (2, 3, 4)?",
    idea="What is done to every element by itself needs no index and no loop, and then any shape will do.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        rows, columns = self.x.shape
        mask = torch.zeros(rows, columns)
        mask[self.x > 0] = 1
        return dz * mask


@mistake(
    "relu-bwd-mean",
    "the gradient is divided by the batch size once more",
    ask="Does the result of one image depend on how many others are in the batch?",
    idea="The mean over the batch is taken once in a net. Which exercise has already done it?",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (self.x > 0) / len(dz)


@mistake(
    "relu-bwd-negated",
    "the gradient comes out with the opposite sign",
    ask="Where does your minus come from? Does the result fall when a positive x grows?",
    idea="A gradient points uphill. To go the other way is the optimizer's work, and only its.",
    lesson="3. ReLU: A worked example",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return -dz * (self.x > 0)


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake("relu-bwd-only-2d")
class ReLU(reference.ReLU):
    def backward(self, dz):
        dx = torch.zeros_like(dz)
        for i in range(self.x.shape[0]):
            for j in range(self.x.shape[1]):
                if self.x[i, j] > 0:
                    dx[i, j] = dz[i, j]
        return dx


@mistake("relu-bwd-only-2d")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return torch.stack([torch.diag((x > 0).float()) @ d for x, d in zip(self.x, dz)])


@mistake(
    "relu-bwd-threshold",
    "entries that are above zero, but near to it, count as zero",
    ask="What is the slope of the ReLU at 0.00001?",
    idea="The corner is at exactly 0. However little above it, the slope is 1.",
    lesson="3. ReLU",
    named_by="any_input",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * (self.x > 1e-6)


@mistake("relu-bwd-threshold")
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz * torch.relu(self.x) / (torch.relu(self.x) + 1e-9)
