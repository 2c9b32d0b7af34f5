/** Work that may take too long. */
import { LatentboardError } from "../errors.ts";

/**
 * Waits for some work no longer than a limit. The work itself goes on: whoever can end it passes `onLate`.
 *
 * @param milliseconds the limit
 * @param message of the error, such as `Reading took longer than 2 s: try again`
 * @throws {LatentboardError} `unavailable` when it is late
 */
export async function limitTime<T>(
  work: Promise<T>,
  milliseconds: number,
  message: string,
  onLate?: () => void,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate?.();
      reject(new LatentboardError("unavailable", message));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
