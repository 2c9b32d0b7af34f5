/** The scripts of shared boards, which the build writes and sharing copies. */

/** Where the build puts them. */
export const BUNDLE_FOLDER = "_fresh/share";

/** Their names there and in a shared board. */
export async function listBundleFiles(): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(BUNDLE_FOLDER));
  return entries.filter(({ isFile }) => isFile).map(({ name }) => name).sort();
}
