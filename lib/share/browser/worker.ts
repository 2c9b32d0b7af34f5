/** The worker of a shared board: loads onnxruntime-web and the model, and answers the page's requests. */
import type { SharedBoard, WorkerReply, WorkerRequest } from "../../browser/shared_board.ts";
import { LocalApi } from "./api.ts";
import { fitPicture } from "./fit_picture.ts";
import { parseLatentMap } from "../../latent/map.ts";
import type { ModelDocument } from "../../model/format.ts";
import { type OnnxruntimeWeb, WebModel } from "./model.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(reply: WorkerReply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const running = new Map<number, AbortController>();
const api = open();
api.catch(() => {}); // each request reports it

scope.onmessage = ({ data }) => {
  if ("abort" in data) running.get(data.id)?.abort();
  else void reply(data);
};

async function open(): Promise<LocalApi> {
  const [ort, wasmBinary, board, document] = await Promise.all([
    import(new URL("runtime/ort.js", import.meta.url).href) as Promise<OnnxruntimeWeb>,
    read("runtime/ort.wasm"),
    readJson<SharedBoard>("board.json"),
    readJson<ModelDocument>("model/model.json"),
  ]);
  ort.env.wasm.numThreads = 1; // more threads need headers that a plain static server doesn't send
  ort.env.wasm.wasmBinary = wasmBinary;
  const { latentDim, image } = board.model;
  const model = new WebModel(ort, {
    latentDim,
    image,
    read: async (file) => new Uint8Array(await read(`model/${file}`)),
  });
  return new LocalApi({
    board,
    model,
    sampled: {
      document,
      readMap: async () => parseLatentMap(new Uint8Array(await read("model/map.bin")), latentDim),
    },
    fit: (picture) => fitPicture(picture, image),
  });
}

async function reply({ id, path, init }: Extract<WorkerRequest, { path: string }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const { method, headers, body = null } = init;
    const request = new Request(new URL(path, location.origin), {
      method,
      headers,
      body,
      signal: controller.signal,
    });
    const response = await (await api).answer(request);
    const { status } = response;
    const head = { id, status, headers: [...response.headers] };
    if (response.headers.get("content-type") !== "text/event-stream") {
      const body = await response.arrayBuffer();
      return scope.postMessage({ ...head, body }, [body]);
    }
    scope.postMessage(head);
    const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      scope.postMessage({ id, chunk: part.value });
    }
    scope.postMessage({ id, end: true });
  } catch (error) {
    if (!controller.signal.aborted) scope.postMessage({ id, error: (error as Error).message });
  } finally {
    running.delete(id);
  }
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await read(path))) as T;
}

async function read(path: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(path, import.meta.url));
  if (!response.ok) throw new Error(`This folder lacks its ${path}: copy it again`);
  return await response.arrayBuffer();
}
