// What is to be said about one expert.
import { percent } from '../format.js';

export function describe(map, layer, expert, which) {
  const during = which === 'lately' ? ' of the last minute' : '';
  const parts = [`Layer ${layer}, expert ${expert}: ${percent(map.share(layer, expert, which))} of the layer’s choices${during}`, lives(map, layer, expert)];
  const change = changeOf(map, layer, expert);
  if (change) parts.push(change);
  return parts.join('; ');
}

export const lives = (map, layer, expert) => (map.isResident(layer, expert) ? 'on the device' : 'on the host');

export function changeOf(map, layer, expert) {
  const change = map.change(layer, expert);
  if (!change) return null;
  const since = map.json.previousVersion ? `since version ${map.json.previousVersion}` : 'with this version';
  return change === 'came' ? `came ${since}` : `went ${since}`;
}
