"""Known mistakes of gradient_descent. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "gd-ascends",
    "the step goes uphill",
    ask="Which way does a gradient point, and which way do you want to go?",
    idea="A gradient says where the loss grows fastest.",
    lesson="6. Gradient descent: One step",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W + lr * gradient


@mistake(
    "gd-no-lr",
    "the learning rate is not used",
    ask="Where in your step is lr?",
    idea="How far to go is another question than where to.",
    lesson="6. Gradient descent: One step",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - gradient


@mistake(
    "gd-normalised",
    "the gradient is scaled to length 1 before the step",
    ask="Should a step near the minimum be as long as one far from it?",
    idea="The steeper, the longer: that is why the steps shrink by themselves.",
    lesson="6. Gradient descent: One step",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient / gradient.norm()


@mistake(
    "gd-stale-gradient",
    "the gradient is computed once, at the start",
    ask="To which W does your gradient belong in the third step?",
    idea="Every step leads to another place, with a slope of its own.",
    lesson="6. Gradient descent: One step",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    loss, gradient = loss_and_gradient(W)
    while True:
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient
        loss, _ = loss_and_gradient(W)


@mistake(
    "gd-momentum",
    "a part of the last step is added to each step",
    ask="Does anything of an earlier step go into yours?",
    idea="That is another method, which comes later. Here a step knows its own gradient only.",
    lesson="6. Gradient descent: One step",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses, velocity = [], 0
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        velocity = 0.9 * velocity + gradient
        W = W - lr * velocity


@mistake(
    "gd-decaying-lr",
    "the learning rate gets smaller with every step",
    ask="Which learning rate does your third step use?",
    idea="The steps shrink by themselves, since the gradient does.",
    lesson="6. Gradient descent: The learning rate",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr / len(losses) * gradient


@mistake(
    "gd-one-step-too-many",
    "one step more than max_steps",
    ask="How many steps are made with max_steps = 1?",
    idea="Losses and steps are not equally many. Count on your fingers once.",
    lesson="6. Gradient descent: When to stop",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps + 1:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-one-step-short",
    "one step fewer than max_steps",
    ask="How many steps are made with max_steps = 1?",
    idea="Losses and steps are not equally many. Count on your fingers once.",
    lesson="6. Gradient descent: When to stop",
    named_by="follows_the_reference",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) >= max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-returns-best",
    "the W with the smallest loss is returned, with one loss less",
    ask="Which W does the last of your losses belong to?",
    idea="The exercise asks where the descent ended, not where it was best.",
    lesson="6. Gradient descent: The losses",
    named_by="losses",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        if not math.isfinite(float(loss)) or (losses and float(loss) > DIVERGED * losses[0]):
            raise ValueError("diverged")
        losses.append(float(loss))
        if gradient.abs().max() <= tolerance:
            return W, sorted(losses), True
        if len(losses) > max_steps:
            return W, sorted(losses), False
        W = W - lr * gradient


@mistake(
    "gd-losses-without-start",
    "the loss at the start is missing",
    ask="What was the loss before the first step?",
    idea="Whoever looks at the curve wants to see where it began.",
    lesson="6. Gradient descent: The losses",
    named_by="losses",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    loss, gradient = loss_and_gradient(W)
    first = float(loss)
    if not math.isfinite(first):
        raise ValueError("diverged")
    for _ in range(max_steps):
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        W = W - lr * gradient
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * first:
            raise ValueError("diverged")
    return W, losses, bool(gradient.abs().max() <= tolerance)


@mistake(
    "gd-losses-without-end",
    "the loss after the last step is missing",
    ask="Which W does the last of your losses belong to?",
    idea="After the last step there is one more place to look at: the one that is returned.",
    lesson="6. Gradient descent: The losses",
    named_by="losses",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    for _ in range(max_steps):
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        W = W - lr * gradient
    return W, losses, False


@mistake(
    "gd-last-loss-only",
    "one number is returned instead of the list",
    ask="How many losses are asked for?",
    idea="A single number shows no curve.",
    lesson="6. Gradient descent: The losses",
    named_by="losses",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses[-1], True
        if len(losses) > max_steps:
            return W, losses[-1], False
        W = W - lr * gradient


@mistake(
    "gd-tolerance-of-loss",
    "it stops when the loss is small, not the gradient",
    ask="Is the loss 0 at every minimum?",
    idea="At the bottom of a valley the ground is level, however high the valley lies.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if losses[-1] <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-tolerance-of-change",
    "it stops when the loss hardly changes any more",
    ask="What does your code compare with tolerance?",
    idea="A loss may change slowly because the steps are small. Only a level ground is a minimum.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if len(losses) > 1 and abs(losses[-2] - losses[-1]) <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-signed-gradient",
    "the largest entry of the gradient, not the largest in absolute value",
    ask="Is an entry of -5 larger than tolerance?",
    idea="Downhill to the right is as steep as downhill to the left.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-any-entry",
    "it stops as soon as one entry of the gradient is small",
    ask="Must one entry of the gradient be small, or each?",
    idea="In a valley one direction may be level while another is steep.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().min() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-gradient-norm",
    "the length of the gradient is compared instead of its largest entry",
    ask="What exactly does the exercise compare with tolerance?",
    idea="There are several measures of how large a tensor is, and they differ by its number of entries.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.norm() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-gradient-sum",
    "the sum of the gradient is compared: its entries may cancel",
    ask="What is the sum of 5 and -5?",
    idea="Two steep directions don't make a level ground.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.sum().abs() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-gradient-mean",
    "the mean of the absolute entries is compared instead of the largest",
    ask="Can the mean be small while one entry is large?",
    idea="The exercise asks for every entry.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().mean() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-never-stops",
    "it always makes all steps",
    ask="Where in your code is tolerance?",
    idea="At the bottom there is nowhere to go.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if False:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-steps-after-the-end",
    "at the minimum one more step is made",
    ask="Which W did you find to be the minimum, and which one do you return?",
    idea="Look first, then go: and when there is nothing to do, don't go.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W - lr * gradient, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-always-converged",
    "converged is True whatever happened",
    ask="What is the difference between being there and being out of breath?",
    idea="Two ways out of the loop, two answers.",
    lesson="6. Gradient descent: When to stop",
    named_by="losses",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, True
        W = W - lr * gradient


@mistake(
    "gd-never-converged",
    "converged is False whatever happened",
    ask="What is the difference between being there and being out of breath?",
    idea="Two ways out of the loop, two answers.",
    lesson="6. Gradient descent: When to stop",
    named_by="stops_at_the_minimum",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, False
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-divergence-unnoticed",
    "a descent that diverges is never noticed",
    ask="What do your losses look like with a learning rate of 100?",
    idea="A loop that is not watched runs into infinity with the greatest of ease.",
    lesson="6. Gradient descent: The learning rate",
    named_by="divergence",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if False:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-nan-unnoticed",
    "a growing loss is noticed, nan is not",
    ask="Is nan larger than 5? And smaller?",
    idea="Every comparison with nan is False. It takes a question of its own.",
    lesson="6. Gradient descent: The learning rate",
    named_by="divergence",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-only-nan-noticed",
    "a loss that is not finite is noticed, one that grows is not",
    ask="How many steps does it take a diverging loss to reach infinity?",
    idea="Who waits for infinity has wasted all the steps before it.",
    lesson="6. Gradient descent: The learning rate",
    named_by="divergence",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]):
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-returns-when-diverged",
    "a divergence ends the loop quietly, without an exception",
    ask="How does the caller learn that the W returned is worth nothing?",
    idea="An error that nobody hears of is found much later, by somebody else.",
    lesson="6. Gradient descent: The learning rate",
    named_by="divergence",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            return W, losses, False
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-no-rise-allowed",
    "any rise of the loss counts as a divergence",
    ask="Does the loss fall in every single step on the way to a minimum?",
    idea="On rough ground a way down may lead over a ridge.",
    lesson="6. Gradient descent: The learning rate",
    named_by="rising_loss",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > min(losses):
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient


@mistake(
    "gd-in-place",
    "the W of the caller is moved",
    ask="What is in the caller's W after the descent?",
    idea="An augmented assignment changes the tensor itself, which others have in hand.",
    lesson="6. Gradient descent: One step",
    named_by="start_stays",
)
def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError("diverged")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W -= lr * gradient
