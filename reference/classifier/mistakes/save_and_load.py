"""Known mistakes of save and load. Read as text by the grader; each replaces the model answer's definition."""


@mistake(
    "sl-saves-whole-net",
    "the net itself is saved, an object, not its parameters",
    ask="What would somebody need to read your file, who doesn't have your classes?",
    idea="A file should hold what was learned. How to compute with it is said by code.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    torch.save(net, file)


@mistake(
    "sl-only-weights",
    "the biases are not saved",
    ask="How many tensors does a net have, and how many are in your file?",
    idea="All that is learned is in the parameters, and the biases are learned too.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    torch.save({name: tensor for name, tensor in net.parameters.items() if name.endswith("W")}, file)


@mistake(
    "sl-saves-list",
    "the tensors are saved without their names",
    ask="Which tensor in your file is the bias of the second layer?",
    idea="A name says what a tensor is, whatever order they come in.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    torch.save(list(net.parameters.values()), file)


@mistake(
    "sl-other-names",
    "the names are changed on the way into the file",
    ask="Are the names in the file those of net.parameters, letter for letter?",
    idea="Who reads the file looks for the names that the net has.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    torch.save({name.replace(".", "_"): tensor for name, tensor in net.parameters.items()}, file)


@mistake(
    "sl-wrapped",
    "the dict is saved inside another one",
    ask="Which keys does somebody see who reads your file?",
    idea="What the exercise asks for is one dict, from names to tensors.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    torch.save({"parameters": dict(net.parameters)}, file)


@mistake(
    "sl-saves-numbers",
    "lists of numbers are saved in place of tensors",
    ask="Of which type are the values in your file?",
    idea="A tensor brings its shape along, a list has to be told.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    torch.save({name: tensor.tolist() for name, tensor in net.parameters.items()}, file)


@mistake(
    "sl-pickled",
    "written with pickle, which torch.load does not read as plain data",
    ask="Which function wrote your file, and which one is to read it?",
    idea="What is written in one format is not read in another.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    import pickle

    pickle.dump(dict(net.parameters), file)


@mistake(
    "sl-nothing-written",
    "nothing is written to the file that was handed in",
    ask="How many bytes does the file have after save?",
    idea="To keep a reference to the tensors is not to save them: they change with the next step.",
    lesson="9. Saving and loading: The file is not yours",
    named_by="second_net",
)
def save(net, file):
    file.saved = net.parameters


@mistake("sl-nothing-written")
def save(net, file):
    import io

    torch.save(dict(net.parameters), io.BytesIO())


@mistake(
    "sl-closes-file",
    "the file is closed, although somebody else opened it",
    ask="Who opened this file, and what may they want to write next?",
    idea="Whoever opens a file closes it. Then everybody knows who does.",
    lesson="9. Saving and loading: The file is not yours",
    named_by="second_net",
)
def save(net, file):
    torch.save(dict(net.parameters), file)
    file.close()


@mistake("sl-closes-file")
def save(net, file):
    with file:
        torch.save(dict(net.parameters), file)


@mistake(
    "sl-saves-zeros",
    "the tensors are emptied before they are written",
    ask="What is in the tensors at the moment of your save?",
    idea="They are to be saved as they are.",
    lesson="9. Saving and loading: What is in the file",
    named_by="content_of_the_file",
)
def save(net, file):
    torch.save({name: torch.zeros_like(tensor) for name, tensor in net.parameters.items()}, file)


@mistake(
    "pt-load-not-called",
    "the file is read, but its numbers never get into the net",
    ask="Which line of yours changes a tensor of the net?",
    idea="A name that is bound to another tensor changes no tensor.",
    lesson="9. Saving and loading: In place",
    named_by="second_net",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for name, tensor in net.parameters.items():
        tensor = saved[name]


@mistake("pt-load-not-called")
def load(net, file):
    saved = torch.load(file, weights_only=True)
    return saved


@mistake(
    "sl-replaces-tensors",
    "net.parameters gets the tensors of the file, and the layers keep the old ones",
    ask="Which tensors does a layer compute with after your load?",
    idea="Layers and optimizer have the old tensors in hand. They see only what happens to those.",
    lesson="9. Saving and loading: In place",
    named_by="in_place",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for name in net.parameters:
        net.parameters[name] = saved[name]


@mistake("sl-replaces-tensors")
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    net.parameters = saved


@mistake("sl-replaces-tensors")
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    net.parameters.update(saved)


@mistake(
    "sl-adds",
    "the numbers are added to those that are there",
    ask="What should be left of the numbers that the net had before?",
    idea="To load is to forget what was there.",
    lesson="9. Saving and loading: In place",
    named_by="second_net",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for name, tensor in net.parameters.items():
        tensor += saved[name]


@mistake(
    "sl-loads-only-weights",
    "the biases are not loaded",
    ask="Which tensors are still those of the old net after your load?",
    idea="All that is learned is in the parameters, and the biases are learned too.",
    lesson="9. Saving and loading: In place",
    named_by="second_net",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for name, tensor in net.parameters.items():
        if name.endswith("W"):
            tensor.copy_(saved[name])


@mistake(
    "sl-by-position",
    "tensors are paired by their place in the file, not by their name",
    ask="What if the same names come in another order?",
    idea="The name says which is which. The order says nothing.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="several_nets",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for tensor, other in zip(net.parameters.values(), saved.values()):
        tensor.copy_(other)


@mistake(
    "sl-known-names-only",
    "the names of one certain net are written into the code",
    ask="Which names does your code know, and which ones has the net at hand?",
    idea="The net can be asked for its names.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="several_nets",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for name in ("fc1.W", "fc1.b", "fc2.W", "fc2.b", "fc3.W", "fc3.b"):
        net.parameters[name].copy_(saved[name])


@mistake(
    "pt-load-strict-false",
    "names that don't match are silently passed over",
    ask="How does anybody learn that half of the net was not loaded?",
    idea="What is passed over in silence is found much later, by somebody else.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    for name, tensor in net.parameters.items():
        if name in saved and saved[name].shape != tensor.shape:
            raise ValueError(name)
    for name, tensor in net.parameters.items():
        if name in saved:
            tensor.copy_(saved[name])


@mistake(
    "sl-ignores-missing",
    "a name that is missing in the file is passed over",
    ask="What does the net have for a name that the file doesn't have?",
    idea="Half a net from the file and half a random one is no net.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) - set(net.parameters):
        raise ValueError("unknown names")
    for name in saved:
        if saved[name].shape != net.parameters[name].shape:
            raise ValueError(name)
    for name in saved:
        net.parameters[name].copy_(saved[name])


@mistake(
    "sl-ignores-unknown",
    "a name that the net doesn't know is passed over",
    ask="Where would the numbers of an unknown name have to go?",
    idea="A file with more than the net has is the file of another net.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(net.parameters) - set(saved):
        raise ValueError("missing names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])


@mistake(
    "sl-key-error",
    "a missing name ends in a KeyError",
    ask="Which exception does a dict raise by itself, and which one is asked for?",
    idea="Whoever calls load should have to reckon with one kind of exception for a file that doesn't fit.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    for name in saved:
        if name not in net.parameters:
            raise ValueError(name)
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has another shape")
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])


@mistake(
    "sl-assertion-error",
    "a file that doesn't fit ends in an AssertionError",
    ask="Which exception does assert raise, and which one is asked for?",
    idea="An assert is for what can never be. A wrong file can be.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    assert set(saved) == set(net.parameters)
    for name, tensor in net.parameters.items():
        assert saved[name].shape == tensor.shape
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])


@mistake(
    "sl-no-shape-check",
    "shapes are not compared: small tensors are stretched",
    ask="What does copy_ do with a tensor of one entry?",
    idea="What fits by stretching fits by accident.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])


@mistake(
    "sl-compares-numel",
    "the number of entries is compared, not the shape",
    ask="Are a table and the same table on its side the same?",
    idea="As many numbers are not the same numbers in the same places.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].numel() != tensor.numel():
            raise ValueError(name)
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name].reshape(tensor.shape))


@mistake(
    "sl-counts-names",
    "only the number of names is compared",
    ask="Are two nets the same because they have equally many tensors?",
    idea="Six names may be six other names.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refused_as_a_whole",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if len(saved) != len(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved.get(name, tensor).shape != tensor.shape:
            raise ValueError(name)
    for name, tensor in net.parameters.items():
        tensor.copy_(saved.get(name, tensor))


@mistake(
    "sl-copies-while-checking",
    "each tensor is copied as soon as it was looked at",
    ask="What has been copied by the time the last tensor turns out not to fit?",
    idea="Look at everything first. A net that is half loaded is worse than one that isn't.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(name)
        tensor.copy_(saved[name])


@mistake(
    "sl-prints-only",
    "a file that doesn't fit is mentioned in a print, and nothing is raised",
    ask="Who reads what your function prints, when a program calls it?",
    idea="A program hears exceptions, not print-outs.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="refuses_other_files",
)
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if set(saved) != set(net.parameters):
        print("other names")
        return
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            print("another shape")
            return
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])


@mistake(
    "sl-remembers-the-first",
    "the first file that was read is used ever after",
    ask="What does your code keep from one call to the next?",
    idea="Every call has a file of its own.",
    lesson="9. Saving and loading: Files that don't fit",
    named_by="several_nets",
)
def load(net, file):
    kept = load.__dict__.setdefault("kept", {})
    if not kept:
        kept.update(torch.load(file, weights_only=True))
    if set(kept) != set(net.parameters):
        raise ValueError("other names")
    for name, tensor in net.parameters.items():
        if kept[name].shape != tensor.shape:
            raise ValueError(name)
    for name, tensor in net.parameters.items():
        tensor.copy_(kept[name])
