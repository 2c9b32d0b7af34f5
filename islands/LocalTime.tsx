import { LocalTime as Text } from "../components/LocalTime.tsx";

/** A time on pages that have no other island. */
export default function LocalTime({ iso }: { readonly iso: string }) {
  return <Text iso={iso} />;
}
