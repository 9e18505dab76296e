"""Known mistakes of two_layer_gradient. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-sigmoid-no-derivative",
    "the slope of the sigmoid is left out",
    ask="Between a and z lies a function. Where is its slope in your product?",
    idea="No link of the chain can be left out, also not one that works entry by entry.",
    lesson="5. Two layers: Backwards",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    return (dpredictions @ W2).T @ x, dpredictions.T @ a


@mistake(
    "tl-derivative-of-output",
    "the slope of the sigmoid is taken at a instead of z",
    ask="Where is your slope taken: at what went into the sigmoid, or at what came out?",
    idea="The slope is that of the place where the function was asked.",
    lesson="5. Two layers: Backwards",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    s = torch.sigmoid(a)
    return (dpredictions @ W2 * s * (1 - s)).T @ x, dpredictions.T @ a


@mistake(
    "tl-derivative-missing-one-minus",
    "a in place of a (1 - a)",
    ask="What should go back through a unit whose a is nearly 1?",
    idea="A flat place lets nothing through, whether it is high or low.",
    lesson="5. Two layers: Backwards",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    return (dpredictions @ W2 * a).T @ x, dpredictions.T @ a


@mistake(
    "tl-derivative-expects-output",
    "z (1 - z) in place of a (1 - a)",
    ask="Which of z and a lies between 0 and 1?",
    idea="The short formula speaks of the sigmoid's value.",
    lesson="5. Two layers: Backwards",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    z = x @ W1.T
    return (dpredictions @ W2 * z * (1 - z)).T @ x, dpredictions.T @ a


@mistake(
    "pt-chain-order",
    "the factors are multiplied in an order whose shapes fit square layers only",
    ask="Which shape has each factor of your product, in sizes by name?",
    idea="Write the shapes down beside the factors. The sizes that meet must be the same size, not only the same number.",
    lesson="5. Two layers: Shapes",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    return (dpredictions @ W2.T * a * (1 - a)).T @ x, dpredictions.T @ a


@mistake(
    "tl-forgets-w2",
    "the gradient is spread evenly over the hidden units, without W2",
    ask="Does a change of a[i, j] move every prediction equally?",
    idea="How strongly a hidden unit is heard is decided by the weights behind it.",
    lesson="5. Two layers: Backwards",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    da = dpredictions.sum(1, keepdim=True).expand(a.shape)
    return (da * a * (1 - a)).T @ x, dpredictions.T @ a


@mistake(
    "tl-not-averaged",
    "the division by n is missing",
    ask="If every example stood twice in the batch, should the gradient be twice as large?",
    idea="A constant factor in front of the loss is in front of all its gradients.",
    lesson="5. Two layers: Forwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = a @ W2.T - targets
    return (dpredictions @ W2 * a * (1 - a)).T @ x, dpredictions.T @ a


@mistake(
    "tl-averaged-twice",
    "divided by n in the loss's gradient, and once more at the weights",
    ask="How often does your code divide by n?",
    idea="A mean is taken once. After that, examples are added up.",
    lesson="5. Two layers: Backwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    return (dpredictions @ W2 * a * (1 - a)).T @ x / n, dpredictions.T @ a / n


@mistake(
    "tl-divides-by-entries",
    "divided by the number of all targets instead of the examples",
    ask="What is n when the targets have several columns?",
    idea="An example is a row. Its columns belong together.",
    lesson="3. Squared error: What n is",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / targets.numel()
    return (dpredictions @ W2 * a * (1 - a)).T @ x, dpredictions.T @ a


@mistake(
    "tl-factor-two",
    "twice too large: the half of the loss is forgotten",
    ask="What is the derivative of half a square?",
    idea="The half was put there so that it goes away here.",
    lesson="5. Two layers: Backwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = 2 * (a @ W2.T - targets) / n
    return (dpredictions @ W2 * a * (1 - a)).T @ x, dpredictions.T @ a


@mistake(
    "tl-sign",
    "targets less predictions: both gradients point downhill",
    ask="If you went against your gradient, would the loss fall?",
    idea="A gradient points uphill. Who wants to go down turns round later.",
    lesson="5. Two layers: Backwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (targets - a @ W2.T) / n
    return (dpredictions @ W2 * a * (1 - a)).T @ x, dpredictions.T @ a


@mistake(
    "tl-swapped",
    "dW2 is returned before dW1",
    ask="In which order does the exercise ask for the two?",
    idea="You found the last one first. That is no reason to return it first.",
    lesson="5. Two layers: Forwards",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    return dpredictions.T @ a, (dpredictions @ W2 * a * (1 - a)).T @ x


@mistake(
    "tl-transposed",
    "both gradients are transposed",
    ask="Which shape has W1, and which has your dW1?",
    idea="A gradient has the shape of what it is the gradient of.",
    lesson="5. Two layers: Shapes",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    return x.T @ (dpredictions @ W2 * a * (1 - a)), a.T @ dpredictions


@mistake(
    "tl-sigmoid-at-output",
    "the predictions go through a sigmoid too",
    ask="How many sigmoids does this net have?",
    idea="Targets may be any numbers, and so the last layer has no bend.",
    lesson="5. Two layers: Forwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    p = torch.sigmoid(a @ W2.T)
    dout = (p - targets) / n * p * (1 - p)
    return (dout @ W2 * a * (1 - a)).T @ x, dout.T @ a


@mistake("tl-sigmoid-at-output")
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dout = (torch.sigmoid(a @ W2.T) - targets) / n
    return (dout @ W2 * a * (1 - a)).T @ x, dout.T @ a


@mistake(
    "tl-no-sigmoid",
    "the hidden layer has no sigmoid at all",
    ask="What lies between the two matrix products?",
    idea="Without a bend, two layers are one.",
    lesson="5. Two layers: Forwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    h = x @ W1.T
    dpredictions = (h @ W2.T - targets) / n
    return (dpredictions @ W2).T @ x, dpredictions.T @ h


@mistake(
    "tl-z-for-a",
    "dW2 is made with z instead of a",
    ask="What does W2 multiply in the forward direction?",
    idea="The gradient of a weight holds what the weight was multiplied with.",
    lesson="5. Two layers: Backwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    return (dpredictions @ W2 * a * (1 - a)).T @ x, dpredictions.T @ (x @ W1.T)


@mistake(
    "tl-last-example",
    "the loop overwrites the gradients: only the last example counts",
    ask="What becomes of the first example's gradient in your loop?",
    idea="The loss is a sum over examples, and so is its gradient.",
    lesson="5. Two layers: Backwards",
    named_by="second_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    dz = dpredictions @ W2 * a * (1 - a)
    for i in range(n):
        dW1, dW2 = torch.outer(dz[i], x[i]), torch.outer(dpredictions[i], a[i])
    return dW1, dW2


@mistake(
    "tl-updated-w2",
    "W2 is moved before the gradient goes back through it",
    ask="Which W2 made these predictions: the one before your step, or after?",
    idea="All gradients belong to one point. Collect them first, and go afterwards.",
    lesson="5. Two layers: Backwards",
    named_by="first_layer",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    dpredictions = (a @ W2.T - targets) / n
    dW2 = dpredictions.T @ a
    W2 = W2 - 0.1 * dW2
    return (dpredictions @ W2 * a * (1 - a)).T @ x, dW2


@mistake(
    "tl-in-place",
    "the targets are changed on the way",
    ask="What is in targets after your function?",
    idea="An augmented assignment changes a tensor that others have in hand.",
    lesson="5. Two layers: Forwards",
    named_by="inputs_stay",
)
def two_layer_gradient(x, W1, W2, targets):
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    targets -= a @ W2.T
    dpredictions = -targets / n
    return (dpredictions @ W2 * a * (1 - a)).T @ x, dpredictions.T @ a
