/** What settings are called for people who never trained a model; the configuration's own names are their tooltips. */

/** By path. Others are called by their key in words. */
const NAMES: Readonly<Record<string, string>> = {
  "name": "Name in links and commands",
  "title": "Title",
  "data": "Pictures",
  "data.imageSize": "Size of the pictures, pixels",
  "data.channels": "Colours (1 grey, 3 colour)",
  "data.validationFraction": "Share kept for checking",
  "data.binarize": "Only black and white",
  "data.fit": "How other shapes are made square",
  "data.classes": "Only these labels",
  "data.augment": "Small changes to pictures",
  "data.augment.flip": "Mirror",
  "data.augment.shift": "Move by up to, pixels",
  "architecture": "Network",
  "architecture.kind": "Kind",
  "latentDim": "Sliders",
  "objective": "What counts as good",
  "objective.reconstruction": "How pictures are compared",
  "objective.beta": "Weight on tidiness (beta)",
  "objective.warmup": "Easing in",
  "optimizer": "How it learns",
  "optimizer.learningRate": "Size of the steps",
  "optimizer.kind": "Method",
  "schedule": "How the steps change",
  "epochs": "Rounds through the pictures",
  "batchSize": "Pictures per step",
  "emaDecay": "Averaging of the last steps",
  "seed": "Starting point of chance",
  "earlyStopping": "Stopping by itself",
  "earlyStopping.patience": "After so many rounds without gain",
  "checkpoint": "Saving on the way",
};

/** The settings that are shown at once, before all others. */
export const MAIN_SETTINGS: readonly string[] = ["title", "epochs", "latentDim", "data.imageSize", "data.channels"];

/** What a setting is called. */
export function settingName(path: string): string {
  const key = path.slice(path.lastIndexOf(".") + 1);
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return NAMES[path] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
