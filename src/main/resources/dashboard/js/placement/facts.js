// The placement in force, and what watches over it, in words.
import { byId, el, facts, setText } from '../dom.js';
import { count, moment, percent, points, whole } from '../format.js';

export function showPlacement(placement) {
  const pinned = placement.pinned ? `, pinned to version ${placement.pinned.version}` : '';
  setText(byId('placement-summary'), `${name(placement.version)}${pinned}: ${count(placement.experts.length, 'expert')} wanted, room for ${whole(placement.capacity)}.`);
  facts(byId('placement-facts'), [
    ['Version', `${placement.version || 'none: not recorded'}${placement.epoch === undefined ? '' : `, epoch ${placement.epoch}`}`],
    ['Policy', policy(placement)],
    ['Planned', `${moment(placement.createdAt)}, by ${who(placement)}`],
    ['Why', placement.reason],
    ['From', window(placement)],
    ['Forecast', forecast(placement)],
    ['Achieved', total(placement.assignments) > 0 ? `${percent(placement.actualHitRate)} of ${count(total(placement.assignments), 'choice')}` : 'nothing ran yet'],
  ]);
  facts(byId('watching-facts'), [
    ['Pinned', pin(placement.pinned)],
    ['Correction', correction(placement.correction)],
    ['Suggested', suggestions(placement.correction)],
    ['Drift', drift(placement.drift)],
  ]);
}

const name = (version) => (version ? `Version ${version}` : 'Not recorded');

// Of an answer that counts them, by phase or all together.
export const total = (assignments) => (typeof assignments === 'object' ? assignments?.total : assignments) ?? 0;

export const who = ({ author, by, replica }) => `${by ?? author}${replica ? ` on ${replica}` : ''}`;

export const forecast = ({ forecastHitRate, forecastUncertainty }) =>
  percent(forecastHitRate) + (forecastUncertainty !== undefined && forecastUncertainty < 1 ? ` ± ${points(forecastUncertainty)}` : '');

function policy({ policy: name, parameters }) {
  const given = Object.entries(parameters ?? {});
  return given.length === 0 ? name : `${name} (${given.map(([key, value]) => `${words(key)} ${value}`).join(', ')})`;
}

// 'halfLife' is 'half life'.
const words = (key) => key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const window = ({ windowStart, windowEnd }) => (windowStart || windowEnd ? `${moment(windowStart)} to ${moment(windowEnd)}` : 'no history');

function pin(pinned) {
  if (pinned === undefined) return 'This service tells of no pins.';
  if (pinned === null) return 'no: correction may move experts';
  return `to version ${pinned.version} by ${pinned.by ?? 'somebody'}, ${moment(pinned.at)}${pinned.reason ? `: ${pinned.reason}` : ''}`;
}

function correction(state) {
  if (!state) return 'This service tells of no live correction.';
  if (state.mode === 'off') return 'off';
  const held = state.holding ? ', held' : '';
  const last = state.lastChange ? `last change ${moment(typeof state.lastChange === 'string' ? state.lastChange : state.lastChange.at)}` : 'no change yet';
  const moved = typeof state.movedInWindow === 'number' ? `, ${count(state.movedInWindow, 'expert')} moved in this window` : '';
  return `${state.mode}${held}${moved}, ${last}`;
}

function suggestions(state) {
  const list = state?.suggestions;
  if (!list || list.length === 0) return null;
  return el('span', { class: 'chips' }, ...list.slice(0, 12).map((one) =>
    el('span', { class: 'chip' }, `${expert(one, one.load)}${one.evict === null || one.evict === undefined ? '' : ` for ${expert(one, one.evict)}`}, +${points(one.gain)} %`)));
}

// Of the exchange's layer, or with a layer of its own.
const expert = ({ layer }, id) => (typeof id === 'object' ? `L${id.layer} · ${id.expert}` : `L${layer} · ${id}`);

function drift(state) {
  if (!state) return 'This service tells of no drift.';
  const now = state.hitRateNow === null || state.hitRateNow === undefined ? 'nothing ran lately' : `${percent(state.hitRateNow)} now against ${percent(state.forecast)} forecast`;
  const apart = state.divergence === null || state.divergence === undefined ? '' : `; histograms apart by ${state.divergence.toFixed(3)}`;
  return el('span', {}, `${now}${apart}`, state.drifting ? el('span', { class: 'tag warn' }, 'drifting') : null);
}
