"""Names and comments in German; a model that takes images of any shape; the loss written with nll_loss and sums."""

import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.nn.functional as F


class Netz(nn.Module):
    def __init__(selbst):
        super().__init__()
        selbst.schicht1 = nn.Linear(28 * 28, 128)
        selbst.schicht2 = nn.Linear(128, 64)
        selbst.schicht3 = nn.Linear(64, 10)
        selbst.knick = nn.ReLU()

    def forward(selbst, bilder):
        x = bilder.flatten(start_dim=1)
        x = selbst.knick(selbst.schicht1(x))
        x = selbst.knick(selbst.schicht2(x))
        return F.log_softmax(selbst.schicht3(x), dim=1)


def build_model():
    return Netz()


def nll_of_log_softmax(logits, labels):
    # Summe durch Anzahl ist der Mittelwert
    return F.nll_loss(F.log_softmax(logits, 1), labels, reduction="sum") / labels.shape[0]


def _flach(bilder):
    return bilder.contiguous().view(bilder.size(0), -1)


def training_pass(model, criterion, optimizer, images, labels):
    model.train()
    optimizer.zero_grad()
    verlust = criterion(model(_flach(images)), labels)
    verlust.backward()
    optimizer.step()
    optimizer.zero_grad()
    return verlust.item()


def train(model, criterion, optimizer, loader, epochs):
    verlauf = [0.0] * epochs
    for epoche in range(epochs):
        anzahl = 0
        for bilder, ziffern in loader:
            anzahl += len(ziffern)
            verlust = training_pass(model, criterion, optimizer, bilder, ziffern)
            verlauf[epoche] += (verlust - verlauf[epoche]) * len(ziffern) / anzahl  # laufender Mittelwert
    return verlauf


def predict_probabilities(model, images):
    vorher = model.training
    model.eval()
    antwort = model(_flach(images)).exp().detach()
    model.train(mode=vorher)
    return antwort


def view_classify(image, probabilities):
    bild, (links, rechts) = plt.subplots(1, 2)
    links.imshow(image.permute(1, 2, 0), cmap=plt.cm.gray)
    links.set_title("Bild")
    balken = rechts.barh(torch.arange(10).numpy(), probabilities.numpy(), align="edge")
    balken[int(probabilities.argmax())].set_color("green")
    rechts.set_xlabel("Wahrscheinlichkeit")
    rechts.invert_yaxis()
    return bild


def accuracy(model, loader):
    vorher = model.training
    model.eval()
    richtig = gesamt = 0
    for bilder, ziffern in loader:
        for bild, ziffer in zip(bilder, ziffern):
            antwort = model(bild.reshape(1, -1))
            richtig += int(antwort[0].argmax() == ziffer)
            gesamt += 1
    model.train(vorher)
    return richtig / gesamt


def accuracy_per_class(model, loader, num_classes=10):
    vorher = model.training
    model.eval()
    treffer, gesamt = {}, {}
    for bilder, ziffern in loader:
        antworten = model(_flach(bilder)).argmax(dim=1)
        for antwort, ziffer in zip(antworten.tolist(), ziffern.tolist()):
            gesamt[ziffer] = gesamt.get(ziffer, 0) + 1
            treffer[ziffer] = treffer.get(ziffer, 0) + int(antwort == ziffer)
    model.train(vorher)
    return [treffer[k] / gesamt[k] if k in gesamt else 0.0 for k in range(num_classes)]


def save(model, file):
    torch.save(model.state_dict(), file)


def load(model, file):
    zustand = torch.load(file)
    model.load_state_dict(zustand)
    model.eval()


def snapshot(model):
    return {name: wert.detach().cpu().clone() for name, wert in model.state_dict().items()}
