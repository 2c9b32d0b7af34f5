/** The test pictures of a model: map.bin holds their mu, map.png the pictures. Each is fetched once, when first needed. */
import { type LatentMap, parseLatentMap } from "../latent/map.ts";
import { sheetCell } from "./sheet.ts";
import { send } from "./requests.ts";

/** Where a model's map.bin and map.png are served. */
export interface MapLinks {
  readonly data: string;
  readonly sheet: string;
}

/** A test picture. */
export interface TestPicture {
  readonly index: number;
  /** Its class, as an index into the model's labels. */
  readonly label: number;
  /** mu, `[latentDim]`. */
  readonly z: readonly number[];
}

/** A picture of a map by its index. */
export function pictureOfMap({ latentDim, latents, labels }: LatentMap, index: number): TestPicture {
  return { index, label: labels[index]!, z: [...latents.subarray(index * latentDim, (index + 1) * latentDim)] };
}

/** The test pictures of one model. */
export class TestPictures {
  #map: Promise<LatentMap> | undefined;
  #sheet: Promise<ImageBitmap> | undefined;

  constructor(
    private readonly links: MapLinks,
    private readonly latentDim: number,
    private readonly image: { readonly width: number; readonly height: number },
  ) {}

  /**
   * At most `count` random pictures without repeats, of one class or of any.
   *
   * @throws as `send` does
   */
  async pick(count: number, label?: number): Promise<TestPicture[]> {
    const map = await this.loadMap();
    const left = [...map.labels.keys()].filter((index) => label === undefined || map.labels[index] === label);
    const picked: TestPicture[] = [];
    while (picked.length < count && left.length > 0) {
      const index = left.splice(Math.floor(Math.random() * left.length), 1)[0]!;
      picked.push(pictureOfMap(map, index));
    }
    return picked;
  }

  /** Draws a picture onto a canvas, in the picture's own size. */
  async draw(picture: TestPicture, canvas: HTMLCanvasElement | OffscreenCanvas): Promise<void> {
    const sheet = await this.loadSheet();
    const { width, height } = this.image;
    const { x, y } = sheetCell(picture.index, sheet.width, this.image);
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

  /** Where the pictures lie. Errors as `send` throws them. */
  loadMap(): Promise<LatentMap> {
    return this.#map ??= send(this.links.data)
      .then(async (response) => parseLatentMap(new Uint8Array(await response.arrayBuffer()), this.latentDim))
      .catch((error) => {
        this.#map = undefined; // so that the next attempt is a new one
        throw error;
      });
  }

  /** The pictures as one sheet, which `sheetCell` divides. Errors as `send` throws them. */
  loadSheet(): Promise<ImageBitmap> {
    return this.#sheet ??= send(this.links.sheet)
      .then(async (response) => await createImageBitmap(await response.blob()))
      .catch((error) => {
        this.#sheet = undefined;
        throw error;
      });
  }
}
