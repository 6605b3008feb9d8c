"""HTML as tests read it: whole or refused, with its elements and their texts."""

import re
from html.parser import HTMLParser

VOID = {"meta"}


class Node:
    """An element: its tag, attributes, and parts, which are elements and texts."""

    def __init__(self, tag, attributes):
        self.tag, self.attributes, self.parts = tag, attributes, []

    @property
    def text(self):
        """All text in it."""
        return "".join(p.text if isinstance(p, Node) else p for p in self.parts)

    def every(self, tag, class_=None):
        """All elements in it of a tag and a class, in their order."""
        found = []
        for part in self.parts:
            if isinstance(part, Node):
                of_class = class_ is None or part.attributes.get("class") == class_
                found += [part] * (part.tag == tag and of_class)
                found += part.every(tag, class_)
        return found


class _Parser(HTMLParser):
    def __init__(self):
        super().__init__()
        self.stack = [Node("", {})]

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), "an attribute occurs twice"
        node = Node(tag, dict(attrs))
        self.stack[-1].parts.append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_endtag(self, tag):
        assert self.stack.pop().tag == tag, f"{tag} ends inside another element"

    def handle_data(self, data):
        self.stack[-1].parts.append(data)


def parsed(text):
    """The root of a text, in which every element ends where it must."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    (root,) = parser.stack
    return root


def heights_of(path, top):
    """Heights of the bars of a histogram, from the numbers of its outline."""
    ends = re.fullmatch(r"M0 100 (.*) V100", path.attributes["d"]).group(1)
    steps = re.findall(r"V([\d.]+) H(\d+)", ends)
    assert [int(k) for _, k in steps] == [*range(1, len(steps) + 1)]
    return [top * (1 - float(end) / 100) for end, _ in steps]
