/** The style sheets in static/css, in the order of the cascade. */
export const STYLE_SHEETS = ["frame", "controls", "board", "panels", "map", "gallery", "models"] as const;
