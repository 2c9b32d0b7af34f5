/** The style sheets of the board, in the order of the cascade. */
export const BOARD_STYLE_SHEETS = ["frame", "controls", "board", "panels", "map"] as const;

/** All style sheets in static/css that every other page has, in the order of the cascade. */
export const STYLE_SHEETS = [...BOARD_STYLE_SHEETS, "gallery", "models"] as const;
