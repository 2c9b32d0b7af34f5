import { assert, assertEquals, assertLess } from "deno-std/assert/mod.js";
import { residentMegabytes, startServer } from "../../benches/_server.ts";
import { encodePng } from "../../lib/imaging/mod.ts";
import type { DatasetDetail, UploadFilesResponse, UploadState } from "../../lib/protocol_runs.ts";
import { inFolder } from "../fixtures/folder.ts";

const FILES = 2000;
const AT_ONCE = 4;

/** Pictures of noise, about 150 KB each. */
function makePictures(count: number): Uint8Array<ArrayBuffer>[] {
  const data = new Uint8Array(224 * 224 * 3);
  return Array.from({ length: count }, () => {
    for (let at = 0; at < data.length; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
    return encodePng({ width: 224, height: 224, channels: 3, data }) as Uint8Array<ArrayBuffer>;
  });
}

Deno.test({
  name: "2,000 files and 300 MB come in over a real connection with the server's memory flat",
  ignore: Deno.build.os === "windows",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inFolder(async (folder) => {
      const server = await startServer(["--home", folder, "--models", folder]);
      try {
        const post = async <T>(path: string, body: unknown): Promise<T> => {
          const headers = { "content-type": "application/json" };
          const response = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
          assert(response.ok, `${path}: ${response.status}`);
          return await response.json() as T;
        };
        const pictures = makePictures(20);
        const { id } = await post<UploadState>("/api/uploads", { name: "many" });
        const files = Array.from({ length: FILES }, (_, i) => ({
          path: `set/${i % 10}/${i}.png`,
          size: pictures[i % pictures.length]!.length,
        }));
        assertLess(299e6, files.reduce((sum, { size }) => sum + size, 0));
        const waiting = [...(await post<UploadFilesResponse>(`/api/uploads/${id}/files`, { files })).files];
        const send = async (until: number): Promise<void> => {
          for (let next = waiting[0]; next !== undefined && next.file < until; next = waiting[0]) {
            waiting.shift();
            const response = await fetch(`${server.url}/api/uploads/${id}/files/${next.file}?offset=0`, {
              method: "PUT",
              body: pictures[next.file % pictures.length]!,
            });
            assertEquals(response.status, 200);
            await response.body!.cancel();
          }
        };
        const memory: number[] = [];
        for (let until = 200; until <= FILES; until += 200) {
          await Promise.all(Array.from({ length: AT_ONCE }, () => send(until)));
          memory.push(await residentMegabytes(server.pid));
        }
        const grown = Math.max(...memory) - memory[0]!;
        assertLess(grown, 100, `megabytes more than after the first 200 files: ${memory.map(Math.round)}`);
        const dataset = await post<DatasetDetail>(`/api/uploads/${id}/finish`, {});
        assertEquals([dataset.pictures, dataset.labelCounts.length, dataset.duplicates.length], [FILES, 10, 20]);
      } finally {
        await server.stop();
      }
    }),
});
