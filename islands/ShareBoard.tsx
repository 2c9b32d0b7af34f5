import { ShareButton } from "../components/ShareButton.tsx";

/** The share button on pages besides the board. */
export default function ShareBoard({ model }: { model: string }) {
  return <ShareButton model={model} />;
}
