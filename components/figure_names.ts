/** Labels of the metrics in model.json. */

const NAMES: Readonly<Record<string, string>> = {
  negativeElbo: "Negative ELBO, nats",
  reconstruction: "Reconstruction, nats",
  kl: "KL divergence, nats",
  trainSeconds: "Training, seconds",
  validationLoss: "Held-out loss, nats",
  negativeLogLikelihood: "Negative log-likelihood, nats",
  negativeLogLikelihoodError: "Its standard error, nats",
  importanceSamples: "Importance samples per picture",
  mse: "MSE of reconstructions",
  psnr: "PSNR of reconstructions, dB",
  ssim: "SSIM of reconstructions",
  mmd: "MMD between posterior and prior",
  frechetSamples: "Fréchet distance of samples",
  frechetReconstructions: "Fréchet distance of reconstructions",
  nearestNeighbours: "k-NN accuracy of the latents",
  linearProbe: "Linear probe's accuracy",
  evaluatedPictures: "Pictures measured on",
};

/** A metric's label with its unit; an unknown one is its key in words. */
export function figureName(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return NAMES[key] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
