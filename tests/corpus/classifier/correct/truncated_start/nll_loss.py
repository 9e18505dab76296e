import torch


class NLLLoss:
    """Remembers the softmax of the last scores, and uses it if the same scores come again."""

    def __init__(self):
        self.last_outputs = None
        self.last_p = None

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def probabilities(self, outputs):
        if self.last_outputs is None or not torch.equal(self.last_outputs, outputs):
            self.last_outputs = outputs.clone()
            self.last_p = torch.softmax(outputs, dim=1)
        return self.last_p

    def forward(self, outputs, labels):
        self.probabilities(outputs)
        log_p = torch.log_softmax(outputs, dim=1)
        return -log_p.gather(1, labels.unsqueeze(1)).mean()

    def backward(self, outputs, labels):
        grad = self.probabilities(outputs).clone()
        grad[torch.arange(len(labels)), labels] -= 1
        return grad / len(labels)
