/**
 * What Preact takes for an element and renders into: the nodes between two
 * comments, so that an island needs no element of its own.
 */
export function rootBetween(start: Comment, end: Comment): Element {
  const parent = start.parentNode as Element;

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
    insertBefore: (node: Node, before: Node | null) =>
      parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
  };
  return root as unknown as Element;
}
