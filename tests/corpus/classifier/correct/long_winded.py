"""Long-winded: no line does two things, every tensor has a name, every shape is asserted and printed."""

import torch

DEBUG = True


def show(name, tensor):
    if DEBUG:
        print(name, "shape:", list(tensor.shape), "dtype:", tensor.dtype)


class NLLLoss:
    """The loss."""

    def __init__(self):
        self.number_of_calls = 0

    def __call__(self, outputs, labels):
        result = self.forward(outputs, labels)
        return result

    def compute_the_probabilities(self, outputs):
        number_of_images = outputs.shape[0]
        number_of_classes = outputs.shape[1]
        largest_scores, largest_positions = torch.max(outputs, dim=1)
        assert largest_scores.shape == (number_of_images,)
        assert largest_positions.shape == (number_of_images,)
        largest_scores_as_column = largest_scores.reshape(number_of_images, 1)
        shifted_scores = outputs - largest_scores_as_column
        assert shifted_scores.shape == (number_of_images, number_of_classes)
        exponentials = torch.exp(shifted_scores)
        sums = torch.sum(exponentials, dim=1)
        assert sums.shape == (number_of_images,)
        sums_as_column = sums.reshape(number_of_images, 1)
        probabilities = exponentials / sums_as_column
        logarithms_of_sums = torch.log(sums_as_column)
        log_probabilities = shifted_scores - logarithms_of_sums
        assert probabilities.shape == log_probabilities.shape
        return probabilities, log_probabilities

    def forward(self, outputs, labels):
        self.number_of_calls = self.number_of_calls + 1
        show("outputs", outputs)
        show("labels", labels)
        probabilities, log_probabilities = self.compute_the_probabilities(outputs)
        number_of_images = outputs.shape[0]
        sum_of_losses = torch.tensor(0.0)
        image = 0
        while image < number_of_images:
            label_of_this_image = labels[image]
            log_probability_of_the_label = log_probabilities[image, label_of_this_image]
            loss_of_this_image = -log_probability_of_the_label
            sum_of_losses = sum_of_losses + loss_of_this_image
            image = image + 1
        mean_loss = sum_of_losses / number_of_images
        assert mean_loss.dim() == 0
        return mean_loss

    def backward(self, outputs, labels):
        probabilities, log_probabilities = self.compute_the_probabilities(outputs)
        number_of_images = outputs.shape[0]
        number_of_classes = outputs.shape[1]
        one_hot_labels = torch.zeros(number_of_images, number_of_classes)
        image = 0
        while image < number_of_images:
            label_of_this_image = int(labels[image])
            one_hot_labels[image][label_of_this_image] = 1.0
            image = image + 1
        difference = probabilities - one_hot_labels
        gradient = difference / number_of_images
        assert gradient.shape == outputs.shape
        return gradient


class Linear:
    """The layer."""

    def __init__(self, dim_in, dim_out):
        self.dim_in = dim_in
        self.dim_out = dim_out
        random_numbers = torch.randn(dim_out, dim_in)
        spread = 1.0 / (dim_in**0.5)
        self.W = random_numbers * spread
        self.b = torch.zeros(dim_out)
        self.input_of_the_last_forward = None

    def __call__(self, x):
        result = self.forward(x)
        return result

    def forward(self, x):
        assert x.dim() == 2, "x must have two dimensions"
        assert x.shape[1] == self.dim_in, "x has the wrong number of columns"
        self.input_of_the_last_forward = x.clone()
        transposed_weights = torch.transpose(self.W, 0, 1)
        product = torch.matmul(x, transposed_weights)
        z = product + self.b
        assert z.shape == (x.shape[0], self.dim_out)
        show("z", z)
        return z

    def backward(self, dz):
        x = self.input_of_the_last_forward
        assert x is not None, "call forward first"
        assert dz.shape == (x.shape[0], self.dim_out)
        dx = torch.matmul(dz, self.W)
        assert dx.shape == x.shape
        transposed_dz = torch.transpose(dz, 0, 1)
        dW = torch.matmul(transposed_dz, x)
        assert dW.shape == self.W.shape
        db = torch.sum(dz, dim=0)
        assert db.shape == self.b.shape
        result = (dx, dW, db)
        return result


class ReLU:
    """The bend."""

    def __init__(self):
        self.input_of_the_last_forward = None

    def __call__(self, x):
        result = self.forward(x)
        return result

    def forward(self, x):
        self.input_of_the_last_forward = x.clone()
        is_positive = x > 0
        mask = is_positive.float()
        result = x * mask
        assert result.shape == x.shape
        assert bool((result >= 0).all())
        return result

    def backward(self, dz):
        assert dz.shape == self.input_of_the_last_forward.shape
        was_positive = self.input_of_the_last_forward > 0
        mask = was_positive.float()
        dx = dz * mask
        return dx


class Net:
    """The net."""

    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {}
        self.parameters["fc1.W"] = self.fc1.W
        self.parameters["fc1.b"] = self.fc1.b
        self.parameters["fc2.W"] = self.fc2.W
        self.parameters["fc2.b"] = self.fc2.b
        self.parameters["fc3.W"] = self.fc3.W
        self.parameters["fc3.b"] = self.fc3.b
        self.gradients = {}
        number_of_parameters = 0
        for name in self.parameters:
            number_of_parameters = number_of_parameters + self.parameters[name].numel()
        assert number_of_parameters == 127746

    def __call__(self, x):
        result = self.forward(x)
        return result

    def forward(self, x):
        number_of_images = x.shape[0]
        flat = x.reshape(number_of_images, 784)
        z1 = self.fc1(flat)
        a1 = self.relu1(z1)
        z2 = self.fc2(a1)
        a2 = self.relu2(z2)
        z3 = self.fc3(a2)
        assert z3.shape == (number_of_images, 10)
        return z3

    def backward(self, dz3):
        show("dz3", dz3)
        da2, dW3, db3 = self.fc3.backward(dz3)
        dz2 = self.relu2.backward(da2)
        da1, dW2, db2 = self.fc2.backward(dz2)
        dz1 = self.relu1.backward(da1)
        dx, dW1, db1 = self.fc1.backward(dz1)
        self.gradients["fc1.W"] = dW1
        self.gradients["fc1.b"] = db1
        self.gradients["fc2.W"] = dW2
        self.gradients["fc2.b"] = db2
        self.gradients["fc3.W"] = dW3
        self.gradients["fc3.b"] = db3
        for name in self.parameters:
            assert self.gradients[name].shape == self.parameters[name].shape, name


class Optimizer:
    """The step downhill."""

    def __init__(self, parameters, lr=1e-3):
        assert lr > 0
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        names = list(self.parameters.keys())
        for name in names:
            parameter = self.parameters[name]
            gradient = gradients[name]
            assert parameter.shape == gradient.shape
            change = self.lr * gradient
            new_value = parameter - change
            parameter.copy_(new_value)


def train(net, loss, optimizer, loader, epochs):
    list_of_means = []
    epoch = 0
    while epoch < epochs:
        sum_of_losses = 0.0
        number_of_images = 0
        for batch_number, batch in enumerate(loader):
            images = batch[0]
            labels = batch[1]
            number_of_images_in_batch = images.shape[0]
            outputs = net(images)
            loss_of_batch = loss(outputs, labels)
            loss_as_number = float(loss_of_batch)
            dz = loss.backward(outputs, labels)
            net.backward(dz)
            optimizer.step(net.gradients)
            sum_of_losses = sum_of_losses + loss_as_number * number_of_images_in_batch
            number_of_images = number_of_images + number_of_images_in_batch
            print("epoch", epoch, "batch", batch_number, "loss", loss_as_number)
        mean = sum_of_losses / number_of_images
        list_of_means.append(mean)
        epoch = epoch + 1
    assert len(list_of_means) == epochs
    return list_of_means


def accuracy(net, loader):
    number_of_hits = 0
    number_of_images = 0
    for images, labels in loader:
        outputs = net(images)
        for i in range(images.shape[0]):
            scores_of_this_image = outputs[i]
            prediction = int(torch.argmax(scores_of_this_image))
            label = int(labels[i])
            number_of_images = number_of_images + 1
            if prediction == label:
                number_of_hits = number_of_hits + 1
            else:
                print("wrong:", prediction, "instead of", label)
    result = number_of_hits / number_of_images
    assert 0.0 <= result <= 1.0
    return result


def accuracy_per_class(net, loader, num_classes=10):
    hits_of_class = {}
    images_of_class = {}
    for c in range(num_classes):
        hits_of_class[c] = 0
        images_of_class[c] = 0
    for images, labels in loader:
        outputs = net(images)
        for i in range(images.shape[0]):
            prediction = int(torch.argmax(outputs[i]))
            label = int(labels[i])
            images_of_class[label] = images_of_class[label] + 1
            if prediction == label:
                hits_of_class[label] = hits_of_class[label] + 1
    result = []
    for c in range(num_classes):
        if images_of_class[c] == 0:
            share = 0.0
        else:
            share = hits_of_class[c] / images_of_class[c]
        result.append(share)
    return result


import torch


def save(net, file):
    tensors = {}
    for name in net.parameters:
        tensors[name] = torch.empty(net.parameters[name].shape)
        flat, source = tensors[name].view(-1), net.parameters[name].reshape(-1)
        for i in range(len(source)):
            flat[i] = source[i]
    torch.save(tensors, file)


def load(net, file):
    tensors = torch.load(file, weights_only=True)
    for name in tensors:
        if name not in net.parameters:
            raise ValueError(name + " is not a parameter of this net")
    for name in net.parameters:
        if name not in tensors:
            raise ValueError(name + " is not in the file")
        if list(tensors[name].shape) != list(net.parameters[name].shape):
            raise ValueError(name + " has the wrong shape")
    for name in tensors:
        target = net.parameters[name]
        for i in range(target.shape[0]):
            target[i] = tensors[name][i]
