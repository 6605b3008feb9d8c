"""
Is it private?
==============

New rows are no copies, but they may tell who was in the training data all the same.
Attack them before you share them.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import skgan
from skgan import GANGenerator
from skgan.datasets import make_hospital_stays
from skgan.metrics import membership_attacks
from skgan.plotting import MembershipDisplay

stays = make_hospital_stays(2_500, random_state=0).drop(columns="stay")
members, others, reference = stays[:1_000], stays[1_000:1_500], stays[1_500:]

# %%
# The generator learns from ``members``. An attacker has its rows, and ``reference``:
# more rows from the same source. Can he tell members from ``others``, which the
# generator has never seen?

gan = GANGenerator(max_iter=100, random_state=0)  # short, for this page
rows = gan.fit(members).sample(2_000, random_state=0)
report = membership_attacks(members, others, rows, reference=reference)
print(report)

# %%
# To see what a leak looks like, let somebody share the members themselves, each of them
# about twice.

copies = members.sample(2_000, replace=True, random_state=0)
leak = membership_attacks(members, others, copies, reference=reference)
print(leak.words)

# %%
# The curves say how many members are found (up) at how many false alarms (to the
# right). The gray line is chance. What matters lies on the left: there the attacker is
# sure.

figure, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
MembershipDisplay.from_report(report, ax=axes[0])
axes[0].set_title("generated rows")
MembershipDisplay.from_report(leak, ax=axes[1])
axes[1].set_title("copies")
plt.show()

# %%
# What it means
# -------------
#
# That these attacks find nothing for sure is no proof: a better attack may, and nothing
# here bounds what can be learned of a row, as differential privacy does. That they find
# members is a reason not to share. Small tables are the easiest to attack.
#
# Whoever gets the model knows more than whoever gets rows. A file holds no row and no
# discriminator, and ``inspect`` prints each value of the data that it does hold, on
# many lines. Of all texts in the table, these are in it:

path = Path(tempfile.mkdtemp()) / "stays.skgan"
skgan.save(gan, path)
lines = str(skgan.inspect(path)).splitlines()
print(*(line.strip() for line in lines if "categories: '" in line), sep="\n")

# %%
# Attacks that know the model are asked for by ``model=gan``. What was found on other
# tables is in :doc:`/guide/privacy`.
