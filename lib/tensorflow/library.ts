/** Finds libtensorflow. */
import { LibraryUnavailableError } from "./errors.ts";

/** The files of libtensorflow, and where they come from. */
export interface TensorFlowLibrary {
  /** The files to open, those that others need first. */
  readonly files: readonly string[];
  /** Libraries to load before, such as CUDA's. */
  readonly preload: readonly string[];
  /** Where it was found. */
  readonly source: "setting" | "python" | "system" | "cache";
  /** The folder of the files. */
  readonly folder: string;
}

/** Where to look. */
export interface LibraryOptions {
  /** A folder that holds libtensorflow (the setting LATENTBOARD_TENSORFLOW). */
  readonly folder?: string;
  /** Latentboard's own folder for a downloaded libtensorflow. */
  readonly cache: string;
  /** Whether the cache may be filled by a download (default: yes). */
  readonly download?: boolean;
}

/** Finds libtensorflow. */
export async function findLibrary(
  options: LibraryOptions,
): Promise<TensorFlowLibrary> {
  const { folder } = options;
  if (!folder) throw new LibraryUnavailableError("Cannot find libtensorflow", []);
  const files = ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"].map((
    f,
  ) => `${folder}/${f}`);
  for (const f of files) await Deno.stat(f);
  return { files, preload: [], source: "setting", folder };
}
