/**
 * What Preact takes for an element and renders into: the nodes between two
 * comments, so that an island needs no element of its own.
 */
export function rootBetween(first: Comment, last: Comment): Element {
  const parent = first.parentNode as Element;
  // Preact looks past comments for the place of a new node, and so into the next island
  const start = new Text();
  const end = new Text();
  first.replaceWith(start);
  last.replaceWith(end);

  function children(): ChildNode[] {
    const nodes: ChildNode[] = [];
    let node = start.nextSibling;
    while (node !== null && node !== end) {
      nodes.push(node);
      node = node.nextSibling;
    }
    return nodes;
  }

  const root = {
    nodeType: Node.ELEMENT_NODE,
    parentNode: parent,
    ownerDocument: document,
    namespaceURI: parent.namespaceURI,
    get firstChild() {
      return children()[0] ?? null;
    },
    get childNodes() {
      return children();
    },
    contains: (node: Node | null) => parent.contains(node),
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
  };
  return root as unknown as Element;
}
