import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";

const YEAR_SECONDS = 365 * 24 * 3600;

/** Light or dark: the system's until one is chosen, then a cookie that the server reads, so that no page flashes. */
export default function ThemeSwitch({ chosen }: { chosen: "light" | "dark" | undefined }) {
  const dark = useSignal(chosen === "dark");
  useEffect(() => {
    if (chosen === undefined) dark.value = matchMedia("(prefers-color-scheme: dark)").matches;
  }, []);
  const change = () => {
    dark.value = !dark.value;
    const theme = dark.value ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  };
  return (
    <button
      type="button"
      class="plain"
      aria-pressed={dark.value}
      aria-label="Dark theme"
      title="Dark theme"
      onClick={change}
    >
      <Icon name={dark.value ? "moon" : "sun"} />
    </button>
  );
}
