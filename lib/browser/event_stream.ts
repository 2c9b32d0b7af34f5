/** Reads an event stream that answers a `fetch`, for long work that is begun by a POST; `EventSource` can only GET. */

/** One event of a stream. */
export interface StreamEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
}

/**
 * The events of an event stream in the order they came (WHATWG HTML, "Interpreting an event stream").
 *
 * @param body the answer's body
 * @returns each event as it is complete; an unfinished one at the end is dropped, as the standard says
 */
export async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = "";
  let data: string[] = [];
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop()!;
      for (const line of lines) {
        if (line === "") {
          if (data.length > 0) yield { event: event === "" ? "message" : event, data: data.join("\n") };
          event = "";
          data = [];
        } else if (line.startsWith("event:")) {
          event = fieldValue(line, 6);
        } else if (line.startsWith("data:")) {
          data.push(fieldValue(line, 5));
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => {}); // a stream that already broke has told the loop above
  }
}

function fieldValue(line: string, start: number): string {
  return line.slice(line[start] === " " ? start + 1 : start);
}
