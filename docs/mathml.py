"""Formulas as MathML, which browsers draw themselves: no script, no network."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml


def visit_formula(self, node):
    """Write a formula of a sentence, or one that stands by itself."""
    is_block = isinstance(node, nodes.math_block)
    self.body.append(tex2mathml(node.astext(), as_block=is_block))
    raise nodes.SkipNode


def setup(app):
    """Offer Sphinx the renderer "mathml"."""
    renderers = (visit_formula, None), (visit_formula, None)
    app.add_html_math_renderer("mathml", *renderers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
