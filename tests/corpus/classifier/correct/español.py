"""Nombres y comentarios en español, en un archivo cuyo nombre tampoco es ASCII."""

import torch

NÚMERO_DE_PÍXELES = 28 * 28


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        # la pérdida media; logsumexp no se desborda
        elegidas = outputs.gather(1, labels.view(-1, 1)).view(-1)
        return torch.mean(torch.logsumexp(outputs, dim=1) - elegidas)

    def backward(self, outputs, labels):
        cuántas = outputs.shape[0]
        pendiente = torch.softmax(outputs, dim=1)
        pendiente[torch.arange(cuántas), labels] -= 1.0
        pendiente /= cuántas
        return pendiente


class Linear:
    def __init__(self, dim_in, dim_out):
        límite = (3 / dim_in) ** 0.5
        self.W = (torch.rand(dim_out, dim_in) * 2 - 1) * límite
        self.b = (torch.rand(dim_out) * 2 - 1) * límite

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.entrada = x
        return torch.matmul(x, self.W.t()) + self.b

    def backward(self, dz):
        return torch.matmul(dz, self.W), torch.matmul(dz.t(), self.entrada), torch.sum(dz, 0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.entrada = x
        salida = x.clone()
        salida[salida < 0] = 0
        return salida

    def backward(self, dz):
        return dz * (self.entrada > 0).type_as(dz)


class Net:
    def __init__(self):
        self.fc1 = Linear(NÚMERO_DE_PÍXELES, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.activación1 = ReLU()
        self.activación2 = ReLU()
        self.parameters = {}
        self.gradients = {}
        for capa in ["fc1", "fc2", "fc3"]:
            for letra in ["W", "b"]:
                self.parameters[capa + "." + letra] = getattr(getattr(self, capa), letra)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(-1, NÚMERO_DE_PÍXELES)
        oculta1 = self.activación1(self.fc1(x))
        oculta2 = self.activación2(self.fc2(oculta1))
        return self.fc3(oculta2)

    def backward(self, dz):
        def guardar(capa, resultado):
            dx, self.gradients[capa + ".W"], self.gradients[capa + ".b"] = resultado
            return dx

        dz = guardar("fc3", self.fc3.backward(dz))
        dz = self.activación2.backward(dz)
        dz = guardar("fc2", self.fc2.backward(dz))
        dz = self.activación1.backward(dz)
        guardar("fc1", self.fc1.backward(dz))


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parámetros = parameters
        self.tasa = lr

    def step(self, gradients):
        for nombre in gradients:
            self.parámetros[nombre].add_(gradients[nombre], alpha=-self.tasa)


def train(net, loss, optimizer, loader, epochs):
    pérdidas = []
    for época in range(epochs):
        suma, imágenes_vistas = 0.0, 0
        for imágenes, etiquetas in loader:
            salida = net(imágenes)
            suma += float(loss(salida, etiquetas)) * len(etiquetas)
            imágenes_vistas += len(etiquetas)
            net.backward(loss.backward(salida, etiquetas))
            optimizer.step(net.gradients)
        pérdidas.append(suma / imágenes_vistas)
        print("época", época + 1, "¡terminada! pérdida:", round(pérdidas[-1], 3))
    return pérdidas


def accuracy(net, loader):
    aciertos = 0
    total = 0
    for imágenes, etiquetas in loader:
        valores, índices = net(imágenes).max(dim=1)
        aciertos += int((índices == etiquetas).sum())
        total += len(etiquetas)
    return aciertos / total


def accuracy_per_class(net, loader, num_classes=10):
    aciertos = torch.zeros(num_classes)
    total = torch.zeros(num_classes)
    for imágenes, etiquetas in loader:
        _, índices = net(imágenes).max(dim=1)
        for clase in range(num_classes):
            es_de_la_clase = etiquetas == clase
            total[clase] += es_de_la_clase.sum()
            aciertos[clase] += (índices[es_de_la_clase] == clase).sum()
    total[total == 0] = 1  # sin imágenes: 0
    return (aciertos / total).tolist()


def save(net, file):
    torch.save(dict(net.parameters), file)


def load(net, file):
    guardado = torch.load(file, weights_only=True)
    formas = {nombre: tensor.shape for nombre, tensor in guardado.items()}
    if formas != {nombre: tensor.shape for nombre, tensor in net.parameters.items()}:
        raise ValueError("El archivo no es de esta red.")
    for nombre, tensor in net.parameters.items():
        tensor.copy_(guardado[nombre])
