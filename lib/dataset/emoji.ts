/** A dataset of colour pictures drawn from Debian's fonts-noto-color-emoji, labelled by Unicode group. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { drawText, encodePng, fitBitmap } from "../imaging/mod.ts";
import type { DataProgress } from "./options.ts";

/** Where Debian's package fonts-noto-color-emoji puts the font. */
export const EMOJI_FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";

/** How the emoji are drawn. */
export interface EmojiOptions {
  /** The home folder; the pictures go to its `datasets/emoji`. */
  readonly home: string;
  /** The font; {@linkcode EMOJI_FONT} by default. */
  readonly fontFile?: string | undefined;
  /** Draws this many of them, evenly taken; all by default. */
  readonly limit?: number | undefined;
  readonly onProgress?: ((progress: DataProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was drawn. */
export interface DrawnEmoji {
  /** The folder with a folder of PNG files for each group. */
  readonly folder: string;
  readonly count: number;
  /** Emoji that this version of the font doesn't have. */
  readonly missing: number;
}

/** One emoji as Unicode's table lists it. */
interface EmojiEntry {
  readonly group: string;
  readonly skin_tone_support: boolean;
}

const SIDE = 64;
/** The font's own bitmaps; whatever comes out in another size is no single sign of this font. */
const GLYPH = { width: 136, height: 128 } as const;
const FONT = "Noto Color Emoji 109";
const LICENCE = "SIL Open Font License 1.1, Google (Noto Color Emoji)";
const SKIN_TONES = ["\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"] as const;
/** Emoji drawn at once. */
const AT_ONCE = 16;

/**
 * Draws every emoji that the font has, in each of its skin tones, as 64×64 colour pictures on white.
 *
 * @param options font and home
 * @returns where they are and how many; an earlier drawing is replaced as a whole
 * @throws {LatentboardError} kind `not-found` when there is no such font
 */
export async function drawEmoji(options: EmojiOptions): Promise<DrawnEmoji> {
  const { home, fontFile = EMOJI_FONT, limit, onProgress, signal } = options;
  if (!await Deno.stat(fontFile).then(({ isFile }) => isFile, () => false)) {
    throw new LatentboardError(
      "not-found",
      `Cannot find the font ${fontFile}: install Debian's fonts-noto-color-emoji, or name the file with --font`,
    );
  }
  const wanted = await listEmoji();
  const step = limit === undefined ? 1 : Math.max(1, Math.floor(wanted.length / limit));
  const list = wanted.filter((_, i) => i % step === 0).slice(0, limit);
  const folder = join(home, "datasets", "emoji");
  const temporary = `${folder}.${crypto.randomUUID()}.part`;
  let count = 0;
  try {
    for (const { group } of list) await Deno.mkdir(join(temporary, group), { recursive: true });
    for (let start = 0; start < list.length; start += AT_ONCE) {
      signal?.throwIfAborted();
      const drawn = await Promise.all(
        list.slice(start, start + AT_ONCE).map(async ({ emoji, group }) => {
          const png = await draw(emoji, fontFile);
          if (png !== undefined) await Deno.writeFile(join(temporary, group, `${codePoints(emoji)}.png`), png);
          return png !== undefined;
        }),
      );
      count += drawn.filter((has) => has).length;
      onProgress?.({ what: "drawing", done: Math.min(start + AT_ONCE, list.length), total: list.length });
    }
    if (count === 0) throw new LatentboardError("unsupported", `${fontFile} has no emoji as 136×128 bitmaps`);
    await Deno.writeTextFile(join(temporary, "LICENSE"), `${LICENCE}\n`);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.rename(temporary, folder);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw error;
  }
  return { folder, count, missing: list.length - count };
}

async function listEmoji(): Promise<{ emoji: string; group: string }[]> {
  const { default: table } = await import("unicode-emoji-json/data-by-emoji.json", { with: { type: "json" } });
  return Object.entries(table as Record<string, EmojiEntry>).flatMap(([emoji, { group, skin_tone_support }]) => {
    const tones = skin_tone_support ? SKIN_TONES.map((tone) => withTone(emoji, tone)) : [];
    return [emoji, ...tones].map((written) => ({ emoji: written, group: group.replaceAll("/", "-") }));
  });
}

/** The tone follows the first person; it takes the place of the sign that asks for a coloured picture. */
function withTone(emoji: string, tone: string): string {
  const [first = "", second, ...rest] = emoji;
  return [first, tone, ...(second === undefined || second === "\ufe0f" ? [] : [second]), ...rest].join("");
}

async function draw(emoji: string, fontFile: string): Promise<Uint8Array | undefined> {
  const glyph = await drawText(emoji, { font: FONT, fontFile });
  if (glyph.width !== GLYPH.width || glyph.height !== GLYPH.height) return undefined;
  return encodePng(await fitBitmap(glyph, { width: SIDE, height: SIDE, channels: 3, fit: "contain" }), { level: 6 });
}

function codePoints(text: string): string {
  return [...text].map((character) => character.codePointAt(0)!.toString(16)).join("-");
}
