"""Settings of the documentation."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "docs")]

import charts  # noqa: E402
import parameters  # noqa: E402
import summary  # noqa: E402

import skgan  # noqa: E402

GENERATED = Path(__file__).parent / "generated"
# Tables and charts of benchmarks, from the results that are kept beside the scripts
summary.write(GENERATED)
charts.write(GENERATED)
parameters.write(
    GENERATED, skgan.GANGenerator, skgan.DCGANGenerator, skgan.GANOverSampler
)

project = "skgan"
author = "The skgan developers"
copyright = author
version = release = skgan.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "mathml",
    "myst_parser",
    "numpydoc",
    "parameters",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates"]

# Only examples that take seconds are run; the pages of the others show kept pictures
sphinx_gallery_conf = {
    "examples_dirs": str(ROOT / "examples"),
    "gallery_dirs": "examples",
    "filename_pattern": "/plot_",
    "subsection_order": ["../examples/tables", "../examples/images"],
    "within_subsection_order": "gallery.ReadingOrder",
    "download_all_examples": False,
    "show_signature": False,
    "remove_config_comments": True,
    "min_reported_time": 1e6,
    "write_computation_times": False,  # a page that asks the network for scripts
}

# Pages are built without a network, so other projects' references are left as text
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"sklearn\..*")]

autosummary_generate = True
python_maximum_signature_line_length = 80  # else a parameter a line
autodoc_typehints = "none"  # the docstrings say more
numpydoc_show_class_members = False  # the class template lists the methods

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = f"skgan {release}"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["narrow.css"]
# One sidebar: beside two, a line of code of 88 characters is cut
html_theme_options = {"show_toc_level": 2, "secondary_sidebar_items": []}
ALONE = "benchmarks", "changelog", "comparison", "house", "parameters"
html_sidebars = {
    "guide/*": ["sidebar-nav-bs", "page-toc"],
    "examples/**": ["sidebar-nav-bs", "page-toc"],
    "generated/*": ["page-toc", "sidebar-nav-bs"],
    "api": ["page-toc", "sidebar-nav-bs"],
} | dict.fromkeys(ALONE, ["page-toc"])
