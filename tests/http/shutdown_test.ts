/** The server as a process: how it ends, and how it survives its limit of file descriptors. */
import { assert, assertEquals, assertLess } from "deno-std/assert/mod.js";
import { fileURLToPath } from "node:url";
import { Gallery } from "../../lib/gallery/mod.ts";
import { inFolder } from "../fixtures/folder.ts";

const CHILD = fileURLToPath(new URL("./_serve_child.ts", import.meta.url));
const isWindows = Deno.build.os === "windows";

interface Child {
  readonly port: number;
  readonly process: Deno.ChildProcess;
}

async function withServer(home: string, work: (child: Child) => Promise<void>, files?: number): Promise<void> {
  const command = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", "--lock=deno.lock", CHILD, home];
  const limit = files === undefined ? "" : `ulimit -n ${files}; `;
  const process = new Deno.Command("bash", {
    args: ["-c", `${limit}exec "$@"`, "bash", ...command],
    env: { LATENTBOARD_LOG: "silent" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await output.read()).value);
  try {
    await work({ port, process });
  } finally {
    await output.cancel();
    if (!process.stdin.locked) await process.stdin.close().catch(() => {}); // it may be closed
    try {
      process.kill("SIGKILL");
    } catch {
      // it has ended, as it should
    }
    await process.status;
  }
}

/** A POST whose body has 4 bytes, of which two are sent. */
async function beginPost(port: number): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(
    new TextEncoder().encode(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 4\r\n\r\nab`),
  );
  await pause(200); // until the server waits for the rest
  return connection;
}

async function answer(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4096);
  const length = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, length ?? 0));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function serverTest(name: string, work: () => Promise<void>): void {
  Deno.test({ name, ignore: isWindows, fn: work });
}

serverTest(
  "a server that is told to end does so within 5 s, whatever a client holds back",
  () =>
    inFolder((home) =>
      withServer(home, async ({ port, process }) => {
        using _unfinished = await beginPost(port);
        const started = performance.now();
        process.kill("SIGTERM");
        assertEquals((await process.status).code, 0);
        assertLess(performance.now() - started, 5500);
      })
    ),
);

serverTest(
  "a server ends when the process that started it is gone",
  () =>
    inFolder((home) =>
      withServer(home, async ({ process }) => {
        await process.stdin.close(); // as the system does at the other's death, however it came
        assertEquals((await process.status).code, 0);
      })
    ),
);

serverTest(
  "a second signal ends a server at once",
  () =>
    inFolder((home) =>
      withServer(home, async ({ port, process }) => {
        using _unfinished = await beginPost(port);
        process.kill("SIGTERM");
        await pause(700);
        const started = performance.now();
        process.kill("SIGTERM");
        assertEquals((await process.status).code, 130);
        assertLess(performance.now() - started, 1000);
      })
    ),
);

serverTest("saves under way when the server is told to end are answered, and kept", () =>
  inFolder(async (home) => {
    await withServer(home, async ({ port, process }) => {
      const saves = await Promise.all(Array.from({ length: 4 }, () => beginPost(port)));
      process.kill("SIGTERM");
      await pause(300);
      for (const connection of saves) await connection.write(new TextEncoder().encode("cd"));
      for (const connection of saves) {
        assert((await answer(connection)).startsWith("HTTP/1.1 200 "));
        connection.close();
      }
      assertEquals((await process.status).code, 0);
    });
    const gallery = await Gallery.open({ home });
    assertEquals(gallery.list().total, 4);
    gallery.close();
  }));

serverTest(
  "a server at its limit of file descriptors goes on",
  () =>
    inFolder((home) =>
      withServer(home, async ({ port, process }) => {
        const connections: Deno.Conn[] = [];
        let ended = false;
        process.status.then(() => ended = true);
        while (connections.length < 300 && !ended) {
          try {
            connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
          } catch {
            await pause(20); // all were closed, and it will listen again
          }
        }
        for (const connection of connections) connection.close();
        await pause(500);
        assertEquals(ended, false);
        assertEquals(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "here");
      }, 128)
    ),
);
