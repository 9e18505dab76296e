"""Known mistakes of view_classify. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "view-transposed",
    "rows and columns of the picture are exchanged",
    ask="Which index of the tensor counts the rows of the picture?",
    idea="A picture that is read by columns is mirrored along its diagonal.",
    lesson="6. A picture of a prediction: The picture",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28).T)
    right.barh(range(10), probabilities)
    return figure


@mistake(
    "view-upside-down",
    "the picture stands on its head",
    ask="Where in your picture is the first row of pixels?",
    idea="In a plot heights grow upwards, in a picture rows are counted downwards.",
    lesson="6. A picture of a prediction: The picture",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28), origin="lower")
    right.barh(range(10), probabilities)
    return figure


@mistake("view-upside-down")
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28).flip(0))
    right.barh(range(10), probabilities)
    return figure


@mistake("view-upside-down")
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.pcolormesh(image.reshape(28, 28))
    right.barh(range(10), probabilities)
    return figure


@mistake(
    "view-not-squeezed",
    "the picture is handed over with its first dimension of 1, which imshow does not take",
    ask="Which shape does your picture have when it is drawn?",
    idea="To draw it one needs rows and columns, and nothing else.",
    lesson="6. A picture of a prediction: The picture",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image)
    right.barh(range(10), probabilities)
    return figure


@mistake(
    "view-row-of-pixels",
    "the picture is drawn as one long row of 784 pixels",
    ask="How many rows and columns has what you draw?",
    idea="What is a row for the model is a square for the eye.",
    lesson="6. A picture of a prediction: The picture",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(1, 784))
    right.barh(range(10), probabilities)
    return figure


@mistake(
    "view-no-picture",
    "the figure has no picture",
    ask="Which line of yours draws the pixels?",
    idea="One axes is for the picture, another for the bars.",
    lesson="6. A picture of a prediction: The picture",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    right.barh(range(10), probabilities)
    return figure


@mistake(
    "view-part-of-picture",
    "a part of the picture is cut away",
    ask="How many rows and columns has what you draw?",
    idea="All 28 rows and 28 columns belong to the picture.",
    lesson="6. A picture of a prediction: The picture",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28)[4:24, 4:24])
    right.barh(range(10), probabilities)
    return figure


@mistake(
    "view-thresholded",
    "the greys are lost: every pixel is black or white",
    ask="How many different values has your picture, and how many has the one you were given?",
    idea="The edges of a digit are grey. They are part of what the model sees.",
    lesson="6. A picture of a prediction: The picture",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28) > 0)
    right.barh(range(10), probabilities)
    return figure


@mistake(
    "view-no-bars",
    "the figure has no bars",
    ask="Which line of yours draws the probabilities?",
    idea="One axes is for the picture, another for the bars.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    return figure


@mistake(
    "view-line-instead-of-bars",
    "the probabilities are drawn as a line, not as bars",
    ask="What does the line between class 3 and class 4 mean?",
    idea="Classes are separate things. A bar stands for one of them alone.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.plot(range(10), probabilities)
    return figure


@mistake(
    "view-histogram",
    "a histogram counts the probabilities instead of showing them",
    ask="What does the height of a bar of yours stand for?",
    idea="A histogram tells how often values occur. Here every value has a name, its class.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.hist(probabilities.numpy(), bins=10)
    return figure


@mistake(
    "view-sorted",
    "the bars are sorted by length, so nobody knows which class is which",
    ask="Which class does your first bar belong to?",
    idea="The place of a bar says which class it is.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities.sort(descending=True).values)
    return figure


@mistake(
    "view-top-few",
    "only the few most probable classes have a bar",
    ask="How many bars does your figure have, and how many classes are there?",
    idea="What the model does not believe in is worth seeing too.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    best = probabilities.topk(5)
    right.barh(best.indices, best.values)
    return figure


@mistake(
    "view-percent",
    "the bars are as long as the percentages, not the probabilities",
    ask="How long is the longest bar when the model is quite sure?",
    idea="A probability lies between 0 and 1.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), 100 * probabilities)
    return figure


@mistake(
    "view-logarithms",
    "the bars show the logarithms of the probabilities",
    ask="Can a bar of yours be shorter than nothing?",
    idea="For the eye one wants the probabilities themselves.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities.log())
    return figure


@mistake(
    "view-softmax-again",
    "the softmax is taken of what are probabilities already",
    ask="What do your bars show for a model that is quite sure?",
    idea="The softmax of numbers between 0 and 1 makes them nearly alike.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities.softmax(dim=0))
    return figure


@mistake(
    "view-relative-to-largest",
    "the bars are scaled so that the longest is 1",
    ask="How long are your bars together?",
    idea="Whether the model is sure shows in how long the longest is.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities / probabilities.max())
    return figure


@mistake(
    "view-reversed",
    "the bars stand in reversed order",
    ask="At which place is the bar of class 0, and what is written there?",
    idea="Turning the axis round and turning the numbers round are two ways to the same look. One is enough.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities.flip(0))
    return figure


@mistake(
    "view-one-bar",
    "only the most probable class is shown",
    ask="How many bars does your figure have?",
    idea="How far the second one is behind tells whether the model is sure.",
    lesson="6. A picture of a prediction: The bars",
    named_by="bars",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.bar([probabilities.argmax()], [probabilities.max()])
    return figure


@mistake(
    "view-nothing-left",
    "the figure is closed and not returned, so there is nothing to look at",
    ask="What is left of the figure when your function has ended?",
    idea="A figure that was closed is gone, unless somebody holds it.",
    lesson="6. A picture of a prediction",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities)
    plt.close(figure)


@mistake(
    "view-returns-numbers",
    "numbers are returned, and the figure is closed",
    ask="What does a caller get from your function?",
    idea="The docstring says what is to be returned.",
    lesson="6. A picture of a prediction",
    named_by="picture",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities)
    plt.close(figure)
    return probabilities.argmax().item()


@mistake(
    "view-changes-image",
    "the picture that was handed in is rescaled in place",
    ask="Is the picture the same after your function as before?",
    idea="A function that only draws leaves what it draws as it is.",
    lesson="6. A picture of a prediction: The picture",
    named_by="arguments_unchanged",
)
def view_classify(image, probabilities):
    image.mul_(0.3081).add_(0.1307)
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    right.barh(range(10), probabilities)
    return figure


# -- what only the hidden checks see -----------------------------------------------------------------------------------


@mistake(
    "view-drops-zeros",
    "classes with a probability of 0 have no bar",
    ask="How many bars does your figure have for a model that is quite sure?",
    idea="Nothing is a length too. The other bars keep their places.",
    lesson="6. A picture of a prediction: The bars",
    named_by="certain",
)
def view_classify(image, probabilities):
    figure, (left, right) = plt.subplots(ncols=2)
    left.imshow(image.reshape(28, 28))
    there = probabilities > 0
    right.barh(torch.arange(10)[there], probabilities[there])
    return figure
