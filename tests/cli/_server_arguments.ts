/** Writes how the launcher would start the server, with the launcher's own rights. */
import { serverArguments } from "../../lib/cli/start.ts";
import { readSettings } from "../../lib/settings.ts";

const [home, models] = Deno.args as [string, string];
const args = await serverArguments(readSettings({ home, models, port: 0 }));
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(args)));
