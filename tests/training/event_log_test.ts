import { assertEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { EventLog, EventLogReader, type NewRunEvent } from "../../lib/training/event_log.ts";
import { inFolder } from "../fixtures/folder.ts";

const say = (message: string): NewRunEvent => ({ type: "log", message });

async function readAll(reader: EventLogReader, after = 0): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const event of reader.read(after)) if (event.type === "log") found.push([event.id, event.message]);
  return found;
}

Deno.test("EventLog counts its ids on after it was opened again", () =>
  inFolder(async (folder) => {
    const path = join(folder, "events.jsonl");
    for (const message of ["one", "two"]) {
      const log = EventLog.open(path);
      log.append(say(message));
      log.close();
    }
    assertEquals(await readAll(new EventLogReader(path)), [[1, "one"], [2, "two"]]);
  }));

Deno.test("EventLog takes away a line that a crash cut off, and uses its id for the next", () =>
  inFolder(async (folder) => {
    const path = join(folder, "events.jsonl");
    const log = EventLog.open(path);
    for (const message of ["one", "two", "three"]) log.append(say(message));
    log.close();
    const whole = await Deno.readFile(path);
    for (let cut = 1; cut < 40; cut++) {
      await Deno.writeFile(path, whole.subarray(0, whole.length - cut));
      const again = EventLog.open(path);
      again.append(say("after"));
      again.close();
      assertEquals(await readAll(new EventLogReader(path)), [[1, "one"], [2, "two"], [3, "after"]], `cut by ${cut}`);
    }
  }));

Deno.test("EventLogReader reads on where it stopped, never half a line, and passes over what was seen", () =>
  inFolder(async (folder) => {
    const path = join(folder, "events.jsonl");
    const reader = new EventLogReader(path);
    assertEquals(await readAll(reader), [], "there is no file yet");
    const log = EventLog.open(path);
    log.append(say("é".repeat(60_000))); // longer than a part that is read at once, cut within a letter
    log.append(say("two"));
    assertEquals((await readAll(reader, 1)).map(([id]) => id), [2]);
    await Deno.writeTextFile(path, '{"id":3,"time":0,"type":"log",', { append: true });
    assertEquals(await readAll(reader), []);
    await Deno.writeTextFile(path, '"message":"three"}\n', { append: true });
    assertEquals(await readAll(reader), [[3, "three"]]);
    log.close();
  }));
