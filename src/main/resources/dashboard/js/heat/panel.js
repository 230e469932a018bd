// The panel of the experts: the map, its legend, and the chosen expert.
import { byId, el, facts, setText } from '../dom.js';
import { count, percent, whole } from '../format.js';
import { HeatCanvas } from './canvas.js';
import { HeatGrid } from './grid.js';
import { ExpertMap } from './map.js';
import { changeOf, lives } from './words.js';

const MOST_CELLS = 2_048;

export class ExpertsPanel {
  constructor() {
    this.chosen = null;
    this.placement = null;
    byId('experts-window').addEventListener('change', () => this.#show());
    this.#legend();
  }

  experts(json) {
    const before = this.map?.json;
    this.map = new ExpertMap(json);
    if (!this.view || before.layers.join() !== json.layers.join()) {
      const View = this.map.size <= MOST_CELLS ? HeatGrid : HeatCanvas;
      this.chosen = null;
      this.view = new View(byId('heat'), this.map, (layer, expert) => this.#choose(layer, expert));
    }
    this.#show();
  }

  // The answer of GET placement: ranks and scores of the chosen expert.
  wanted(placement) {
    this.placement = placement;
    this.#detail();
  }

  #which() {
    return document.querySelector('input[name="experts-window"]:checked').value;
  }

  #show() {
    if (!this.map) return;
    const { json } = this.map;
    const which = this.#which();
    this.view.show(this.map, which);
    const assignments = which === 'share' ? `${count(json.assignments, 'choice')} since the start` : `${count(json.latelyAssignments, 'choice')} in the last minute`;
    setText(byId('experts-summary'), `${count(json.layers.filter((n) => n > 0).length, 'layer')}, ${whole(this.map.size)} experts, ${whole(this.map.residents)} on the device. ${assignments}.`);
    setText(this.most, percent(this.map.highest(which)));
    this.#detail();
  }

  #choose(layer, expert) {
    this.chosen = { layer, expert };
    this.#detail();
  }

  #legend() {
    this.most = el('span', {}, '–');
    byId('heat-legend').replaceChildren(
      el('p', { class: 'small muted' }, 'Share of the layer’s choices'),
      el('div', { class: 'legend-bar' }, el('span', {}, '0 %'), el('span', { class: 'ramp' }), this.most),
      el('ul', { class: 'legend-marks' },
        ...[['resident', 'on the device (else on the host)'], ['came', 'came since the version before'], ['went', 'went since the version before']].map(([kind, words]) =>
          el('li', {}, el('span', { class: `sample ${kind}` }), words))));
  }

  #detail() {
    const host = byId('heat-detail');
    if (!this.map || !this.chosen) {
      host.replaceChildren(el('p', { class: 'muted small' }, 'Choose an expert to see it in numbers.'));
      return;
    }
    const { layer, expert } = this.chosen;
    const list = el('dl', { class: 'facts' });
    facts(list, [
      ['Lives', lives(this.map, layer, expert)],
      ['Since the start', percent(this.map.share(layer, expert, 'share'))],
      ['Last minute', percent(this.map.share(layer, expert, 'lately'))],
      ['Changed', changeOf(this.map, layer, expert) ?? 'no'],
      ['Plan', this.#rank(layer, expert)],
    ]);
    host.replaceChildren(el('h3', {}, `Layer ${layer}, expert ${expert}`), list);
  }

  #rank(layer, expert) {
    const wanted = this.placement?.experts;
    if (!wanted) return null;
    const rank = wanted.findIndex((one) => one.layer === layer && one.expert === expert);
    return rank < 0 ? 'not wanted on the device' : `${whole(rank + 1)} of ${whole(wanted.length)} wanted`;
  }
}
