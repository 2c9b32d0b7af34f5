/** A run's events as they happen, over server-sent events. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import type { RunEvent, RunSummary } from "../protocol_runs.ts";
import { EVENT_LOG, EventLogReader } from "../training/event_log.ts";
import { EventStream } from "./sse.ts";

/** How often the log is looked at, milliseconds. */
const POLL_MILLISECONDS = 200;

/** How a run is followed. */
export interface FollowOptions {
  /** The run's folder. */
  readonly folder: string;
  /** Events up to this id were seen. */
  readonly after: number;
  /** Only events of these types; all by default. */
  readonly types?: readonly RunEvent["type"][] | undefined;
  /** How the run stands now. */
  readonly summarize: () => Promise<RunSummary>;
}

/**
 * A response with the events of a run's log, each with its id, then those to come; besides, without an id, a `run` event
 * whenever the run stands otherwise. The log is read no faster than the client takes it, so none is lost.
 */
export function followRun(options: FollowOptions): Response {
  const events = new EventStream();
  follow(events, options).catch((error) => {
    const isDeleted = error instanceof LatentboardError && error.kind === "not-found";
    if (!events.closed && !isDeleted) log.error("A run's events could not be read", { error });
  }).finally(() => events.close());
  return events.response();
}

async function follow(events: EventStream, { folder, after, types, summarize }: FollowOptions): Promise<void> {
  const reader = new EventLogReader(join(folder, EVENT_LOG));
  let last = after;
  let said = "";
  while (!events.closed) {
    const summary = await summarize();
    const text = JSON.stringify(summary);
    if (text !== said) {
      said = text;
      await events.room();
      events.send("run", summary, { id: "none" });
    }
    for await (const event of reader.read(last)) {
      last = event.id;
      if (types !== undefined && !types.includes(event.type)) continue;
      await events.room();
      if (!events.send(event.type, event, { id: event.id })) return; // the client has left
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/**
 * The id after which a client wants to go on.
 *
 * @param after of its query; Last-Event-ID, which a browser sends when it connects again, wins over it
 */
export function lastEventIdOf(request: Request, after: number | undefined): number {
  const header = Number(request.headers.get("last-event-id") ?? NaN);
  return Number.isSafeInteger(header) && header >= 0 ? header : after ?? 0;
}
