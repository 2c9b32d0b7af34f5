/** Pictures that a person brings: the server fits and encodes them, and the sliders jump to mu. */
import { batch, type Signal, signal } from "@preact/signals";
import type { EncodeResponse } from "../protocol.ts";
import type { BoardSession } from "./board_session.ts";
import { boardUrl } from "./board_url.ts";
import { errorText, send } from "./requests.ts";

/** Encodes pictures for one board. */
export class PictureEncoder {
  readonly result: Signal<EncodeResponse | undefined> = signal();
  readonly busy = signal(false);
  /** A sentence for the person, empty when nothing is wrong. */
  readonly problem = signal("");
  #latest = 0;

  /** @param models the names of the models that this server has */
  constructor(private readonly session: BoardSession, private readonly models: readonly string[]) {}

  /**
   * Encodes a picture. One that Latentboard saved carries its recipe, which restores the sliders exactly, on its own
   * model.
   *
   * @param picture PNG, JPEG or WebP
   */
  async encode(picture: Blob): Promise<void> {
    const turn = ++this.#latest;
    this.busy.value = true;
    this.problem.value = "";
    try {
      const response = await send(`/api/encode?model=${encodeURIComponent(this.session.model.name)}`, {
        method: "POST",
        headers: { "content-type": picture.type || "application/octet-stream" },
        body: picture,
      });
      const encoded = await response.json() as EncodeResponse;
      if (turn !== this.#latest) return;
      if (encoded.recipe === undefined) this.#show(encoded);
      else this.#restore(encoded, encoded.recipe);
    } catch (error) {
      if (turn !== this.#latest) return;
      this.result.value = undefined;
      this.problem.value = errorText(error);
    } finally {
      if (turn === this.#latest) this.busy.value = false;
    }
  }

  #show(encoded: EncodeResponse): void {
    batch(() => {
      this.result.value = encoded;
      this.session.state.jump(encoded.mu);
    });
  }

  #restore(encoded: EncodeResponse, recipe: NonNullable<EncodeResponse["recipe"]>): void {
    const { model, state, toasts } = this.session;
    if (recipe.model !== model.name) {
      if (this.models.includes(recipe.model)) {
        location.href = boardUrl(recipe);
        return;
      }
      this.problem.value = `This picture was made by the model “${recipe.model}”, which is not here: ` +
        "put it into the models folder to restore it. Its nearest picture in this model is shown instead";
      this.#show(encoded);
      return;
    }
    this.result.value = undefined;
    const { seed, temperature = 1, sampler = "prior" } = recipe;
    state.restore(recipe.z, seed === undefined ? undefined : { seed, temperature, sampler });
    toasts.show(
      recipe.decoderSha256 === model.decoderSha256
        ? "Restored from the picture's own recipe"
        : "Restored from the picture's recipe, but the model has been retrained since: it looks different",
    );
  }
}

/** The first picture of a drop or a paste. */
export function pictureOf(data: DataTransfer | null): File | undefined {
  return [...data?.files ?? []].find((file) => file.type.startsWith("image/"));
}
