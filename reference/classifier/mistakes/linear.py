"""Known mistakes of Linear. Read as text by the grader; each takes the place of the model answer's definition."""

# The parameters


@mistake(
    "linear-init-zeros",
    "all weights start at 0, so all units stay equal",
    ask="Two units start out with the same numbers. What could ever make them different?",
    idea="Equal units get equal gradients. A layer learns different things only if its units begin differently.",
    lesson="2. Linear: Why random weights",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.zeros(dim_out, dim_in)
        self.b = torch.zeros(dim_out)


@mistake(
    "linear-init-constant",
    "all weights start at the same constant, so all units stay equal",
    ask="Which number in your W tells one unit from another?",
    idea="It is not the zeros that do the harm, but that all units are copies of one. Any constant has this fault.",
    lesson="2. Linear: Why random weights",
    named_by="initial_parameters",
    values={"START": (0.01, 1.0)},
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.full((dim_out, dim_in), START)
        self.b = torch.zeros(dim_out)


@mistake("linear-init-constant")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.ones(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)


@mistake(
    "linear-init-identical-rows",
    "one random row is repeated for every unit, so all units stay equal",
    ask="How many different random numbers does a W of 3 rows and 5 columns need?",
    idea="Random is not enough: the numbers must differ from unit to unit, or the units are copies of one.",
    lesson="2. Linear: Why random weights",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = (torch.randn(dim_in) / dim_in**0.5).repeat(dim_out, 1)
        self.b = torch.zeros(dim_out)


@mistake("linear-init-identical-rows")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.stack([torch.randn(dim_in)] * dim_out)
        self.b = torch.zeros(dim_out)


@mistake(
    "linear-init-seeded",
    "the random numbers are seeded in __init__, so layers of one size start out equal",
    ask="What do two layers of the same size have in common right after they were made?",
    idea="To seed means to start the same sequence again. Whoever wants equal runs does so once, outside.",
    lesson="2. Linear: Why random weights",
    named_by="initial_parameters",
    values={"SEED": (0, 42)},
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        torch.manual_seed(SEED)
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)


@mistake("linear-init-seeded")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        generator = torch.Generator().manual_seed(1)
        self.W = torch.randn(dim_out, dim_in, generator=generator) / dim_in**0.5
        self.b = torch.zeros(dim_out)


@mistake(
    "linear-init-whole-numbers",
    "W holds whole numbers, which can't be moved by a small step",
    ask="What is the dtype of your W? What happens to a step of 0.01 there?",
    idea="Weights are tuned in tiny steps, so they must be floating-point numbers.",
    lesson="2. Linear: Why random weights",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randint(-10, 10, (dim_out, dim_in))
        self.b = torch.zeros(dim_out)


@mistake(
    "linear-init-transposed-shape",
    "rows and columns of W are exchanged: it is stored as (dim_in, dim_out)",
    ask="What does one row of W hold: the weights of one output, or those of one input?",
    idea="One row of W belongs to one output. Either way can be made to work, but others use your W too.",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_in, dim_out) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dz):
        return dz @ self.W.T, self.x.T @ dz, dz.sum(0)


@mistake("linear-init-transposed-shape")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_in, dim_out) / dim_in**0.5
        self.b = torch.zeros(dim_out)


@mistake("linear-init-transposed-shape")
class Linear(reference.Linear):
    def __init__(self, dim_out, dim_in):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)


@mistake(
    "linear-init-bias-row",
    "b has shape (1, dim_out): a matrix of one row instead of a plain row",
    ask="How many dimensions has your b, and how many should it have?",
    idea="Adding it works by broadcasting, and that hides it. db and the optimizer see the difference.",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(1, dim_out)


@mistake(
    "linear-init-bias-column",
    "b has shape (dim_out, 1): a column, as in formulas for a single image",
    ask="What shape is the sum of a tensor (N, dim_out) and your b?",
    idea="In many books vectors stand upright. Here an image is a row, and so is what is added to it.",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out, 1)


@mistake(
    "linear-init-bias-of-inputs",
    "b has one entry for each input instead of one for each output",
    ask="To what is b added: to the inputs, or to the weighted sums?",
    idea="Every output has a bias of its own. How many outputs are there?",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_in)


@mistake(
    "linear-init-scalar-bias",
    "one bias is shared by all units",
    ask="How many numbers does your b hold for a layer of 3 outputs?",
    idea="A shared bias can only lift all outputs together. Each output needs one to itself.",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(1)


@mistake("linear-init-scalar-bias")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.tensor(0.0)


@mistake("linear-init-scalar-bias")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = 0.0


@mistake(
    "linear-init-no-bias",
    "the layer has weights but no bias at all",
    ask="What does your layer return for an x of zeros? Can it ever learn to return something else?",
    idea="Without a bias, every layer must send zero to zero. b is a second parameter beside W.",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5

    def forward(self, x):
        self.x = x
        return x @ self.W.T

    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(0)


@mistake(
    "linear-init-other-names",
    "the parameters can't be found under the names W and b",
    ask="Under which names does somebody outside your class look for the parameters?",
    idea="The net shares out the layers' tensors by their names, and what stays local to a method is lost at its end.",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.weight = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.bias = torch.zeros(dim_out)

    def forward(self, x):
        self.x = x
        return x @ self.weight.T + self.bias

    def backward(self, dz):
        return dz @ self.weight, dz.T @ self.x, dz.sum(0)


@mistake("linear-init-other-names")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        W = torch.randn(dim_out, dim_in) / dim_in**0.5
        b = torch.zeros(dim_out)


@mistake(
    "linear-init-shared-parameters",
    "W and b belong to the class, so the layer made last replaces those of all others",
    ask="Make two layers. Whose numbers does the W of the first one hold then?",
    idea="A net has three layers of different sizes. What is kept in the class is common to all objects.",
    lesson="2. Linear",
    named_by="initial_parameters",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        Linear.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        Linear.b = torch.zeros(dim_out)


# forward


@mistake(
    "linear-call-no-return",
    "__call__ runs forward but does not return its result",
    ask="What does a function give back that ends without a return?",
    idea="linear(x) must give what linear.forward(x) gives. Computing it is half of the work, handing it over the rest.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def __call__(self, x):
        self.forward(x)


@mistake(
    "linear-fwd-no-return",
    "forward computes z but does not return it",
    ask="What does a function give back that ends without a return?",
    idea="To keep z in the object is not enough: the next layer gets what forward returns.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        self.z = x @ self.W.T + self.b


@mistake(
    "linear-fwd-untransposed",
    "multiplies x by W as it is, so that the sizes side by side don't agree",
    ask="What are the sizes of x and of W? Which two of them meet in your product?",
    idea="The sum runs over the inputs. In a product of matrices, what is summed over stands in the middle.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b


@mistake(
    "linear-fwd-weights-first",
    "multiplies W by x, as for one image that stands upright as a column",
    ask="Where is the batch size in your product, and where should it be in the result?",
    idea="Formulas are often written for a single column vector. Here the images are the rows of x.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return self.W @ x + self.b


@mistake(
    "linear-fwd-result-transposed",
    "z comes out as (dim_out, N), with the images as columns",
    ask="What does one row of your result belong to: an image, or an output?",
    idea="The numbers are right, but they lie the other way round. One image in, one row out.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return self.W @ x.T + self.b.reshape(-1, 1)


@mistake(
    "linear-fwd-elementwise",
    "multiplies x and W entry by entry instead of as matrices",
    ask="Where in your forward are the products added up?",
    idea="A weighted sum has two parts, the products and the sum over them. The star does only the first.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return x * self.W + self.b


@mistake("linear-fwd-elementwise")
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return x * self.W.T + self.b


@mistake(
    "linear-fwd-reshaped-weights",
    "W is brought into the fitting shape by reshape or view, which puts the numbers in wrong places",
    ask="Reshape a small matrix by hand. Do its rows become the columns?",
    idea="To reshape keeps the order in memory and only breaks the lines elsewhere. That is not to transpose.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        dim_out, dim_in = self.W.shape
        return x @ self.W.reshape(dim_in, dim_out) + self.b


@mistake(
    "linear-fwd-no-bias",
    "forward forgets to add the bias",
    ask="What should the layer return for an x of zeros?",
    idea="As long as b is 0 nobody notices. It does not stay 0: it is learned.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return x @ self.W.T


@mistake(
    "linear-fwd-bias-twice",
    "the bias is added twice",
    ask="What does your layer return for an x of zeros, and what should it?",
    idea="A column of ones does the adding already. Either way is right, both together are not.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        x_and_one = torch.cat([x, torch.ones(len(x), 1)], dim=1)
        W_and_b = torch.cat([self.W, self.b.reshape(-1, 1)], dim=1)
        return x_and_one @ W_and_b.T + self.b


@mistake(
    "linear-fwd-bias-subtracted",
    "the bias is subtracted, like the threshold of a perceptron",
    ask="If b grows by 1, what should happen to z? What happens to yours?",
    idea="Signs can be agreed on one way or another, but all who share b must agree, and its gradient too.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return x @ self.W.T - self.b


@mistake(
    "linear-fwd-activation-inside",
    "an activation is applied inside the linear layer",
    ask="Can your layer return a negative number, and one of 100?",
    idea="A linear layer is straight all over. The bend has a class of its own, and the last layer has none after it.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return (x @ self.W.T + self.b).clamp(min=0)


@mistake("linear-fwd-activation-inside")
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        return torch.sigmoid(x @ self.W.T + self.b)


@mistake(
    "linear-fwd-hardcoded-batch",
    "the result has room for a fixed number of images, whatever the batch size",
    ask="How many rows has your result for a batch of 3 images?",
    idea="The last batch of an epoch is often smaller, and a test may use a single image. x knows how many there are.",
    lesson="2. Linear",
    named_by="forward",
    values={"BATCH_SIZE": (64, 4)},
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        z = torch.zeros(BATCH_SIZE, len(self.b))
        for i in range(BATCH_SIZE):
            z[i] = self.W @ x[i] + self.b
        return z


@mistake("linear-fwd-hardcoded-batch")
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        z = torch.zeros(64, len(self.b))
        for i, image in enumerate(x):
            z[i] = self.W @ image + self.b
        return z


@mistake(
    "linear-fwd-stale-copy",
    "works with a copy of the weights made in __init__, which no later step reaches",
    ask="When the optimizer changes W, which tensor does your forward multiply by afterwards?",
    idea="Parameters are changed in place while the net learns. What was copied from them before stays as it was.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        super().__init__(dim_in, dim_out)
        self.W_and_b = torch.cat([self.W, self.b.reshape(-1, 1)], dim=1)

    def forward(self, x):
        self.x = x
        return torch.cat([x, torch.ones(len(x), 1)], dim=1) @ self.W_and_b.T


@mistake("linear-fwd-stale-copy")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        super().__init__(dim_in, dim_out)
        self.transposed = self.W.T.clone()

    def forward(self, x):
        self.x = x
        return x @ self.transposed + self.b


@mistake(
    "linear-fwd-keeps-transpose",
    "forward replaces W by its transpose, so that every call turns it round once more",
    ask="Which shape has W after one forward, and after two?",
    idea="forward should leave the parameters alone. What a formula needs for a moment need not be stored.",
    lesson="2. Linear",
    named_by="forward",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x
        self.W = self.W.T
        return x @ self.W + self.b


# What forward remembers


@mistake(
    "linear-fwd-forgets-x",
    "forward does not remember x, so backward has nothing to make dW of",
    ask="Where does backward get the x of the forward pass from?",
    idea="backward is handed dz only. Whatever else it needs, forward has to put aside in the object.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def forward(self, x):
        return x @ self.W.T + self.b


@mistake("linear-fwd-forgets-x")
class Linear(reference.Linear):
    def forward(self, x):
        return x @ self.W.T + self.b

    def backward(self, dz):
        return dz @ self.W, dz.T @ x, dz.sum(0)


@mistake(
    "linear-fwd-remembers-z",
    "forward remembers its result z where backward needs the input x",
    ask="How does z react to a weight: by which number is it multiplied?",
    idea="Ask of what each factor in the sum for dW is made. One of them is in dz, the other went into the layer.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = x @ self.W.T + self.b
        return self.x


@mistake("linear-fwd-remembers-z")
class Linear(reference.Linear):
    def forward(self, x):
        self.z = x @ self.W.T + self.b
        self.x = x
        return self.z

    def backward(self, dz):
        return dz @ self.W, self.z.T @ dz, dz.sum(0)


@mistake(
    "linear-caches-first-input",
    "only the first x is ever remembered; later batches use it too",
    ask="What does your object remember after its second forward?",
    idea="backward belongs to the last forward. An old batch has other numbers, and often another size.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    x = None

    def forward(self, x):
        if self.x is None:
            self.x = x
        return x @ self.W.T + self.b


@mistake(
    "linear-shared-memory",
    "the remembered x belongs to the class, so all layers share one memory",
    ask="Two layers are called one after the other. Which x does the first one remember then?",
    idea="Each layer of a net must remember its own input. What is kept in the class is common to all objects.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def forward(self, x):
        Linear.x = x
        return x @ self.W.T + self.b


# What backward takes and returns


@mistake(
    "linear-bwd-takes-x",
    "backward asks for x as a second argument, although it is called with dz alone",
    ask="With which arguments is backward called? Who knows x?",
    idea="The net that calls backward does not keep the inputs of its layers. Each layer remembers its own.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz, x):
        return dz @ self.W, dz.T @ x, dz.sum(0)


@mistake("linear-bwd-takes-x")
class Linear(reference.Linear):
    def backward(self, x, W, dz):
        return dz @ W, dz.T @ x, dz.sum(0)


@mistake(
    "linear-bwd-no-return",
    "backward computes the gradients but does not return them",
    ask="What does a function give back that ends without a return?",
    idea="The net collects dW and db and hands dx on. It gets them from what backward returns.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        self.dx = dz @ self.W
        self.dW = dz.T @ self.x
        self.db = dz.sum(0)


@mistake(
    "linear-bwd-only-dx",
    "returns dx alone and keeps dW and db in the object",
    ask="How many gradients does the docstring ask for, and how does the net get those of W and b?",
    idea="In some libraries the parameters' gradients are left in the layer. Here all are handed back together.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        self.dW = dz.T @ self.x
        self.db = dz.sum(0)
        return dz @ self.W


@mistake(
    "linear-bwd-missing-db",
    "returns only dx and dW; the bias gets no gradient",
    ask="How many parameters has the layer, and which of them gets no gradient from you?",
    idea="b takes part in every z, so the loss reacts to it, and it is learned like W.",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x


@mistake(
    "linear-bwd-missing-dx",
    "dx is left out, because x is no parameter; the layer before gets no gradient",
    ask="What will the layer before this one be given as its dz?",
    idea="x is no parameter of this layer, but it is the result of the layer before, which waits for its gradient.",
    lesson="2. Linear: Backwards",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return None, dz.T @ self.x, dz.sum(0)


@mistake(
    "linear-bwd-returns-dict",
    "returns the gradients in a dict instead of as the three agreed values",
    ask="How does somebody take your result apart who expects three values in a row?",
    idea="Names are a fine thing, but what goes in and out was agreed on: the docstring says in which form.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return {"dx": dz @ self.W, "dW": dz.T @ self.x, "db": dz.sum(0)}


@mistake(
    "linear-bwd-order",
    "the three gradients are returned in another order",
    ask="Which of the three does the docstring name first, and which do you return first?",
    idea="Who calls backward takes the values by position. Look at the shape of each to see which one it is.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz.T @ self.x, dz @ self.W, dz.sum(0)


@mistake("linear-bwd-order")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz.T @ self.x, dz.sum(0), dz @ self.W


@mistake("linear-bwd-order")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.sum(0), dz.T @ self.x


# All three gradients


@mistake(
    "linear-bwd-ignores-upstream",
    "returns how z reacts to W, x and b, and ignores dz",
    ask="Where in your backward does dz occur?",
    idea="The chain rule is a product. How z reacts is one factor; how the loss reacts to z is the other.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return self.W, self.x, torch.ones_like(self.b)


@mistake("linear-bwd-ignores-upstream")
class Linear(reference.Linear):
    def backward(self, dz):
        ones = torch.ones_like(dz)
        return ones @ self.W, ones.T @ self.x, ones.sum(0)


@mistake(
    "linear-bwd-elementwise",
    "multiplies dz entry by entry where a sum over products is wanted",
    ask="Where in your backward are the products added up, and over what?",
    idea="Each formula of the lesson has a sum sign. The star multiplies but does not add.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz * self.x, dz.sum(0)


@mistake("linear-bwd-elementwise")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz * self.W, dz.T @ self.x, dz.sum(0)


@mistake(
    "linear-bwd-columns",
    "uses the formulas for one image that stands upright as a column",
    ask="Which sizes meet in your products, and do they agree?",
    idea="In a formula for columns everything is turned round and stands in the other order. Here images are rows.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return self.W.T @ dz, dz @ self.x.T, dz.sum(0)


@mistake("linear-bwd-columns")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz @ self.x.T, dz.sum(0)


@mistake(
    "linear-bwd-last-sample-only",
    "the loop over the images overwrites the result: only the last image counts",
    ask="After your loop has run over two images, what is left of the first?",
    idea="The parameters are used once for every image, and each use contributes to their gradient.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        for i in range(len(dz)):
            dW = torch.outer(dz[i], self.x[i])
        return dz @ self.W, dW, dz.sum(0)


@mistake("linear-bwd-last-sample-only")
class Linear(reference.Linear):
    def backward(self, dz):
        for image, upstream in zip(self.x, dz, strict=True):
            dW = torch.outer(upstream, image)
            db = upstream
        return dz @ self.W, dW, db


@mistake(
    "linear-bwd-first-sample-only",
    "returns from within the loop over the images: only the first one counts",
    ask="How often does your loop run before the function ends?",
    idea="A return ends the function at once, wherever it stands. Mind how far it is indented.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        dW = torch.zeros_like(self.W)
        db = torch.zeros_like(self.b)
        for i in range(len(dz)):
            dW += torch.outer(dz[i], self.x[i])
            db += dz[i]
            return dz @ self.W, dW, db


@mistake(
    "linear-bwd-accumulates",
    "adds to the gradients of earlier calls",
    ask="Call forward and backward twice with the same batch. Should the second answer be twice the first?",
    idea="Each batch has a gradient of its own. Here nobody sets anything back to zero between two batches.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        super().__init__(dim_in, dim_out)
        self.dW = torch.zeros_like(self.W)
        self.db = torch.zeros_like(self.b)

    def backward(self, dz):
        self.dW += dz.T @ self.x
        self.db += dz.sum(0)
        return dz @ self.W, self.dW, self.db


@mistake(
    "linear-bwd-negated",
    "dW and db point downhill; the optimizer's minus turns them round again",
    ask="If a weight's gradient is positive, does the loss grow or shrink when that weight grows?",
    idea="A gradient points uphill. To go the other way is the optimizer's work, and only its.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, -dz.T @ self.x, -dz.sum(0)


@mistake(
    "linear-bwd-clipped",
    "large gradients are cut off",
    ask="Make dz a hundred times larger. Do your gradients become a hundred times larger as well?",
    idea="Clipping may help a training that jumps about, but then what is returned is no gradient any more.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
    values={"LIMIT": (1.0, 5.0)},
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, (dz.T @ self.x).clamp(-LIMIT, LIMIT), dz.sum(0).clamp(-LIMIT, LIMIT)


@mistake("linear-bwd-clipped")
class Linear(reference.Linear):
    def backward(self, dz):
        dW = dz.T @ self.x
        return dz @ self.W, dW / max(1.0, float(dW.norm())), dz.sum(0)


@mistake(
    "linear-bwd-divides-all",
    "dz is divided by the batch size before it is used, although it has been already",
    ask="Who took the mean over the batch, and is its factor in the dz that you are given?",
    idea="The mean is taken once in a net. Look for every place where yours divides by N.",
    lesson="2. Linear: Backwards",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        dz = dz / len(dz)
        return dz @ self.W, dz.T @ self.x, dz.sum(0)


@mistake(
    "linear-bwd-divides-parameters",
    "dW and db are both divided by the batch size, although dz has been already",
    ask="Your formulas come from somewhere: is the mean over the batch in the loss there, or in the layer?",
    idea="Some courses put the mean into every layer, others into the loss. In both at once it is counted twice.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        n = len(dz)
        return dz @ self.W, dz.T @ self.x / n, dz.sum(0) / n


@mistake(
    "linear-bwd-hardcoded-batch-size",
    "the gradients of W and b are divided by a fixed batch size",
    ask="Where does the number by which you divide come from? Does it know this batch?",
    idea="A layer can't know how many images a batch will have, and the mean was taken before it.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
    values={"BATCH_SIZE": (64, 32)},
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x / BATCH_SIZE, dz.sum(0) / BATCH_SIZE


@mistake(
    "linear-bwd-scaled-by-lr",
    "the gradients are multiplied by a learning rate",
    ask="Does how fast the loss grows depend on how large a step you are going to take?",
    idea="The learning rate belongs to the step, not to the gradient. Who takes the steps?",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
    values={"LR": (0.01, 0.1)},
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, LR * dz.T @ self.x, LR * dz.sum(0)


@mistake(
    "linear-bwd-updates-parameters",
    "backward already takes the step and changes W and b",
    ask="Who changes the parameters in this assignment, and how often per batch?",
    idea="A layer says how the loss reacts. What is made of that is decided elsewhere, and only there.",
    lesson="2. Linear: Backwards",
    named_by="parameters_stay",
    values={"LR": (0.01, 0.1)},
)
class Linear(reference.Linear):
    def backward(self, dz):
        dx, dW, db = dz @ self.W, dz.T @ self.x, dz.sum(0)
        self.W -= LR * dW
        self.b -= LR * db
        return dx, dW, db


@mistake("linear-bwd-updates-parameters", values={"LR": (0.01,)})
class Linear(reference.Linear):
    def backward(self, dz):
        dW = dz.T @ self.x
        db = dz.sum(0)
        self.W = self.W - LR * dW
        self.b = self.b - LR * db
        return dz @ self.W, dW, db


@mistake(
    "linear-bwd-activation-inside",
    "the slope of ReLU is multiplied in, although this layer has no activation",
    ask="What did forward do to negative z? Does your backward treat them alike?",
    idea="backward undoes what its own forward did, no more. The bend and its slope belong to another class.",
    lesson="2. Linear: Backwards",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        dz = dz * (self.x @ self.W.T + self.b > 0)
        return dz @ self.W, dz.T @ self.x, dz.sum(0)


# dx


@mistake(
    "linear-bwd-dx-times-transpose",
    "dx is made with the transpose of W, as in forward, and the sizes don't agree",
    ask="Over which index does the sum for dx run, and is it the one in the middle of your product?",
    idea="Forwards the sum runs over the inputs, backwards over the outputs. Compare the sizes that meet.",
    lesson="2. Linear: The shape argument",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W.T, dz.T @ self.x, dz.sum(0)


@mistake("linear-bwd-dx-times-transpose")
class Linear(reference.Linear):
    def backward(self, dz):
        dW = dz.T @ self.x
        return self.forward(dz), dW, dz.sum(0)


@mistake(
    "linear-bwd-dx-transposed",
    "dx comes out as (dim_in, N), with the images as columns",
    ask="What does one row of your dx belong to: an image, or an input?",
    idea="The numbers are right, but they lie the other way round. A gradient has the shape of the thing itself.",
    lesson="2. Linear: The shape argument",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return self.W.T @ dz.T, dz.T @ self.x, dz.sum(0)


@mistake(
    "linear-bwd-dx-missing-weights",
    "dx lacks the factor W: dz is handed on as it is, or spread evenly over the inputs",
    ask="Does the loss react to every input alike? What decides how strongly an input reaches z?",
    idea="A change of an input reaches each output with a strength of its own. Where is that strength in your dx?",
    lesson="2. Linear: Backwards",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        dx = dz.sum(dim=1, keepdim=True) * torch.ones(self.W.shape[1])
        return dx, dz.T @ self.x, dz.sum(0)


@mistake("linear-bwd-dx-missing-weights")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz, dz.T @ self.x, dz.sum(0)


@mistake(
    "linear-bwd-dx-mean",
    "dx is divided by the batch size, although each image has a row of its own",
    ask="Row 0 of dx belongs to image 0. What have the other images to do with it?",
    idea="The mean over the batch is in dz already, and dx isn't even a sum over the images.",
    lesson="2. Linear: Backwards",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W / len(dz), dz.T @ self.x, dz.sum(0)


@mistake(
    "linear-bwd-dx-summed",
    "dx is added up over the batch: one row instead of one for each image",
    ask="How many rows has x, and how many has your dx?",
    idea="Parameters are shared by all images, so their gradients are sums over them. Is x shared?",
    lesson="2. Linear: Backwards",
    named_by="input_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return (dz @ self.W).sum(0), dz.T @ self.x, dz.sum(0)


@mistake("linear-bwd-dx-summed")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz.sum(0) @ self.W, dz.T @ self.x, dz.sum(0)


# dW


@mistake(
    "linear-bwd-dw-transposed",
    "dW is the transpose of what it should be",
    ask="What shape has your dW, and what shape has W?",
    idea="A gradient has the shape of the thing itself. Both orders give a sum over the batch; only one fits W.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, self.x.T @ dz, dz.sum(0)


@mistake(
    "linear-bwd-dw-reshaped",
    "dW is brought into the shape of W by reshape or view, which puts the numbers in wrong places",
    ask="Follow one number of your product: at which place should it be, and where does it land?",
    idea="That a shape fits is no proof. To reshape keeps the order in memory, it does not exchange rows and columns.",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, (self.x.T @ dz).reshape(self.W.shape), dz.sum(0)


@mistake(
    "linear-bwd-dw-mean",
    "dW is averaged over the batch, although the gradient of the loss already is",
    ask="How large should dW be for a batch of two equal images, compared with one of them?",
    idea="The mean over the batch is taken once in a net. Look for every place where yours divides by N.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x / len(dz), dz.sum(0)


@mistake(
    "linear-bwd-dw-product-of-sums",
    "dW multiplies sums over the batch, instead of summing the products of each image",
    ask="In your dW, does the dz of one image meet the x of another?",
    idea="Each image makes its own product; only then they are added. Sum of products and product of sums differ.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, torch.outer(dz.sum(0), self.x.sum(0)), dz.sum(0)


@mistake("linear-bwd-dw-product-of-sums")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, torch.outer(dz.sum(0), self.x.mean(0)), dz.sum(0)


@mistake(
    "linear-bwd-dw-missing-input",
    "dW lacks the factor x: all weights of an output get the same gradient",
    ask="An input is 0 in every image. How does the loss react to the weight it is multiplied by?",
    idea="How strongly z reacts to a weight depends on what that weight is multiplied by.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ torch.ones_like(self.x), dz.sum(0)


@mistake(
    "linear-bwd-dw-with-bias-column",
    "dW has one column too many, that of the bias",
    ask="How many columns has your dW, and how many has W?",
    idea="If a column of ones stands for the bias, then its gradient comes out with the others. Where does it belong?",
    lesson="2. Linear: The shape argument",
    named_by="weight_gradient",
)
class Linear(reference.Linear):
    def forward(self, x):
        self.x = torch.cat([x, torch.ones(len(x), 1)], dim=1)
        return self.x @ torch.cat([self.W, self.b.reshape(-1, 1)], dim=1).T


@mistake(
    "linear-bwd-weight-decay",
    "a part of the weights themselves is added to dW: weight decay",
    ask="What is dW if dz is 0 everywhere, and what is yours?",
    idea="Weight decay is the gradient of an extra term in the loss. The loss of this assignment has no such term.",
    lesson="2. Linear: Backwards",
    named_by="weight_gradient",
    values={"DECAY": (0.01, 1e-3)},
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x + DECAY * self.W, dz.sum(0)


# db


@mistake(
    "linear-bwd-db-per-image",
    "db is dz itself, one row for each image, not summed",
    ask="How many numbers has b, and how many has your db?",
    idea="One bias serves all images, so all of them have a say in its gradient.",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz


@mistake(
    "linear-bwd-db-wrong-axis",
    "db is summed over the outputs instead of over the images",
    ask="Which dimension vanishes in your sum: that of the images or that of the outputs?",
    idea="The result should have one entry for each output. When sizes are equal, the shape can't warn you.",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(1)


@mistake(
    "linear-bwd-db-keeps-dimension",
    "db has shape (1, dim_out): the dimension that was summed over is kept",
    ask="How many dimensions has b, and how many has your db?",
    idea="A gradient has the shape of the thing itself. A matrix of one row is not the same as a row.",
    lesson="2. Linear: The shape argument",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(0, keepdim=True)


@mistake(
    "linear-bwd-db-scalar",
    "db is summed over everything: a single number for all outputs",
    ask="How many numbers has b, and how many has your db?",
    idea="What reaches one output tells nothing about the bias of another.",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum()


@mistake(
    "linear-bwd-db-mean",
    "db is averaged over the batch, although the gradient of the loss already is",
    ask="Do dW and db treat the batch in the same way in your code?",
    idea="The bias is used once for every image, like a weight. The division by N happened elsewhere.",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.mean(0)


@mistake(
    "linear-bwd-db-ones",
    "db is 1 everywhere: how z reacts to b, without how the loss reacts to z",
    ask="Does the loss of a perfect answer still react to b? What does your db say?",
    idea="That z grows by as much as b is only one factor of the chain rule. The other one is handed to you.",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, torch.ones_like(self.b)


@mistake(
    "linear-bwd-db-zero",
    "db is zero or empty, so the bias never learns",
    ask="Does z change when b changes? Does the loss, then?",
    idea="b may start at 0, but it must not stay there. It needs a gradient like every parameter.",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, torch.zeros_like(self.b)


@mistake("linear-bwd-db-zero")
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, None


@mistake(
    "linear-bwd-db-times-b",
    "db is multiplied by b, although b itself plays no part in its own slope",
    ask="Let b grow from 5 to 5.001. By how much does z grow? Does the 5 matter?",
    idea="b is added, not multiplied. With which factor does a summand enter the sum?",
    lesson="2. Linear: Backwards",
    named_by="bias_gradient",
)
class Linear(reference.Linear):
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(0) * self.b


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "linear-init-positive",
    "all weights start above zero",
    ask="What is the mean of the numbers that you fill W with?",
    idea="Weights around zero let a layer add and subtract from the start; with all of one sign its outputs all go one way.",
    lesson="2. Linear: Why random weights",
    named_by="weights_around_zero",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.rand(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)


@mistake("linear-init-positive")
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in).abs() / dim_in**0.5
        self.b = torch.zeros(dim_out)


@mistake("linear-shared-memory")
class Linear(reference.Linear):
    def forward(self, x):
        Linear.x = x
        return x @ self.W.T + self.b


@mistake("linear-shared-memory")
class Linear(reference.Linear):
    seen = []

    def forward(self, x):
        self.seen.append(x)
        return x @ self.W.T + self.b

    def backward(self, dz):
        return dz @ self.W, dz.T @ self.seen[-1], dz.sum(dim=0)


@mistake(
    "linear-bwd-first-of-queue",
    "the inputs are kept in a queue, and backward takes the oldest",
    ask="If forward is called twice before backward, which x does your backward use?",
    idea="backward is about the last forward. One remembered input is enough, a fresh one at every call.",
    lesson="2. Linear: The shape argument",
    named_by="own_last_input",
)
class Linear(reference.Linear):
    def __init__(self, dim_in, dim_out):
        reference.Linear.__init__(self, dim_in, dim_out)
        self.inputs = []

    def forward(self, x):
        self.inputs.append(x)
        return x @ self.W.T + self.b

    def backward(self, dz):
        return dz @ self.W, dz.T @ self.inputs.pop(0), dz.sum(dim=0)
