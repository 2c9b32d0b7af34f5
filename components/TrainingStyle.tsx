import { asset, Head } from "fresh/runtime";

/** The style sheet of the pages about training, which other pages do without. */
export function TrainingStyle() {
  return (
    <Head>
      <link rel="stylesheet" href={asset("/css/training.css")} />
    </Head>
  );
}
