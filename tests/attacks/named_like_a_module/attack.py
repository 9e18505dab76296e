# kind = "escape"
# does = "is handed in under the name of a module that the grader imports, for graders that are started in the inbox"
# exercise = "relu"
# outcome = "blocked"
# score = 0
# student = "torch"
# names = { "attack.py" = "__init__.py" }

with open("{{drop}}/ran", "w") as file:
    file.write("outside the worker: it defines nothing that a check asks for")
raise ImportError("not torch at all")
