// deno-lint-ignore-file no-console -- what is written to the log is looked at here
import { assertEquals } from "deno-std/assert/mod.js";
import { HttpError } from "fresh";
import { type FaultKind, LatentboardError } from "../../lib/errors.ts";
import { problemResponse, toProblem } from "../../lib/http/problem.ts";
import { configureLog } from "../../lib/log.ts";
import type { Problem } from "../../lib/protocol.ts";

Deno.test("toProblem() gives each kind of fault its status and keeps its words", () => {
  const statuses: Record<FaultKind, number> = {
    "invalid": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not-found": 404,
    "conflict": 409,
    "gone": 410,
    "too-large": 413,
    "unsupported": 415,
    "damaged": 422,
    "unavailable": 503,
    "storage": 507,
  };
  configureLog({ level: "silent" });
  for (const [kind, status] of Object.entries(statuses) as [FaultKind, number][]) {
    const problem = toProblem(new LatentboardError(kind, "What to do", { field: "z[3]" }));
    assertEquals([problem.status, problem.detail, problem.field], [status, "What to do", "z[3]"]);
  }
  configureLog({ level: "info" });
});

Deno.test("toProblem() keeps what Fresh's errors say to the visitor", () => {
  assertEquals(toProblem(new HttpError(406, "Ask for JSON")).detail, "Ask for JSON");
  assertEquals(toProblem(new HttpError(404)).status, 404);
  assertEquals(toProblem(new HttpError(403)).title, "Forbidden");
});

Deno.test("toProblem() logs an unknown error with its stack and shows the client nothing of it", () => {
  const written: string[] = [];
  const original = console.error;
  console.error = (line: string) => written.push(line);
  try {
    for (const error of [new Error("secret /home/me/key"), new HttpError(500, "secret"), "secret"]) {
      const problem = toProblem(error);
      assertEquals(problem, {
        type: "about:blank",
        title: "Internal Server Error",
        status: 500,
        detail: "Internal server error",
      });
    }
  } finally {
    console.error = original;
  }
  assertEquals(written.length, 3);
  assertEquals(written[0]!.includes("secret /home/me/key") && written[0]!.includes("problem_test.ts"), true);
});

Deno.test("problemResponse() is problem+json with the problem's status, and its extensions beside", async () => {
  const problem: Problem = { type: "about:blank", title: "Gone", status: 410, detail: "Open it again" };
  const answer = problemResponse(problem, { error: "Open it again" });
  assertEquals(answer.status, 410);
  assertEquals(answer.headers.get("content-type"), "application/problem+json");
  assertEquals(await answer.json(), { ...problem, error: "Open it again" });
  assertEquals(problemResponse({ ...problem, status: 503 }).headers.get("retry-after"), "5");
});
