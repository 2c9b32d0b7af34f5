import type { Uploader, UploadPhase } from "../../lib/browser/train/uploader.ts";
import { fileSize } from "../models/figures.ts";
import { BadFiles } from "./BadFiles.tsx";

const WORDS: Readonly<Record<UploadPhase, string>> = {
  sending: "Sending",
  paused: "Paused",
  offline: "The server can't be reached; it goes on by itself",
  finishing: "Nearly there",
  done: "All pictures are here",
  failed: "Not sent",
  cancelled: "Cancelled",
};

/** How far an upload is. */
export function UploadStatus({ upload }: { upload: Uploader }) {
  const phase = upload.phase.value;
  const { files, complete, bytes, received, pictures, bad } = upload.progress.value;
  const isActive = phase === "sending" || phase === "offline" || phase === "paused";
  return (
    <div class="stack tight">
      <p role="status">
        {WORDS[phase]}: {complete.toLocaleString("en")} of {files.toLocaleString("en")} files, {fileSize(received)} of
        {" "}
        {fileSize(bytes)}, {pictures.toLocaleString("en")} pictures
      </p>
      {phase !== "done" && (
        <progress value={received} max={Math.max(1, bytes)} aria-label="Part of the files that is sent" />
      )}
      {isActive && (
        <div class="row">
          {phase === "paused"
            ? <button type="button" onClick={() => upload.resume()}>Go on</button>
            : <button type="button" onClick={() => upload.pause()}>Pause</button>}
          <button type="button" onClick={() => void upload.cancel()}>Cancel</button>
        </div>
      )}
      {upload.problem.value !== "" && <p class="fault" role="alert">{upload.problem.value}</p>}
      {phase !== "done" && <BadFiles bad={bad} />}
    </div>
  );
}
