/** What lies under the folders that a browser may train on. */
import { basename, join } from "node:path";
import { pictureFilePattern } from "../dataset/pictures/files.ts";
import type { FolderList } from "../protocol_runs.ts";

/**
 * The roots.
 *
 * @param roots folders from `--data-root`
 */
export function listRoots(roots: readonly string[]): FolderList {
  return { folders: roots.map((path) => ({ path, name: basename(path) })), pictures: 0 };
}

/**
 * The folders of a folder, and how many pictures lie in it.
 *
 * @param path under a root; the caller has checked that
 */
export async function listFolders(path: string): Promise<FolderList> {
  const folders: { path: string; name: string }[] = [];
  let pictures = 0;
  for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
    if (name.startsWith(".")) continue;
    if (isDirectory) folders.push({ path: join(path, name), name });
    else if (isFile && pictureFilePattern.test(name)) pictures++;
  }
  return { path, folders: folders.sort((a, b) => a.name.localeCompare(b.name)), pictures };
}
