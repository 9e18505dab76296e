"""Known mistakes of predict_probabilities. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "predict-log-probabilities",
    "the log-probabilities are returned as they are",
    ask="What do the numbers of a row sum to, and which sign have they?",
    idea="The model speaks in logarithms. What undoes a logarithm?",
    lesson="5. Predicting: From logarithms back",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    mode = model.training
    model.eval()
    with torch.no_grad():
        log_probabilities = model(images.reshape(len(images), 784))
    model.train(mode)
    return log_probabilities


@mistake(
    "predict-softmax-of-probabilities",
    "the softmax is taken of what are probabilities already, which makes them nearly alike",
    ask="How large is your largest probability when the model is quite sure?",
    idea="The softmax of numbers between 0 and 1 can't be far from one tenth each.",
    lesson="5. Predicting: From logarithms back",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    return reference.predict_probabilities(model, images).softmax(dim=1)


@mistake(
    "predict-softmax-dim0",
    "the softmax runs over the images of the batch",
    ask="What do the numbers of one image sum to?",
    idea="The classes of one image share a whole between them. The images of a batch don't.",
    lesson="5. Predicting: From logarithms back",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    return reference.predict_probabilities(model, images).log().softmax(dim=0)


@mistake(
    "predict-other-base",
    "the logarithm is undone with another base than e",
    ask="Which base has the logarithm of log-softmax?",
    idea="What undoes a logarithm has to have its base.",
    lesson="5. Predicting: From logarithms back",
    named_by="probabilities",
    values={"BASE": (2.0, 10.0)},
)
def predict_probabilities(model, images):
    return BASE ** reference.predict_probabilities(model, images).log()


@mistake(
    "predict-no-flatten",
    "the images are not flattened, but the model takes rows of pixels",
    ask="Which shape have the images, and which shape does the model take?",
    idea="A picture is a square of 28 times 28 numbers, a row has 784.",
    lesson="5. Predicting",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    mode = model.training
    model.eval()
    with torch.no_grad():
        log_probabilities = model(images)
    model.train(mode)
    return log_probabilities.exp()


@mistake(
    "predict-only-images",
    "images that are rows of pixels already are not taken",
    ask="Which shapes may the images have, according to the docstring?",
    idea="Which call gives a row of 784 for each image, whether it is a square or a row before?",
    lesson="5. Predicting",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    number, _, height, width = images.shape
    return reference.predict_probabilities(model, images.reshape(number, height * width))


@mistake(
    "predict-argmax",
    "the number of the best class is returned, not how probable each one is",
    ask="How many numbers does a caller get for one image?",
    idea="Which class it is can be read from the probabilities. The other way round nothing can.",
    lesson="5. Predicting",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    return reference.predict_probabilities(model, images).argmax(dim=1)


@mistake(
    "predict-best-only",
    "only the largest probability of each image is returned",
    ask="How many numbers does a caller get for one image?",
    idea="What the model thinks of the other nine classes is to be seen too.",
    lesson="5. Predicting",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    return reference.predict_probabilities(model, images).max(dim=1).values


@mistake(
    "predict-first-image",
    "only the first image is looked at",
    ask="How many rows has your result for five images?",
    idea="A batch has as many answers as images.",
    lesson="5. Predicting",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    return reference.predict_probabilities(model, images)[0]


@mistake(
    "predict-returns-list",
    "a list of lists is returned, not a tensor",
    ask="Of which type does the docstring say that the result is?",
    idea="With a tensor one can go on computing.",
    lesson="5. Predicting",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    return reference.predict_probabilities(model, images).tolist()


@mistake(
    "predict-rounds",
    "the probabilities are rounded",
    ask="What do the numbers of a row sum to after rounding?",
    idea="Making numbers pretty is for printing. A result keeps its digits.",
    lesson="5. Predicting",
    named_by="probabilities",
)
def predict_probabilities(model, images):
    return (reference.predict_probabilities(model, images) * 100).round() / 100


@mistake(
    "predict-no-eval",
    "the model is asked in the mode that it happens to be in",
    ask="What does a model in training mode do that one in evaluation mode doesn't?",
    idea="Some layers work only half while a model trains, on purpose. To predict one wants all of it.",
    lesson="5. Predicting: Two modes",
    named_by="evaluation_mode",
)
def predict_probabilities(model, images):
    with torch.no_grad():
        return model(images.reshape(len(images), 784)).exp()


@mistake(
    "pt-eval-not-undone",
    "the model is left in evaluation mode",
    ask="In which mode is the model when training goes on after your function?",
    idea="Who borrows something gives it back as it was.",
    lesson="5. Predicting: Two modes",
    named_by="mode_of_before",
)
def predict_probabilities(model, images):
    model.eval()
    with torch.no_grad():
        return model(images.reshape(len(images), 784)).exp()


@mistake(
    "predict-always-train",
    "the model is left in training mode, also if it was in evaluation mode before",
    ask="Which mode was the model in before your function was called, and how do you know?",
    idea="To put back what was there, one has to look at it first.",
    lesson="5. Predicting: Two modes",
    named_by="mode_of_before",
)
def predict_probabilities(model, images):
    model.eval()
    with torch.no_grad():
        log_probabilities = model(images.reshape(len(images), 784))
    model.train()
    return log_probabilities.exp()


@mistake(
    "predict-records-gradients",
    "gradients are recorded, which nobody will use",
    ask="What does autograd do while the model computes, and who needs it here?",
    idea="The record keeps every number on the way. For looking at results it is only a burden.",
    lesson="5. Predicting: No record",
    named_by="no_gradients",
)
def predict_probabilities(model, images):
    mode = model.training
    model.eval()
    log_probabilities = model(images.reshape(len(images), 784))
    model.train(mode)
    return log_probabilities.exp()


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "predict-asks-in-training-mode-too",
    "the model is also run in training mode, and what it counts there changes",
    ask="How often does your function run the model, and in which mode each time?",
    idea="Running a model in training mode is training for the layers that keep statistics.",
    lesson="5. Predicting: Two modes",
    named_by="leaves_nothing_behind",
)
def predict_probabilities(model, images):
    probabilities = reference.predict_probabilities(model, images)
    with torch.no_grad():
        model(images.reshape(len(images), 784))
    return probabilities


@mistake(
    "predict-changes-images",
    "the images are rescaled in place",
    ask="Are the images the same after your function as before?",
    idea="A function that only looks leaves what it looks at as it is.",
    lesson="5. Predicting",
    named_by="leaves_nothing_behind",
)
def predict_probabilities(model, images):
    probabilities = reference.predict_probabilities(model, images)
    images.sub_(images.min())
    return probabilities
