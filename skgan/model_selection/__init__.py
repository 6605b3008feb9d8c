"""Pipelines, searches, and whether generated rows help a classifier.

The public names are in ``skgan``: ``sample``, ``augmentation_gain``.
"""
