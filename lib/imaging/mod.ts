/**
 * Pictures: PNG with text, animations, grids, and the safe decoding of files from outside.
 *
 * @module
 */
export * from "./animation.ts";
export { type Bitmap, type Rgb, splitBitmaps } from "./bitmap.ts";
export * from "./encoding.ts";
export { fitBitmap, type FitOptions } from "./fit.ts";
export * from "./grid.ts";
export { closeHeicThreads } from "./heic.ts";
export { brightestValue, checkPicture, decodeFitted } from "./picture.ts";
export * from "./png.ts";
export * from "./similarity.ts";
export * from "./sniff.ts";
export * from "./text.ts";
export * from "./thumbnails.ts";
export * from "./upload.ts";
