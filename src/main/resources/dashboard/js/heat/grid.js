// The map as a table of cells, of which one takes the focus and the arrow keys move it.
import { el } from '../dom.js';
import { cursorMove } from './cursor.js';
import { describe } from './words.js';

const ROOM_FOR_NUMBERS = 16;
const HIGH = 0.55;

export class HeatGrid {
  // onChoose(layer, expert): a cell was focused or clicked
  constructor(host, map, onChoose) {
    this.onChoose = onChoose;
    this.layers = map.layers.map(({ layer }) => layer);
    this.cells = new Map();
    this.compact = map.columns > ROOM_FOR_NUMBERS;
    host.classList.toggle('compact', this.compact);
    this.table = el('table', { role: 'grid', 'aria-label': 'Experts by layer', '--columns': map.columns }, this.#head(map), this.#body(map));
    this.table.addEventListener('keydown', (event) => this.#onKey(event, map));
    this.table.addEventListener('focusin', (event) => this.#choose(event.target));
    this.table.addEventListener('click', (event) => event.target.closest('td')?.focus());
    host.replaceChildren(this.table);
    this.#reachable(this.cells.get(cellKey(this.layers[0], 0)));
  }

  show(map, which) {
    const highest = map.highest(which) || 1;
    for (const cell of this.cells.values()) {
      const { layer, expert } = cell;
      const share = map.share(layer, expert, which);
      const heat = share / highest;
      const { element } = cell;
      element.style.setProperty('--heat', heat.toFixed(3));
      element.toggleAttribute('data-high', heat > HIGH);
      element.toggleAttribute('data-never', share === 0);
      element.dataset.lives = map.isResident(layer, expert) ? 'resident' : 'host';
      setOrRemove(element, 'data-changed', map.change(layer, expert));
      if (!this.compact) setIfNew(element, (share * 100).toFixed(share < 0.1 ? 1 : 0));
      const words = describe(map, layer, expert, which);
      if (element.title !== words) {
        element.title = words;
        element.setAttribute('aria-label', words);
      }
    }
  }

  #head(map) {
    const tick = map.columns > 64 ? 32 : 8;
    const cell = (_, expert) => el('th', { scope: 'col', 'data-tick': expert % tick === 0, 'aria-label': `Expert ${expert}` }, this.compact && expert % tick ? '' : `${expert}`);
    return el('thead', {}, el('tr', { role: 'row' }, el('th', { class: 'layer', scope: 'col' }, el('span', { class: 'visually-hidden' }, 'Layer')), ...Array.from({ length: map.columns }, cell)));
  }

  #body(map) {
    return el('tbody', {}, ...map.layers.map(({ layer, experts }) =>
      el('tr', { role: 'row' }, el('th', { class: 'layer', scope: 'row', 'aria-label': `Layer ${layer}` }, `L${layer}`),
        ...Array.from({ length: experts }, (_, expert) => this.#cell(layer, expert)))));
  }

  #cell(layer, expert) {
    const element = el('td', { role: 'gridcell', tabindex: -1, 'data-layer': layer, 'data-expert': expert, 'aria-selected': 'false' });
    this.cells.set(cellKey(layer, expert), { element, layer, expert });
    return element;
  }

  #onKey(event, map) {
    const { layer, expert } = event.target.dataset;
    if (layer === undefined) return;
    const next = cursorMove(event, map, this.layers, Number(layer), Number(expert));
    if (!next) return;
    event.preventDefault();
    this.cells.get(cellKey(next.layer, next.expert)).element.focus();
  }

  #choose(target) {
    const { layer, expert } = target.dataset;
    const cell = this.cells.get(cellKey(layer, expert));
    if (!cell) return;
    this.#reachable(cell);
    cell.element.setAttribute('aria-selected', 'true');
    this.onChoose(cell.layer, cell.expert);
  }

  // The one cell that Tab leads to.
  #reachable(cell) {
    if (this.current) {
      this.current.element.tabIndex = -1;
      this.current.element.setAttribute('aria-selected', 'false');
    }
    this.current = cell;
    cell.element.tabIndex = 0;
  }
}

const cellKey = (layer, expert) => `${layer}.${expert}`;

function setOrRemove(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function setIfNew(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
