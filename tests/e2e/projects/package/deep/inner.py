from e2e_dependency import shout


def greeting():
    package = __name__.split(".")[0]
    folder = __file__.rsplit("/", 2)[0]
    with open(folder + "/words.txt") as words:
        return shout(f"{package} knows {len(words.read().split())} words")
