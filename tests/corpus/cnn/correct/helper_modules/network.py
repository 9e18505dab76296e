from torch import nn


class Block(nn.Sequential):
    def __init__(self, conv):
        super().__init__(conv, nn.ReLU(), nn.MaxPool2d(2))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)
        self.blocks = nn.ModuleList([Block(self.conv1), Block(self.conv2)])
        self.head = nn.Sequential(nn.Flatten(), self.fc1, nn.ReLU(), self.fc2, nn.ReLU(), self.out)

    def forward(self, t):
        for block in self.blocks:
            t = block(t)
        return self.head(t)
