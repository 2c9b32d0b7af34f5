import { LatentboardError } from "../../../../../../lib/errors.ts";
import { define } from "../../../../../../lib/http/define.ts";
import { bytesResponse } from "../../../../../../lib/http/pictures.ts";
import { readSnapshotFile, SNAPSHOT_FILES } from "../../../../../../lib/runs/mod.ts";

/** A file of a snapshot. It never changes; but after a crash its step may be trained, and kept, again. */
export const handler = define.handlers({
  async GET({ state, params }) {
    const [step, file] = [Number(params.step), params.file!];
    if (!Number.isSafeInteger(step) || step < 0 || !SNAPSHOT_FILES.includes(file)) {
      throw new LatentboardError("not-found", `A snapshot's files are ${SNAPSHOT_FILES.join(", ")}`, { field: "file" });
    }
    const bytes = await readSnapshotFile(await state.services.runs.folder(params.id!), step, file);
    const type = file.endsWith(".png") ? "image/png" : "application/octet-stream";
    return bytesResponse(bytes, type, { "cache-control": "private, max-age=3600" });
  },
});
