/** docs/nginx.conf before the real app: what Deno's server lets pass, nginx ends. */
import { assert, assertEquals, assertLess } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { inFolder } from "../fixtures/folder.ts";
import { openApp } from "./app.ts";

const NGINX = "/usr/sbin/nginx";
const hasNginx = await Deno.stat(NGINX).then((file) => file.isFile, () => false);

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** The documented configuration with other addresses, shorter times, and no certificate. */
async function configure(folder: string, port: number, upstream: number): Promise<string> {
  const documented = await Deno.readTextFile("docs/nginx.conf");
  const server = documented
    .replace("server 127.0.0.1:8000;", `server 127.0.0.1:${upstream};`)
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`)
    .replace(/ +ssl_certificate.*\n/g, "")
    .replace("client_header_timeout 10s;", "client_header_timeout 1s;")
    .replace("limit_conn per_client 64;", "limit_conn per_client 8;");
  const path = join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(folder, name)};`).join("\n");
  await Deno.writeTextFile(
    path,
    `daemon off;\npid ${join(folder, "pid")};\nerror_log ${join(folder, "errors")};\nevents {}\n` +
      `http {\naccess_log off;\n${temporary}\n${server}\n}\n`,
  );
  return path;
}

async function withProxy(work: (port: number) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const app = await openApp({ allowedHosts: ["board.example"] });
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => app.handler(request),
    );
    const port = freePort();
    const nginx = new Deno.Command(NGINX, {
      args: ["-c", await configure(folder, port, server.addr.port), "-p", folder],
      stderr: "null",
    }).spawn();
    try {
      await listening(port);
      await work(port);
    } finally {
      nginx.kill("SIGQUIT");
      await nginx.status;
      await app[Symbol.asyncDispose](); // ends the event streams, which would keep the server
      await server.shutdown();
    }
  });
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    if (connection !== undefined) return connection.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("nginx does not listen");
}

const HEAD = "Host: board.example\r\n";

async function exchange(connection: Deno.Conn, text: string): Promise<string> {
  await connection.write(new TextEncoder().encode(text));
  const buffer = new Uint8Array(16384);
  const length = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, length ?? 0));
}

Deno.test({
  name: `docs/nginx.conf passes events at once, ends connections without a request, and caps their number${
    hasNginx ? "" : " (skipped: nginx is missing)"
  }`,
  ignore: !hasNginx,
  fn: () =>
    withProxy(async (port) => {
      const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
      {
        using connection = await connect();
        const answer = await exchange(connection, `GET /health/ready HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n`);
        assert(answer.startsWith("HTTP/1.1 200 "), answer);
        assert(/x-request-id: [0-9a-f]{32}/i.test(answer), "nginx's own id");
      }
      {
        using connection = await connect();
        let events = await exchange(connection, `GET /api/stream HTTP/1.1\r\n${HEAD}\r\n`);
        const buffer = new Uint8Array(16384);
        while (!events.includes("streamId")) {
          events += new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
        }
      }
      {
        const started = performance.now();
        using idle = await connect();
        using slow = await connect();
        await slow.write(new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: bo`));
        assertEquals(await idle.read(new Uint8Array(1)), null);
        await slow.read(new Uint8Array(1000));
        assertLess(performance.now() - started, 5000);
      }
      const streams = await Promise.all(Array.from({ length: 12 }, async () => {
        const connection = await connect();
        return { connection, answer: await exchange(connection, `GET /api/stream HTTP/1.1\r\n${HEAD}\r\n`) };
      }));
      const statuses = streams.map(({ answer }) => answer.slice(9, 12)).sort();
      assertEquals(statuses.filter((status) => status === "503").length >= 4, true, statuses.join());
      for (const { connection } of streams) connection.close();
    }),
});
