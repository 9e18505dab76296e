"""Known mistakes of sigmoid and sigmoid_derivative. Read as text by the grader; each replaces a definition."""


@mistake(
    "sig-overflow",
    "exp(z) / (1 + exp(z)) is inf / inf for large z",
    ask="What is torch.exp of 100, and what is inf / inf?",
    idea="Two formulas may be equal on paper and not in float32. Look for one whose exponents are never large.",
    lesson="4. Sigmoid: Large numbers",
    named_by="large_entries",
)
def sigmoid(z):
    return torch.exp(z) / (1 + torch.exp(z))


@mistake("sig-overflow")
def sigmoid(z):
    e = z.exp()
    return e / (e + 1)


@mistake(
    "sig-clamped",
    "z is cut off, so far out the curve never gets flat",
    ask="What is your result for 10, and what for 10,000?",
    idea="What is cut off in z is missing in the result.",
    lesson="4. Sigmoid: Large numbers",
    named_by="large_entries",
)
def sigmoid(z):
    return 1 / (1 + torch.exp(-z.clamp(-5, 5)))


@mistake(
    "sig-epsilon",
    "a small number is added to the denominator",
    ask="What is your result at 0, to seven digits?",
    idea="There is no division by zero here: the denominator is always above 1.",
    lesson="4. Sigmoid: Large numbers",
    named_by="sigmoid",
)
def sigmoid(z):
    return 1 / (1 + torch.exp(-z) + 1e-3)


@mistake(
    "sig-sign",
    "the exponent has the wrong sign",
    ask="Is your result near 1 for large z, or near 0?",
    idea="Large scores mean yes.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return 1 / (1 + torch.exp(z))


@mistake(
    "sig-tanh",
    "tanh, which goes from -1 to 1",
    ask="Is any entry of your result negative?",
    idea="The two curves are relatives, but one of them is a probability.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return torch.tanh(z)


@mistake(
    "sig-tanh-half",
    "(1 + tanh(z)) / 2: right at 0, twice too steep there",
    ask="How steep is your curve at 0?",
    idea="To be stretched to the right height is not enough.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return (1 + torch.tanh(z)) / 2


@mistake(
    "sig-softmax",
    "softmax: the entries are made to sum to 1",
    ask="If one entry of z changes, which entries of your result change?",
    idea="Every entry is a question of its own here, with its own yes or no.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return torch.softmax(z.flatten(), 0).reshape(z.shape)


@mistake("sig-softmax")
def sigmoid(z):
    return torch.exp(z) / torch.exp(z).sum()


@mistake(
    "sig-no-one",
    "the 1 in the denominator is missing",
    ask="Can your result be larger than 1?",
    idea="The 1 is what keeps the fraction below 1.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return 1 / torch.exp(-z)


@mistake(
    "sig-minus",
    "1 - exp(-z) in the denominator",
    ask="What is your result at 0?",
    idea="The denominator is never 0: both of its terms are positive.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return 1 / (1 - torch.exp(-z))


@mistake(
    "sig-rounded",
    "the result is rounded to 0 or 1",
    ask="What is your result for 0.1?",
    idea="Between no and yes lies all that a gradient can use.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return (1 / (1 + torch.exp(-z))).round()


@mistake(
    "sig-straight",
    "a straight line, cut off at 0 and 1",
    ask="How steep is your curve at 2, and how steep at 10?",
    idea="The curve never ends, it only gets flatter and flatter.",
    lesson="4. Sigmoid: The curve",
    named_by="sigmoid",
)
def sigmoid(z):
    return (z / 4 + 0.5).clamp(0, 1)


@mistake(
    "sig-in-place",
    "z itself is changed",
    ask="What is in z after your function?",
    idea="An operation that ends in an underscore changes a tensor that others have in hand.",
    lesson="4. Sigmoid: The curve",
    named_by="input_stays",
)
def sigmoid(z):
    result = 1 / (1 + z.neg_().exp_())
    return result


@mistake(
    "pt-sigmoid-derivative-of-output",
    "the derivative is taken at the sigmoid's result as if it were its input",
    ask="How often does the sigmoid happen in your function, one inside the other?",
    idea="There is what goes in and what comes out. The slope is asked for at what goes in.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    s = sigmoid(sigmoid(z))
    return s * (1 - s)


@mistake(
    "sigd-expects-output",
    "z (1 - z): z is taken for the sigmoid's result",
    ask="What is your derivative at z = 3? Can a rising curve have that slope?",
    idea="The short formula speaks of the sigmoid's value, and z is not it.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    return z * (1 - z)


@mistake(
    "pt-sigmoid-derivative-missing-one-minus",
    "the sigmoid itself, without the second factor",
    ask="How steep is the curve at z = 10?",
    idea="On the right the curve is high and flat. High is not steep.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    return sigmoid(z)


@mistake(
    "sigd-one-minus-only",
    "1 - sigmoid(z), without the first factor",
    ask="How steep is the curve at z = -10?",
    idea="On the left the curve is low and flat.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    return 1 - sigmoid(z)


@mistake(
    "sigd-square",
    "sigmoid(z)² in place of the product",
    ask="How steep is the curve at z = 10?",
    idea="The slope is the same at z and at -z.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    return sigmoid(z) ** 2


@mistake(
    "sigd-plus",
    "1 + in place of 1 - in the second factor",
    ask="What is the steepest slope of the curve, and where?",
    idea="The slope can't be more than a quarter.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    return sigmoid(z) * (1 + sigmoid(z))


@mistake(
    "sigd-negated",
    "the derivative is negative: the inner derivative is counted once too often",
    ask="Does the curve rise or fall?",
    idea="Two minus signs meet here: that of the exponent and that of the fraction.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    return -sigmoid(z) * (1 - sigmoid(z))


@mistake(
    "sigd-of-tanh",
    "1 - sigmoid(z)², the derivative of tanh with another function in it",
    ask="How steep is the curve at 0?",
    idea="Each curve has its own formula for the slope.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative",
)
def sigmoid_derivative(z):
    return 1 - sigmoid(z) ** 2


@mistake(
    "sigd-overflow",
    "exp(-z) / (1 + exp(-z))² is inf / inf for large negative z",
    ask="What is torch.exp of 100, and what is inf / inf?",
    idea="The slope can be told from the sigmoid's value alone, which is always finite.",
    lesson="4. Sigmoid: The derivative",
    named_by="derivative_of_large_entries",
)
def sigmoid_derivative(z):
    return torch.exp(-z) / (1 + torch.exp(-z)) ** 2


@mistake(
    "sigd-in-place",
    "z itself is changed",
    ask="What is in z after your function?",
    idea="An augmented assignment changes a tensor that others have in hand.",
    lesson="4. Sigmoid: The derivative",
    named_by="input_stays",
)
def sigmoid_derivative(z):
    s = sigmoid(z)
    z *= 0
    z += s * (1 - s)
    return z
