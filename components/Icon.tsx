import type { JSX } from "preact";

/** Line icons in the text's colour. They are decoration: their control has the label. */
const PATHS = {
  random:
    "M4 7h3.5c5 0 4.5 10 9.5 10H20m0 0-3-3m3 3-3 3M4 17h3.5c1.3 0 2.2-.7 3-1.8M20 7h-3c-1.3 0-2.2.7-3 1.8M20 7l-3-3m3 3-3 3",
  mutate: "M5 19c2-6 4-1 6-7s4-1 6-7m-1 0h3v3",
  reset: "M12 4v16M4 12h16",
  undo: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6",
  redo: "m15 7 5 5-5 5m5-5H10a6 6 0 0 0-6 6",
  save: "M12 4v11m0 0-4-4m4 4 4-4M5 19h14",
  locked: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  unlocked: "M7 11V8a5 5 0 0 1 9.6-2M6 11h12v9H6z",
  star: "m12 3.6 2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z",
  trash: "M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13M10.5 11v5m3-5v5",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  close: "m6 6 12 12M18 6 6 18",
  sun:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0-5v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4m0-12.8L17 7M7 17l-1.4 1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  tag: "M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01",
} as const;

export type IconName = keyof typeof PATHS;

/** One of them, 18 pixels wide. */
export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="18"
      height="18"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A button that shows an icon alone; `label` names it, `title` explains it. */
export function IconButton({ icon, label, title = label, filled, ...button }: {
  readonly icon: IconName;
  readonly label: string;
  readonly title?: string;
  readonly filled?: boolean;
} & Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "label" | "title" | "type" | "class">) {
  return (
    <button type="button" class="plain" aria-label={label} title={title} {...button}>
      <Icon name={icon} filled={filled ?? false} />
    </button>
  );
}
