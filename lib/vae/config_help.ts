/** A sentence for each key of a training configuration, for forms; the schema says what each may be. */

/** By path, such as `optimizer.learningRate`; kinds of one key share their sentences. */
export const CONFIG_HELP: Readonly<Record<string, string>> = {
  "name": "The model's name, which is its folder's and its address's; made from the data where it is left out.",
  "title": "What people read instead of the name.",
  "data": "Where the pictures come from and how they are prepared.",
  "data.source": "A dataset by name, or the path of IDX files or of a folder of pictures.",
  "data.imageSize":
    "Height and width in pixels that every picture is brought to, its own where it is left out; training time grows " +
    "with its square.",
  "data.channels": "1 learns in grey, 3 in colour; as the pictures are where it is left out.",
  "data.validationFraction": "The share of pictures held out of training, on which the model is judged.",
  "data.binarize": "Makes pixels black or white by chance in proportion to their grey: once, or again in every epoch.",
  "data.labels":
    "Where labels stand, such as a column of a table beside the pictures; in their folders where left out.",
  "data.range": "Of arrays: the numbers that are black and white; found in them where it is left out.",
  "data.classes": "Learns only these classes.",
  "data.fit": "Cuts pictures of another shape to a square, or gives them margins.",
  "data.augment": "Changes training pictures a little in every epoch, which helps where there are few.",
  "data.augment.flip": "Mirrors pictures in half of the cases.",
  "data.augment.shift": "Moves pictures by up to this many pixels.",
  "architecture": "The layers of the encoder; the decoder mirrors them.",
  "architecture.kind":
    "Convolutions see nearby pixels together and suit pictures; a perceptron is smaller and quicker.",
  "architecture.filters": "Channels of each convolution, first to last; more learn finer detail and take longer.",
  "architecture.kernel": "Height and width of every convolution's window.",
  "architecture.stride": "How much each convolution shrinks the picture.",
  "architecture.hidden": "Units of the dense layers before the latent.",
  "architecture.activation": "What follows each hidden layer.",
  "architecture.normalization": "Keeps the hidden layers' values in a steady range, which helps deep networks.",
  "family": "What kind of autoencoder it is.",
  "family.kind": "The plain one is vae; docs/families.md describes the others.",
  "family.tc": "Weight of the total correlation: more makes latents independent of each other, and pictures blur more.",
  "family.mi": "Weight of the information that latents hold about pictures.",
  "family.dimension": "Weight of each latent's own distance from the prior.",
  "family.alpha": "How much of the KL divergence is left out; 1 leaves only the discrepancy.",
  "family.lambda": "Weight of the discrepancy between all draws and the prior.",
  "family.levels": "How many values each number of a code takes; their product is how many codes there are.",
  "family.draws": "Draws per picture; time grows with them.",
  "family.gradient": "Of the encoder: doubly has less noise with many draws.",
  "latentDim": "How many latents, and so sliders, the model has; unused ones fall asleep by themselves.",
  "objective": "What is minimised: reconstruction plus KL divergence.",
  "objective.reconstruction":
    "How a picture and its reconstruction are compared; bce suits pictures on black or white.",
  "objective.weights": "The shares of bce+mse.",
  "objective.weights.bce": "Weight of the cross-entropy in bce+mse.",
  "objective.weights.mse": "Weight of the squared error in bce+mse.",
  "objective.variance": "Of gaussian: one variance for all pixels, or one for each, which the decoder gives.",
  "objective.scale": "Of laplace and of gaussian with a fixed variance: the spread of a pixel, 0.1 or less is sharp.",
  "objective.beta": "Weight of the KL divergence; above 1 latents come apart more, and pictures blur more.",
  "objective.warmup": "Lets the KL divergence count little at first, which keeps latents from falling asleep.",
  "objective.warmup.kind": "Whether beta rises not at all, once, or again and again.",
  "objective.warmup.epochs": "Epochs of the rise, or of one cycle.",
  "objective.warmup.ratio": "Of cycles: the part over which beta rises.",
  "objective.warmup.cycles": "Of cycles: how many.",
  "objective.freeBits": "KL divergence of each latent that costs nothing, in nats; keeps latents awake.",
  "optimizer": "How the weights move.",
  "optimizer.kind": "Adam suits nearly everything.",
  "optimizer.learningRate":
    "How far each step goes; too far and the loss becomes NaN, too little and it takes for ever.",
  "optimizer.beta1": "Adam's memory of the gradient.",
  "optimizer.beta2": "Adam's memory of the gradient's size.",
  "optimizer.epsilon": "Keeps Adam's and RMSProp's divisions from exploding.",
  "optimizer.momentum": "Of momentum and rmsprop: the memory of the last steps.",
  "optimizer.decay": "Of rmsprop: the memory of the gradient's size.",
  "optimizer.weightDecay": "Of adamw: how much weights shrink in each step.",
  "optimizer.clipNorm": "Shortens gradients that are longer than this; 0 for never. Helps where the loss jumps.",
  "schedule": "How the learning rate changes while training.",
  "schedule.kind": "Stays, falls along a cosine, falls in steps, or falls when the held-out loss no longer does.",
  "schedule.warmupSteps": "Steps over which the learning rate rises from 0 at the beginning.",
  "schedule.floor": "The lowest learning rate, as a part of the full one.",
  "schedule.everySteps": "Steps between two falls.",
  "schedule.factor": "What the learning rate is multiplied by at each fall.",
  "schedule.patience": "Epochs without gain before it falls.",
  "schedule.minimumGain": "A smaller fall of the held-out loss counts as no gain, in nats.",
  "emaDecay": "Averages the weights over the last steps, which gives smoother pictures; 0 for off, 0.999 is usual.",
  "precision":
    "The numbers that training computes with; fewer bits are quicker where the machine has them, and less exact.",
  "epochs": "How often training goes through all pictures.",
  "batchSize": "Pictures per step; larger batches are quicker per picture and need more memory.",
  "seed": "Chance's starting point: the same seed gives the same model.",
  "earlyStopping": "Ends training when the held-out loss no longer falls, and keeps the best weights.",
  "earlyStopping.patience": "Epochs without gain before training ends; 0 for never.",
  "earlyStopping.minimumGain": "A smaller fall of the held-out loss counts as no gain, in nats.",
  "checkpoint": "How often the run saves itself, to be resumed.",
  "checkpoint.everyEpochs": "Epochs between two checkpoints; 0 for none by epochs.",
  "checkpoint.everyMinutes": "Minutes between two checkpoints; 0 for none by time.",
};

/** A JSON Schema (2020-12). */
export type JsonSchemaObject = Readonly<Record<string, unknown>>;

/** The part of a JSON schema that is gone through. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly oneOf?: readonly SchemaNode[];
}

/**
 * A configuration's JSON Schema with {@linkcode CONFIG_HELP} as each key's `description`.
 *
 * @param schema as zod makes it
 */
export function describeSchema(schema: JsonSchemaObject): JsonSchemaObject {
  return { ...describeNode(schema as SchemaNode, "") };
}

function describeNode(node: SchemaNode, path: string): SchemaNode {
  const { properties, oneOf } = node;
  const help = CONFIG_HELP[path];
  return {
    ...node,
    ...(help === undefined ? {} : { description: help }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map((kind) => describeNode(kind, path)) }),
    ...(properties === undefined ? {} : {
      properties: Object.fromEntries(
        Object.entries(properties).map((
          [key, value],
        ) => [key, describeNode(value, path === "" ? key : `${path}.${key}`)]),
      ),
    }),
  };
}
