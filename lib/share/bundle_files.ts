/** The scripts of shared boards, which the build writes and sharing copies. */

/** Where the build puts them. */
export const BUNDLE_FOLDER = "_fresh/share";

/** Their names there and in a shared board. */
export const BUNDLE_FILES = ["board.js", "worker.js", "board.css"] as const;
