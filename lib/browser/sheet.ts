/** Where a picture lies on map.png, which holds the pictures in order, row by row and edge to edge. */
export function sheetCell(index: number, sheetWidth: number, image: { width: number; height: number }) {
  const columns = Math.max(1, Math.floor(sheetWidth / image.width));
  return { x: (index % columns) * image.width, y: Math.floor(index / columns) * image.height };
}
