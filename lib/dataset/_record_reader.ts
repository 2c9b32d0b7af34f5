/** A thread that reads records of a file, so that the main one goes on meanwhile. */
/// <reference lib="deno.worker" />
import { readRecords, type ReadRequest } from "./record_file.ts";

let file: Deno.FsFile | undefined;

self.onmessage = ({ data: request }: MessageEvent<ReadRequest>): void => {
  try {
    file ??= Deno.openSync(request.path);
    const bytes = readRecords(file, request);
    self.postMessage({ bytes }, { transfer: [bytes.buffer] });
  } catch (error) {
    self.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
};
