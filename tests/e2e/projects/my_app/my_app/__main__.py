import pkg_resources

from my_app import utils

print(pkg_resources.resource_stream("my_app", "data/page.html").read().decode(), end="")
print("The image has", utils.image_size(), "bytes.")
