/** The resolved training configuration: what a YAML in configs/ means once defaults and options are filled in. */

/** What follows a layer's affine part. `gated` multiplies it by the sigmoid of a second affine map of the same input. */
export type ActivationName = "linear" | "relu" | "leakyRelu" | "elu" | "silu" | "tanh" | "gated";

/** What stands between a hidden layer's affine part and its activation. */
export type NormalizationName = "none" | "layer" | "batch";

/** Where the pictures come from and how they are prepared. */
export interface DataConfig {
  /** `sample`, `fashion-mnist`, or a path to IDX files or a folder of pictures. */
  readonly source: string;
  /** Height and width in pixels, 8 to 256. */
  readonly imageSize: number;
  /** 1 for grey, 3 for colour. */
  readonly channels: 1 | 3;
  /** The part of the training pictures held out for validation, 0 to 0.5; the source's own part where it is absent. */
  readonly validationFraction?: number;
  /** Bernoulli sampling of the pixels: not at all, once for all epochs, or anew every epoch (training pictures only). */
  readonly binarize: "none" | "static" | "dynamic";
  /** Names of the only classes to learn; all where it is absent. */
  readonly classes?: readonly string[];
  /** How pictures of another shape are made square: cropped, or with a margin; cropped where it is absent. */
  readonly fit?: "cover" | "contain";
  /** What is done to training pictures, each anew in each epoch; nothing where it is absent. */
  readonly augment?: AugmentConfig;
}

/** Changes that make more of few pictures. */
export interface AugmentConfig {
  /** Mirrored in half of the cases; never where it is absent. */
  readonly flip?: "horizontal" | "vertical" | "both";
  /** Moved by up to this many pixels in each direction. */
  readonly shift: number;
}

/** A convolutional encoder and the decoder that mirrors it. */
export interface ConvConfig {
  /** Names the architecture. */
  readonly kind: "conv";
  /** Channels of each convolution of the encoder, first to last. */
  readonly filters: readonly number[];
  /** Height and width of every kernel. */
  readonly kernel: number;
  /** How much each convolution shrinks the picture. */
  readonly stride: number;
  /** Units of the dense layers between the convolutions and the latent. */
  readonly hidden: readonly number[];
  /** After every hidden layer. */
  readonly activation: ActivationName;
  /** Of every hidden layer. */
  readonly normalization: NormalizationName;
}

/** A multi-layer perceptron and the decoder that mirrors it. */
export interface MlpConfig {
  /** Names the architecture. */
  readonly kind: "mlp";
  /** Units of the encoder's dense layers, first to last. */
  readonly hidden: readonly number[];
  /** After every hidden layer. */
  readonly activation: ActivationName;
  /** Of every hidden layer. */
  readonly normalization: NormalizationName;
}

/** Which architecture, with its settings. */
export type ArchitectureConfig = ConvConfig | MlpConfig;

/** How beta rises. */
export interface WarmupConfig {
  /** Not at all, once, or in cycles (Fu et al. 2019, "Cyclical annealing schedule"). */
  readonly kind: "none" | "linear" | "cyclical";
  /** Epochs of the rise, or of one cycle; fractions are allowed. */
  readonly epochs: number;
  /** The part of a cycle over which beta rises; it stays full for the rest. Cyclical only. */
  readonly ratio: number;
  /** How many cycles; beta stays full afterwards. Cyclical only. */
  readonly cycles: number;
}

/** How the reconstruction is scored. */
export type ReconstructionName = "bce" | "mse" | "bce+mse" | "l1" | "gaussian";

/** What is minimised. */
export interface ObjectiveConfig {
  /** Summed over the pixels, averaged over the batch. */
  readonly reconstruction: ReconstructionName;
  /** The weights of `bce+mse`. */
  readonly weights: { readonly bce: number; readonly mse: number };
  /** For `gaussian`: one log variance for all pixels, or one for each pixel, given by the decoder. */
  readonly variance: "shared" | "pixel";
  /** The full weight of the KL divergence (Higgins et al. 2017, "beta-VAE"). */
  readonly beta: number;
  /** How beta rises to its full weight. */
  readonly warmup: WarmupConfig;
  /** Nats of each latent dimension that cost nothing (Kingma et al. 2016, "Inverse autoregressive flow"). */
  readonly freeBits: number;
}

/** How the parameters move. Settings that a kind does not use are ignored by it. */
export interface OptimizerConfig {
  /** `adamw` decays the weights apart from the gradient (Loshchilov & Hutter 2019). */
  readonly kind: "adam" | "adamw" | "sgd" | "momentum" | "rmsprop";
  /** The full rate, above 0. */
  readonly learningRate: number;
  /** Adam's decay of the first moment. */
  readonly beta1: number;
  /** Adam's decay of the second moment. */
  readonly beta2: number;
  /** Added to denominators by Adam and RMSProp. */
  readonly epsilon: number;
  /** For `momentum` and `rmsprop`. */
  readonly momentum: number;
  /** RMSProp's decay of the mean square. */
  readonly decay: number;
  /** AdamW's decay of the weights. */
  readonly weightDecay: number;
  /** Gradients are scaled so that their global norm is at most this; 0 for no clipping. */
  readonly clipNorm: number;
}

/** How the learning rate moves. Warm-up comes first in every kind. */
export type ScheduleConfig =
  | {
    /** The rate stays. */
    readonly kind: "constant";
    /** Steps of linear warm-up. */
    readonly warmupSteps: number;
  }
  | {
    /** Half a cosine. */
    readonly kind: "cosine";
    /** Steps of linear warm-up. */
    readonly warmupSteps: number;
    /** The last rate as a fraction of the full one. */
    readonly floor: number;
  }
  | {
    /** Falls at even distances. */
    readonly kind: "step";
    /** Steps of linear warm-up. */
    readonly warmupSteps: number;
    /** Steps between two falls. */
    readonly everySteps: number;
    /** What the rate is multiplied by. */
    readonly factor: number;
  }
  | {
    /** Falls when the validation loss no longer does. */
    readonly kind: "plateau";
    /** Steps of linear warm-up. */
    readonly warmupSteps: number;
    /** What the rate is multiplied by. */
    readonly factor: number;
    /** Evaluations without gain before it falls. */
    readonly patience: number;
    /** A smaller fall of the loss is no gain, nats. */
    readonly minimumGain: number;
    /** The lowest fraction of the full rate. */
    readonly floor: number;
  };

/** When a run ends before its last epoch. */
export interface EarlyStoppingConfig {
  /** Epochs without gain on the validation pictures; 0 never stops. */
  readonly patience: number;
  /** A smaller fall of the validation loss is no gain, nats. */
  readonly minimumGain: number;
}

/** How often a run saves itself. */
export interface CheckpointConfig {
  /** Epochs between two checkpoints; 0 for none by epochs. */
  readonly everyEpochs: number;
  /** Minutes between two checkpoints; 0 for none by time. */
  readonly everyMinutes: number;
}

/** Everything that a training run is told. */
export interface TrainingConfig {
  /** The model's name; made from the data and the latent size where it is absent. */
  readonly name?: string;
  /** For people; the name where it is absent. */
  readonly title?: string;
  /** The pictures. */
  readonly data: DataConfig;
  /** The layers. */
  readonly architecture: ArchitectureConfig;
  /** Latent dimensions, 1 to 1024. */
  readonly latentDim: number;
  /** What is minimised. */
  readonly objective: ObjectiveConfig;
  /** How. */
  readonly optimizer: OptimizerConfig;
  /** How fast. */
  readonly schedule: ScheduleConfig;
  /** Decay of the exponential moving average of the parameters that is evaluated and exported; 0 for none. */
  readonly emaDecay: number;
  /** Passes over the training pictures. */
  readonly epochs: number;
  /** Pictures a step. */
  readonly batchSize: number;
  /** Of the first parameters, the order of the pictures, and all noise. */
  readonly seed: number;
  /** When to stop early. */
  readonly earlyStopping: EarlyStoppingConfig;
  /** How often to save. */
  readonly checkpoint: CheckpointConfig;
}
