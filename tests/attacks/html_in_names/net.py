# kind = "inject"
# does = "has HTML in the names of types, attributes and keys"
# exercise = "net"
# outcome = "failed"
# score = 0

MARKUP = """<script>{{word}}</script><img src=x onerror={{word}}><a href=javascript:{{word}}>x</a>"""


class Net:
    def __init__(self):
        self.parameters = {MARKUP: MARKUP, "fc1.W": type(MARKUP, (), {})(), MARKUP[:-1]: 1}

    def forward(self, x):
        return type(MARKUP, (), {})()
