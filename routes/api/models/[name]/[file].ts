import { LatentboardError } from "../../../../lib/errors.ts";
import { define } from "../../../../lib/http/define.ts";
import { bytesResponse } from "../../../../lib/http/pictures.ts";
import { readModelFile } from "../../../../lib/model/mod.ts";

const TYPES: Readonly<Record<string, string>> = {
  "encoder.onnx": "application/octet-stream",
  "decoder.onnx": "application/octet-stream",
  "map.bin": "application/octet-stream",
  "map.png": "image/png",
  "preview.png": "image/png",
  "history.json": "application/json",
};

/** A file of a model. Its SHA-256 is its ETag; an address that carries it as `?v=` may be kept for good. */
export const handler = define.handlers({
  async GET({ req, url, state, params }) {
    const file = params.file!;
    const type = Object.hasOwn(TYPES, file) ? TYPES[file]! : undefined;
    if (type === undefined) {
      throw new LatentboardError("not-found", `A model's files are ${Object.keys(TYPES).join(", ")}`, {
        field: "file",
      });
    }
    const { models, settings } = state.services;
    const document = await models.document(params.name!);
    const sha256 = document.files[file]?.sha256;
    const headers = {
      "etag": `"${sha256}"`,
      "cache-control": sha256 !== undefined && url.searchParams.get("v") === sha256
        ? "public, max-age=31536000, immutable"
        : "no-cache",
    };
    if (sha256 !== undefined && req.headers.get("if-none-match") === headers.etag) {
      return new Response(null, { status: 304, headers });
    }
    return bytesResponse(await readModelFile(settings.models, document, file), type, headers);
  },
});
