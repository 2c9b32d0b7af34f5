/** What a model's name may be: lower-case letters, digits, `.`, `_` and `-`, 1 to 64, starting with a letter or digit. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
