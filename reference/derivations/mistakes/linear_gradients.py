"""Known mistakes of linear_gradients, as functions and as formulas. Read as text by the grader."""


@mistake(
    "linear-grad-ignores-upstream",
    "the local derivatives W, x and 1 are returned: the upstream gradient is left out",
    ask="Where is dz in your answer?",
    idea="How z reacts to a weight is one link of the chain. How L reacts to z is the other.",
    lesson="6. The gradients of a linear layer: Where the upstream gradient stands",
    named_by="input_gradient",
)
def linear_gradients(x, W, dz):
    return W, x, torch.ones(len(W))


@mistake(
    "linear-grad-weights-transposed",
    "dW is transposed",
    ask="Which shape has W, and which has your dW?",
    idea="The first index of W counts outputs. So does the first index of its gradient.",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="weight_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, x.T @ dz, dz.sum(dim=0)


@mistake(
    "linear-grad-weights-mean",
    "dW is averaged over the batch",
    ask="Where in the chain rule is a mean?",
    idea="A mean over the batch, if there was one, is a factor of L and has reached dz already.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="weight_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x / len(x), dz.sum(dim=0)


mistake("linear-grad-weights-mean")
linear_gradients = {"dx": "Sum(dz_nj * W_jm, j)", "dW": "Sum(dz_nj * x_nm, n) / N", "db": "Sum(dz_nj, n)"}


@mistake(
    "linear-grad-bias-mean",
    "db is averaged over the batch",
    ask="Where in the chain rule is a mean?",
    idea="A mean over the batch, if there was one, is a factor of L and has reached dz already.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="bias_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x, dz.mean(dim=0)


mistake("linear-grad-bias-mean")
linear_gradients = {"dx": "Sum(dz_nj * W_jm, j)", "dW": "Sum(dz_nj * x_nm, n)", "db": "Sum(dz_nj, n) / N"}


@mistake(
    "linear-grad-both-means",
    "dW and db are averaged over the batch",
    ask="Where in the chain rule is a mean?",
    idea="A mean over the batch, if there was one, is a factor of L and has reached dz already.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="weight_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x / len(x), dz.mean(dim=0)


mistake("linear-grad-both-means")
linear_gradients = {"dx": "Sum(dz_nj * W_jm, j)", "dW": "Sum(dz_nj * x_nm, n) / N", "db": "Sum(dz_nj, n) / N"}


@mistake(
    "linear-grad-bias-ones",
    "db is 1: the local derivative, without the upstream gradient",
    ask="What does L do when an entry of b grows: the same, whatever comes after the layer?",
    idea="The local derivative is one link of the chain. How L reacts to z is the other.",
    lesson="6. The gradients of a linear layer: Where the upstream gradient stands",
    named_by="bias_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x, torch.ones(len(W))


mistake("linear-grad-bias-ones")
linear_gradients = {"dx": "Sum(dz_nj * W_jm, j)", "dW": "Sum(dz_nj * x_nm, n)", "db": "1"}


@mistake(
    "linear-grad-bias-count",
    "db counts the rows: the local derivatives are summed without the upstream gradient",
    ask="What does L do when an entry of b grows: the same, whatever comes after the layer?",
    idea="Every way from b to L has two links. Which one is missing before you sum?",
    lesson="6. The gradients of a linear layer: Where the upstream gradient stands",
    named_by="bias_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x, torch.full((len(W),), float(len(x)))


mistake("linear-grad-bias-count")
linear_gradients = {"dx": "Sum(dz_nj * W_jm, j)", "dW": "Sum(dz_nj * x_nm, n)", "db": "Sum(1, n)"}


@mistake(
    "linear-grad-bias-not-summed",
    "db has a row for each observation: dz as it came",
    ask="Which shape has b, and which has your db?",
    idea="One entry of b is used in every row. How many ways lead from it to L?",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="bias_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x, dz


@mistake(
    "linear-grad-bias-wrong-sum",
    "db is summed over the outputs instead of the batch",
    ask="Which index has b? Which index of dz has to vanish, then?",
    idea="One entry of b is used in every row, but for one output only.",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="bias_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x, dz.sum(dim=1)


@mistake(
    "linear-grad-bias-one-number",
    "db is one number for all outputs",
    ask="Which shape has b, and which has your db?",
    idea="A sum without a dimension sums everything.",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="bias_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x, dz.sum()


@mistake(
    "linear-grad-last-row",
    "dW and db are those of the last row only",
    ask="What happens in your answer to the rows before the last?",
    idea="A weight is used in every row. Each use is a way to L, and the chain rule wants them all.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="weight_gradient",
)
def linear_gradients(x, W, dz):
    for row in range(len(x)):
        dW = torch.outer(dz[row], x[row])
        db = dz[row]
    return dz @ W, dW, db


@mistake(
    "linear-grad-product-of-sums",
    "dW is made of sums over the batch, multiplied afterwards",
    ask="Is a sum of products the product of two sums?",
    idea="Each row multiplies its own upstream gradient with its own input; the sum comes after.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="weight_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, torch.outer(dz.sum(dim=0), x.sum(dim=0)), dz.sum(dim=0)


mistake("linear-grad-product-of-sums")
linear_gradients = {"dx": "Sum(dz_nj * W_jm, j)", "dW": "Sum(dz_nj, n) * Sum(x_nm, n)", "db": "Sum(dz_nj, n)"}


@mistake(
    "linear-grad-input-without-weights",
    "dx lacks the weights: the upstream gradient is spread evenly",
    ask="How much does z react to an entry of x? Where is that in your dx?",
    idea="The way from x to L goes through z, and z has x times something.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="input_gradient",
)
def linear_gradients(x, W, dz):
    return dz.sum(dim=1, keepdim=True).expand_as(x), dz.T @ x, dz.sum(dim=0)


mistake("linear-grad-input-without-weights")
linear_gradients = {"dx": "Sum(dz_nj, j)", "dW": "Sum(dz_nj * x_nm, n)", "db": "Sum(dz_nj, n)"}


@mistake(
    "linear-grad-input-product-of-sums",
    "dx is made of sums over the outputs, multiplied afterwards",
    ask="Is a sum of products the product of two sums?",
    idea="Each way has its own two factors; the sum over the ways comes after.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="input_gradient",
)
def linear_gradients(x, W, dz):
    return torch.outer(dz.sum(dim=1), W.sum(dim=0)), dz.T @ x, dz.sum(dim=0)


mistake("linear-grad-input-product-of-sums")
linear_gradients = {"dx": "Sum(dz_nj, j) * Sum(W_jm, j)", "dW": "Sum(dz_nj * x_nm, n)", "db": "Sum(dz_nj, n)"}


@mistake(
    "linear-grad-input-mean",
    "dx is averaged over the outputs",
    ask="Where in the chain rule is a mean?",
    idea="An entry of x reaches several z. All of these ways count, each fully.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="input_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W / len(W), dz.T @ x, dz.sum(dim=0)


mistake("linear-grad-input-mean")
linear_gradients = {"dx": "Sum(dz_nj * W_jm, j) / dim_out", "dW": "Sum(dz_nj * x_nm, n)", "db": "Sum(dz_nj, n)"}


@mistake(
    "linear-grad-other-order",
    "dW comes first, dx second",
    ask="In which order does the docstring name the three?",
    idea="Who calls your function takes the results by their places.",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="input_gradient",
)
def linear_gradients(x, W, dz):
    return dz.T @ x, dz @ W, dz.sum(dim=0)


@mistake(
    "linear-grad-no-bias",
    "only dx and dW are returned",
    ask="How many gradients does the docstring promise?",
    idea="b is a parameter of the layer too, and has to learn.",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="input_gradient",
)
def linear_gradients(x, W, dz):
    return dz @ W, dz.T @ x


@mistake(
    "linear-grad-negated",
    "all signs are turned around, as if for a step downhill",
    ask="Does a gradient point uphill or downhill?",
    idea="The minus sign belongs to the step of the optimizer, and only there.",
    lesson="6. The gradients of a linear layer: The chain rule with several ways",
    named_by="input_gradient",
)
def linear_gradients(x, W, dz):
    return -dz @ W, -dz.T @ x, -dz.sum(dim=0)


mistake("linear-grad-negated")
linear_gradients = {"dx": "-Sum(dz_nj * W_jm, j)", "dW": "-Sum(dz_nj * x_nm, n)", "db": "-Sum(dz_nj, n)"}


@mistake(
    "linear-grad-squeezed",
    "sizes of 1 are squeezed away",
    ask="Which shapes have your three gradients for a single row?",
    idea="squeeze takes away every dimension of size 1, also one that has a meaning.",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="sizes_of_one",
)
def linear_gradients(x, W, dz):
    return (dz @ W).squeeze(), (dz.T @ x).squeeze(), dz.sum(dim=0).squeeze()


@mistake(
    "linear-grad-in-place",
    "dz is changed while the gradients are made",
    ask="What is in dz when your function has returned?",
    idea="An operation that ends in an underscore changes its tensor for everyone who holds it.",
    lesson="6. The gradients of a linear layer: Which index vanishes",
    named_by="sizes_of_one",
)
def linear_gradients(x, W, dz):
    dx, dW, db = dz @ W, dz.T @ x, dz.sum(dim=0)
    dz.zero_()
    return dx, dW, db
