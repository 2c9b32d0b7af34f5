// deno-lint-ignore-file no-console -- what is logged is read here
/** What is seen from outside: figures, health, request ids and one line per request. */
import { assert, assertEquals, assertMatch } from "deno-std/assert/mod.js";
import { configureLog } from "../../lib/log.ts";
import { readEvents } from "../api/_responses.ts";
import { inFolder } from "../fixtures/folder.ts";
import { openApp, type TestApp } from "./app.ts";

/** The samples of /metrics by name and labels. */
async function metricsOf(app: TestApp): Promise<Map<string, number>> {
  const response = await app.get("/metrics");
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))] as const;
  }));
}

Deno.test("/metrics counts requests, moves, batches, streams and memory in base units", async () => {
  await using app = await openApp();
  const events = readEvents(await app.get("/api/stream"));
  const { streamId } = (await events.next())!.data;
  for (let seq = 1; seq <= 3; seq++) {
    await (await app.send(`/api/streams/${streamId}/move`, { seq, model: "tiny", z: [seq, 0] })).body?.cancel();
    await events.next();
  }
  await (await app.send(`/api/streams/${streamId}/move`, { seq: 1, model: "tiny", z: [9, 0] })).body?.cancel(); // stale
  await (await app.get("/api/nothing")).body!.cancel();
  const metrics = await metricsOf(app);
  const moves = 'latentboard_http_request_duration_seconds_count{method="POST",route="/api/streams/:id/move",status="2';
  assertEquals([...metrics].filter(([name]) => name.startsWith(moves)).map(([, count]) => count), [4]);
  assertEquals(metrics.get("latentboard_moves_total"), 4);
  assertEquals(metrics.get("latentboard_moves_dropped_total"), 1);
  assertEquals(metrics.get("latentboard_decode_batch_size_count"), 3);
  assertEquals(metrics.get("latentboard_decode_batch_size_sum"), 3);
  assertEquals(metrics.get("latentboard_streams"), 1);
  assertEquals(metrics.get("latentboard_moves_waiting"), 0);
  const decoding = metrics.get("latentboard_decode_duration_seconds_sum")!;
  assert(decoding > 0 && decoding < 10, `${decoding} s`);
  assert(metrics.get("process_resident_memory_bytes")! > 1e7);
  for (const name of metrics.keys()) assert(!/milliseconds|_ms\b|megabytes/.test(name), name);
  const routes = [...metrics.keys()].filter((name) => name.includes("nothing"));
  assertEquals(routes, [], "addresses that strangers make up are no labels");
  await events.leave();
});

Deno.test("/health/live answers always, /health/ready with a model alone", async () => {
  {
    await using app = await openApp({ models: false });
    assertEquals(await (await app.get("/health/live")).json(), { live: true });
    const response = await app.get("/health/ready");
    assertEquals([response.status, response.headers.get("content-type")], [503, "application/problem+json"]);
    await response.body!.cancel();
  }
  await using ready = await openApp();
  assertEquals(await (await ready.get("/health/ready")).json(), { ready: true });
});

Deno.test("every response has a request id, a proxy's own is kept, and one that could break a log is not", async () => {
  await using app = await openApp({ models: false });
  const idOf = async (headers: Record<string, string> = {}) => {
    const response = await app.get("/api/health", headers);
    await response.body!.cancel();
    return response.headers.get("x-request-id")!;
  };
  assertMatch(await idOf(), /^[0-9a-f-]{36}$/);
  assertEquals(await idOf({ "x-request-id": "proxy-1" }), "proxy-1");
  assertMatch(await idOf({ "x-request-id": "a b\tc" }), /^[0-9a-f-]{36}$/);
});

Deno.test("--log-format json writes one object per request, and errors with the request's id", async () => {
  await using app = await openApp();
  const lines: string[] = [];
  const original = console.error;
  console.error = (line: string) => lines.push(line);
  configureLog({ level: "info", json: true });
  try {
    await (await app.get("/api/models/tiny?x=1", { "x-request-id": "one" })).body!.cancel();
    app.services.models.list = () => Promise.reject(new Error("broken"));
    await (await app.get("/api/models", { "x-request-id": "two" })).body!.cancel();
  } finally {
    console.error = original;
    configureLog({ level: "info", json: false });
  }
  const events = lines.map((line) => JSON.parse(line));
  const [one, error, two] = events;
  assertEquals(events.length, 3);
  const { time, seconds, ...rest } = one;
  assertEquals(rest, {
    level: "info",
    message: "request",
    requestId: "one",
    method: "GET",
    path: "/api/models/tiny",
    route: "/api/models/:name",
    status: 200,
  });
  assert(!Number.isNaN(Date.parse(time)) && seconds > 0);
  assertEquals([error.level, error.requestId, error.error.includes("broken")], ["error", "two", true]);
  assertEquals([two.requestId, two.status], ["two", 500]);
});

Deno.test("OTEL_DENO=true sends traces and figures of the server to an OpenTelemetry collector", () =>
  inFolder(async (home) => {
    const traced = Promise.withResolvers<string>();
    const collector = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const body = await request.text();
      if (request.url.endsWith("/v1/traces")) traced.resolve(body);
      return Response.json({});
    });
    const server = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", "--lock=deno.lock", "tests/http/_serve_child.ts", home],
      env: {
        OTEL_DENO: "true",
        OTEL_DENO_CONSOLE: "ignore",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
        OTEL_BSP_SCHEDULE_DELAY: "100",
      },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const port = Number((await output.read()).value);
    await (await fetch(`http://127.0.0.1:${port}/traced`)).text();
    const { resourceSpans } = JSON.parse(await traced.promise);
    const spans = resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: unknown[] }[] }) =>
      scopeSpans.flatMap(({ spans }) => spans)
    );
    assert(JSON.stringify(spans).includes("/traced"), JSON.stringify(spans).slice(0, 500));
    await server.stdin.close();
    await output.cancel();
    await server.status;
    await collector.shutdown();
  }));
