/** What the API's tests share: responses checked against their schemas, problems, and the events of a stream. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type ResponseName, RESPONSES } from "../../lib/http/responses.ts";
import type { PixelImage, Problem } from "../../lib/protocol.ts";

type ResponseOf<Name extends ResponseName> = ReturnType<(typeof RESPONSES)[Name]["parse"]>;

/** The JSON of a response, checked against its schema in /openapi.json. */
export async function readResponse<Name extends ResponseName>(
  response: Response,
  name: Name,
  status = 200,
): Promise<ResponseOf<Name>> {
  const json: unknown = await response.json();
  assertEquals(response.status, status, JSON.stringify(json));
  assertEquals(response.headers.get("content-type"), "application/json");
  return RESPONSES[name].parse(json) as ResponseOf<Name>;
}

/** The problem of a response that must have this status and, where one is given, name this field. */
export async function readProblem(response: Response, status: number, field?: string): Promise<Problem> {
  const problem = await response.json() as Problem;
  assertEquals(response.status, status, JSON.stringify(problem));
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  RESPONSES.Problem.parse(problem);
  assertEquals(problem.status, status);
  if (field !== undefined) assertEquals(problem.field, field, problem.detail);
  assert(problem.detail.length > 0);
  return problem;
}

/** The pixels of a picture in JSON; their number is checked. */
export function pixelsOf(image: PixelImage): Uint8Array {
  const pixels = Uint8Array.fromBase64(image.data);
  assertEquals(pixels.length, image.width * image.height * image.channels);
  return pixels;
}

/** An event as it came down. */
export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  // deno-lint-ignore no-explicit-any -- JSON of whatever event it is
  readonly data: any;
}

/** Reads an event stream as a browser would. */
export function readEvents(response: Response) {
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
    .getReader();
  return {
    /** The next event; undefined at the end. */
    async next(): Promise<ReceivedEvent | undefined> {
      const { value } = await reader.read();
      return value && { id: value.id, event: value.event, data: JSON.parse(value.data) };
    },
    /** All events to the end. */
    async rest(): Promise<ReceivedEvent[]> {
      const events: ReceivedEvent[] = [];
      for (let event = await this.next(); event !== undefined; event = await this.next()) events.push(event);
      return events;
    },
    /** Leaves, as a closed tab does. */
    leave: () => reader.cancel(),
  };
}
