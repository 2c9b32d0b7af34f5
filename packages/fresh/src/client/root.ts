/** What Preact takes for an element and renders into: the nodes between two comments, so that an island needs none. */
export function rootBetween(first: Comment, last: Comment): Element {
  const parent = first.parentNode as Element;
  // Preact looks past comments for the place of a new node, and so into the next island
  const [start, end] = [new Text(), new Text()];
  first.replaceWith(start);
  last.replaceWith(end);
  const siblings = [...parent.childNodes];
  const childNodes = siblings.slice(siblings.indexOf(start) + 1, siblings.indexOf(end));
  const root = {
    nodeType: Node.ELEMENT_NODE,
    parentNode: parent,
    ownerDocument: document,
    namespaceURI: parent.namespaceURI,
    firstChild: childNodes[0] ?? null,
    childNodes,
    contains: (node: Node | null) => parent.contains(node),
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
  };
  return root as unknown as Element;
}
