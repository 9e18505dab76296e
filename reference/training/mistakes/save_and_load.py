"""Known mistakes of save_and_load. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "pt-load-not-called",
    "the file is read, but what it held never gets into the model",
    ask="Which line of your load changes the model?",
    idea="Reading gives a dict. Somebody has to hand it to the model.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def load(model, file):
    torch.load(file)


@mistake("pt-load-not-called")
def load(model, file):
    model.state_dict().update(torch.load(file))


@mistake(
    "load-into-a-copy",
    "the file is loaded into a copy of the model, so the caller's stays as it was",
    ask="Which model does the caller have when your function is done?",
    idea="The docstring says that the model is changed in place.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def load(model, file):
    import copy

    model = copy.deepcopy(model)
    model.load_state_dict(torch.load(file))
    return model


@mistake(
    "load-returns-state",
    "what the file held is returned instead of put into the model",
    ask="What does the caller have to do after your load?",
    idea="Afterwards the model itself is to predict as the saved one did.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def load(model, file):
    state = torch.load(file)
    model.loaded = state
    return state


@mistake(
    "pt-load-strict-false",
    "what does not fit is passed over in silence",
    ask="What does your load do with a layer that the file lacks?",
    idea="A model of which half is random is worse than an error that says so.",
    lesson="9. Saving and loading: Into a file",
    named_by="file_of_another_model",
)
def load(model, file):
    model.load_state_dict(torch.load(file), strict=False)


@mistake("pt-load-strict-false")
def load(model, file):
    own = model.state_dict()
    own.update({k: v for k, v in torch.load(file).items() if k in own})
    model.load_state_dict(own)


@mistake(
    "load-swallows-errors",
    "every exception while loading is caught and passed over",
    ask="What does the caller learn when your load has failed?",
    idea="Without an exception the caller goes on with a model that knows nothing.",
    lesson="9. Saving and loading: Into a file",
    named_by="file_of_another_model",
)
def load(model, file):
    try:
        model.load_state_dict(torch.load(file))
    except Exception as error:
        print(error)


@mistake(
    "load-by-position",
    "the tensors are copied one after the other, whatever their names",
    ask="What happens when the file holds one tensor more than the model?",
    idea="The names are there so that nothing gets into the wrong place.",
    lesson="9. Saving and loading: Into a file",
    named_by="file_of_another_model",
)
def load(model, file):
    with torch.no_grad():
        for own, saved in zip(model.state_dict().values(), torch.load(file).values()):
            own.copy_(saved)


@mistake(
    "load-half",
    "only the weights are loaded, not the biases",
    ask="Which entries of the file does your load use?",
    idea="A layer is its weight and its bias.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def load(model, file):
    state = {name: value for name, value in torch.load(file).items() if not name.endswith("bias")}
    model.load_state_dict(model.state_dict() | state)


@mistake(
    "save-nothing",
    "nothing is written into the file",
    ask="How many bytes are in the file when your save is done?",
    idea="A variable lives as long as the program. The file is what is left.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def save(model, file):
    model.saved = model.state_dict()


@mistake(
    "save-parameters-only",
    "the parameters are saved, but not the buffers",
    ask="Which tensors of the model change while it trains, apart from its parameters?",
    idea="Some layers keep statistics that are no parameters, and need them to predict.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def save(model, file):
    torch.save({name: parameter.detach() for name, parameter in model.named_parameters()}, file)


@mistake(
    "save-gradients",
    "the gradients are saved instead of the values",
    ask="What does a gradient say of where the parameter stands?",
    idea="A direction is not a place.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def save(model, file):
    torch.save({name: parameter.grad for name, parameter in model.named_parameters()}, file)


@mistake(
    "save-whole-model",
    "the model object itself is saved, which needs its class to be read again",
    ask="What does your file hold besides numbers?",
    idea="An object can only be read with the code it was made of, and reading one may run any code.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def save(model, file):
    torch.save(model, file)


@mistake(
    "save-half-precision",
    "the numbers are saved with half of their digits",
    ask="How many digits of a weight come back?",
    idea="A model that is loaded predicts what the saved one predicted, not nearly so.",
    lesson="9. Saving and loading: Into a file",
    named_by="same_predictions",
)
def save(model, file):
    torch.save({name: value.half() for name, value in model.state_dict().items()}, file)


@mistake(
    "pt-state-dict-aliased",
    "the snapshot holds the model's own tensors, which go on changing",
    ask="Whose tensors are in your dict: the snapshot's, or still the model's?",
    idea="A dict is a list of names. The tensors that it names are those of the model, unless they are copied.",
    lesson="9. Saving and loading: A snapshot",
    named_by="snapshot",
)
def snapshot(model):
    return model.state_dict()


@mistake("pt-state-dict-aliased")
def snapshot(model):
    return dict(model.state_dict())


@mistake("pt-state-dict-aliased")
def snapshot(model):
    import copy

    return copy.copy(model.state_dict())


@mistake("pt-state-dict-aliased")
def snapshot(model):
    return {name: value.detach() for name, value in model.state_dict().items()}


@mistake(
    "snapshot-parameters-only",
    "the snapshot has the parameters, but not the buffers",
    ask="Which tensors of the model change while it trains, apart from its parameters?",
    idea="To be taken back to a moment, a model needs everything that has changed since.",
    lesson="9. Saving and loading: A snapshot",
    named_by="snapshot",
)
def snapshot(model):
    return {name: value.detach().clone() for name, value in model.named_parameters()}


@mistake(
    "snapshot-list",
    "the snapshot is a list without names",
    ask="How does the model know which tensor belongs where?",
    idea="What goes back into the model has to have the names of its state_dict.",
    lesson="9. Saving and loading: A snapshot",
    named_by="snapshot",
)
def snapshot(model):
    return [value.clone() for value in model.state_dict().values()]


@mistake(
    "snapshot-model",
    "a copy of the model is returned, not the values of its tensors",
    ask="Of which type does the docstring say that the result is?",
    idea="What is to be put back into the model is a dict.",
    lesson="9. Saving and loading: A snapshot",
    named_by="snapshot",
)
def snapshot(model):
    import copy

    return copy.deepcopy(model)


@mistake(
    "snapshot-nothing",
    "nothing is returned",
    ask="What does a caller get from your function?",
    idea="A snapshot that nobody holds can't be used.",
    lesson="9. Saving and loading: A snapshot",
    named_by="snapshot",
)
def snapshot(model):
    model.kept = {name: value.clone() for name, value in model.state_dict().items()}


@mistake(
    "snapshot-bytes",
    "the snapshot is a file in memory, not a dict",
    ask="Of which type does the docstring say that the result is?",
    idea="What is to be put back into the model is a dict.",
    lesson="9. Saving and loading: A snapshot",
    named_by="snapshot",
)
def snapshot(model):
    import io

    file = io.BytesIO()
    save(model, file)
    return file


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "snapshot-once",
    "the first snapshot is kept, and given out again",
    ask="What does a second call of your function return?",
    idea="A snapshot is of the moment in which it is taken.",
    lesson="9. Saving and loading: A snapshot",
    named_by="goes_on",
)
def snapshot(model):
    if not hasattr(model, "kept"):
        model.kept = {name: value.clone() for name, value in model.state_dict().items()}
    return model.kept


@mistake(
    "load-freezes",
    "the model that has loaded does not learn any more",
    ask="Do the parameters of your model still want gradients after loading?",
    idea="A model that was loaded is often trained on.",
    lesson="9. Saving and loading: Into a file",
    named_by="goes_on",
)
def load(model, file):
    model.load_state_dict(torch.load(file))
    for parameter in model.parameters():
        parameter.requires_grad = False
