/** The way to sharp: loaded on first use, since serving pages doesn't need it. It is given bytes, never paths. */

type Sharp = typeof import("sharp").default;

let loaded: Promise<Sharp> | undefined;

/** sharp, set for many small pictures: no cache of its own, one thread per picture. */
export function loadSharp(): Promise<Sharp> {
  loaded ??= import("sharp").then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}
