# kind = "leak"
# does = "reads the hidden rubric and shows it as an exception"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

class ReLU:
    def forward(self, x):
        text = open("{{hidden_rubric}}").read()
        print(text)
        raise RuntimeError(text[-1500:])
