// Where a key leads in the map; null if it leads nowhere.
export function cursorMove(event, map, layers, layer, expert) {
  const row = layers.indexOf(layer);
  const at = (nextRow, nextExpert) => {
    const bounded = Math.min(layers.length - 1, Math.max(0, nextRow));
    const last = map.json.layers[layers[bounded]] - 1;
    return { layer: layers[bounded], expert: Math.min(last, Math.max(0, nextExpert)) };
  };
  switch (event.key) {
    case 'ArrowLeft': return at(row, expert - 1);
    case 'ArrowRight': return at(row, expert + 1);
    case 'ArrowUp': return at(row - 1, expert);
    case 'ArrowDown': return at(row + 1, expert);
    case 'PageUp': return at(row - 10, expert);
    case 'PageDown': return at(row + 10, expert);
    case 'Home': return at(event.ctrlKey ? 0 : row, 0);
    case 'End': return at(event.ctrlKey ? layers.length - 1 : row, Infinity);
    default: return null;
  }
}
