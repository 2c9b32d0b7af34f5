/**
 * Plots: lines, scatters and bars as SVG and PNG.
 *
 * @module
 */
export * from "./charts.ts";
export * from "./raster.ts";
