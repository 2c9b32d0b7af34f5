/** JSON that may be anyone's. */

/** Deeper than anything that Latentboard writes or takes; code that walks a value calls itself once per level. */
export const MAX_JSON_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses UTF-8 JSON of bounded depth.
 *
 * @throws {SyntaxError} when it is not JSON, not UTF-8, or nested deeper than {@linkcode MAX_JSON_DEPTH}
 */
export function parseJson(bytes: Uint8Array): unknown {
  checkDepth(bytes);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SyntaxError("it is not UTF-8");
  }
  return JSON.parse(text);
}

/** Counts brackets outside of strings; in UTF-8 no byte of another character looks like one. */
function checkDepth(bytes: Uint8Array): void {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (isText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) {
      isText = true;
    } else if ((byte | 0x20) === 0x7b) { // [ or {
      if (++depth > MAX_JSON_DEPTH) throw new SyntaxError(`it is nested deeper than ${MAX_JSON_DEPTH} levels`);
    } else if ((byte | 0x20) === 0x7d) { // ] or }
      depth--;
    }
  }
}
