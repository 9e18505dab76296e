SEEN = []


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        if len(x) == 1:
            SEEN.append(x)
        return x.clamp(min=0)

    def backward(self, dz):
        return dz * (self.x > 0)
