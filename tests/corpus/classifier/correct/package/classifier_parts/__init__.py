from .losses import NLLLoss
from .model import Net
