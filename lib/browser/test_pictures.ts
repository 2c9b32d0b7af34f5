/**
 * The test pictures that come with a model: map.bin says where each lies in latent space, map.png shows them. Fetched
 * once, when they are first asked for.
 */
import { type LatentMap, parseLatentMap, sheetCell } from "./latent_map.ts";
import { send } from "./requests.ts";

/** Where a model's map is served. */
export interface MapLinks {
  /** map.bin. */
  readonly data: string;
  /** map.png. */
  readonly sheet: string;
}

/** A test picture. */
export interface TestPicture {
  readonly index: number;
  /** Its class, as an index into the model's labels. */
  readonly label: number;
  /** mu, where the encoder puts it. */
  readonly z: readonly number[];
}

/** The test pictures of one model. */
export class TestPictures {
  readonly #links: MapLinks;
  readonly #latentDim: number;
  readonly #image: { readonly width: number; readonly height: number };
  #loading: Promise<{ map: LatentMap; sheet: ImageBitmap }> | undefined;

  /**
   * @param links where the map is served
   * @param latentDim the model's
   * @param image the size of one picture
   */
  constructor(links: MapLinks, latentDim: number, image: { readonly width: number; readonly height: number }) {
    this.#links = links;
    this.#latentDim = latentDim;
    this.#image = image;
  }

  /**
   * Some pictures, drawn at random without repeats.
   *
   * @param count at most this many
   * @param label only those of one class
   * @throws as `send` does
   */
  async pick(count: number, label?: number): Promise<TestPicture[]> {
    const { map } = await this.#load();
    const left = Array.from({ length: map.count }, (_, index) => index).filter((index) =>
      label === undefined || map.labels[index] === label
    );
    const picked: TestPicture[] = [];
    while (picked.length < count && left.length > 0) {
      const index = left.splice(Math.floor(Math.random() * left.length), 1)[0]!;
      const z = [...map.latents.subarray(index * this.#latentDim, (index + 1) * this.#latentDim)];
      picked.push({ index, label: map.labels[index]!, z });
    }
    return picked;
  }

  /** Draws a picture onto a canvas, in the picture's own size. */
  async draw(picture: TestPicture, canvas: HTMLCanvasElement | OffscreenCanvas): Promise<void> {
    const { sheet } = await this.#load();
    const { width, height } = this.#image;
    const { x, y } = sheetCell(picture.index, sheet.width, this.#image);
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
    context.drawImage(sheet, x, y, width, height, 0, 0, width, height);
  }

  /** A picture as a PNG file. */
  async file(picture: TestPicture): Promise<Blob> {
    const canvas = new OffscreenCanvas(1, 1);
    await this.draw(picture, canvas);
    return await canvas.convertToBlob({ type: "image/png" });
  }

  #load(): Promise<{ map: LatentMap; sheet: ImageBitmap }> {
    return this.#loading ??= this.#fetch().catch((error) => {
      this.#loading = undefined; // so that the next attempt is a new one
      throw error;
    });
  }

  async #fetch(): Promise<{ map: LatentMap; sheet: ImageBitmap }> {
    const [data, sheet] = await Promise.all([send(this.#links.data), send(this.#links.sheet)]);
    return {
      map: parseLatentMap(await data.arrayBuffer(), this.#latentDim),
      sheet: await createImageBitmap(await sheet.blob()),
    };
  }
}
