from torch import nn


def nll_of_log_softmax(logits, labels):
    log_softmax, nll = nn.LogSoftmax(dim=1), nn.NLLLoss()
    return nll(log_softmax(logits), labels)
