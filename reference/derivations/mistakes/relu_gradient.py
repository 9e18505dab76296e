"""Known mistakes of relu_gradient, as functions and as formulas. Read as text by the grader."""


@mistake(
    "relu-grad-no-mask",
    "the upstream gradient is passed on unchanged",
    ask="Where x is negative, does ReLU react to it at all?",
    idea="Left of 0 the graph of ReLU is flat.",
    lesson="7. The gradient of ReLU: The slope",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return dz.clone()


mistake("relu-grad-no-mask")
relu_gradient = "dz"


@mistake(
    "relu-grad-mask-of-upstream",
    "the sign of dz decides instead of the sign of x",
    ask="Which of the two has gone through ReLU: x or dz?",
    idea="The slope is a matter of where x lies on the graph. dz may have any sign.",
    lesson="7. The gradient of ReLU: What decides, and what is scaled",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return dz * (dz > 0)


mistake("relu-grad-mask-of-upstream")
relu_gradient = "dz if dz > 0 else 0"


mistake("relu-grad-mask-of-upstream")
relu_gradient = "Max(0, dz)"


@mistake(
    "relu-grad-both-masks",
    "negative upstream gradients are stopped too",
    ask="May a gradient be negative?",
    idea="The slope is 0 or 1. What it multiplies keeps its sign.",
    lesson="7. The gradient of ReLU: What decides, and what is scaled",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return dz.clamp(min=0) * (x > 0)


mistake("relu-grad-both-masks")
relu_gradient = "Max(0, dz) * (x > 0)"


@mistake(
    "relu-grad-inverted",
    "the gradient is passed where x is negative",
    ask="On which side of 0 is ReLU flat?",
    idea="Draw the graph and put your slopes beside it.",
    lesson="7. The gradient of ReLU: The slope",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return dz * (x < 0)


mistake("relu-grad-inverted")
relu_gradient = "0 if x > 0 else dz * (x < 0)"


@mistake(
    "relu-grad-times-input",
    "the gradient is multiplied by x instead of by the slope",
    ask="By which factor does ReLU change when x = 3 becomes 3.001?",
    idea="The value of a function and its slope are two things.",
    lesson="7. The gradient of ReLU: The slope",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return dz * x.clamp(min=0)


mistake("relu-grad-times-input")
relu_gradient = "dz * Max(0, x)"


@mistake(
    "relu-grad-local-only",
    "the slope alone is returned: the upstream gradient is left out",
    ask="Where is dz in your answer?",
    idea="How ReLU reacts to x is one link of the chain. How L reacts to ReLU is the other.",
    lesson="7. The gradient of ReLU: What decides, and what is scaled",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return (x > 0).float()


mistake("relu-grad-local-only")
relu_gradient = "1 if x > 0 else 0"


mistake("relu-grad-local-only")
relu_gradient = "x > 0"


@mistake(
    "relu-grad-sign",
    "the slope is taken as -1 left of 0",
    ask="On the left side of 0, does ReLU fall, or is it flat?",
    idea="Draw the graph. That of the absolute value looks different.",
    lesson="7. The gradient of ReLU: The slope",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return dz * x.sign()


mistake("relu-grad-sign")
relu_gradient = "dz * sign(x)"


@mistake(
    "relu-grad-leaky",
    "a small slope is left where x is negative",
    ask="Is ReLU quite flat left of 0?",
    idea="There are relatives of ReLU that are not flat. This one is.",
    lesson="7. The gradient of ReLU: The slope",
    named_by="slopes",
)
def relu_gradient(x, dz):
    return torch.where(x > 0, dz, 0.01 * dz) * (x != 0)


@mistake(
    "relu-grad-one-at-zero",
    "the slope at exactly 0 is taken as 1",
    ask="Which slope does this course take at the corner?",
    idea="Greater, or greater or equal? At the corner it is a convention, and it is written down.",
    lesson="7. The gradient of ReLU: The corner",
    named_by="at_zero",
)
def relu_gradient(x, dz):
    return dz * (x >= 0)


mistake("relu-grad-one-at-zero")
relu_gradient = "dz if x >= 0 else 0"


@mistake(
    "relu-grad-half-at-zero",
    "the slope at exactly 0 is taken as one half",
    ask="Which slope does this course take at the corner?",
    idea="The mean of both sides is a possible convention. The lesson names another.",
    lesson="7. The gradient of ReLU: The corner",
    named_by="at_zero",
)
def relu_gradient(x, dz):
    return dz * torch.heaviside(x, torch.tensor(0.5))


mistake("relu-grad-half-at-zero")
relu_gradient = "dz * Heaviside(x)"


@mistake(
    "relu-grad-in-place",
    "dz itself is overwritten",
    ask="What is in dz when your function has returned?",
    idea="An assignment into a tensor changes it for everyone who holds it.",
    lesson="7. The gradient of ReLU: What decides, and what is scaled",
    named_by="any_x",
)
def relu_gradient(x, dz):
    dz[x <= 0] = 0
    return dz


@mistake(
    "relu-grad-small-is-zero",
    "small positive x are taken for 0",
    ask="What is your result for x = 0.001?",
    idea="The corner is at one point only, however near x comes to it.",
    lesson="7. The gradient of ReLU: The corner",
    named_by="any_x",
)
def relu_gradient(x, dz):
    return dz * (x > 1e-2)
