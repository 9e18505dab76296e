import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def softmax(self, outputs):
        e = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        return e / e.sum(dim=1, keepdim=True)

    def forward(self, outputs, labels):
        log_sum = torch.logsumexp(outputs, dim=1)
        right = outputs.gather(1, labels.unsqueeze(1)).squeeze(1)
        return (log_sum - right).mean()

    def backward(self, outputs, labels):
        n, k = outputs.shape
        onehot = torch.eye(k, device=outputs.device)[labels]
        return (self.softmax(outputs) - onehot) / n
