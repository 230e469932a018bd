// The numbers of the moment.
import { byId, el, setText } from './dom.js';
import { bytes, duration, number, percent, percentNumber, points, whole } from './format.js';

const NONE = number(null);
const TILES = [
  ['hit-rate', 'Hit rate, last minute', '%', (live) => percentNumber(live.hitRate), besideHitRate],
  ['speed', 'Generating', 'tokens/s', (live) => number(live.decodedTokensPerSecond), (live) => `reading ${number(live.promptTokensPerSecond)} tokens/s`],
  ['running', 'Running', (live) => (live.running === 1 ? 'sequence' : 'sequences'), (live) => whole(live.running), (live) => `${whole(live.queued)} waiting`],
  ['first-token', 'First token, median', 'ms', (live) => number(live.latency.firstToken?.p50), ({ latency }) => (latency.firstToken ? `95 of 100 within ${duration(latency.firstToken.p95)}` : 'no generation yet')],
  ['step', 'Step', 'ms', (live) => number(live.stepMillis), (live) => `${percent(live.lanes.step)} of the time`],
  ['resident', 'On the device', ({ placement }) => `of ${whole(placement?.experts)} experts`, (live) => whole(live.placement?.resident), besideResident],
];

export function startTiles() {
  const shown = TILES.map(([id, name]) => {
    const value = el('span', {}, '–');
    const unit = el('span', { class: 'unit' });
    const beside = el('dd', { class: 'beside' });
    const tile = el('div', { class: 'tile', id: `tile-${id}` }, el('dt', {}, name), el('dd', { class: 'value' }, value, unit), beside);
    return { value, unit, beside, tile };
  });
  byId('tiles').replaceChildren(...shown.map(({ tile }) => tile));
  return (live) =>
    TILES.forEach(([, , unit, value, beside], i) => {
      setText(shown[i].value, value(live));
      // A dash has no unit.
      setText(shown[i].unit, value(live) === NONE ? '' : typeof unit === 'string' ? unit : unit(live));
      setText(shown[i].beside, beside(live));
    });
}

function besideHitRate({ placement }) {
  if (!placement) return 'no placement yet';
  const sure = placement.uncertainty < 1 ? ` ± ${points(placement.uncertainty)}` : '';
  return `forecast ${percent(placement.forecast)}${sure}`;
}

function besideResident({ placement }) {
  return placement ? `room for ${whole(placement.capacity)}, ${bytes(placement.usedBytes)} used` : 'no placement yet';
}
