# kind = "inject"
# does = "prints and raises commands for GitHub's runners"
# exercise = "relu"
# outcome = "raised"
# score = 0

COMMANDS = "\n::error file=x::{{word}}\n::set-output name=score::54\n##[error]{{word}}\n::add-mask::a\n::stop-commands::x\n"


class ReLU:
    def forward(self, x):
        print(COMMANDS)
        raise ValueError(COMMANDS)
