"""Run the Python blocks of the README with the installed package."""

import importlib.metadata
import re
import sys
from pathlib import Path

import skgan
from skgan.estimators import resolve

resolve.MIN_ITER = 300  # that it runs is the question, not how good it is

readme = Path(sys.argv[1])
names = {}
for code in re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL):
    print(code, flush=True)
    exec(compile(code, "README.md", "exec"), names)
assert names["rows"].shape == (100, 4), names["rows"].shape
package = Path(skgan.__file__).parent
assert readme.parent not in package.parents, "the source was imported, not the wheel"
assert (package / "py.typed").exists(), "py.typed is missing from the wheel"
assert importlib.metadata.version("skgan") == skgan.__version__
print(f"skgan {skgan.__version__} works from its wheel")
