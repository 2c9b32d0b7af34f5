import { useState } from "preact/hooks";
import { boardUrl } from "../../lib/browser/board_url.ts";
import { MAX_TAG_LENGTH, MAX_TAGS, type SavedPicture } from "../../lib/protocol.ts";
import { IconButton } from "../Icon.tsx";
import { LocalTime } from "../LocalTime.tsx";
import { splitTags } from "./SelectionBar.tsx";

interface PictureCardProps {
  readonly picture: SavedPicture;
  readonly picked: boolean;
  readonly onPick: (picked: boolean) => void;
  readonly onStar: () => void;
  /** Resolves with whether it worked; the text stays where it didn't. */
  readonly onTags: (tags: readonly string[]) => Promise<boolean>;
  readonly onRemove: () => void;
}

/** One saved picture: a link to the board, its data and its buttons. */
export function PictureCard({ picture, picked, onPick, onStar, onTags, onRemove }: PictureCardProps) {
  const [tagging, setTagging] = useState(false);
  const time = picture.createdAt.slice(0, 16).replace("T", " ");
  const name = `picture of ${time}`;
  const saveTags = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("tags"));
    if (await onTags(splitTags(text))) setTagging(false);
  };
  return (
    <li class={picked ? "saved is-picked" : "saved"}>
      <a
        href={boardUrl(picture)}
        aria-label={`Open ${name} on the board`}
      >
        <img class="crisp" src={picture.url} alt="" loading="lazy" width={picture.width} height={picture.height} />
      </a>
      <div class="about">
        <span title={picture.model}>{picture.model}</span>
        <span class="quiet">
          <LocalTime iso={picture.createdAt} />
        </span>
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
        <IconButton
          icon="star"
          filled={picture.starred}
          aria-pressed={picture.starred}
          label={`Star ${name}`}
          onClick={onStar}
        />
        <IconButton
          icon="tag"
          aria-expanded={tagging}
          label={`Tags of ${name}`}
          onClick={() => setTagging(!tagging)}
        />
        <IconButton icon="trash" label={`Delete ${name}`} onClick={onRemove} />
      </div>
    </li>
  );
}
