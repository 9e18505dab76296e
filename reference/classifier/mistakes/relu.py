"""Known mistakes of ReLU. Read as text by `grader.catalogue`; each takes the place of the model answer's definition."""


@mistake(
    "relu-bwd-no-mask",
    "the gradient is passed through unchanged, as if ReLU were not there",
    ask="Which entries of x did not reach the result at all? What does the loss learn of them?",
    idea="Where forward gave a constant 0, a small change of x changes nothing.",
    lesson="3. ReLU",
    named_by="gradient",
)
class ReLU(reference.ReLU):
    def backward(self, dz):
        return dz
