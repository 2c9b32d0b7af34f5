import { useSignal } from "@preact/signals";
import { getBackend } from "../../lib/browser/backend.ts";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { saveFile } from "../../lib/browser/files.ts";
import { errorText } from "../../lib/browser/requests.ts";
import { decodePng } from "../../lib/browser/scaled_png.ts";
import { snippet, type SnippetKind, SNIPPETS } from "../../lib/browser/snippets.ts";
import { MAX_SCALE } from "../../lib/protocol.ts";
import { SelectField } from "../fields.tsx";
import { Icon } from "../Icon.tsx";
import { ShareButton } from "../ShareButton.tsx";

const SCALES = [1, 2, 4, 8, 12, 16].filter((scale) => scale <= MAX_SCALE);

/** The picture as a file, its link, and its latents as data or code. */
export function ExportPanel({ session }: { session: BoardSession }) {
  const { model, state, toasts } = session;
  const scale = useSignal(8);
  const kind = useSignal<SnippetKind>("json");
  void state.settled.value; // the code below follows the sliders when they rest
  const origin = typeof location === "undefined" ? "" : location.origin;
  const code = snippet(kind.value, { origin, model: model.name, z: state.z() });

  const attempt = async (done: string, work: () => Promise<void>) => {
    try {
      await work();
      toasts.show(done);
    } catch (error) {
      toasts.show(errorText(error));
    }
  };
  const copyText = (text: string, done: string) => attempt(done, () => clipboard().writeText(text));
  const png = () => decodePng(model.name, state.z(), scale.peek());
  const copyPicture = () =>
    attempt("Picture copied", async () => {
      // Safari takes a promise alone, so that the click still counts when the picture has come
      await clipboard().write([new ClipboardItem({ "image/png": png() })]);
    });
  const download = () =>
    attempt("Picture downloaded", async () => saveFile(await png(), `${model.name}-${scale.peek()}x.png`));

  return (
    <div class="export">
      <section class="stack tight" aria-labelledby="export-picture">
        <h2 id="export-picture">The picture</h2>
        <div class="row">
          <SelectField
            id="export-scale"
            label="Size"
            value={String(scale.value)}
            options={SCALES.map((factor) => [
              String(factor),
              `${factor}×: ${model.image.width * factor} × ${model.image.height * factor} pixels`,
            ])}
            onSelect={(value) => scale.value = Number(value)}
          />
          <button type="button" onClick={() => void download()}>
            <Icon name="save" />Download PNG
          </button>
          <button type="button" onClick={() => void copyPicture()}>Copy picture</button>
        </div>
        {scale.value === 1 && (
          <p class="hint">This size carries its recipe: dropped on a board, it brings the sliders back.</p>
        )}
      </section>
      <section class="stack tight" aria-labelledby="export-link">
        <h2 id="export-link">The link and the board</h2>
        <div class="row">
          <button
            type="button"
            title="Opens the board with exactly these sliders"
            onClick={() => void copyText(new URL(session.link(), location.href).href, "Link copied")}
          >
            Copy link
          </button>
          {getBackend().hasServer && <ShareButton model={model.name} />}
        </div>
      </section>
      <section class="stack tight" aria-labelledby="export-code">
        <h2 id="export-code" title="The latent vector z, and calls of the HTTP API">The numbers and code</h2>
        <div class="row">
          <SelectField
            id="export-kind"
            label="Format"
            value={kind.value}
            options={SNIPPETS.filter(({ calls }) => !calls || getBackend().hasServer).map((
              { kind, name },
            ) => [kind, name])}
            onSelect={(value) => kind.value = value as SnippetKind}
          />
          <button type="button" onClick={() => void copyText(code, "Copied")}>Copy</button>
        </div>
        <pre class="config" tabIndex={0} aria-label="The numbers and code"><code>{code}</code></pre>
      </section>
    </div>
  );
}

/** @throws {Error} where the browser gives none, as on plain HTTP to another machine */
function clipboard(): Clipboard {
  if (navigator.clipboard === undefined) {
    throw new Error("The browser lets pages copy over HTTPS or from this machine only: select and copy by hand");
  }
  return navigator.clipboard;
}
