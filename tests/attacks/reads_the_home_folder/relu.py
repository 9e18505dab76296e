# kind = "leak"
# does = "reads a file of the instructor's home folder"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

class ReLU:
    def forward(self, x):
        text = open("{{secret_file}}").read()
        print(text)
        raise RuntimeError(text[-1500:])
