"""Made rows of which all is known, a made table as people have them, and images."""

from .image_folder import ImageFolder, import_pillow, load_image_folder
from .mixtures import make_grid, make_ring
from .stays import make_hospital_stays

__all__ = [
    "ImageFolder",
    "import_pillow",
    "load_image_folder",
    "make_grid",
    "make_hospital_stays",
    "make_ring",
]
