"""One thread a test process, so that two of them do not fight for two cores.

Doctests of the package and of the documentation are among them.
"""

import os

os.environ["SCIPY_ARRAY_API"] = "1"  # before scipy: scikit-learn's array API check runs
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["OMP_NUM_THREADS"] = "1"  # before torch and scikit-learn
