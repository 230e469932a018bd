// Colours for a canvas, which knows no custom properties.
export function parseColour(hex) {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export const blend = (low, high, amount) => `rgb(${low.map((from, i) => Math.round(from + (high[i] - from) * amount)).join(' ')})`;
