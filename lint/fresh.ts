/**
 * Keeps the app to what is the same in packages/fresh and in Fresh itself, where that can be seen without running it:
 * Fresh's public entry points, and no client-side navigation.
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
    "fresh-navigation": {
      create(context) {
        return {
          JSXAttribute(node) {
            if (node.name.type !== "JSXIdentifier" || !["f-client-nav", "f-partial"].includes(node.name.name)) return;
            context.report({
              node,
              message: `Cannot use "${node.name.name}": it exists in Fresh 2.3.3 but not in packages/fresh`,
            });
          },
        };
      },
    },
  },
};

export default plugin;
