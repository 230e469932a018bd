// A chart: uPlot's canvas with a caption, keys with values, arrow keys, a table of the values, and the theme's colours.
import uPlot from '../../uplot/uPlot.esm.js';
import { el, fillTable } from '../dom.js';
import { colour, onTheme } from '../theme.js';
import { toPlot } from './columns.js';
import { chartOptions } from './options.js';

const HEIGHT = 220;
const MOST_ROWS = 60;

// definition:
//   title, note            what it shows
//   x                      { name, format(x) (in the table and beside the cursor), tick(x), time }
//   y                      { unit, format(value), min, max, log }
//   series                 [{ label, colour: '--series-1', dash, fill, bars, quiet, stacked, band: true (with a low and a high column) }]
//   empty                  what to say without values
//   marks()                [x] where to draw vertical lines
// show(columns): [xs, values of the first series, ...]; null where there is none. A band's column holds [low, high].
export class Chart {
  constructor(host, definition) {
    this.definition = definition;
    this.columns = [[], ...definition.series.map(() => [])];
    this.now = definition.series.map((series) => el('span', { class: 'now' }));
    this.at = el('li', { class: 'at' });
    this.empty = el('p', { class: 'empty' }, definition.empty ?? 'No values yet.');
    this.plotHost = el('div', { class: 'plot', tabindex: 0, role: 'img' }, this.empty);
    this.table = el('table', { class: 'plain' });
    this.details = el('details', {}, el('summary', {}, 'Values as a table'),
      el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${definition.title}: values` }, this.table));
    host.replaceChildren(
      el('figure', { class: 'chart' },
        el('figcaption', {}, el('h3', {}, definition.title), el('p', { class: 'muted small' }, definition.note)),
        this.plotHost,
        el('ul', { class: 'keys' }, ...definition.series.map((series, i) => this.#legend(series, this.now[i])), this.at),
        this.details));
    this.details.addEventListener('toggle', () => this.#fillTable());
    this.plotHost.addEventListener('keydown', (event) => this.#onKey(event));
    this.plotHost.addEventListener('blur', () => this.#point(null));
    new ResizeObserver(() => this.#resize()).observe(this.plotHost);
    onTheme(() => this.#build());
    this.#build();
  }

  show(columns) {
    this.columns = columns;
    this.plot.setData(toPlot(this.definition, columns));
    this.#say();
    if (this.details.open) this.#fillTable();
  }

  #legend(series, now) {
    const kind = series.bars || series.band ? 'swatch fill' : series.dash ? 'swatch dash' : 'swatch';
    const shown = series.band ? '--band' : series.colour;
    return el('li', {}, el('span', { class: kind, '--swatch': `var(${shown})` }), el('span', {}, series.label), now);
  }

  #build() {
    this.plot?.destroy();
    const width = Math.max(this.plotHost.clientWidth, 200);
    const options = chartOptions(this.definition, { width, height: HEIGHT, colour, onCursor: () => this.#say() });
    this.plot = new uPlot(options, toPlot(this.definition, this.columns), this.plotHost);
    this.#say();
  }

  #resize() {
    const width = this.plotHost.clientWidth;
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }

  // The values at the cursor, else the latest.
  #say() {
    if (!this.plot) return;
    const { definition, columns } = this;
    const [xs, ...values] = columns;
    const pointed = this.plot.cursor.idx;
    const index = pointed ?? xs.length - 1;
    const text = values.map((column) => format(definition, column[index]));
    text.forEach((value, i) => (this.now[i].textContent = value));
    this.at.textContent = pointed === null || pointed === undefined || index < 0 ? '' : definition.x.format(xs[pointed]);
    const any = values.some((column) => column.some((value) => value !== null && value !== undefined));
    this.empty.hidden = any;
    const said = any ? definition.series.map((series, i) => `${series.label} ${text[i]}`).join(', ') : this.empty.textContent;
    this.plotHost.setAttribute('aria-label', `${definition.title}. ${index >= 0 ? definition.x.format(xs[index]) : ''}: ${said} Arrow keys move through the values.`);
  }

  #onKey(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape') this.#point(null);
    if (steps === undefined || this.columns[0].length === 0) return;
    event.preventDefault();
    const last = this.columns[0].length - 1;
    this.#point(Math.min(last, Math.max(0, (this.plot.cursor.idx ?? last) + steps)));
  }

  #point(index) {
    if (index === null) this.plot.setCursor({ left: -10, top: -10 });
    else this.plot.setCursor({ left: this.plot.valToPos(this.columns[0][index], 'x'), top: HEIGHT / 3 });
    this.#say();
  }

  #fillTable() {
    if (!this.details.open) return;
    const { definition, columns } = this;
    const [xs] = columns;
    const stride = Math.max(1, Math.ceil(xs.length / MOST_ROWS));
    const rows = [];
    for (let i = xs.length - 1; i >= 0; i -= stride) {
      rows.push([definition.x.format(xs[i]), ...definition.series.map((_, s) => format(definition, columns[s + 1][i]))]);
    }
    fillTable(this.table, definition.title, [[definition.x.name], ...definition.series.map((series) => [series.label, 'number'])], rows);
  }
}

function format(definition, value) {
  if (value === null || value === undefined) return '–';
  return Array.isArray(value) ? value.map(definition.y.format).join(' to ') : definition.y.format(value);
}
