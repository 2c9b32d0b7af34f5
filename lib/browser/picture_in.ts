/** A picture that a person brings: fitted to the model and encoded by the server, so that the sliders jump to it. */
import { batch, type Signal, signal } from "@preact/signals";
import type { EncodeResponse } from "../protocol.ts";
import type { BoardSession } from "./board_session.ts";
import { boardUrl } from "./board_url.ts";
import { errorText, send } from "./requests.ts";

/** What stands beside the sliders after a picture came in. */
export type EncodedPicture = Pick<EncodeResponse, "fitted" | "reconstruction" | "mse">;

/** Takes pictures to one board. */
export class PictureIn {
  readonly result: Signal<EncodedPicture | undefined> = signal<EncodedPicture | undefined>(undefined);
  readonly busy: Signal<boolean> = signal(false);
  /** A sentence for the person, empty when nothing is wrong. */
  readonly problem: Signal<string> = signal("");

  readonly #session: BoardSession;
  readonly #models: readonly string[];
  #latest = 0;

  /**
   * @param session whose sliders jump
   * @param models the names of the models that this server has
   */
  constructor(session: BoardSession, models: readonly string[]) {
    this.#session = session;
    this.#models = models;
  }

  /**
   * Takes a picture. One that Latentboard saved carries its recipe: it restores the sliders exactly, on its own model.
   *
   * @param picture PNG, JPEG or WebP
   */
  async take(picture: Blob): Promise<void> {
    const turn = ++this.#latest;
    this.busy.value = true;
    this.problem.value = "";
    try {
      const { name } = this.#session.model;
      const response = await send(`/api/encode?model=${encodeURIComponent(name)}`, {
        method: "POST",
        headers: { "content-type": picture.type || "application/octet-stream" },
        body: picture,
      });
      const encoded = await response.json() as EncodeResponse;
      if (turn !== this.#latest) return;
      if (encoded.recipe !== undefined) this.#restore(encoded, encoded.recipe);
      else this.#show(encoded, encoded.mu);
    } catch (error) {
      if (turn === this.#latest) this.problem.value = errorText(error);
    } finally {
      if (turn === this.#latest) this.busy.value = false;
    }
  }

  #show(encoded: EncodeResponse, z: readonly number[]): void {
    batch(() => {
      this.result.value = encoded;
      this.#session.state.jump(z);
    });
  }

  #restore(encoded: EncodeResponse, recipe: NonNullable<EncodeResponse["recipe"]>): void {
    const { model, state, toasts } = this.#session;
    if (recipe.model !== model.name) {
      if (this.#models.includes(recipe.model)) {
        location.href = boardUrl({ model: recipe.model, z: recipe.z, seed: recipe.seed });
        return;
      }
      this.problem.value = `This picture was made by the model “${recipe.model}”, which is not here: ` +
        "put it into the models folder to restore it. Its nearest picture in this model is shown instead";
      this.#show(encoded, encoded.mu);
      return;
    }
    this.result.value = undefined;
    state.restore(recipe.z, recipe.seed);
    toasts.show(
      recipe.decoderSha256 === model.decoderSha256
        ? "Restored from the picture's own recipe"
        : "Restored from the picture's recipe, but the model has been trained anew since: it looks different",
    );
  }
}

/** The first picture of a drop or a paste. */
export function pictureOf(data: DataTransfer | null): File | undefined {
  return [...data?.files ?? []].find((file) => file.type.startsWith("image/"));
}
