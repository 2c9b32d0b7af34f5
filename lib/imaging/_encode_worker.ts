/** A thread that encodes picture files. */
import { answerTasks } from "../system/worker_pool.ts";
import { encodeNow, type EncodingTask } from "./encoding.ts";

answerTasks<EncodingTask, Uint8Array>(encodeNow, ({ buffer }) => [buffer]);
