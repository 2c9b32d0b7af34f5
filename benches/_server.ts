/** The real server as a process of its own, started the way a person starts it. */

/** A server that runs. */
export interface RunningServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Of the process that serves. */
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the board on a free port and waits until it listens.
 *
 * @param args further options of `deno task start`
 */
export async function startServer(args: readonly string[]): Promise<RunningServer> {
  const starter = new Deno.Command(Deno.execPath(), {
    args: ["task", "start", "--port", "0", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stop = async () => {
    starter.kill("SIGTERM");
    await starter.status;
  };
  const log = starter.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (true) {
    const { done, value } = await log.read();
    if (done) throw new Error(`The server did not start:\n${text}`);
    text += value;
    const url = /is at (http:\/\/[^\s/]+)/.exec(text)?.[1];
    if (url === undefined) continue;
    drain(log);
    return { url, pid: await lastDescendant(starter.pid), stop };
  }
}

async function drain(log: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await log.read()).done);
}

/** `deno task` starts the starter, which starts the server. */
async function lastDescendant(pid: number): Promise<number> {
  const processes = await listProcesses();
  let last = pid;
  for (let child: number | undefined = pid; child !== undefined;) {
    last = child;
    child = processes.find(({ parent }) => parent === last)?.pid;
  }
  return last;
}

/** A process's memory that is in RAM, megabytes (10^6 bytes). */
export async function residentMegabytes(pid: number): Promise<number> {
  const kibibytes = (await listProcesses()).find((process) => process.pid === pid)?.kibibytes;
  if (kibibytes === undefined) throw new Error(`Process ${pid} is gone`);
  return kibibytes * 1024 / 1e6;
}

async function listProcesses(): Promise<{ pid: number; parent: number; kibibytes: number }[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid=,rss="] }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
    const [pid, parent, kibibytes] = line.trim().split(/\s+/).map(Number);
    return { pid: pid!, parent: parent!, kibibytes: kibibytes! };
  });
}
