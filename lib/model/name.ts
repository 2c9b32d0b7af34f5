/** What a model's name may be: lower-case letters, digits, `.`, `_` and `-`, 1 to 64, starting with a letter or digit. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Names that no new model may have: the one of the newest run, and those of devices on Windows. */
export const RESERVED_NAME = /^(latest|con|prn|aux|nul|(com|lpt)[0-9])(\..*)?$/;
