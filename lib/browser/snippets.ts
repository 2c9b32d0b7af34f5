/** The shown latents as text to paste elsewhere: data, or a call of the HTTP API that makes the picture. */

/** The kinds of text. */
export const SNIPPETS = [
  { kind: "json", name: "JSON", calls: false },
  { kind: "numpy", name: "NumPy", calls: false },
  { kind: "curl", name: "curl", calls: true },
  { kind: "python", name: "Python", calls: true },
  { kind: "javascript", name: "JavaScript", calls: true },
] as const;

export type SnippetKind = typeof SNIPPETS[number]["kind"];

/**
 * The latents as text. Numbers have the digits that give back the same 32-bit floats.
 *
 * @param origin of the server, such as `http://127.0.0.1:8000`
 */
export function snippet(kind: SnippetKind, { origin, model, z }: {
  readonly origin: string;
  readonly model: string;
  readonly z: readonly number[];
}): string {
  const numbers = `[${z.map(shortestFloat32).join(", ")}]`;
  const url = `${origin}/api/decode`;
  const body = `{"model": ${JSON.stringify(model)}, "z": ${numbers}}`;
  switch (kind) {
    case "json":
      return body;
    case "numpy":
      return `import numpy as np\n\nz = np.array(${numbers}, dtype=np.float32)`;
    case "curl":
      return `curl -s ${url} -H 'content-type: application/json' -H 'accept: image/png' \\\n  -d '${body}' > picture.png`;
    case "python":
      return [
        "import json, urllib.request",
        "",
        `body = json.dumps({"model": ${JSON.stringify(model)}, "z": ${numbers}}).encode()`,
        `headers = {"content-type": "application/json", "accept": "image/png"}`,
        `request = urllib.request.Request("${url}", body, headers)`,
        `open("picture.png", "wb").write(urllib.request.urlopen(request).read())`,
      ].join("\n");
    case "javascript":
      return [
        `const response = await fetch("${url}", {`,
        `  method: "POST",`,
        `  headers: { "content-type": "application/json", accept: "image/png" },`,
        `  body: JSON.stringify({ model: ${JSON.stringify(model)}, z: ${numbers} }),`,
        `});`,
        `const png = await response.blob();`,
      ].join("\n");
  }
}

/** The fewest decimal digits that round to the same 32-bit float. */
function shortestFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
