/** Files that a person drops or chooses, folders gone through. */

/** A file with its place in what was dropped. */
export interface ChosenFile {
  /** With `/` between folders. */
  readonly path: string;
  readonly file: File;
}

/** Characters of a name, so that a number fits behind it. */
const MAX_STEM_LENGTH = 56;

/** All files of a drop; what systems hide, such as `.DS_Store`, is left out. */
export async function filesOfDrop(drop: DataTransfer): Promise<ChosenFile[]> {
  // entries are there only until the event has been handled, so all are asked for before the first wait
  const entries = [...drop.items].flatMap((item) => item.kind === "file" ? item.webkitGetAsEntry() ?? [] : []);
  if (entries.length === 0) return filesOfList(drop.files);
  const chosen: ChosenFile[] = [];
  for (const entry of entries) await addEntry(entry, chosen);
  return chosen;
}

/** The files of a file field. */
export function filesOfList(list: Iterable<File>): ChosenFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(isSeen);
}

/**
 * A name for the dataset: that of the one folder or file that everything lies in, else `pictures`.
 *
 * @param taken names of other datasets; a number makes it another one
 */
export function datasetName(files: readonly ChosenFile[], taken: readonly string[]): string {
  const tops = new Set(files.map(({ path }) => path.includes("/") ? path.slice(0, path.indexOf("/")) : ""));
  const only = tops.size === 1 ? [...tops][0]! : "";
  const text = only !== "" ? only : files.length === 1 ? files[0]!.path.replace(/\.[^.]*$/, "") : "";
  const name = text.normalize("NFKD").replace(/[^\w.-]+/g, "-").replace(/\.{2,}/g, ".").replace(/^[-.]+|[-.]+$/g, "");
  const short = name.slice(0, MAX_STEM_LENGTH) || "pictures";
  let free = short;
  for (let number = 2; taken.includes(free); number++) free = `${short}-${number}`;
  return free;
}

async function addEntry(entry: FileSystemEntry, chosen: ChosenFile[]): Promise<void> {
  if (entry.name.startsWith(".")) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    chosen.push({ path: entry.fullPath.replace(/^\//, ""), file });
  } else {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    while (true) { // each call gives at most a hundred
      const children = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (children.length === 0) return;
      for (const child of children) await addEntry(child, chosen);
    }
  }
}

function isSeen({ path }: ChosenFile): boolean {
  return !path.split("/").some((part) => part.startsWith("."));
}
