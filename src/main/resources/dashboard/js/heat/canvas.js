// The map of thousands of experts as one picture with a cursor; what the cursor is on is said in words.
import { el } from '../dom.js';
import { colour, onTheme } from '../theme.js';
import { cursorMove } from './cursor.js';
import { blend, parseColour } from './colours.js';
import { describe } from './words.js';

const LEFT = 34;
const TOP = 16;
// Room for the cursor around the last layer.
const BOTTOM = 3;

export class HeatCanvas {
  constructor(host, map, onChoose) {
    host.classList.remove('compact');
    this.onChoose = onChoose;
    this.map = map;
    this.which = 'share';
    this.layers = map.layers.map(({ layer }) => layer);
    this.cursor = { layer: this.layers[0], expert: 0 };
    this.canvas = el('canvas', { tabindex: 0, role: 'img', 'data-layers': this.layers.length, 'data-columns': map.columns });
    this.words = el('p', { class: 'visually-hidden', role: 'status' });
    host.replaceChildren(this.canvas, this.words, el('p', { class: 'muted small hint' }, 'Arrow keys, Page Up and Down, Home and End move through the experts.'));
    this.canvas.addEventListener('keydown', (event) => this.#onKey(event));
    this.canvas.addEventListener('focus', () => this.#choose(this.cursor));
    this.canvas.addEventListener('click', (event) => this.#onClick(event));
    new ResizeObserver(() => this.#draw()).observe(host);
    onTheme(() => this.#draw());
  }

  show(map, which) {
    this.map = map;
    this.which = which;
    this.canvas.setAttribute('aria-label', `Map of ${map.layers.length} layers with up to ${map.columns} experts; ${map.residents} of ${map.size} on the device. Arrow keys move through it.`);
    this.#draw();
  }

  #geometry() {
    const width = this.canvas.parentElement.clientWidth;
    const cell = (width - LEFT) / this.map.columns;
    const row = Math.max(6, Math.min(18, cell * 2.2));
    return { width, cell, row, height: TOP + row * this.layers.length + BOTTOM };
  }

  #draw() {
    const { width, cell, row, height } = this.#geometry();
    if (width === 0) return;
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = `${height}px`;
    const context = this.canvas.getContext('2d');
    context.scale(ratio, ratio);
    this.#labels(context, cell, row);
    const [none, low, high] = ['--heat-none', '--heat-low', '--heat-high'].map((name) => parseColour(colour(name)));
    const [mark, markHigh, changed] = [colour('--mark'), colour('--mark-high'), colour('--changed')];
    const highest = this.map.highest(this.which) || 1;
    const gap = cell > 5 ? 1 : 0.3;
    this.map.layers.forEach(({ layer, experts }, at) => {
      for (let expert = 0; expert < experts; expert++) {
        const share = this.map.share(layer, expert, this.which);
        const left = LEFT + expert * cell;
        const top = TOP + at * row;
        context.fillStyle = share === 0 ? blend(none, none, 0) : blend(low, high, share / highest);
        context.fillRect(left, top, cell - gap, row - gap);
        if (this.map.isResident(layer, expert)) {
          const size = Math.max(1.5, Math.min(4, cell * 0.45));
          context.fillStyle = share / highest > 0.55 ? markHigh : mark;
          context.fillRect(left + (cell - gap - size) / 2, top + row - gap - size - 1, size, size);
        }
        if (this.map.change(layer, expert)) {
          context.strokeStyle = changed;
          context.setLineDash(this.map.change(layer, expert) === 'went' ? [2, 1] : []);
          context.strokeRect(left + 0.5, top + 0.5, cell - gap - 1, row - gap - 1);
        }
      }
    });
    this.#drawCursor(context, cell, row);
  }

  #labels(context, cell, row) {
    context.fillStyle = colour('--muted');
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const stride = Math.max(1, Math.ceil(14 / row));
    this.layers.forEach((layer, at) => at % stride === 0 && context.fillText(`L${layer}`, 0, TOP + at * row + Math.min(row, 10)));
    const columns = [32, 64, 128].find((step) => step * cell > 34) ?? 256;
    for (let expert = 0; expert < this.map.columns; expert += columns) context.fillText(`${expert}`, LEFT + expert * cell, 10);
  }

  #drawCursor(context, cell, row) {
    const at = this.layers.indexOf(this.cursor.layer);
    context.setLineDash([]);
    context.lineWidth = 2;
    context.strokeStyle = colour('--text');
    context.strokeRect(LEFT + this.cursor.expert * cell - 2, TOP + at * row - 2, cell + 3, row + 3);
  }

  #onKey(event) {
    const next = cursorMove(event, this.map, this.layers, this.cursor.layer, this.cursor.expert);
    if (!next) return;
    event.preventDefault();
    this.#choose(next);
  }

  #onClick(event) {
    const { cell, row } = this.#geometry();
    const layer = this.layers[Math.floor((event.offsetY - TOP) / row)];
    const expert = Math.floor((event.offsetX - LEFT) / cell);
    if (layer !== undefined && expert >= 0 && this.map.has(layer, expert)) this.#choose({ layer, expert });
  }

  #choose(cursor) {
    this.cursor = cursor;
    this.words.textContent = describe(this.map, cursor.layer, cursor.expert, this.which);
    this.#draw();
    this.onChoose(cursor.layer, cursor.expert);
  }
}
