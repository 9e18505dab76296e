from classifier_parts.learning import *


def train(net, loss, optimizer, loader, epochs):
    return fit(net, loss, optimizer, loader, epochs)
