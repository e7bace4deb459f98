import pkg_resources


def image_size():
    # Asked for by this module's own name, it would be looked up in `my_app.utils.R`.
    package = __name__.split(".")[0]
    return len(pkg_resources.resource_stream(package, "data/image.png").read())
