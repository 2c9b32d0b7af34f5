/** The families: a line in each of two lists. */
import { z } from "zod";
import type { Immutable } from "../../model/format.ts";
import { betaTc } from "./beta_tc.ts";
import type { Family, FamilyContext, Model } from "./family.ts";
import { fsq } from "./fsq.ts";
import { infoVae } from "./info_vae.ts";
import { iwae } from "./iwae.ts";
import { vae } from "./vae.ts";

/**
 * Of the configuration's `family`.
 *
 * @internal
 */
export const familySchema = z.discriminatedUnion("kind", [
  vae.schema,
  betaTc.schema,
  infoVae.schema,
  iwae.schema,
  fsq.schema,
]);

/** By the kind that their schema names. */
const FAMILIES: Readonly<Record<z.infer<typeof familySchema>["kind"], Family>> = {
  "vae": vae,
  "beta-tc": betaTc,
  "info-vae": infoVae,
  "iwae": iwae,
  "fsq": fsq,
};

/**
 * Builds the model of a configuration's `family`.
 *
 * @internal
 */
export function buildFamily(family: Immutable<z.infer<typeof familySchema>>, context: FamilyContext): Model {
  return FAMILIES[family.kind].build(family, context);
}
