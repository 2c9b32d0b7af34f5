import { useState } from "preact/hooks";
import { boardUrl } from "../../lib/browser/board_url.ts";
import { MAX_TAG_LENGTH, MAX_TAGS, type SavedPicture } from "../../lib/protocol.ts";
import { Icon } from "../Icon.tsx";

interface PictureCardProps {
  readonly picture: SavedPicture;
  readonly picked: boolean;
  readonly onPick: (picked: boolean) => void;
  readonly onStar: () => void;
  readonly onTags: (tags: readonly string[]) => void;
  readonly onRemove: () => void;
}

/** One saved picture: a link back to the board, what it is, and what one does to it. */
export function PictureCard({ picture, picked, onPick, onStar, onTags, onRemove }: PictureCardProps) {
  const [tagging, setTagging] = useState(false);
  const time = picture.createdAt.slice(0, 16).replace("T", " ");
  const name = `picture of ${time}`;
  const saveTags = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("tags"));
    onTags([...new Set(text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== ""))]);
    setTagging(false);
  };
  return (
    <li class={picked ? "print is-picked" : "print"}>
      <a
        href={boardUrl({ model: picture.model, z: picture.z, seed: picture.seed })}
        aria-label={`Open ${name} on the board`}
      >
        <img class="crisp" src={picture.url} alt="" loading="lazy" width={picture.width} height={picture.height} />
      </a>
      <div class="about">
        <span title={picture.model}>{picture.model}</span>
        <time class="quiet" dateTime={picture.createdAt}>{time}</time>
        {picture.tags.length > 0 && (
          <span class="tags">
            {picture.tags.map((tag) => <a key={tag} href={`/gallery?tag=${encodeURIComponent(tag)}`}>{tag}</a>)}
          </span>
        )}
        {tagging && (
          <form class="stack" onSubmit={saveTags}>
            <label class="field">
              <span class="name">Tags, with commas</span>
              <input
                type="text"
                name="tags"
                defaultValue={picture.tags.join(", ")}
                maxLength={MAX_TAGS * (MAX_TAG_LENGTH + 2)}
                autoFocus
              />
            </label>
            <div class="row">
              <button type="submit">Keep</button>
              <button type="button" class="plain" onClick={() => setTagging(false)}>Cancel</button>
            </div>
          </form>
        )}
      </div>
      <div class="buttons">
        <label class="pick" title="Choose">
          <input
            type="checkbox"
            aria-label={`Choose ${name}`}
            checked={picked}
            onChange={(event) => onPick(event.currentTarget.checked)}
          />
        </label>
        <button
          type="button"
          class="plain"
          aria-pressed={picture.starred}
          aria-label={`Star ${name}`}
          title="Star"
          onClick={onStar}
        >
          <Icon name="star" filled={picture.starred} />
        </button>
        <button
          type="button"
          class="plain"
          aria-expanded={tagging}
          aria-label={`Tags of ${name}`}
          title="Tags"
          onClick={() => setTagging(!tagging)}
        >
          <Icon name="tag" />
        </button>
        <button type="button" class="plain" aria-label={`Delete ${name}`} title="Delete" onClick={onRemove}>
          <Icon name="trash" />
        </button>
      </div>
    </li>
  );
}
