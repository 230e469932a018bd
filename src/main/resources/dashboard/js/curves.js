// Hit rate against forecast, and how busy the lanes are, over the latest time.
import { Chart } from './chart/chart.js';
import { byId } from './dom.js';
import { clock, clockSeconds, percent } from './format.js';

const INTERVAL = 5;
const MOST = 3600 / INTERVAL;
const SHORTEST = 120;

export class Curves {
  constructor() {
    this.points = [];
    const x = { name: 'Time', format: clockSeconds, tick: (time) => (time % 60 === 0 ? clock(time) : clockSeconds(time)), range: () => this.#range() };
    const y = { format: percent, tick: (share) => `${Math.round(share * 100)} %`, min: 0, max: 1 };
    const marks = () => this.#changes();
    this.hits = new Chart(byId('hit-rate-panel'), {
      title: 'Hit rate against forecast',
      note: 'Share of the choices that a resident expert served, over the minute before. Dotted lines: a new placement.',
      x, y, marks,
      empty: 'No requests in this time.',
      series: [
        { label: 'Forecast, 9 of 10 hours', band: true },
        { label: 'Forecast', colour: '--series-2', dash: true, steps: true },
        { label: 'Hit rate', colour: '--series-1' },
      ],
    });
    this.lanes = new Chart(byId('lanes-panel'), {
      title: 'Lanes’ busy time',
      note: 'Share of the time in which each lane worked; device and copies as recorded in some of the steps.',
      x, y, marks,
      series: [
        { label: 'Steps', colour: '--series-quiet', dash: true, quiet: true },
        { label: 'Compute', colour: '--series-1' },
        { label: 'Copy', colour: '--series-2' },
        { label: 'Host', colour: '--series-3' },
      ],
    });
    byId('curves-span').addEventListener('change', () => this.#show());
  }

  history(points) {
    this.points = points;
    this.#show();
  }

  add(point) {
    if (!point || point.time <= (this.points.at(-1)?.time ?? 0)) return;
    this.points.push(point);
    if (this.points.length > MOST) this.points.shift();
    this.#show();
  }

  #span() {
    return Number(document.querySelector('input[name="curves-span"]:checked').value);
  }

  #range() {
    const end = this.points.at(-1)?.time ?? Math.floor(Date.now() / 1000);
    // No wider than there are points, lest a young service's be squeezed to the edge.
    const first = this.points[0]?.time ?? end;
    return [Math.min(end - SHORTEST, Math.max(end - this.#span(), first)), end];
  }

  #changes() {
    return this.points.filter((point, i) => i > 0 && point.version !== this.points[i - 1].version).map((point) => point.time);
  }

  #show() {
    const [from] = this.#range();
    const shown = withGaps(this.points.filter((point) => point.time >= from));
    const column = (of) => shown.map((point) => (point.gap ? null : of(point)));
    const time = shown.map((point) => point.time);
    this.hits.show([time, column(band), column((point) => point.forecast), column((point) => point.hitRate)]);
    this.lanes.show([time, ...['step', 'compute', 'copy', 'host'].map((lane) => column((point) => point.lanes[lane]))]);
  }
}

// Where nothing is known about how sure the forecast is, there is no band.
const band = ({ forecast, uncertainty }) => (uncertainty >= 1 ? null : [Math.max(0, forecast - uncertainty), Math.min(1, forecast + uncertainty)]);

// A line must not run across a time without points.
function withGaps(points) {
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    return before && point.time - before.time > 4 * INTERVAL ? [{ time: before.time + INTERVAL, gap: true }, point] : [point];
  });
}
