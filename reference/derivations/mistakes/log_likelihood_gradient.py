"""Known mistakes of log_likelihood_gradient, as functions and as formulas. Read as text by the grader."""


@mistake(
    "loglik-grad-no-counts",
    "one over p: the factor in front of the logarithm is lost",
    ask="What becomes of a constant factor when you differentiate?",
    idea="With respect to a probability, the count in front of its logarithm is a constant.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return 1 / p


mistake("loglik-grad-no-counts")
log_likelihood_gradient = "1 / p_nk"


@mistake(
    "loglik-grad-not-differentiated",
    "the terms themselves, not their derivatives",
    ask="What is the derivative of the logarithm? Is there a logarithm in your answer?",
    idea="A term and how fast it changes are two quantities. Nudge one probability, and look at the difference.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y * p.log()


mistake("loglik-grad-not-differentiated")
log_likelihood_gradient = "y_nk * log(p_nk)"


@mistake(
    "loglik-grad-negative",
    "the opposite sign: the gradient of the negative log likelihood",
    ask="If a probability grows, does the likelihood of what was seen grow or shrink?",
    idea="The minus sign belongs to the loss. Here the log likelihood is differentiated.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return -y / p


mistake("loglik-grad-negative")
log_likelihood_gradient = "-y_nk / p_nk"


@mistake(
    "loglik-grad-mean",
    "divided by the number of observations, although the log likelihood is a sum",
    ask="Where is a division by N in log_likelihood?",
    idea="A gradient has just the constant factors that the function has. Look at the function again.",
    lesson="3. The gradient with respect to the probabilities: The shape of the answer",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y / p / len(p)


mistake("loglik-grad-mean")
log_likelihood_gradient = "y_nk / p_nk / N"


@mistake(
    "loglik-grad-divides-by-classes",
    "divided by the number of classes",
    ask="Where is a division by K in log_likelihood?",
    idea="A gradient has just the constant factors that the function has.",
    lesson="3. The gradient with respect to the probabilities: The shape of the answer",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y / p / p.shape[1]


@mistake(
    "loglik-grad-upside-down",
    "the fraction is upside down: p over y",
    ask="For which p should the gradient be large: for a small one or for a large one?",
    idea="The derivative of the logarithm is large where its argument is small. What does that say about the denominator?",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return p / y


mistake("loglik-grad-upside-down")
log_likelihood_gradient = "p_nk / y_nk"


@mistake(
    "loglik-grad-product",
    "multiplied by p instead of divided",
    ask="For which p should the gradient be large: for a small one or for a large one?",
    idea="The derivative of the logarithm is large where its argument is small.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y * p


mistake("loglik-grad-product")
log_likelihood_gradient = "y_nk * p_nk"


@mistake(
    "loglik-grad-squared",
    "differentiates 1/p where the logarithm stands",
    ask="Which function of p are you differentiating, and how often?",
    idea="The logarithm is differentiated once. Doing it a second time gives the curvature.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return -y / p**2


mistake("loglik-grad-squared")
log_likelihood_gradient = "-y_nk / p_nk ** 2"


@mistake(
    "loglik-grad-of-scores",
    "the gradient with respect to the scores, not to the probabilities",
    ask="With respect to what do you differentiate, and does softmax stand anywhere in this exercise?",
    idea="The short formula that you may have seen is the end of a longer chain. This exercise is its first link.",
    lesson="3. The gradient with respect to the probabilities: With respect to what",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y - p


mistake("loglik-grad-of-scores")
log_likelihood_gradient = "y_nk - p_nk"


@mistake(
    "loglik-grad-of-scores-of-counts",
    "the gradient with respect to the scores, for rows of counts",
    ask="With respect to what do you differentiate, and does softmax stand anywhere in this exercise?",
    idea="This exercise ends at the probabilities. The way on to the scores is another derivation.",
    lesson="3. The gradient with respect to the probabilities: With respect to what",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y - y.sum(dim=1, keepdim=True) * p


mistake("loglik-grad-of-scores-of-counts")
log_likelihood_gradient = "y_nk - Sum(y_nc, c) * p_nk"


@mistake(
    "loglik-grad-constrained",
    "takes into account that the probabilities sum to 1",
    ask="Is every entry of p a variable of its own here?",
    idea="What happens off the surface where the rows sum to 1 is asked too. The constraint enters later, with softmax.",
    lesson="3. The gradient with respect to the probabilities: With respect to what",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y / p - y.sum(dim=1, keepdim=True)


mistake("loglik-grad-constrained")
log_likelihood_gradient = "y_nk / p_nk - Sum(y_nc, c)"


@mistake(
    "loglik-grad-binary",
    "a term for the classes that did not occur is added",
    ask="Which term of the log likelihood does your second fraction come from?",
    idea="With two classes the other probability is the rest to 1. Here every class has a variable of its own.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return y / p - (1 - y) / (1 - p)


mistake("loglik-grad-binary")
log_likelihood_gradient = "y_nk / p_nk - (1 - y_nk) / (1 - p_nk)"


@mistake(
    "loglik-grad-all-terms",
    "the terms of all classes are differentiated with respect to one probability",
    ask="In which terms of a row does one certain probability stand?",
    idea="The derivative of a term that does not contain the variable is 0. The Kronecker delta says that in a formula.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return (y / p).sum(dim=1, keepdim=True).expand_as(p)


mistake("loglik-grad-all-terms")
log_likelihood_gradient = "Sum(y_nc / p_nc, c)"


@mistake(
    "loglik-grad-summed-over-batch",
    "summed over the batch: one row instead of N",
    ask="How many numbers are in p, and how many in your gradient?",
    idea="Each row of p is made of variables of its own. A gradient has the shape of what one differentiates by.",
    lesson="3. The gradient with respect to the probabilities: The shape of the answer",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return (y / p).sum(dim=0)


@mistake(
    "loglik-grad-summed-over-classes",
    "summed over the classes: one number for each observation",
    ask="How many numbers are in p, and how many in your gradient?",
    idea="A gradient has the shape of what one differentiates by: one entry for each.",
    lesson="3. The gradient with respect to the probabilities: The shape of the answer",
    named_by="gradient_value",
)
def log_likelihood_gradient(p, y):
    return (y / p).sum(dim=1)


@mistake(
    "loglik-grad-seen-or-not",
    "a class counts once, however often it was seen",
    ask="A class was seen five times. How often does its probability stand in the product?",
    idea="The exponent becomes a factor under the logarithm, with its size.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_of_counts",
)
def log_likelihood_gradient(p, y):
    return (y > 0) * y.clamp(max=1) / p


mistake("loglik-grad-seen-or-not")
log_likelihood_gradient = "Min(y_nk, 1) / p_nk"


@mistake(
    "loglik-grad-rounded-probability",
    "small probabilities are replaced by a larger number",
    ask="What is the derivative for a class with a probability of 0.000001?",
    idea="A tiny probability makes a huge gradient, and that is right. Who rounds it up changes the result.",
    lesson="3. The gradient with respect to the probabilities: One term at a time",
    named_by="gradient_of_any_batch",
)
def log_likelihood_gradient(p, y):
    return y / p.clamp(min=1e-3)


@mistake("loglik-grad-rounded-probability")
def log_likelihood_gradient(p, y):
    return y / (p + 1e-4)


@mistake(
    "loglik-grad-in-place",
    "the counts themselves are turned into the gradient",
    ask="What is in y when your function has returned?",
    idea="An operation that ends in an underscore changes its tensor for everyone who holds it.",
    lesson="3. The gradient with respect to the probabilities: The shape of the answer",
    named_by="asked_again",
)
def log_likelihood_gradient(p, y):
    y /= p
    return y
