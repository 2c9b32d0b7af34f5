/** The pages that come with a shared board. */
import type { ModelDocument } from "../model/mod.ts";

/** What the page may load: its own folder, and what it makes itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self' blob: data:",
  "img-src 'self' blob: data:",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * The page of a shared board. It shows the first picture before any script has run.
 *
 * @param document the model
 */
export function indexPage({ title, image }: ModelDocument): string {
  const name = escapeHtml(title);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name} · Latentboard</title>
<link rel="icon" href="favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="board.css">
<script src="local-file.js" defer></script>
<script src="board.js" type="module"></script>
</head>
<body>
<header class="bar">
<h1>${name}</h1>
<div id="theme" class="shared-theme"></div>
</header>
<main id="main">
<p id="local-file" class="fault" role="alert" hidden>Browsers run this page from a web server only: README.txt, beside it, says how to start one.</p>
<noscript><p class="fault">The board decodes its pictures with JavaScript, which is switched off here.</p></noscript>
<div id="board"><div class="picture"><img src="model/start.png" alt="A picture that ${name} decodes" width="${image.width}" height="${image.height}"></div></div>
</main>
<footer class="foot"><span>Made with Latentboard. Everything runs in this browser; nothing is sent anywhere.</span></footer>
</body>
</html>
`;
}

/** Shows why nothing moves where the page was opened as a file: browsers keep modules and workers from it. */
export const LOCAL_FILE_SCRIPT =
  `if (location.protocol === "file:") document.getElementById("local-file").hidden = false;
`;

/**
 * How to look at a shared board.
 *
 * @param document the model
 * @param runtimeVersion of onnxruntime-web
 */
export function readme({ title, name, dataset }: ModelDocument, runtimeVersion: string): string {
  return `${title}: a board of latent sliders that decodes in your browser.

Look at it: start a web server in this folder and open the address that it prints.

  Python:  python3 -m http.server 8080 --bind 127.0.0.1
  Node:    npx -y http-server -a 127.0.0.1 -p 8080
  Deno:    deno run --allow-net --allow-read jsr:@std/http/file-server --host 127.0.0.1 --port 8080

Then open http://127.0.0.1:8080/. The server needs no network once it is there, and neither does the page.
Publish it: copy this folder to any host of static files.
Opening index.html as a file shows its first picture only, since browsers run modules from web servers alone.

In this folder
  index.html, board.*, *.js          the page (Latentboard, MIT licence)
  model/                           the model "${name}", trained on ${dataset.name}${
    dataset.licence === undefined ? "" : ` (${dataset.licence})`
  }; Latentboard can import it
  runtime/                         onnxruntime-web ${runtimeVersion} (Microsoft Corporation, MIT licence)
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
