/**
 * Keeps the app to Fresh's public entry points, so that it runs alike on
 * packages/fresh and on Fresh itself.
 *
 * @module
 */

const ALLOWED = new Set(["fresh", "fresh/runtime", "fresh/dev"]);

/** Specifiers that lead to Fresh, by whatever way. */
const FRESH = /^(?:fresh(?:\/|$)|(?:jsr:\/?)?@fresh\/|(?:.*\/)?packages\/fresh(?:\/|$))/;

/** The package itself and its own tests. */
const EXEMPT = /[\\/](?:packages|tests)[\\/]fresh[\\/]/;

type SourceNode = Deno.lint.StringLiteral | Deno.lint.Expression | null;

const plugin: Deno.lint.Plugin = {
  name: "latentboard",
  rules: {
    "fresh-specifiers": {
      create(context) {
        function check(source: SourceNode): void {
          if (source?.type !== "Literal" || typeof source.value !== "string") return;
          const specifier = source.value;
          if (ALLOWED.has(specifier) || !FRESH.test(specifier) || EXEMPT.test(context.filename)) return;
          context.report({
            node: source,
            message: `Cannot import "${specifier}": the app keeps to "fresh", "fresh/runtime" and "fresh/dev"`,
            hint: "Only these are the same in packages/fresh and in Fresh itself",
          });
        }
        return {
          ImportDeclaration: (node) => check(node.source),
          ExportNamedDeclaration: (node) => check(node.source),
          ExportAllDeclaration: (node) => check(node.source),
          ImportExpression: (node) => check(node.source),
        };
      },
    },
  },
};

export default plugin;
