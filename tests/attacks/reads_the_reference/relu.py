# kind = "leak"
# does = "reads the model answer and prints it"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

class ReLU:
    def forward(self, x):
        text = open("{{reference}}").read()
        print(text)
        raise RuntimeError(text[-1500:])
