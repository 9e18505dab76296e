# kind = "inject"
# does = "has control characters, surrogates and what XML forbids in its texts"
# exercise = "relu"
# outcome = "raised"
# score = 0

TEXT = "\x00\x01\x02\x7f\x80\x85\u2028\u2029\ud800\udfff\ufffe\uffff{{word}}"


class ReLU:
    def forward(self, x):
        print(TEXT)
        raise ValueError(TEXT)
