# kind = "deny"
# does = "multiplies the bases and members of classes at the top level"
# exercise = "relu"
# score = 0
# flag = ""

class ReLU:
    for number in range(10**9):
        exec(f"value_{number} = [0] * 1000")
