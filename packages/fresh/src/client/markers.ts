/** An island or a slot: what lies between two comments. */
export interface Span {
  /** The island's name; `"slot"` for a slot. */
  name: string;
  /** Index of the island's props; the slot's number. */
  index: number;
  /** The comment before it. */
  start: Comment;
  /** The comment after it. */
  end: Comment;
}

/** The islands and slots of a document. */
export interface Markers {
  /** Islands that are in no other island. */
  islands: Span[];
  /** Islands and slots by the comment before them. */
  byStart: Map<Node, Span>;
  /** Slots that their islands show, by number. */
  slots: Map<number, Span>;
}

const START = /^frsh:(island:([^:]+)|slot):(\d+)$/;

/** Finds the comments that the server put around islands and slots. */
export function readMarkers(root: Node): Markers {
  const markers: Markers = { islands: [], byStart: new Map(), slots: new Map() };
  const open: { start: Comment; match: RegExpExecArray }[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const comment = walker.currentNode as Comment;
    const match = START.exec(comment.data);
    if (match !== null) {
      open.push({ start: comment, match });
      continue;
    }
    if (comment.data !== "/frsh") continue;
    const opened = open.pop();
    if (opened === undefined) continue;
    const [, , name = "slot", index] = opened.match;
    const span = { name, index: Number(index), start: opened.start, end: comment };
    markers.byStart.set(span.start, span);
    if (name === "slot") markers.slots.set(span.index, span);
    else if (open.length === 0) markers.islands.push(span);
  }
  return markers;
}
