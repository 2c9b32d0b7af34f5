/** Event files that TensorBoard reads: scalars, pictures, and the latent map for its projector. */
import { join } from "node:path";
import { writeFileAtomic } from "../system/files.ts";
import { encodeEvent, frameRecord, type SummaryValue } from "./records.ts";

/** A set of points for TensorBoard's projector. */
export interface ProjectorPoints {
  /** `[count, dimensions]`. */
  readonly points: Float32Array;
  readonly count: number;
  /** What each point is called; none where there are no labels. */
  readonly labels?: readonly string[] | undefined;
  /** A sheet of pictures, one per point, as many rows as columns. */
  readonly sprite: Uint8Array;
  /** The size of one picture. */
  readonly height: number;
  readonly width: number;
}

/** Writes into a folder that `tensorboard --logdir` is given. */
export class TensorBoardWriter {
  readonly #folder: string;
  readonly #file: Deno.FsFile;

  private constructor(folder: string, file: Deno.FsFile) {
    this.#folder = folder;
    this.#file = file;
  }

  /**
   * Begins an event file.
   *
   * @param folder made where it doesn't exist
   * @param step where training goes on, 0 at the beginning: what earlier files have of later steps is dropped when read
   */
  static async open(folder: string, step: number): Promise<TensorBoardWriter> {
    await Deno.mkdir(folder, { recursive: true });
    const seconds = Math.floor(Date.now() / 1000);
    const name = `events.out.tfevents.${String(seconds).padStart(10, "0")}.latentboard.${Deno.pid}.${step}`;
    const writer = new TensorBoardWriter(folder, await Deno.open(join(folder, name), { append: true, create: true }));
    await writer.#append(encodeEvent({ wallTime: seconds, step: 0, fileVersion: "brain.Event:2" }));
    if (step > 0) await writer.#append(encodeEvent({ wallTime: seconds, step: step + 1, sessionStart: true }));
    return writer;
  }

  /** Writes numbers of a step, by tag; those that are not finite are left out. */
  async writeScalars(step: number, scalars: Readonly<Record<string, number>>): Promise<void> {
    const finite = Object.entries(scalars).filter(([, scalar]) => Number.isFinite(scalar));
    await this.#write(step, finite.map(([tag, scalar]) => ({ tag, scalar })));
  }

  /** Writes a picture of a step. */
  async writeImage(step: number, tag: string, png: Uint8Array): Promise<void> {
    await this.#write(step, [{ tag, png }]);
  }

  /** Writes the projector's points in place of those of before. */
  async writeProjector(name: string, { points, count, labels, sprite, height, width }: ProjectorPoints): Promise<void> {
    const dimensions = points.length / count;
    const rows = Array.from(
      { length: count },
      (_, i) => points.subarray(i * dimensions, (i + 1) * dimensions).join("\t"),
    );
    const file = (ending: string) => `${name}_${ending}`;
    await writeFileAtomic(join(this.#folder, file("points.tsv")), rows.join("\n") + "\n");
    if (labels !== undefined) {
      const lines = labels.map((label) => label.replace(/[\t\n\r]/g, " "));
      await writeFileAtomic(join(this.#folder, file("labels.tsv")), lines.join("\n") + "\n");
    }
    await writeFileAtomic(join(this.#folder, file("sprite.png")), sprite);
    const config = [
      "embeddings {",
      `  tensor_name: "${name}"`,
      `  tensor_path: "${file("points.tsv")}"`,
      ...labels === undefined ? [] : [`  metadata_path: "${file("labels.tsv")}"`],
      "  sprite {",
      `    image_path: "${file("sprite.png")}"`,
      `    single_image_dim: ${width}`,
      `    single_image_dim: ${height}`,
      "  }",
      "}",
    ];
    await writeFileAtomic(join(this.#folder, "projector_config.pbtxt"), config.join("\n") + "\n");
  }

  /** Lets go of the file. */
  close(): void {
    this.#file.close();
  }

  async #write(step: number, values: readonly SummaryValue[]): Promise<void> {
    if (values.length > 0) await this.#append(encodeEvent({ wallTime: Date.now() / 1000, step, values }));
  }

  async #append(event: Uint8Array): Promise<void> {
    const bytes = frameRecord(event);
    for (let written = 0; written < bytes.length;) written += await this.#file.write(bytes.subarray(written));
  }
}
