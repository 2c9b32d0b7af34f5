import { useEffect, useState } from "preact/hooks";

/** A time in the reader's own zone and language; in UTC until scripts run. */
export function LocalTime({ iso, dateOnly = false }: { readonly iso: string; readonly dateOnly?: boolean }) {
  const [text, setText] = useState(dateOnly ? iso.slice(0, 10) : `${iso.slice(0, 16).replace("T", " ")} UTC`);
  useEffect(() => {
    const time = dateOnly ? {} : { timeStyle: "short" } as const;
    setText(new Intl.DateTimeFormat(undefined, { dateStyle: "medium", ...time }).format(new Date(iso)));
  }, [iso]);
  return <time dateTime={iso} title={iso}>{text}</time>;
}
