"""
Rows that fulfill a condition
=============================

Ask a fitted generator for rows of one type, or for other shares than those of the data.
Nothing of that has to be known when it is fitted.
"""

import matplotlib.pyplot as plt
import numpy as np

from skgan import GANGenerator
from skgan.datasets import make_hospital_stays

stays = make_hospital_stays(1_000, random_state=0).drop(columns="stay")
gan = GANGenerator(max_iter=150, random_state=0)  # short, for this page
gan.fit(stays)

# %%
# Conditions
# ----------
#
# ``where`` takes values, lists of values and ranges, of any columns. There are as many
# rows as asked for, and each of them fulfills all conditions.

asked = {"age": (70, None), "department": ["cardiology", "surgery"], "urgent": True}
rows = gan.sample(1_000, where=asked, random_state=0)
print(rows[["department", "age", "urgent", "systolic", "cost"]].head())
print(rows["age"].min(), *rows["department"].unique(), *rows["urgent"].unique())

# %%
# What depends on a condition follows it: blood pressure rises with age. As this table
# is made by a script, real rows that fulfill the condition can be had in any number.

real = make_hospital_stays(20_000, random_state=1)
fulfill = (real["age"] >= 70) & real["urgent"]
fulfill &= real["department"].isin(asked["department"])
print(f"{fulfill.mean():.1%} of real rows fulfill the condition")

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
bins = {"bins": np.arange(80, 190, 5), "density": True}
ax.hist(real["systolic"], **bins, color="0.8", label="all real rows")
ax.hist(
    real["systolic"][fulfill],
    **bins,
    histtype="step",
    lw=3,
    color="#0072B2",
    label="real rows that fulfill it",
)
ax.hist(
    rows["systolic"],
    **bins,
    histtype="step",
    lw=3,
    ls="--",
    color="#D55E00",
    label="generated under the condition",
)
ax.set(title="Urgent stays, 70 or older", xlabel="systolic blood pressure", yticks=[])
ax.legend(loc="upper left", fontsize="small")
plt.show()

# %%
# Shares
# ------
#
# ``shares`` sets how often values occur, of several columns at once. Given these
# columns, all others are as they were.

shares = {
    "department": {"psychiatry": 0.4, "pediatrics": 0.4},
    "insurance": {"private": 0.5},
}
rows = gan.sample(1_000, shares=shares, random_state=0)
print(rows["department"].value_counts(normalize=True).round(3))
print(rows["insurance"].value_counts(normalize=True).round(3))

# %%
# The rows are those of the generator, of which all others are left out. So a rare
# condition takes longer, one that no training row fulfills is refused, and no row is
# better than the generator is (:doc:`/guide/conditions`).
