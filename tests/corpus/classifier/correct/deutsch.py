"""Bezeichner und Kommentare auf Deutsch, mit Umlauten, auch in den Namen der Attribute."""

import torch


def _verschoben(ausgaben):
    """Zieht von jeder Zeile ihr Größtes ab, damit die Exponentialfunktion nicht überläuft."""
    größtes = ausgaben.max(dim=1, keepdim=True).values
    return ausgaben - größtes


class NLLLoss:
    """Mittlere negative Log-Likelihood."""

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        z = _verschoben(outputs)
        summe = z.exp().sum(dim=1)
        zeilen = torch.arange(z.shape[0])
        verluste = summe.log() - z[zeilen, labels]  # für jedes Bild einer
        return verluste.mean()

    def backward(self, outputs, labels):
        potenzen = _verschoben(outputs).exp()
        wahrscheinlichkeiten = potenzen / potenzen.sum(dim=1, keepdim=True)
        treffer = torch.zeros_like(wahrscheinlichkeiten)
        treffer[torch.arange(len(labels)), labels] = 1
        anzahl = len(labels)
        return (wahrscheinlichkeiten - treffer) / anzahl


class Linear:
    """Vollständig verbundene Schicht."""

    def __init__(self, dim_in, dim_out):
        streuung = dim_in ** (-1 / 2)
        self.W = streuung * torch.randn(dim_out, dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.gemerkte_eingabe = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        # Maße: (N, aus) mal (aus, ein) ergibt (N, ein)
        für_eingabe = dz @ self.W
        für_gewichte = dz.T @ self.gemerkte_eingabe
        für_schwelle = dz.sum(dim=0)
        return für_eingabe, für_gewichte, für_schwelle


class ReLU:
    """Knick bei 0."""

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.durchlässig = x > 0
        return torch.where(self.durchlässig, x, torch.zeros_like(x))

    def backward(self, dz):
        return torch.where(self.durchlässig, dz, torch.zeros_like(dz))


class Net:
    """Das Netz: drei Schichten, dazwischen zwei Knicke."""

    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.knick1, self.knick2 = ReLU(), ReLU()
        self.parameters = {}
        for nummer, schicht in enumerate([self.fc1, self.fc2, self.fc3], start=1):
            self.parameters[f"fc{nummer}.W"] = schicht.W
            self.parameters[f"fc{nummer}.b"] = schicht.b
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        anzahl_bilder = x.shape[0]
        x = x.reshape(anzahl_bilder, 784)
        x = self.knick1(self.fc1(x))
        x = self.knick2(self.fc2(x))
        return self.fc3(x)

    def backward(self, dz):
        rückwärts = [(3, self.fc3, self.knick2), (2, self.fc2, self.knick1), (1, self.fc1, None)]
        for nummer, schicht, knick in rückwärts:
            dz, self.gradients[f"fc{nummer}.W"], self.gradients[f"fc{nummer}.b"] = schicht.backward(dz)
            if knick:
                dz = knick.backward(dz)


class Optimizer:
    """Gradientenabstieg."""

    def __init__(self, parameters, lr=1e-3):
        self.größen = parameters
        self.lernrate = lr

    def step(self, gradients):
        for name, größe in self.größen.items():
            größe -= self.lernrate * gradients[name]


def train(net, loss, optimizer, loader, epochs):
    mittelwerte = []
    for epoche in range(epochs):
        summe = 0.0
        bilder_gesehen = 0
        for bilder, ziffern in loader:
            ausgaben = net(bilder)
            verlust = loss(ausgaben, ziffern)
            net.backward(loss.backward(ausgaben, ziffern))
            optimizer.step(net.gradients)
            summe += verlust.item() * len(ziffern)
            bilder_gesehen += len(ziffern)
        mittelwerte.append(summe / bilder_gesehen)
        print(f"Epoche {epoche + 1}: mittlerer Verlust {mittelwerte[-1]:.3f} – läuft …")
    return mittelwerte


def accuracy(net, loader):
    richtig = gesamt = 0
    for bilder, ziffern in loader:
        vorhersagen = net(bilder).argmax(dim=1)
        richtig += (vorhersagen == ziffern).sum().item()
        gesamt += len(ziffern)
    return richtig / gesamt


def accuracy_per_class(net, loader, num_classes=10):
    richtig = [0] * num_classes
    gesamt = [0] * num_classes
    for bilder, ziffern in loader:
        vorhersagen = net(bilder).argmax(dim=1)
        for vorhersage, ziffer in zip(vorhersagen.tolist(), ziffern.tolist()):
            gesamt[ziffer] += 1
            if vorhersage == ziffer:
                richtig[ziffer] += 1
    return [r / g if g > 0 else 0.0 for r, g in zip(richtig, gesamt)]


def save(net, file):
    # nur die Zahlen, nicht das Netz selbst
    torch.save({name: größe for name, größe in net.parameters.items()}, file)


def load(net, file):
    geladen = torch.load(file, weights_only=True)
    if set(geladen) != set(net.parameters):
        raise ValueError("Die Datei gehört zu einem anderen Netz.")
    for name, größe in net.parameters.items():
        if geladen[name].shape != größe.shape:
            raise ValueError(f"{name} hat eine andere Form.")
    for name, größe in net.parameters.items():
        größe.copy_(geladen[name])
