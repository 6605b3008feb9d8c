"""
A CSV file, from start to report
================================

Read a file, learn from one half of its rows, write as many new ones, and ask how good
they are. The file here holds stays in a hospital, all of them made up; put the name of
yours in its place.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.model_selection import train_test_split

from skgan import GANGenerator
from skgan.datasets import make_hospital_stays
from skgan.encoding import TableEncoder
from skgan.metrics import evaluate
from skgan.plotting import ReportDisplay

folder = Path(tempfile.mkdtemp())
make_hospital_stays(2_000, random_state=0).to_csv(folder / "stays.csv", index=False)

table = pd.read_csv(folder / "stays.csv")
print(table.head(3).T)
# sphinx_gallery_thumbnail_number = 2

# %%
# Keep rows back that the generator does not see. Without them nobody can tell whether
# it has learned, or has only copied.
#
# ``stay`` names a row, and no two are alike. Such text is found, with a warning, and
# gets new values of the same pattern; naming it says that you know.

train, test = train_test_split(table, test_size=0.5, random_state=0)
gan = GANGenerator(
    encoder=TableEncoder(identifiers=["stay"]),
    max_iter=200,  # short, for this page; leave it out
    random_state=0,
)
synthetic = gan.fit(train).sample(len(train), random_state=0)
synthetic.to_csv(folder / "synthetic.csv", index=False)
print(synthetic.head(3).T)

# %%
# Dates, decimals, missing values and the order of columns are as in the file. Rules
# that hold in all rows hold in the new ones, too: a department is in one building, and
# nobody is discharged before they came.

buildings = table.groupby("department")["building"].unique().str[0]
print((synthetic["department"].map(buildings) == synthetic["building"]).all())
print((synthetic["discharged"] < synthetic["admitted"]).any())

# %%
# The report puts each measure beside what real rows get in place of the new ones.

report = evaluate(train, test, synthetic)
print(report)
_ = ReportDisplay.from_report(report)

# %%
# Last, look at the rows. What a stay costs follows from its nights and its department,
# and in no column by itself can that be seen.


def show(ax, rows, title):
    stay = pd.to_datetime(rows["discharged"]) - pd.to_datetime(rows["admitted"])
    for name, color in {"surgery": "#D55E00", "psychiatry": "#0072B2"}.items():
        own = rows["department"] == name
        ax.scatter(1 + stay.dt.days[own], rows["cost"][own], 12, color, label=name)
    ax.set(xscale="log", yscale="log", xlabel="days", title=title)


figure, axes = plt.subplots(
    1, 2, figsize=(7, 3.6), layout="constrained", sharex=True, sharey=True
)
show(axes[0], test, "real")
show(axes[1], synthetic, "generated")
axes[0].set_ylabel("cost")
axes[0].legend()
plt.show()

# %%
# After this short training the stays of a department still scatter more than real ones.
# The defaults train for longer; ``GANGenerator(max_time="5 minutes")`` trains for as
# long as you can wait. :doc:`/guide/evaluation` explains each line of the report.
