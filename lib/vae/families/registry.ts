/** The families: one line each. */
import { z } from "zod";
import type { Family, FamilyContext, Model } from "./family.ts";
import { vae } from "./vae.ts";

/**
 * Of the configuration's `family`.
 *
 * @internal
 */
export const familySchema = z.discriminatedUnion("kind", [
  vae.schema,
]);

/** By the kind that their schema names. */
const FAMILIES: Readonly<Record<z.infer<typeof familySchema>["kind"], Family>> = {
  "vae": vae,
};

/**
 * Builds the model of a configuration's `family`.
 *
 * @internal
 */
export function buildFamily(family: z.infer<typeof familySchema>, context: FamilyContext): Model {
  return FAMILIES[family.kind].build(family, context);
}
