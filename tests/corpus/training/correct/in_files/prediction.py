import matplotlib.pyplot as plt
from helpers import evaluating, rows


def predict_probabilities(model, images):
    with evaluating(model):
        return model(rows(images)).exp()


def view_classify(image, probabilities):
    plt.figure(figsize=(5, 2))
    plt.subplot(1, 2, 1)
    plt.imshow(image.squeeze(), cmap="Greys", interpolation="nearest")
    plt.xticks([])
    plt.yticks([])
    plt.subplot(122)
    plt.bar(list(range(10)), probabilities.tolist(), width=0.5, tick_label=list("0123456789"))
    plt.ylim(0, 1)
    plt.savefig("digit.png")
