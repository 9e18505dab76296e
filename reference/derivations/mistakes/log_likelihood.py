"""Known mistakes of log_likelihood, as functions and as formulas. Read as text by the grader."""


@mistake(
    "loglik-no-log",
    "sums y times p: the logarithm is missing",
    ask="Which function turns the product into a sum, and where is it in your answer?",
    idea="A power under a logarithm becomes a factor. What does the base of the power become?",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (y * p).sum()


mistake("loglik-no-log")
log_likelihood = "Sum(y_nk * p_nk, n, k)"


@mistake(
    "loglik-log-of-sum",
    "the logarithm is taken of the sum, not of each factor of the product",
    ask="Of what do you take the logarithm: of one probability, or of a sum of them?",
    idea="The logarithm of a product is a sum of logarithms. The logarithm of a sum is nothing simpler.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (y * p).sum(dim=1).log().sum()


mistake("loglik-log-of-sum")
log_likelihood = "Sum(log(Sum(y_nk * p_nk, k)), n)"


@mistake(
    "loglik-log-of-whole-sum",
    "one logarithm is taken of the sum over the whole batch",
    ask="How many logarithms are there in your answer, for 5 rows of 3?",
    idea="The logarithm of a product is a sum of logarithms: as many as the product has factors.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return torch.log((y * p).sum())


@mistake(
    "loglik-likelihood",
    "the likelihood itself is returned: its logarithm was not taken",
    ask="Is a likelihood between 0 and 1 what was asked for?",
    idea="The product is where the derivation begins. What is to be done with it?",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (p**y).prod()


@mistake(
    "loglik-negative",
    "the sign of a loss: the negative log likelihood",
    ask="Can the logarithm of a probability be positive?",
    idea="The minus sign comes with the loss. Here the likelihood itself is asked for.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return -reference.log_likelihood(p, y)


mistake("loglik-negative")
log_likelihood = "-Sum(y_nk * log(p_nk), n, k)"


@mistake(
    "loglik-mean",
    "the mean over the batch is taken instead of the sum",
    ask="Where in the product does a division by the number of rows come from?",
    idea="The logarithm of a product over the rows has one term for each of them, and each counts fully.",
    lesson="1. The log likelihood: A batch",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return reference.log_likelihood(p, y) / len(p)


mistake("loglik-mean")
log_likelihood = "Sum(y_nk * log(p_nk), n, k) / N"


@mistake(
    "loglik-mean-of-all",
    "the mean over all entries is taken instead of the sum",
    ask="By what is your sum divided, and which step of the derivation divides?",
    idea="A product of N times K factors becomes a sum of as many terms. A mean would be another quantity.",
    lesson="1. The log likelihood: A batch",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (y * p.log()).mean()


@mistake(
    "loglik-not-summed",
    "one log likelihood for each observation instead of one for the batch",
    ask="How many numbers does your answer have for 5 rows?",
    idea="Independent observations multiply their likelihoods. What happens to this product under the logarithm?",
    lesson="1. The log likelihood: A batch",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (y * p.log()).sum(dim=1)


@mistake(
    "loglik-not-summed-at-all",
    "the single terms are returned: nothing is summed",
    ask="How many numbers does your answer have for 5 rows of 3?",
    idea="One likelihood belongs to the whole batch. What becomes of its product under the logarithm?",
    lesson="1. The log likelihood: A batch",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return y * p.log()


@mistake(
    "loglik-summed-over-batch",
    "summed over the batch alone: one number for each class is left",
    ask="Which two indices does the product run over, and which of them is still in your answer?",
    idea="Both products become sums, that over the classes and that over the rows.",
    lesson="1. The log likelihood: A batch",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (y * p.log()).sum(dim=0)


@mistake(
    "loglik-ignores-counts",
    "the counts play no part: all classes weigh the same",
    ask="A class that was seen twice: how often does its probability stand in the product?",
    idea="An exponent does not vanish under the logarithm. Where does it go?",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return p.log().sum()


mistake("loglik-ignores-counts")
log_likelihood = "Sum(log(p_nk), n, k)"


@mistake(
    "loglik-power-of-log",
    "the power is taken of the logarithm, not of the probability",
    ask="In your formula, does the exponent belong to the probability or to its logarithm?",
    idea="The exponent stands inside the logarithm, at the probability. What is the logarithm of a square?",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (-p.log()).pow(y).neg().sum()


mistake("loglik-power-of-log")
log_likelihood = "-Sum((-log(p_nk)) ** y_nk, n, k)"


@mistake(
    "loglik-swapped",
    "counts and probabilities have changed places: the logarithm is taken of y",
    ask="Which of the two is the base of the power, and which one the exponent?",
    idea="The logarithm brings the exponent down as a factor and stays at the base.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (p * y.log()).sum()


mistake("loglik-swapped")
log_likelihood = "Sum(p_nk * log(y_nk), n, k)"


@mistake(
    "loglik-binary",
    "a term for the classes that did not occur is added, as if each class were a coin of its own",
    ask="Which factors of the product does your second term come from?",
    idea="With two classes the other probability is the rest to 1. With K classes each has a factor of its own.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (y * p.log() + (1 - y) * (1 - p).log()).sum()


mistake("loglik-binary")
log_likelihood = "Sum(y_nk * log(p_nk) + (1 - y_nk) * log(1 - p_nk), n, k)"


@mistake(
    "loglik-largest-count",
    "only the class with the largest count of each row is used",
    ask="What becomes of the other factors of the product?",
    idea="A row of counts is not a label: every class that was seen has its factor.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    best = y.argmax(dim=1)
    return p[range(len(p)), best].log().sum()


@mistake(
    "loglik-normalised-counts",
    "the counts of each row are made to sum to 1 first",
    ask="Does a row that was counted twice as often say twice as much?",
    idea="The exponents stand in the product as they are given. Nothing in the derivation divides them.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return reference.log_likelihood(p, y / y.sum(dim=1, keepdim=True))


@mistake(
    "loglik-other-base",
    "a logarithm of another base than e",
    ask="What is the derivative of your logarithm?",
    idea="In this course, as in its field, log is the natural logarithm, the one that undoes exp.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="log_likelihood_value",
)
def log_likelihood(p, y):
    return (y * torch.log2(p)).sum()


@mistake("loglik-other-base")
def log_likelihood(p, y):
    return (y * torch.log10(p)).sum()


@mistake(
    "loglik-product-first",
    "the product is taken before the logarithm: it underflows",
    ask="What is the product of 300 small probabilities in float32, before you take its logarithm?",
    idea="On paper both orders are equal. In float32 the small number is rounded to 0 before the logarithm sees it.",
    lesson="1. The log likelihood: Why the logarithm comes first",
    named_by="log_likelihood_of_many",
)
def log_likelihood(p, y):
    return torch.log((p**y).prod())


@mistake(
    "loglik-classes-of-ten",
    "at most ten classes are used",
    ask="Which number in your answer says how many classes there are?",
    idea="The digits have ten classes, but the derivation does not know about digits. The shape of p tells.",
    lesson="1. The log likelihood: From a product to a sum",
    named_by="any_batch",
)
def log_likelihood(p, y):
    total = 0.0
    for k in range(min(10, p.shape[1])):
        total = total + (y[:, k] * torch.log(p[:, k])).sum()
    return total
