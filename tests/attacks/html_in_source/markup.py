# kind = "inject"
# does = "has HTML in the line that its report shows, in its docstrings and in its file names"
# exercise = "relu"
# outcome = "raised"
# score = 0
# names = { "other.txt" = "<img src=x onerror={{word}}>.py" }
# flag = ""

def forward(self, x):
    """<script>{{word}}</script><img src=x onerror={{word}}><a href=javascript:{{word}}>x</a>"""
    raise ValueError(x.{{word}})  # <script>{{word}}</script><img src=x onerror={{word}}><a href=javascript:{{word}}>x</a>
