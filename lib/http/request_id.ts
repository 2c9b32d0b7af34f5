/** The id of a request: in its response, and in everything that is logged while it is answered. */
import { AsyncLocalStorage } from "node:async_hooks";
import { configureLog } from "../log.ts";

/** The header that carries it; a proxy's id is kept. */
export const REQUEST_ID = "x-request-id";

const current = new AsyncLocalStorage<string>();
configureLog({
  context: () => {
    const requestId = current.getStore();
    return requestId === undefined ? {} : { requestId };
  },
});

/** Answers a request under an id: the one that it came with, or a new one. */
export function withRequestId<T>(request: Request, work: (id: string) => T): T {
  const given = request.headers.get(REQUEST_ID) ?? "";
  const id = /^[\w.:-]{1,100}$/.test(given) ? given : crypto.randomUUID();
  return current.run(id, () => work(id));
}
