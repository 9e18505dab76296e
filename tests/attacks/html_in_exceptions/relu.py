# kind = "inject"
# does = "raises exceptions with HTML in their texts and in the names of their classes"
# exercise = "relu"
# outcome = "raised"
# score = 0

MARKUP = """<script>{{word}}</script><img src=x onerror={{word}}><a href=javascript:{{word}}>x</a>'"></td></pre></details>&lt;b&gt;"""


class ReLU:
    def forward(self, x):
        raise ValueError(MARKUP)

    def backward(self, dz):
        raise type(MARKUP, (Exception,), {})(MARKUP)
