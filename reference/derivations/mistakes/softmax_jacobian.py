"""Known mistakes of softmax_jacobian, as functions and as formulas. Read as text by the grader."""


@mistake(
    "jacobian-diagonal-only",
    "only the diagonal: each probability is taken to depend on its own score alone",
    ask="If only one score grows, can only one probability change? What is their sum then?",
    idea="The denominator of every probability contains every score.",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="off_the_diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return torch.diag(p * (1 - p))


mistake("jacobian-diagonal-only")
softmax_jacobian = "delta_ij * p_i * (1 - p_i)"


@mistake(
    "jacobian-vector",
    "a vector of the derivatives by the own scores: the table is missing",
    ask="How many pairs of a probability and a score are there, for 4 classes?",
    idea="A Jacobian has a row for each result and a column for each input.",
    lesson="4. The Jacobian of softmax: What a Jacobian is",
    named_by="diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return p * (1 - p)


@mistake(
    "jacobian-same-case-everywhere",
    "the formula of the diagonal is used everywhere",
    ask="For which pairs of i and j does your formula hold? Did you derive it for all of them?",
    idea="If i and j differ, the numerator does not contain the score by which you differentiate.",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="off_the_diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return (p * (1 - p)).unsqueeze(1).expand(len(p), len(p))


mistake("jacobian-same-case-everywhere")
softmax_jacobian = "p_i * (1 - p_i)"


@mistake(
    "jacobian-no-delta",
    "1 stands where the Kronecker delta should: no entry knows of the diagonal",
    ask="For which pairs of i and j does your formula hold? Did you derive it for all of them?",
    idea="The 1 comes from differentiating the numerator. When does the numerator contain the score?",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="off_the_diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return p.unsqueeze(1) * (1 - p.unsqueeze(0))


mistake("jacobian-no-delta")
softmax_jacobian = "p_i * (1 - p_j)"


@mistake(
    "jacobian-outer-product-only",
    "the formula off the diagonal is used everywhere: the derivative of the numerator is missing",
    ask="For i = j, does the numerator depend on the score?",
    idea="The quotient rule has two terms. Which of them is in your answer?",
    lesson="4. The Jacobian of softmax: The quotient rule",
    named_by="diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return -torch.outer(p, p)


mistake("jacobian-outer-product-only")
softmax_jacobian = "-p_i * p_j"


@mistake(
    "jacobian-constant-denominator",
    "the denominator is differentiated as if it were constant",
    ask="Which scores stand in the denominator?",
    idea="The quotient rule has two terms. Which of them is in your answer?",
    lesson="4. The Jacobian of softmax: The quotient rule",
    named_by="diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return torch.diag(p)


mistake("jacobian-constant-denominator")
softmax_jacobian = "delta_ij * p_i"


@mistake(
    "jacobian-plus-off-diagonal",
    "the entries off the diagonal are positive",
    ask="One score grows. Do the other probabilities grow too?",
    idea="The probabilities sum to 1 before and after. What does that say about the sum of a column?",
    lesson="4. The Jacobian of softmax: Three laws to check with",
    named_by="off_the_diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return torch.outer(p, p) - 2 * torch.diag(p * p) + torch.diag(p)


mistake("jacobian-plus-off-diagonal")
softmax_jacobian = "p_i * (1 - p_i) if i == j else p_i * p_j"


@mistake(
    "jacobian-plus",
    "the sign between the two terms of the quotient rule is wrong",
    ask="Which sign stands between the two terms of the quotient rule?",
    idea="The probabilities sum to 1 before and after. What does that say about the sum of a column?",
    lesson="4. The Jacobian of softmax: The quotient rule",
    named_by="diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return torch.diag(p) + torch.outer(p, p)


mistake("jacobian-plus")
softmax_jacobian = "p_i * (delta_ij + p_j)"


@mistake(
    "jacobian-negative",
    "all signs are turned around",
    ask="A score grows. Does the probability of its own class grow or shrink?",
    idea="Look at the order of the two terms in the quotient rule: it matters.",
    lesson="4. The Jacobian of softmax: The quotient rule",
    named_by="diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return torch.outer(p, p) - torch.diag(p)


mistake("jacobian-negative")
softmax_jacobian = "p_i * (p_j - delta_ij)"


@mistake(
    "jacobian-of-log-softmax",
    "the factor in front is missing: the Jacobian of the logarithm of softmax",
    ask="What is your entry for a class with a probability of almost 0? Can it still change much?",
    idea="Both terms of the quotient rule contain the numerator. What is the numerator over the denominator?",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return torch.eye(len(p)) - p


mistake("jacobian-of-log-softmax")
softmax_jacobian = "delta_ij - p_j"


@mistake(
    "jacobian-indices-mixed",
    "the same index stands in both factors",
    ask="Which index of your formula counts rows, and is the other one anywhere but in the delta?",
    idea="The numerator brings one probability, the inner derivative of the denominator brings the other.",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="off_the_diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return p.unsqueeze(1) * (torch.eye(len(p)) - p.unsqueeze(1))


mistake("jacobian-indices-mixed")
softmax_jacobian = "p_i * (delta_ij - p_i)"


@mistake(
    "jacobian-indices-mixed-columns",
    "the column's index stands in both factors",
    ask="Which index of your formula counts rows, and is the other one anywhere but in the delta?",
    idea="The numerator brings one probability, the inner derivative of the denominator brings the other.",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="off_the_diagonal",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return p * (torch.eye(len(p)) - p)


mistake("jacobian-indices-mixed-columns")
softmax_jacobian = "p_j * (delta_ij - p_j)"


@mistake(
    "jacobian-denominator-not-squared",
    "the denominator of the quotient rule is not squared",
    ask="What stands below the line in the quotient rule?",
    idea="Add 1 to all scores: the probabilities stay as they are. Does your Jacobian stay too?",
    lesson="4. The Jacobian of softmax: The quotient rule",
    named_by="diagonal",
)
def softmax_jacobian(z):
    return reference.softmax_jacobian(z) * z.exp().sum()


mistake("jacobian-denominator-not-squared")
softmax_jacobian = "exp(z_i) * delta_ij - exp(z_i) * exp(z_j) / Sum(exp(z_c), c)"


@mistake(
    "jacobian-not-normalised",
    "exponentials of the scores stand where probabilities should",
    ask="Do the numbers that you call p sum to 1?",
    idea="Add 1 to all scores: the probabilities stay as they are. Does your Jacobian stay too?",
    lesson="4. The Jacobian of softmax: Three laws to check with",
    named_by="diagonal",
)
def softmax_jacobian(z):
    p = z.exp()
    return torch.diag(p) - torch.outer(p, p)


mistake("jacobian-not-normalised")
softmax_jacobian = "exp(z_i) * (delta_ij - exp(z_j))"


@mistake(
    "jacobian-of-scores",
    "the scores stand where the probabilities should",
    ask="Where in your answer is softmax?",
    idea="The result of the quotient rule is written in probabilities, but they have to be made of the scores first.",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="diagonal",
)
def softmax_jacobian(z):
    return torch.diag(z) - torch.outer(z, z)


mistake("jacobian-of-scores")
softmax_jacobian = "z_i * (delta_ij - z_j)"


@mistake(
    "jacobian-table-of-ten",
    "the ones of the diagonal come from a table of ten classes",
    ask="Which number in your answer says how many classes there are?",
    idea="The digits have ten classes, but softmax does not know about digits.",
    lesson="4. The Jacobian of softmax: Two cases, one formula",
    named_by="any_scores",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    ones = torch.zeros(len(p), len(p))
    ones[:10, :10] = torch.eye(10)[: len(p), : len(p)]
    return p.unsqueeze(1) * (ones - p)


@mistake(
    "jacobian-broken-squeeze",
    "a single class loses its dimension",
    ask="Which shape has your answer for a single class?",
    idea="squeeze takes away every dimension of size 1, also one that has a meaning.",
    lesson="4. The Jacobian of softmax: What a Jacobian is",
    named_by="any_scores",
)
def softmax_jacobian(z):
    p = z.softmax(dim=0)
    return (torch.diag(p) - torch.outer(p, p)).squeeze()
