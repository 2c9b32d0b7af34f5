import { useState } from "preact/hooks";
import { MAX_TAG_LENGTH, MAX_TAGS } from "../../lib/protocol.ts";

interface SelectionBarProps {
  readonly count: number;
  readonly busy: boolean;
  /** Resolves with whether it worked; the text stays where it didn't. */
  readonly onTags: (tags: readonly string[], change: "add" | "remove") => Promise<boolean>;
  readonly onStar: () => void;
  readonly onRemove: () => void;
  readonly onCompare: () => void;
  readonly onDownload: () => void;
  readonly onAll: () => void;
  readonly onNone: () => void;
}

/** What one does with many chosen pictures. */
export function SelectionBar({ count, busy, ...on }: SelectionBarProps) {
  const [text, setText] = useState("");
  const change = async (kind: "add" | "remove") => {
    if (await on.onTags(splitTags(text), kind)) setText("");
  };
  const untagged = busy || splitTags(text).length === 0;
  return (
    <div class="card selection row middle" role="region" aria-label="Chosen pictures">
      <div class="chosen">
        <strong role="status">{count} chosen</strong>
        <button type="button" class="plain" aria-label="Choose all" onClick={on.onAll}>All</button>
        <button type="button" class="plain" aria-label="Choose none" onClick={on.onNone}>None</button>
      </div>
      <form
        class="tagging"
        onSubmit={(event) => {
          event.preventDefault();
          void change("add");
        }}
      >
        <input
          type="text"
          aria-label="Tags for the chosen pictures, with commas"
          placeholder="tags, with commas"
          value={text}
          maxLength={MAX_TAGS * (MAX_TAG_LENGTH + 2)}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" disabled={untagged}>Add tags</button>
        <button type="button" disabled={untagged} onClick={() => void change("remove")}>Remove tags</button>
      </form>
      <button type="button" disabled={busy} onClick={on.onStar}>Star</button>
      <button type="button" disabled={busy} onClick={on.onRemove}>Delete</button>
      <button type="button" disabled={count !== 2} aria-label="Compare two" title="Compare two" onClick={on.onCompare}>
        Compare
      </button>
      <button
        type="button"
        disabled={busy}
        aria-label="Download as zip"
        title="Download as zip"
        onClick={on.onDownload}
      >
        Zip
      </button>
    </div>
  );
}

/** Tags as people type them, with commas between. */
export function splitTags(text: string): string[] {
  return [...new Set(text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== ""))];
}
