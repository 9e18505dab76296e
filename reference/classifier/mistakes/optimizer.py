"""Known mistakes of Optimizer. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "opt-adds-gradient",
    "the step goes uphill: the gradient is added",
    ask="Does your loss grow or shrink when a parameter follows its gradient?",
    idea="The gradient says where the loss grows fastest. We want to be elsewhere.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter += self.lr * gradients[name]


@mistake(
    "opt-only-weights",
    "the biases are never updated",
    ask="Which of the parameters have moved after your step, and which have not?",
    idea="A bias is learned in the same way as a weight.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            if name.endswith("W"):
                parameter -= self.lr * gradients[name]


@mistake(
    "opt-first-parameter-only",
    "the loop ends after the first parameter",
    ask="How often does your loop run?",
    idea="What is indented under a for happens in every round, also a return.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, gradient in gradients.items():
            self.parameters[name] -= self.lr * gradient
            return


@mistake(
    "opt-last-parameter-only",
    "the update stands behind the loop, so only the last parameter moves",
    ask="Which parameter does the name in your loop stand for when the loop is over?",
    idea="After a for its variable keeps the last value. Only what is indented is repeated.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, gradient in gradients.items():
            change = self.lr * gradient
        self.parameters[name] -= change


@mistake(
    "opt-forgets-a-layer",
    "the parameters are written out by hand and one layer is forgotten",
    ask="Which of the parameters have moved after your step, and which have not?",
    idea="A dict can tell you itself what is in it, and it forgets nothing.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name in ("fc1.W", "fc1.b", "fc2.W", "fc2.b"):
            self.parameters[name] -= self.lr * gradients[name]


@mistake(
    "opt-constructor-without-parameters",
    "the constructor does not take the parameters as its first argument",
    ask="Which tensors is your optimizer to move, and who tells it?",
    idea="The optimizer knows nothing of the net. It gets what it has to move when it is made.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def __init__(self, lr=1e-3):
        self.lr = lr


@mistake("opt-constructor-without-parameters")
class Optimizer(reference.Optimizer):
    def __init__(self, lr=1e-3, parameters=None):
        self.lr = lr
        self.parameters = parameters


@mistake(
    "opt-pairs-by-position",
    "parameters and gradients are paired by position instead of by name",
    ask="What happens in your step when the gradients come in another order?",
    idea="backward makes the gradients from the last layer to the first. Their order says nothing of whose they are.",
    lesson="5. Optimizer",
    named_by="pairs_by_name",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for parameter, gradient in zip(self.parameters.values(), gradients.values()):
            parameter -= self.lr * gradient


@mistake(
    "opt-iterates-over-names",
    "the loop goes over the dicts' names, not their tensors",
    ask="What do you get from a for over a dict?",
    idea="A dict, walked through as it is, gives its keys, which are texts here.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for parameter, gradient in zip(self.parameters, gradients):
            parameter -= self.lr * gradient


@mistake("opt-iterates-over-names")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for i in range(len(self.parameters)):
            self.parameters[i] -= self.lr * gradients[i]


@mistake(
    "opt-typo-minus-equals",
    "a typo turns minus-equals round, so the parameter becomes the negated step",
    ask="Read your update aloud, character by character. What does Python see between the two sides?",
    idea="Two characters in the other order are still valid Python, with another meaning: a plain assignment.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter[:] = -self.lr * gradients[name]


@mistake(
    "opt-new-tensors",
    "the step makes new tensors and leaves the ones that the layers hold as they are",
    ask="Who else holds the tensor that you change, and does it see the change?",
    idea="Giving a name to another tensor is not the same as changing the tensor.",
    lesson="5. Optimizer: Why in place",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter = parameter - self.lr * gradients[name]


@mistake("opt-new-tensors")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name in self.parameters:
            self.parameters[name] = self.parameters[name] - self.lr * gradients[name]


@mistake("opt-new-tensors")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        self.parameters = {name: p - self.lr * gradients[name] for name, p in self.parameters.items()}
        return self.parameters


@mistake("opt-new-tensors")
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        self.parameters = {name: parameter.clone() for name, parameter in parameters.items()}
        self.lr = lr


@mistake(
    "opt-no-lr",
    "the learning rate is forgotten: the whole gradient is subtracted",
    ask="Does the length of your step depend on lr?",
    idea="The gradient gives the direction. How far to go is another number's business.",
    lesson="5. Optimizer: How large a step",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= gradients[name]


@mistake(
    "opt-divides-by-lr",
    "the gradient is divided by the learning rate",
    ask="With a smaller lr, does your step become shorter or longer?",
    idea="A small learning rate means caution: short steps.",
    lesson="5. Optimizer: How large a step",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= gradients[name] / self.lr


@mistake(
    "opt-fixed-lr",
    "the learning rate is a fixed number, whatever lr says",
    ask="Do two optimizers with different lr make different steps?",
    idea="An argument that is taken but never looked at is no argument.",
    lesson="5. Optimizer: How large a step",
    named_by="step",
    values={"RATE": (0.001, 0.01, 0.1)},
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = RATE


@mistake(
    "opt-default-lr",
    "without an argument the learning rate is another one than the skeleton gives",
    ask="Which learning rate does your optimizer have when none is named?",
    idea="Names, arguments and what they are by default were given; leave them as they are.",
    lesson="5. Optimizer: How large a step",
    named_by="default_learning_rate",
    values={"RATE": (0.01, 0.1, 0.03)},
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=RATE):
        self.parameters = parameters
        self.lr = lr


@mistake(
    "opt-lr-without-default",
    "lr has no default, so an optimizer can't be made without it",
    ask="What does the given skeleton do when nobody names a learning rate?",
    idea="Names, arguments and what they are by default were given; leave them as they are.",
    lesson="5. Optimizer",
    named_by="default_learning_rate",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr):
        self.parameters = parameters
        self.lr = lr


@mistake(
    "opt-momentum",
    "the steps have momentum: earlier gradients count too",
    ask="Is the second step with the same gradients as long as the first?",
    idea="Momentum is a fine thing, but another method. Here a step knows only the gradients that it is handed.",
    lesson="5. Optimizer",
    named_by="several_steps",
    values={"MOMENTUM": (0.9, 0.5)},
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        if not hasattr(self, "velocity"):
            self.velocity = {name: torch.zeros_like(parameter) for name, parameter in self.parameters.items()}
        for name, parameter in self.parameters.items():
            self.velocity[name] = MOMENTUM * self.velocity[name] + gradients[name]
            parameter -= self.lr * self.velocity[name]


@mistake(
    "opt-momentum-average",
    "each step goes along a running average of the gradients",
    ask="How long is your very first step, compared with lr times the gradient?",
    idea="An average with the past is another method. Here a step knows only the gradients that it is handed.",
    lesson="5. Optimizer",
    named_by="step",
    values={"BETA": (0.9,)},
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        if not hasattr(self, "average"):
            self.average = {name: torch.zeros_like(parameter) for name, parameter in self.parameters.items()}
        for name, parameter in self.parameters.items():
            self.average[name] = BETA * self.average[name] + (1 - BETA) * gradients[name]
            parameter -= self.lr * self.average[name]


@mistake(
    "opt-accumulates-gradients",
    "the gradients of all steps so far are summed and used again",
    ask="How much longer is your third step than the first, when the gradients are the same?",
    idea="Old gradients belong to old parameters. A step uses what it is handed and forgets it.",
    lesson="6. Training",
    named_by="several_steps",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        super().__init__(parameters, lr)
        self.gradients = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}

    def step(self, gradients):
        for name, parameter in self.parameters.items():
            self.gradients[name] += gradients[name]
            parameter -= self.lr * self.gradients[name]


@mistake(
    "opt-from-the-start",
    "every step starts anew from the first values of the parameters",
    ask="From where does your third step set out?",
    idea="A walk consists of steps each of which begins where the last one ended.",
    lesson="5. Optimizer",
    named_by="several_steps",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        super().__init__(parameters, lr)
        self.start = {name: parameter.clone() for name, parameter in parameters.items()}

    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter[:] = self.start[name] - self.lr * gradients[name]


@mistake(
    "opt-weight-decay",
    "each step also shrinks the parameters a little (weight decay)",
    ask="Where does a parameter go in your step when its gradient is 0?",
    idea="Keeping weights small is a goal of its own. Here the gradient alone decides.",
    lesson="5. Optimizer",
    named_by="step",
    values={"DECAY": (1e-2, 5e-4)},
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * (gradients[name] + DECAY * parameter)


@mistake(
    "opt-lr-decay",
    "the learning rate becomes smaller from step to step",
    ask="Is your third step with the same gradients as long as the first?",
    idea="A learning rate that shrinks with time is another method. Here lr stays what it was given as.",
    lesson="5. Optimizer: How large a step",
    named_by="several_steps",
    values={"DECAY": (0.99, 0.9)},
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        super().step(gradients)
        self.lr *= DECAY


@mistake(
    "opt-averages-again",
    "the gradient is divided by a number of entries or images once more",
    ask="By which factor is your step too short, and what is of that size?",
    idea="The mean over the images was taken in the loss. Once is enough.",
    lesson="1. NLLLoss: The gradient",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name] / len(gradients[name])


@mistake("opt-averages-again")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name] / 64


@mistake("opt-averages-again")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name] / len(gradients)


@mistake(
    "opt-mean-of-gradient",
    "every entry of a parameter moves by the mean of its gradient",
    ask="Do two entries of one parameter with different gradients move differently?",
    idea="Each single number has a slope of its own, and that is what makes it learn its own thing.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name].mean()


@mistake("opt-mean-of-gradient")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name].mean(0)


@mistake(
    "opt-normalises-gradient",
    "each gradient is divided by its length",
    ask="How long is your step for a gradient that is ten times as large?",
    idea="Near the bottom the slope becomes small, and with it the steps. A step of fixed length jumps over the goal.",
    lesson="5. Optimizer: How large a step",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name] / gradients[name].norm()


@mistake("opt-normalises-gradient")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name] / gradients[name].abs().max()


@mistake(
    "opt-clips",
    "the gradients are clipped to a fixed range",
    ask="What is the largest change that your step can make with lr = 1?",
    idea="Cutting a gradient off changes its direction. If it really is too large, something before it is wrong.",
    lesson="5. Optimizer: How large a step",
    named_by="step",
    values={"LIMIT": (1.0, 0.1)},
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name].clamp(-LIMIT, LIMIT)


@mistake(
    "opt-adam",
    "Adam instead of plain gradient descent",
    ask="Can you say of each line of your step where in the lesson it comes from?",
    idea="Adam rescales each entry by what it met before. Here you write the plain method, which needs no memory.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        super().__init__(parameters, lr)
        self.m = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
        self.v = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
        self.t = 0

    def step(self, gradients):
        self.t += 1
        for name, parameter in self.parameters.items():
            self.m[name] = 0.9 * self.m[name] + 0.1 * gradients[name]
            self.v[name] = 0.999 * self.v[name] + 0.001 * gradients[name] ** 2
            m = self.m[name] / (1 - 0.9**self.t)
            v = self.v[name] / (1 - 0.999**self.t)
            parameter -= self.lr * m / (v.sqrt() + 1e-8)


@mistake(
    "opt-rmsprop",
    "each entry is divided by a running size of its gradients, as in RMSprop",
    ask="Does an entry with a gradient ten times as large make a step ten times as long?",
    idea="Rescaling each entry by its past is another method. The plain one needs no memory.",
    lesson="5. Optimizer",
    named_by="step",
    values={"KEPT": (0.9, 0.99)},
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        super().__init__(parameters, lr)
        self.squares = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}

    def step(self, gradients):
        for name, parameter in self.parameters.items():
            self.squares[name] = KEPT * self.squares[name] + (1 - KEPT) * gradients[name] ** 2
            parameter -= self.lr * gradients[name] / (self.squares[name].sqrt() + 1e-8)


@mistake(
    "opt-multiplies-by-parameter",
    "the change is multiplied by the parameter itself",
    ask="Can a parameter that is 0 ever leave its place in your step?",
    idea="How far a number moves depends on its slope, not on how large it is at the moment.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter *= 1 - self.lr * gradients[name]


@mistake(
    "opt-wrong-brackets",
    "a bracket stands wrongly: the parameter is multiplied by the learning rate too",
    ask="What becomes of a parameter in your step when its gradient is 0?",
    idea="Without any slope nothing should move. Try your line with simple numbers, by hand.",
    lesson="5. Optimizer: A worked example",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter[:] = self.lr * (parameter - gradients[name])


@mistake("opt-wrong-brackets")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter *= self.lr
            parameter -= gradients[name]


@mistake(
    "opt-twice",
    "every parameter is moved twice in one step",
    ask="How far does a parameter move in one of your steps, compared with lr times its gradient?",
    idea="Two ways to write the same update are one too many if both are executed.",
    lesson="5. Optimizer: A worked example",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name]
            self.parameters[name] -= self.lr * gradients[name]


@mistake(
    "opt-step-without-gradients",
    "step takes no gradients, as in ready-made optimizers",
    ask="Where does your step get the gradients from?",
    idea="Tensors of this course carry no gradients with them. They are handed over at every step.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * self.gradients[name]


@mistake(
    "opt-step-takes-lr",
    "step wants the learning rate as a further argument",
    ask="When does your optimizer learn how large its steps are?",
    idea="What stays the same for all steps is told once, when the optimizer is made.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients, lr):
        for name, parameter in self.parameters.items():
            parameter -= lr * gradients[name]


@mistake(
    "opt-forgets-self",
    "the constructor does not keep its arguments",
    ask="What is left of the constructor's arguments when step is called?",
    idea="A local name ends with its function. What another method needs must be kept by the object.",
    lesson="5. Optimizer",
    named_by="step",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        parameters = parameters
        lr = lr


@mistake("opt-forgets-self")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= lr * gradients[name]


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "opt-names-by-heart",
    "step knows the six names of the net's parameters by heart",
    ask="Which names would step need to know for a net with two layers?",
    idea="The dict that the optimizer was made with says which parameters there are.",
    lesson="5. Optimizer",
    named_by="other_tensors",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for layer in ("fc1", "fc2", "fc3"):
            self.parameters[layer + ".W"] -= self.lr * gradients[layer + ".W"]
            self.parameters[layer + ".b"] -= self.lr * gradients[layer + ".b"]


@mistake(
    "opt-shapes-by-heart",
    "step moves tensors of one and of two dimensions alone",
    ask="Which shapes may a parameter have? What does step do with a third dimension?",
    idea="The update is the same for every entry, so it needs no word about shapes.",
    lesson="5. Optimizer",
    named_by="other_tensors",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            if parameter.dim() == 2:
                for i in range(parameter.shape[0]):
                    parameter[i, :] -= self.lr * gradients[name][i, :]
            else:
                for i in range(len(parameter)):
                    parameter[i] = parameter[i].item() - self.lr * gradients[name][i].item()


@mistake(
    "opt-settings-in-class",
    "the learning rate is kept where all optimizers share it",
    ask="Two optimizers are made, one after the other. Which learning rate has the first?",
    idea="What belongs to one optimizer is an attribute of self.",
    lesson="5. Optimizer",
    named_by="other_tensors",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        Optimizer.rate = lr

    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.rate * gradients[name]


@mistake(
    "opt-clips-large",
    "large gradients are cut off",
    ask="How far should a parameter move whose gradient is 100, compared with one whose gradient is 10?",
    idea="The step is the learning rate times the gradient, as it is. Cutting it is another method.",
    lesson="5. Optimizer: How large a step",
    named_by="new_gradients",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name].clamp(-10, 10)


@mistake("opt-clips-large")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            gradient = gradients[name]
            parameter -= self.lr * gradient / max(1.0, float(gradient.norm()) / 50)


@mistake(
    "opt-averages",
    "every step uses a running average of the gradients so far",
    ask="What does the second step know of the first? Should it?",
    idea="Gradient descent looks at the gradient of this step alone.",
    lesson="5. Optimizer",
    named_by="new_gradients",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        reference.Optimizer.__init__(self, parameters, lr)
        self.average = {}

    def step(self, gradients):
        for name, parameter in self.parameters.items():
            before = self.average.get(name, gradients[name])
            self.average[name] = 0.9 * before + 0.1 * gradients[name]
            parameter -= self.lr * self.average[name]


@mistake(
    "opt-keeps-first-gradients",
    "every step uses the gradients of the first",
    ask="Which gradients does your second step use?",
    idea="Each step is handed its own gradients.",
    lesson="5. Optimizer",
    named_by="new_gradients",
)
class Optimizer(reference.Optimizer):
    def __init__(self, parameters, lr=1e-3):
        reference.Optimizer.__init__(self, parameters, lr)
        self.gradients = None

    def step(self, gradients):
        if self.gradients is None:
            self.gradients = gradients
        for name, parameter in self.parameters.items():
            parameter -= self.lr * self.gradients[name]


@mistake(
    "opt-scales-gradients",
    "the gradients themselves are multiplied by the learning rate",
    ask="What is in gradients after your step?",
    idea="Only the parameters are to change in place. The product of lr and g is a new tensor.",
    lesson="5. Optimizer: Why in place",
    named_by="gradients_stay",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            gradients[name] *= self.lr
            parameter -= gradients[name]


@mistake(
    "opt-empties-gradients",
    "step takes the gradients out of the dict it was handed",
    ask="What is in gradients after your step?",
    idea="The dict belongs to the net. To read an entry is enough.",
    lesson="5. Optimizer",
    named_by="gradients_stay",
)
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients.pop(name)


@mistake("opt-empties-gradients")
class Optimizer(reference.Optimizer):
    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name]
            gradients[name].zero_()
