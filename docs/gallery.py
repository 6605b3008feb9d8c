"""The order of the examples: first what the others build on."""

from pathlib import Path

ORDER = [
    "plot_csv_to_report",
    "plot_rare_class",
    "plot_conditions",
    "plot_is_it_private",
    "plot_search",
    "plot_interrupted_fit",
    "goodfellow_2014",
    "plot_optimal_discriminator",
    "plot_slanted_faces",
    "mnist_mlp",
    "dcgan_faces",
    "quick_draw",
    "few_shot",
    "digits_images",
]


class ReadingOrder:
    """Sorts files of the gallery; one that is missing above is an error."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, file):
        """Return the position of a file among the pages."""
        return ORDER.index(Path(file).stem)
