"""Small projects, each about one setting of one build backend.

To add one, append it to the list of its backend. Its files are created with distinct content, and
the test builds it with every release that the project is ``by``.
"""

from tests.layout.projects import flit, hatchling, pdm, poetry, uv
from tests.layout.projects.model import Project

PROJECTS: list[Project] = [
    *poetry.PROJECTS,
    *flit.PROJECTS,
    *hatchling.PROJECTS,
    *pdm.PROJECTS,
    *uv.PROJECTS,
]

__all__ = ["PROJECTS", "Project"]
