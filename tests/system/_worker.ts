/** A worker of the tests: does what its task says. */
import { LatentboardError } from "../../lib/errors.ts";
import { answerTasks } from "../../lib/system/worker_pool.ts";

answerTasks(async ({ wait, fault, error, bytes }: {
  wait?: number;
  fault?: string;
  error?: string;
  bytes?: Uint8Array<ArrayBuffer>;
}) => {
  if (wait !== undefined) await new Promise((resolve) => setTimeout(resolve, wait));
  if (fault !== undefined) throw new LatentboardError("damaged", fault, { field: "body" });
  if (error !== undefined) throw new Error(error);
  return bytes ?? new Uint8Array(1);
}, (value) => [value.buffer]);
