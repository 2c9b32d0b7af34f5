/** The browser's notices about runs that have ended, where the person allowed them. */
import type { RunSummary } from "../../protocol_runs.ts";
import { STATE_WORDS } from "./run_words.ts";

/** Whether notices are shown, could be asked for, or can't be had here. */
export function noticePermission(): NotificationPermission | "unsupported" {
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}

/** Asks the person; resolves with the answer. */
export async function askForNotices(): Promise<NotificationPermission> {
  return await Notification.requestPermission();
}

/** Says that a run has ended; a click opens it. */
export function announceEnd(run: RunSummary): void {
  if (noticePermission() !== "granted") return;
  const notice = new Notification(`${run.title}: ${STATE_WORDS[run.state].name.toLowerCase()}`, {
    body: run.failure ?? STATE_WORDS[run.state].about,
    tag: run.id, // two windows show one notice
  });
  notice.onclick = () => {
    focus();
    location.href = `/runs/${run.id}`;
  };
}
