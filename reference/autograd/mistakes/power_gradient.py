"""Known mistakes of power_gradient. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pg-not-averaged",
    "2x: the division by the number of entries is missing",
    ask="If x had twice as many entries, would one of them count as much in the mean?",
    idea="A constant factor in front of a sum stays in front of its derivative.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return 2 * x


@mistake(
    "pg-no-factor-two",
    "x / n: the exponent has not come down",
    ask="By how much does t² grow from t = 3 to t = 3.001?",
    idea="A power has a derivative with a factor of its own.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return x / x.numel()


@mistake(
    "pg-divides-by-rows",
    "divided by the number of rows instead of entries",
    ask="Over how many numbers does mean() average when x is a matrix?",
    idea="The mean of a tensor is one number, over all its sizes.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return 2 * x / (len(x) if x.dim() else 1)


@mistake("pg-divides-by-rows")
def power_gradient(x):
    return 2 * x / len(x)


@mistake(
    "pg-divides-by-columns",
    "divided by the number of columns instead of entries",
    ask="Over how many numbers does mean() average when x is a matrix?",
    idea="The mean of a tensor is one number, over all its sizes.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return 2 * x / x.shape[-1]


@mistake(
    "pg-hardcoded-size",
    "x / 2, which is right for four entries only",
    ask="For how many entries is the worked example made, and how many has your x?",
    idea="A formula from an example still has the numbers of the example in it.",
    lesson="1. A gradient by hand: A worked example",
    named_by="matrix",
)
def power_gradient(x):
    return x / 2


@mistake(
    "pg-one-number",
    "all entries are averaged to one number",
    ask="How many numbers does a gradient have?",
    idea="Every entry of x can be nudged alone, and each nudge has an answer of its own.",
    lesson="1. A gradient by hand: What a gradient is",
    named_by="matrix",
)
def power_gradient(x):
    return (2 * x).mean()


@mistake(
    "pg-loss-itself",
    "returns mean(x²) itself, not its gradient",
    ask="What would your result say if x were moved a little?",
    idea="A function and its slope are two things: the one says how high, the other how steep.",
    lesson="1. A gradient by hand: What a gradient is",
    named_by="matrix",
)
def power_gradient(x):
    return (x**2).mean()


@mistake("pg-loss-itself")
def power_gradient(x):
    return x.pow(2).mean().expand(x.shape)


@mistake(
    "pg-square-not-derived",
    "x² / n: the terms of the mean, not their derivatives",
    ask="Is your result negative anywhere? Where should it be?",
    idea="A square is never negative, but its slope is, to the left of 0.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return x**2 / x.numel()


@mistake(
    "pg-absolute",
    "2|x| / n: the signs are lost",
    ask="Which way does the mean move when a negative entry grows?",
    idea="To the left of 0 a parabola falls.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return 2 * x.abs() / x.numel()


@mistake(
    "pg-flattened",
    "the gradient comes as one long row",
    ask="Which entry of your result belongs to x[1, 2]?",
    idea="A gradient has the shape of what it is the gradient of.",
    lesson="1. A gradient by hand: What a gradient is",
    named_by="matrix",
)
def power_gradient(x):
    return 2 * x.flatten() / x.numel()


@mistake(
    "pg-negated",
    "the sign is turned round",
    ask="Does the mean grow when a positive entry grows?",
    idea="A gradient points uphill. Who wants to go down turns round later.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return -2 * x / x.numel()


@mistake(
    "pg-squared-size",
    "divided by n twice",
    ask="How often does the mean divide?",
    idea="A mean divides once, and so does its derivative.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="matrix",
)
def power_gradient(x):
    return (2 * x / x.numel()) / x.numel()


@mistake(
    "pg-in-place",
    "x itself is changed to the gradient",
    ask="What has become of the tensor that was handed in?",
    idea="An operation that ends in an underscore or an augmented assignment changes a tensor that others have in hand.",
    lesson="1. A gradient by hand: The derivative of a mean",
    named_by="input_stays",
)
def power_gradient(x):
    x *= 2 / x.numel()
    return x


@mistake("pg-in-place")
def power_gradient(x):
    return x.mul_(2).div_(x.numel())
