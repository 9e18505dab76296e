"""Known mistakes of the exercise on autograd. Read as text by the grader; each replaces a definition."""


@mistake(
    "ag-tracks-x-itself",
    "x itself is made to require a gradient, and keeps it",
    ask="What is x.requires_grad after your function, and what was it before?",
    idea="Record on a tensor of your own, and the tensor of the caller stays out of it.",
    lesson="2. Autograd: Leave no trace",
    named_by="input_stays",
)
def autograd_gradient(function, x):
    x.requires_grad_(True)
    if x.grad is not None:
        x.grad.zero_()
    function(x).backward()
    return x.grad.clone()


@mistake("ag-tracks-x-itself")
def autograd_gradient(function, x):
    x.requires_grad = True
    x.grad = None
    function(x).backward()
    return x.grad.clone()


@mistake(
    "ag-accumulates",
    "the gradient is added to what an earlier call left in x.grad",
    ask="Call it twice with the same x. Why is the second result larger?",
    idea=".grad is a sum over all calls of backward() since somebody emptied it.",
    lesson="2. Autograd: Where the gradient lands",
    named_by="called_again",
)
def autograd_gradient(function, x):
    x.requires_grad_(True)
    function(x).backward()
    x.requires_grad_(False)
    return x.grad.clone()


@mistake("ag-accumulates")
def autograd_gradient(function, x):
    x.requires_grad_(True)
    function(x).backward()
    return x.grad.clone()


@mistake(
    "ag-returns-x-grad",
    "the tensor returned is x.grad itself, which the next call adds to",
    ask="Who else has the tensor that you return in hand?",
    idea="A tensor that is still collecting is no result yet.",
    lesson="2. Autograd: Leave no trace",
    named_by="called_again",
)
def autograd_gradient(function, x):
    x.requires_grad_(True)
    function(x).backward()
    return x.grad


@mistake(
    "ag-leaves-gradient",
    "requires_grad is put back, but .grad of x is lost",
    ask="What was in x.grad before, and what is in it now?",
    idea="Whoever handed you x may have collected something in it.",
    lesson="2. Autograd: Leave no trace",
    named_by="input_stays",
)
def autograd_gradient(function, x):
    before = x.requires_grad
    x.requires_grad_(True)
    x.grad = None
    function(x).backward()
    gradient = x.grad
    x.requires_grad_(before)
    x.grad = None
    return gradient


@mistake(
    "ag-forgets-to-ask",
    "function is given a tensor that does not ask to be watched",
    ask="Which tensor in your function has requires_grad set?",
    idea="Autograd records what is done with tensors that ask for it, and nothing else.",
    lesson="2. Autograd: Recording",
    named_by="gradient",
)
def autograd_gradient(function, x):
    own = x.detach().clone()
    function(own).backward()
    return own.grad


@mistake("ag-forgets-to-ask")
def autograd_gradient(function, x):
    own = x.clone().requires_grad_()
    function(own.detach()).backward()
    return own.grad


@mistake(
    "ag-no-leaf",
    "the gradient is looked for at a copy that autograd recorded as a result",
    ask="Did you make the tensor that you ask for .grad, or did an operation make it?",
    idea="Gradients are kept where the record begins, not at what was computed from there.",
    lesson="2. Autograd: Where the gradient lands",
    named_by="gradient",
)
def autograd_gradient(function, x):
    start = x.detach().requires_grad_()
    own = start.clone()
    function(own).backward()
    return own.grad


@mistake(
    "pt-backward-twice",
    "backward() is called twice on one graph",
    ask="How often do you go back, and what is left of the record after the first time?",
    idea="A record is used up by going back through it; a second way back would add the same once more.",
    lesson="2. Autograd: Going back",
    named_by="gradient",
)
def autograd_gradient(function, x):
    own = x.detach().clone().requires_grad_()
    result = function(own)
    result.backward()
    result.backward()
    return own.grad


@mistake("pt-backward-twice")
def autograd_gradient(function, x):
    own = x.detach().clone().requires_grad_()
    result = function(own)
    result.backward(retain_graph=True)
    result.backward()
    return own.grad


@mistake(
    "ag-under-no-grad",
    "function is called while nothing is recorded",
    ask="Is anything recorded at the moment in which function runs?",
    idea="What was not recorded can't be gone back.",
    lesson="2. Autograd: Recording",
    named_by="gradient",
)
def autograd_gradient(function, x):
    own = x.detach().clone().requires_grad_()
    with torch.no_grad():
        result = function(own)
    result.backward()
    return own.grad


@mistake(
    "ag-item-first",
    "the result is turned into a plain number before the way back",
    ask="What does a plain Python number know of how it was computed?",
    idea="Only a tensor carries its record with it.",
    lesson="2. Autograd: Recording",
    named_by="gradient",
)
def autograd_gradient(function, x):
    own = x.detach().clone().requires_grad_()
    loss = function(own).item()
    loss.backward()
    return own.grad


@mistake(
    "ag-returns-value",
    "returns the value of function, not its gradient",
    ask="What shape has your result, and what shape has a gradient?",
    idea="Going back returns nothing. The gradient waits at the tensor where the record began.",
    lesson="2. Autograd: Where the gradient lands",
    named_by="gradient",
)
def autograd_gradient(function, x):
    own = x.detach().clone().requires_grad_()
    result = function(own)
    result.backward()
    return result.detach()


@mistake(
    "ag-returns-backward",
    "returns what backward() returns, which is nothing",
    ask="What does backward() return, if you print it?",
    idea="Going back returns nothing. The gradient waits at the tensor where the record began.",
    lesson="2. Autograd: Where the gradient lands",
    named_by="gradient",
)
def autograd_gradient(function, x):
    own = x.detach().clone().requires_grad_()
    return function(own).backward()


@mistake(
    "ng-only-detaches",
    "the result is detached afterwards, but everything was recorded before",
    ask="When did autograd stop recording: before function ran, or when it was through?",
    idea="A record that is thrown away was paid for all the same, in memory and time.",
    lesson="2. Autograd: Without a record",
    named_by="without_gradient",
)
def without_gradient(function, x):
    return function(x).detach()


@mistake(
    "ng-plain-call",
    "function is called as if nothing had been asked",
    ask="What is different between your function and function(x)?",
    idea="Recording is a mode that somebody has to switch.",
    lesson="2. Autograd: Without a record",
    named_by="without_gradient",
)
def without_gradient(function, x):
    return function(x)


@mistake(
    "ng-leaves-off",
    "recording is switched off and never on again",
    ask="What happens to the next person's backward() after your function?",
    idea="A mode is everybody's. Leave it as you found it.",
    lesson="2. Autograd: Leave no trace",
    named_by="without_gradient",
)
def without_gradient(function, x):
    torch.set_grad_enabled(False)
    return function(x)


@mistake(
    "ng-switches-on",
    "recording is on afterwards, also where it was off before",
    ask="What if your function is called where nothing was recorded to begin with?",
    idea="As it was before is not the same as on.",
    lesson="2. Autograd: Leave no trace",
    named_by="without_gradient",
)
def without_gradient(function, x):
    torch.set_grad_enabled(False)
    result = function(x)
    torch.set_grad_enabled(True)
    return result


@mistake(
    "ng-not-after-exception",
    "recording stays off when function raises an exception",
    ask="Which lines of yours run after an exception?",
    idea="A with statement cleans up on every way out, an exception among them.",
    lesson="2. Autograd: Without a record",
    named_by="mode_after_an_exception",
)
def without_gradient(function, x):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    result = function(x)
    torch.set_grad_enabled(before)
    return result


@mistake(
    "ng-changes-x",
    "x itself is told to require no gradient",
    ask="Does x still require a gradient after your function?",
    idea="There is a switch for the mode. What x asks for is the business of its owner.",
    lesson="2. Autograd: Leave no trace",
    named_by="without_gradient",
)
def without_gradient(function, x):
    x.requires_grad_(False)
    return function(x)


@mistake("ng-changes-x")
def without_gradient(function, x):
    return function(x.detach_())


@mistake(
    "ng-detaches-input",
    "x is detached, but the mode is as before",
    ask="If function made a tensor of its own that requires a gradient, would that be recorded?",
    idea="To hand over a tensor without a past is something else than not to record.",
    lesson="2. Autograd: Without a record",
    named_by="without_gradient",
)
def without_gradient(function, x):
    return function(x.detach())


@mistake(
    "ng-returns-nothing",
    "the result is computed and not returned",
    ask="What does your function return?",
    idea="A function without a return statement returns None.",
    lesson="2. Autograd: Without a record",
    named_by="without_gradient",
)
def without_gradient(function, x):
    with torch.no_grad():
        function(x)


@mistake(
    "gm-ignores-enabled",
    "recording is always off, whatever enabled says",
    ask="Where in your function is enabled used?",
    idea="One switch with two positions, and enabled says which.",
    lesson="2. Autograd: Either way",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    with torch.no_grad():
        return function(x)


@mistake(
    "gm-always-on",
    "recording is always on, whatever enabled says",
    ask="Where in your function is enabled used?",
    idea="One switch with two positions, and enabled says which.",
    lesson="2. Autograd: Either way",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    with torch.enable_grad():
        return function(x)


@mistake(
    "gm-inverted",
    "on and off are exchanged",
    ask="With enabled=True, should anything be recorded?",
    idea="Read the name of the switch and of its position as one sentence.",
    lesson="2. Autograd: Either way",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    with torch.set_grad_enabled(not enabled):
        return function(x)


@mistake(
    "gm-only-off",
    "only off is switched; with enabled=True the mode stays what it was",
    ask="What if enabled is True and nothing was recorded before?",
    idea="True is a wish too: on, not as it is.",
    lesson="2. Autograd: Either way",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    if enabled:
        return function(x)
    with torch.no_grad():
        return function(x)


@mistake(
    "gm-leaves-mode",
    "the mode is set and never set back",
    ask="What is the mode after your function, and what was it before?",
    idea="The switch is everybody's. Used in a with statement, it goes back by itself.",
    lesson="2. Autograd: Leave no trace",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    torch.set_grad_enabled(enabled)
    return function(x)


@mistake(
    "gm-switches-on",
    "recording is on afterwards, also where it was off before",
    ask="What if your function is called where nothing was recorded to begin with?",
    idea="As it was before is not the same as on.",
    lesson="2. Autograd: Leave no trace",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    torch.set_grad_enabled(enabled)
    result = function(x)
    torch.set_grad_enabled(True)
    return result


@mistake(
    "gm-sets-opposite",
    "afterwards the mode is the opposite of enabled",
    ask="Which mode was there before your function, and how could you know later?",
    idea="The opposite of what was wished for is not what was there.",
    lesson="2. Autograd: Leave no trace",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    torch.set_grad_enabled(enabled)
    result = function(x)
    torch.set_grad_enabled(not enabled)
    return result


@mistake(
    "gm-not-after-exception",
    "the mode is not set back when function raises an exception",
    ask="Which lines of yours run after an exception?",
    idea="A with statement cleans up on every way out, an exception among them.",
    lesson="2. Autograd: Either way",
    named_by="mode_after_an_exception",
)
def with_gradient_mode(function, x, enabled):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(enabled)
    result = function(x)
    torch.set_grad_enabled(before)
    return result


@mistake(
    "gm-sets-x",
    "requires_grad of x is set instead of the mode",
    ask="Does enabled belong to x, or to the way in which function is run?",
    idea="There is a switch for the mode. What x asks for is the business of its owner.",
    lesson="2. Autograd: Leave no trace",
    named_by="gradient_mode",
)
def with_gradient_mode(function, x, enabled):
    x.requires_grad_(enabled)
    return function(x)
