/** A measured number as a page shows it. */
export function formatFigure(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(value < 10 ? 3 : 2);
}

/** A file's size. */
export function fileSize(bytes: number): string {
  const megabytes = bytes / 1e6;
  const gigabytes = bytes / 1e9;
  if (gigabytes >= 1) return `${gigabytes.toFixed(1)} GB`;
  return megabytes < 1 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${megabytes.toFixed(1)} MB`;
}
