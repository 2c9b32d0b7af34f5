import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";

/** The fixture app's folder. */
export const FIXTURE: string = fileURLToPath(
  new URL("./fixture/", import.meta.url),
);

/** Builds the fixture app in memory and makes its handler. */
export async function fixtureHandler(): Promise<
  (request: Request) => Promise<Response>
> {
  const { app } = await import("./fixture/main.ts");
  const builder = new Builder<{ visitor?: string }>({ root: FIXTURE });
  const apply = await builder.build({ snapshot: "memory" });
  apply(app);
  const handler = app.handler();
  return (request) => handler(request);
}
