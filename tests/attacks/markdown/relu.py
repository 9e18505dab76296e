# kind = "inject"
# does = "ends Markdown's code blocks early, and adds links, images and headings"
# exercise = "relu"
# outcome = "raised"
# score = 0

FENCE = "`" * 3
MARKUP = "\n" + FENCE + "\n~~~\n# {{word}}\n[x](javascript:{{word}})\n![y](https://example.invalid/{{word}})\n<b onclick={{word}}>z</b>\n" + FENCE * 7


class ReLU:
    def forward(self, x):
        print(MARKUP)
        raise ValueError(MARKUP + "``" + MARKUP)
