/** The variational autoencoder (Kingma & Welling 2014), with beta (Higgins et al. 2017) and free bits. */
import { z } from "zod";
import type { Family } from "./family.ts";
import { gaussianModel } from "./gaussian.ts";

const schema = z.strictObject({ kind: z.literal("vae") });

/** Reconstruction plus beta times the KL divergence. */
export const vae: Family<typeof schema> = {
  schema,
  build: (_config, context) => gaussianModel(context, { kind: "vae" }),
};
