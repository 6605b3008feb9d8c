"""Run the Python blocks of the README with the installed package."""

import importlib.metadata
import re
import sys
from pathlib import Path

import skgan
from skgan.estimators import resolve

# That it runs is the question, not how good it is
resolve.MAX_ITER = 30
SHORTER = "max_resources=300", "max_resources=30"

readme = Path(sys.argv[1])
names = {}
for code in re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL):
    print(code, flush=True)
    exec(compile(code.replace(*SHORTER), "README.md", "exec"), names)
assert names["gan"].n_iter_ == names["search"].best_estimator_.n_iter_ == 30
assert names["rows"].shape == (100, 4), names["rows"].shape
package = Path(skgan.__file__).parent
assert readme.parent not in package.parents, "the source was imported, not the wheel"
assert (package / "py.typed").exists(), "py.typed is missing from the wheel"
assert importlib.metadata.version("skgan") == skgan.__version__
print(f"skgan {skgan.__version__} works from its wheel")
