"""Known mistakes of mse_loss and mse_gradient. Read as text by the grader; each replaces a definition."""


@mistake(
    "pt-mse-no-half",
    "the mean of the squares, without the half",
    ask="For one prediction that is off by 1, what is the loss by the formula?",
    idea="The half is there for the sake of the derivative. It belongs to the loss all the same.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).square().sum() / len(predictions)


@mistake(
    "pt-mse-n-is-columns",
    "n is the number of entries, columns included",
    ask="If every example had a second column, how many examples would there be?",
    idea="An example is a row. Its columns belong together.",
    lesson="3. Squared error: What n is",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).square().sum() / (2 * predictions.numel())


@mistake("pt-mse-n-is-columns")
def mse_loss(predictions, targets):
    return ((targets - predictions) ** 2).mean() / 2


@mistake(
    "mse-last-size",
    "n is the last size, the number of columns",
    ask="Which size of the tensor counts the examples?",
    idea="An example is a row. How many rows there are is not how long one is.",
    lesson="3. Squared error: What n is",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).square().sum() / (2 * predictions.shape[-1])


@mistake(
    "pt-mse-abs",
    "the absolute differences instead of their squares",
    ask="How much worse is an error of 2 than one of 1?",
    idea="A square punishes large errors more than in proportion, and has a slope that shrinks with the error.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).abs().sum() / (2 * len(predictions))


@mistake(
    "mse-not-averaged",
    "half the sum: the division by n is missing",
    ask="Should the loss of a batch grow with every example that is added to it?",
    idea="A mean makes batches of different sizes comparable.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).square().sum() / 2


@mistake(
    "mse-no-square",
    "the differences are added without a square",
    ask="Can two errors cancel each other in your loss?",
    idea="Whatever its sign, an error is an error.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).sum() / (2 * len(predictions))


@mistake(
    "mse-square-of-sum",
    "the sum is squared, not each difference",
    ask="In which order: first square and then add, or the other way round?",
    idea="Errors of different signs must not cancel before they are squared.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).sum().square() / (2 * len(predictions))


@mistake(
    "mse-root",
    "the square root is taken at the end",
    ask="Does the formula undo the square?",
    idea="A root has the unit of the targets, but another slope everywhere.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return ((targets - predictions).square().sum() / (2 * len(predictions))).sqrt()


@mistake(
    "mse-per-column",
    "one number for each column instead of one for all",
    ask="How many numbers is a loss?",
    idea="Descent goes down one hill, so there is one height.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return (targets - predictions).square().sum(0) / (2 * len(predictions))


@mistake(
    "mse-negated",
    "the loss is negative",
    ask="What is the best value that a loss of squares can have?",
    idea="The smaller the better, and nothing is better than no error at all.",
    lesson="3. Squared error: The loss",
    named_by="loss_of_rows",
)
def mse_loss(predictions, targets):
    return -(targets - predictions).square().sum() / (2 * len(predictions))


@mistake(
    "mse-in-place",
    "the predictions are changed to the differences",
    ask="What is in predictions after your function?",
    idea="An augmented assignment changes a tensor that others have in hand.",
    lesson="3. Squared error: The loss",
    named_by="inputs_stay",
)
def mse_loss(predictions, targets):
    n = len(predictions)
    predictions -= targets
    return predictions.square().sum() / (2 * n)


@mistake(
    "mseg-sign",
    "targets less predictions: the sign is turned round",
    ask="A prediction is too large. Does the loss grow or shrink when it grows further?",
    idea="The inner derivative of what is subtracted is negative.",
    lesson="3. Squared error: The gradient",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return (targets - predictions) / len(predictions)


@mistake(
    "mseg-half-left",
    "divided by 2n: the exponent has not come down",
    ask="What is the derivative of half a square?",
    idea="The half was put there so that it goes away here.",
    lesson="3. Squared error: The gradient",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return (predictions - targets) / (2 * len(predictions))


@mistake(
    "mseg-factor-two",
    "twice too large: the half of the loss is forgotten",
    ask="What is the derivative of half a square?",
    idea="The half was put there so that it goes away here.",
    lesson="3. Squared error: The gradient",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return 2 * (predictions - targets) / len(predictions)


@mistake(
    "mseg-not-averaged",
    "the division by n is missing",
    ask="If every example stood twice in the batch, how much would one of them matter?",
    idea="A constant factor in front of a sum stays in front of its derivative.",
    lesson="3. Squared error: The gradient",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return predictions - targets


@mistake(
    "mseg-divides-by-entries",
    "divided by the number of entries, columns included",
    ask="If every example had a second column, how many examples would there be?",
    idea="An example is a row. Its columns belong together.",
    lesson="3. Squared error: What n is",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return (predictions - targets) / predictions.numel()


@mistake(
    "mseg-last-size",
    "divided by the number of columns",
    ask="Which size of the tensor counts the examples?",
    idea="An example is a row. How many rows there are is not how long one is.",
    lesson="3. Squared error: What n is",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return (predictions - targets) / predictions.shape[-1]


@mistake(
    "mseg-averaged-away",
    "the mean over the examples: one row instead of n",
    ask="How many predictions can be nudged, each on its own?",
    idea="A gradient has the shape of what it is the gradient of.",
    lesson="3. Squared error: The gradient",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return (predictions - targets).mean(0)


@mistake(
    "mseg-of-absolute",
    "the sign of the error over n, which belongs to the absolute difference",
    ask="Is the slope of a parabola the same near its bottom as far from it?",
    idea="The slope of a square grows with the distance.",
    lesson="3. Squared error: The gradient",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return (predictions - targets).sign() / len(predictions)


@mistake(
    "mseg-square",
    "the squares over n: not derived at all",
    ask="Has your gradient any negative entries?",
    idea="A square is never negative, its slope is, to the left of the minimum.",
    lesson="3. Squared error: The gradient",
    named_by="gradient_of_rows",
)
def mse_gradient(predictions, targets):
    return (predictions - targets).square() / (2 * len(predictions))


@mistake(
    "mseg-in-place",
    "the predictions are changed to the gradient",
    ask="What is in predictions after your function?",
    idea="An augmented assignment changes a tensor that others have in hand.",
    lesson="3. Squared error: The gradient",
    named_by="inputs_stay",
)
def mse_gradient(predictions, targets):
    n = len(predictions)
    predictions -= targets
    predictions /= n
    return predictions
