/**
 * Saved pictures: PNG files that carry their recipe, and an index of them in SQLite.
 *
 * @module
 */
export * from "./gallery.ts";
export * from "./home_lock.ts";
export * from "./query.ts";
export * from "./recipe.ts";
