import { assert, assertEquals } from "deno-std/assert/mod.js";
import { getBackend, setBackend } from "../../lib/browser/backend.ts";
import { datasetName, filesOfList } from "../../lib/browser/train/dropped_files.ts";
import { Uploader } from "../../lib/browser/train/uploader.ts";
import { MAX_UPLOAD_PART, type UploadFilesRequest, type UploadFileState } from "../../lib/protocol_runs.ts";

/** A server's side of one upload; `fault` may break a request before or after it was taken. */
class FakeServer {
  readonly files: { path: string; size: number; received: number }[] = [];
  readonly parts: string[] = [];
  fault: (part: string) => "before" | "after" | undefined = () => undefined;
  sending = 0;
  mostAtOnce = 0;

  readonly fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    if (init.signal?.aborted) throw new DOMException("", "AbortError");
    if (path === "/api/uploads") return Response.json({ id: "u" }, { status: 201 });
    if (path === "/api/uploads/u/files") {
      const { files } = JSON.parse(init.body as string) as UploadFilesRequest;
      return Response.json({ files: files.map((file) => this.#state(file)) });
    }
    if (path === "/api/uploads/u/finish") {
      const whole = this.files.every(({ size, received }) => size === received);
      return whole ? Response.json({ name: "set", pictures: this.files.length }) : problem(409, "not whole");
    }
    const { file, offset } = /files\/(?<file>\d+)\?offset=(?<offset>\d+)/.exec(path)!.groups!;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.sending);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.sending--;
    const part = `${file}@${offset}`;
    const fault = this.fault(part);
    if (fault === "before") throw new TypeError("no connection");
    const target = this.files[Number(file)]!;
    if (Number(offset) !== target.received) return problem(409, "another part");
    target.received += (init.body as Blob).size;
    this.parts.push(part);
    if (fault === "after") throw new TypeError("no connection");
    return Response.json(this.#state(target));
  };

  #state({ path, size }: { path: string; size: number }): UploadFileState {
    let file = this.files.findIndex((known) => known.path === path);
    if (file < 0) file = this.files.push({ path, size, received: 0 }) - 1;
    const { received } = this.files[file]!;
    const bad = path.endsWith(".txt") ? [{ path, reason: "It is no picture" }] : [];
    return { file, path, size, received, ...(received === size ? { pictures: 1 - bad.length, problems: bad } : {}) };
  }
}

function problem(status: number, detail: string): Response {
  return Response.json({ status, detail }, { status, headers: { "content-type": "application/problem+json" } });
}

async function withServer(test: (server: FakeServer) => Promise<void>): Promise<void> {
  const before = getBackend();
  const server = new FakeServer();
  setBackend({ ...before, fetch: server.fetch });
  try {
    await test(server);
  } finally {
    setBackend(before);
  }
}

const chosen = (path: string, size: number) => ({ path, file: new File([new Uint8Array(size)], path) });

Deno.test("Uploader sends files in parallel, large ones in parts, and names bad ones", () =>
  withServer(async (server) => {
    const files = [...Array.from({ length: 9 }, (_, i) => chosen(`a/${i}.png`, 10)), chosen("notes.txt", 5)];
    const large = chosen("large.zip", MAX_UPLOAD_PART + 7);
    const upload = new Uploader([...files, large]);
    const dataset = await upload.run("set");
    assertEquals([dataset?.name, upload.phase.value], ["set", "done"]);
    assert(server.mostAtOnce > 1 && server.mostAtOnce <= 4, `${server.mostAtOnce} at once`);
    assertEquals(server.parts.filter((part) => part.startsWith("10@")), ["10@0", `10@${MAX_UPLOAD_PART}`]);
    const { complete, received, pictures, bad } = upload.progress.value;
    assertEquals([complete, received, pictures], [11, 95 + MAX_UPLOAD_PART + 7, 10]);
    assertEquals(bad, [{ path: "notes.txt", reason: "It is no picture" }]);
  }));

Deno.test("Uploader goes on after lost connections, before a part came and after", () =>
  withServer(async (server) => {
    const faults = new Map<string, "before" | "after">([["0@0", "before"], ["1@0", "after"], ["2@0", "after"]]);
    server.fault = (part) => {
      const fault = faults.get(part);
      faults.delete(part);
      return fault;
    };
    const upload = new Uploader([chosen("a.png", 10), chosen("b.png", 10), chosen("c.zip", MAX_UPLOAD_PART + 1)], [1]);
    const phases: string[] = [];
    upload.phase.subscribe((phase) => void phases.push(phase));
    assertEquals((await upload.run("set"))?.name, "set");
    assert(phases.includes("offline") && phases.at(-1) === "done", phases.join());
    assertEquals(upload.progress.value.received, 20 + MAX_UPLOAD_PART + 1);
    assertEquals(server.files.map(({ size, received }) => size - received), [0, 0, 0]);
  }));

Deno.test("Uploader sends nothing while it is paused", () =>
  withServer(async (server) => {
    const upload = new Uploader(Array.from({ length: 40 }, (_, i) => chosen(`${i}.png`, 3)));
    const done = upload.run("set");
    await new Promise((resolve) => setTimeout(resolve, 10));
    upload.pause();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { length } = server.parts;
    assert(length < 40, "nothing was left to pause");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals([server.parts.length, upload.phase.value], [length, "paused"]);
    upload.resume();
    assertEquals((await done)?.name, "set");
    assertEquals(server.parts.length, 40);
  }));

Deno.test("Uploader says why the server refuses an upload", () =>
  withServer(async () => {
    setBackend({ ...getBackend(), fetch: () => Promise.resolve(problem(413, "The disk is full: free some space")) });
    const upload = new Uploader([chosen("a.png", 1)]);
    assertEquals(await upload.run("set"), undefined);
    assertEquals([upload.phase.value, upload.problem.value], ["failed", "The disk is full: free some space"]);
  }));

Deno.test("datasetName() is the folder's name as a dataset may be called, and another where it is taken", () => {
  const named = (...paths: string[]) => datasetName(paths.map((path) => chosen(path, 0)), ["cats", "cats-2"]);
  assertEquals(named("My Café pictures/a.png", "My Café pictures/b/c.png"), "My-Cafe-pictures");
  assertEquals(named("holidays.2024.zip"), "holidays.2024");
  assertEquals(named("a.png", "b.png"), "pictures");
  assertEquals(named("cats/1.png"), "cats-3");
  assertEquals(named("../a.png"), "pictures");
});

Deno.test("filesOfList() leaves out what systems hide", () => {
  const files = [new File([], ".DS_Store"), new File([], "a.png")];
  assertEquals(filesOfList(files).map(({ path }) => path), ["a.png"]);
});
