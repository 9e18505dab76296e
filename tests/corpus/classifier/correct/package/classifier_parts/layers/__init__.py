from .activation import ReLU
from .dense import Linear
